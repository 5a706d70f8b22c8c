"""Every quote is a slice (law 1), a weak hit is declined (law 3), a file that changed is marked (law 7)."""

import threading

import pytest
from conftest import WordEmbedder, write_corpus
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cydqa import build_index, open_assistant
from cydqa.errors import CydqaError, DocumentError, IndexNotBuiltError
from cydqa.settings import Settings

LEAVE = "How many days of annual leave does every employee have?"


def check_citations(assistant, answer):
    for citation in answer.citations:
        document = assistant.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote
        assert document.text[citation.passage_start : citation.passage_end] == citation.passage
        assert citation.passage_start <= citation.start <= citation.end <= citation.passage_end
        assert document.metadata.url == citation.url
    assert answer.answer == " ".join(f"“{part.text}” [{part.citation}]" for part in answer.parts)
    assert [part.citation for part in answer.parts] == [citation.number for citation in answer.citations]
    assert [part.text for part in answer.parts] == [citation.quote for citation in answer.citations]


def test_an_answer_quotes_the_sentence_and_says_where_it_stands(assistant):
    answer = assistant.ask(LEAVE)
    assert not answer.declined
    first = answer.citations[0]
    assert first.quote.startswith("Every employee has thirty days of annual leave.")
    assert (first.number, first.document_id, first.title) == (1, "leave.md", "Annual leave")
    assert (first.url, first.publisher, first.published) == (
        "https://example.org/leave",
        "Personnel office",
        "2024-05-01",
    )
    assert answer.mode == "quotes"
    check_citations(assistant, answer)


def test_a_question_that_the_documents_do_not_answer_is_declined(assistant):
    answer = assistant.ask("Which bird builds its nest in Patagonia?")
    assert answer.declined
    assert (answer.answer, answer.parts, answer.citations) == ("", (), ())
    assert 0 < len(answer.nearest) <= 3
    assert answer.confidence < 0.3


def test_a_question_that_is_asked_again_is_not_embedded_again(tmp_path, build, settings, monkeypatch):
    build()
    embedded, embed = [], WordEmbedder.embed_query
    monkeypatch.setattr(WordEmbedder, "embed_query", lambda self, text: embedded.append(text) or embed(self, text))
    assistant = open_assistant(tmp_path / "index", settings=settings, embedder=WordEmbedder())
    first, second = (assistant.ask("How much leave does an employee have?") for _ in range(2))
    assert len(embedded) == 1
    assert first.citations == second.citations
    assistant.ask("When does unused leave expire?")
    assert len(embedded) == 2


def test_the_threshold_can_be_chosen_for_one_question(assistant):
    question = "Which bird builds its nest in Patagonia?"
    quoted = assistant.ask(question, min_confidence=0)
    assert not quoted.declined
    assert quoted.confidence == assistant.ask(question).confidence
    check_citations(assistant, quoted)
    assert assistant.ask(LEAVE, min_confidence=1).declined


def test_the_passages_of_a_document_are_its_slices_in_order(assistant):
    passages = assistant.passages("leave.md")
    text = assistant.document("leave.md").text
    assert [passage.section for passage in passages] == [(), ("Applying",)]
    assert all(text[passage.start : passage.end] == passage.text for passage in passages)
    with pytest.raises(DocumentError):
        assistant.passages("gone.md")


WORDS = [
    "annual ",
    "leave ",
    "Every employee. ",
    "[3] ",
    "e\u0301",
    "😀 ",
    "\n\n",
    "## Head\n\n",
    "- item\n",
    "U.S. ",
    "“x” ",
    "| a | b |\n",
]


@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=60).map("".join), st.sampled_from(["md", "txt"]))
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_quote_of_every_answer_is_a_slice_of_its_document(tmp_path_factory, parsers, text, suffix):
    folder = tmp_path_factory.mktemp("law1")
    write_corpus(folder / "corpus", {f"a.{suffix}": text, "b.txt": "Every employee has annual leave [3]. " * 3})
    embedder, settings = WordEmbedder(), Settings(min_confidence=0)
    build_index(folder / "corpus", folder / "index", settings=settings, embedder=embedder, parsers=parsers)
    assistant = open_assistant(folder / "index", settings=settings, embedder=embedder)
    answer = assistant.ask("annual leave of every employee", documents=None)
    check_citations(assistant, answer)
    assert answer.citations
    for hit in assistant.search("annual leave", k=50):
        document = assistant.document(hit.chunk.document_id)
        assert document.text[hit.chunk.start : hit.chunk.end] == hit.chunk.text
        assert all(document.text[start:end].strip() for start, end in hit.chunk.sentences)


def test_a_question_is_given_back_as_it_was_typed(assistant):
    question = "  <b>How</b> many days of annual leave? [1] ‘x’  "
    assert assistant.ask(question).question == question


@pytest.mark.parametrize("question", ["", "   \n"])
def test_an_empty_question_is_an_error_with_advice(assistant, question):
    with pytest.raises(CydqaError, match="empty") as caught:
        assistant.ask(question)
    assert caught.value.hint


def test_an_organisation_that_shares_its_name_with_a_function_word_is_a_name(assistant):
    known = assistant.ask("How many days of annual leave does an employee have?")
    assert assistant.ask("How many days of annual leave does the WHO have?").confidence < known.confidence - 0.1
    dotted = assistant.ask("How many days of annual leave does the U.S. have?")
    assert dotted.confidence == assistant.ask("How many days of annual leave does the US have?").confidence
    shouted = assistant.ask("HOW MANY DAYS OF ANNUAL LEAVE DOES AN EMPLOYEE HAVE?")
    assert shouted.confidence == pytest.approx(known.confidence, abs=0.05)


def test_a_restriction_to_an_unknown_document_is_an_error(assistant):
    with pytest.raises(DocumentError, match=r"no document nowhere\.md"):
        assistant.ask(LEAVE, documents=["nowhere.md"])
    with pytest.raises(DocumentError, match="no document"):
        assistant.document("nowhere.md")


def test_a_restricted_question_is_answered_from_there_or_declined(assistant):
    answer = assistant.ask(LEAVE, documents=["laptops.md"])
    assert {citation.document_id for citation in answer.citations + answer.nearest} <= {"laptops.md"}


def test_a_file_that_changed_since_it_was_indexed_is_marked(assistant, corpus):
    assert [citation.stale for citation in assistant.ask(LEAVE).citations] == [False]
    (corpus / "leave.md").write_text("Something else.")
    assert [citation.stale for citation in assistant.ask(LEAVE).citations] == [True]


def test_a_new_index_is_picked_up_at_the_next_question(assistant, build, corpus):
    (corpus / "pets.txt").write_text("Hamsters may sit on the desk on Fridays.")
    assert "pets.txt" not in assistant.documents()
    name = build().generation
    answer = assistant.ask("When may hamsters sit on the desk?")
    assert answer.generation == name
    assert answer.citations[0].document_id == "pets.txt"


def test_an_index_deleted_meanwhile_is_said(assistant, tmp_path):
    (tmp_path / "index" / "CURRENT").unlink()
    with pytest.raises(IndexNotBuiltError):
        assistant.ask(LEAVE)


def test_an_assistant_may_be_shared_between_threads(assistant):
    expected = assistant.ask(LEAVE).answer
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.extend(assistant.ask(LEAVE).answer for _ in range(20)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 160
