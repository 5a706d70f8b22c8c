"""The real encoder on the shipped corpus: answers that hold what was asked, and no network (law 9)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cydqa import build_index, open_assistant
from cydqa.settings import Settings

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def assistant(real_index):
    corpus, index, _ = real_index
    return open_assistant(index, corpus_dir=corpus, settings=Settings())


@pytest.mark.parametrize(
    ("question", "document", "held"),
    [
        ("Why is it hard to attribute a cyberattack?", "article.md", "actors in cyberspace can remain anonymous"),
        ("What is the cyber inequity gap?", "article.md", "systemic vulnerabilities which adversaries can exploit"),
        ("Which companies and states stand behind the Paris Call?", "references/paris-call.md", "Paris Call"),
        ("How did police clean the machines that Emotet had infected?", "references/emotet-takedown.md", "Emotet"),
        ("WHO WAS THE FIRST DANISH TECH AMBASSADOR", "references/denmark-tech-ambassador.md", "Casper Klynge"),
        ("chair second OEWG", "references/un-oewg.md", "Gafoor"),
    ],
)
def test_a_real_question_is_answered_from_the_right_page(assistant, question, document, held):
    answer = assistant.ask(question)
    assert not answer.declined
    assert held in answer.answer
    assert document in {citation.document_id for citation in answer.citations}
    assert 1 <= len(answer.citations) <= 4
    for citation in answer.citations:
        text = assistant.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
        assert not citation.stale


def test_every_question_that_a_page_suggests_is_answered_from_that_page(assistant):
    suggested = [
        (name, asked) for name in assistant.documents() for asked in assistant.document(name).metadata.questions
    ]
    assert len(suggested) >= 2 * len(assistant.documents())
    for name, question in suggested:
        assert name in {citation.document_id for citation in assistant.ask(question).citations}, question


@pytest.mark.parametrize(
    "question",
    [
        "What is the best recipe for banana bread?",
        "How tall is Mount Kilimanjaro?",
        "How do I reset my router password?",
    ],
)
def test_a_question_about_something_else_is_declined(assistant, question):
    answer = assistant.ask(question)
    assert answer.declined
    assert answer.nearest
    assert not answer.citations


def test_a_rebuild_gives_the_same_ids_and_the_same_ten_best_hits(assistant, real_index, tmp_path):
    corpus, _, _ = real_index
    build_index(corpus, tmp_path, settings=Settings())
    again = open_assistant(tmp_path, settings=Settings())
    for question in ("attribution of attacks", "When was Emotet taken down?", "tech ambassador", "consensus reports"):
        before, after = assistant.search(question), again.search(question)
        assert [hit.chunk.id for hit in before] == [hit.chunk.id for hit in after]
        assert [hit.score for hit in before] == pytest.approx([hit.score for hit in after], abs=1e-4)


NO_NETWORK = """
import sys
def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        raise RuntimeError(f"the network was asked for: {event} {arguments}")
sys.addaudithook(refuse)
from cydqa import cli
sys.argv = ["cydqa", *sys.argv[1:]]
cli.main()
"""


@pytest.mark.parametrize("offline", ["0", "1"])
def test_neither_building_nor_asking_touches_the_network(real_index, tmp_path, offline, monkeypatch):
    corpus, _, _ = real_index
    monkeypatch.setenv("HF_HUB_OFFLINE", offline)  # it must not need to be told
    folders = ["--corpus", str(corpus), "--index", str(tmp_path / "index")]

    def run(*arguments):
        command = [sys.executable, "-c", NO_NETWORK, *arguments, *folders]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path).stdout

    run("index")
    assert json.loads(run("ask", "--json", "What is the JCDC?"))["citations"]


def test_a_quote_can_be_checked_against_the_file_people_see(assistant, real_index):
    corpus, _, _ = real_index
    citation = assistant.ask("What is the cyber inequity gap?").citations[0]
    assert citation.quote[:60] in Path(corpus, citation.document_id).read_text("utf-8")
