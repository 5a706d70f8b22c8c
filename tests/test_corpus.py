"""The shipped documents and the judged questions keep to their form."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import PurePosixPath

import pytest
from conftest import ROOT

from cydqa.documents import read_document
from cydqa.evaluation.questions import read_questions

CORPUS = ROOT / "corpus"
PAGES = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*.md"))
REFERENCES = [page for page in PAGES if page.startswith("references/")]
QUESTIONS = [json.loads(line) for line in (ROOT / "tests/eval/questions.jsonl").read_text("utf-8").splitlines()]
# The article's own list has six entries; these markers of it stand for nothing there.
UNRESOLVED = {
    *("2.1", "2.2", "3.1", "3.2", "3.4", "4.1", "4.2", "4.3", "4.4", "5.1", "5.2", "5.3", "6.1", "6.2", "6.3"),
}


# The name of an institution is nobody's sentence: a run of capitalised words counts as one word.
NAME = re.compile(r"[A-Z][\w’'-]*(?:\s+(?:(?:of|the|and|for|in|on|to|at|by)\s+){0,3}[A-Z][\w’'-]*)+")


def shingles(text, length):
    """Every run of so many words in a text."""
    words = re.findall(r"[a-z0-9]+", NAME.sub(" name ", text).lower())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


@cache
def page(name):
    return read_document(CORPUS / name, name)


def test_there_is_the_article_and_fourteen_reference_pages():
    assert PAGES[0] == "article.md"
    assert len(REFERENCES) == len(PAGES) - 1 == 14


def test_the_article_names_six_references_with_a_page_each():
    references = page("article.md").metadata.references
    assert [reference.number for reference in references] == [1, 2, 3, 4, 5, 6]
    assert {reference.document for reference in references} <= set(REFERENCES)
    assert {page(reference.document).metadata.url for reference in references} == {r.url for r in references}


def test_the_article_s_markers_stand_in_their_order():
    groups = re.findall(r"\[([\d., ]+)\]", page("article.md").text)
    assert groups == [
        *("3", "4", "1, 2, 3.2", "3.1, 3.4", "3.2", "5", "2.1", "2.2", "6"),
        *("4.1, 4.2, 4.3", "4.1, 4.4", "5.1, 5.2, 5.3", "6.2, 6.3", "6.1"),
    ]
    markers = {marker for group in groups for marker in group.split(", ")}
    assert markers == UNRESOLVED | {"1", "2", "3", "4", "5", "6"}


@pytest.mark.parametrize("name", PAGES)
def test_front_matter_is_complete(name):
    document = page(name)
    metadata = document.metadata
    assert document.title
    assert metadata.publisher
    assert metadata.kind in {"article", "reference page"}
    assert re.fullmatch(r"\d{4}(-\d\d){1,2}", metadata.published or "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", metadata.accessed or "")
    assert len(metadata.questions) >= 2
    if name in REFERENCES:
        assert metadata.url
        assert metadata.sources
        assert all(source.title and source.url for source in metadata.sources)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_pages_of_the_corpus(name):
    for target in re.findall(r"\]\(([^)]+)\)", (CORPUS / name).read_text("utf-8")):
        assert (CORPUS / PurePosixPath(name).parent / target).resolve().is_file(), target


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_600_to_1200_words_under_headings_and_no_empty_section(name):
    document = page(name)
    bodies = [document.text[section.start : section.end].split() for section in document.sections]
    assert 600 <= sum(map(len, bodies)) <= 1200
    assert min(map(len, bodies)) >= 15
    headings = len(re.findall(r"(?m)^#+ ", (CORPUS / name).read_text("utf-8")))
    assert len(document.sections) == headings >= 5


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_page_leads_to_other_pages_and_names_its_sources_once(name):
    links = set(re.findall(r"\]\(([^)]+)\)", (CORPUS / name).read_text("utf-8")))
    assert len(links) >= 2
    urls = [source.url for source in page(name).metadata.sources]
    assert len(set(urls)) == len(urls) >= 3


def test_no_two_pages_share_eight_words_in_a_row():
    runs = Counter(run for path in PAGES for run in shingles(page(path).text, 8))
    assert [" ".join(run) for run, count in runs.items() if count > 1] == []


@pytest.mark.parametrize("judged", QUESTIONS, ids=lambda judged: judged["id"])
def test_a_judged_question_s_quotes_stand_in_the_section_it_names(judged):
    assert judged.keys() - {"split"} == {"id", "question", "history", "kind", "answers"}
    for answer in judged["answers"]:
        document = page(answer["document"])
        bodies = [document.text[s.start : s.end] for s in document.sections if list(s.path) == answer["section"]]
        assert any(answer["quote"] in body for body in bodies)


@pytest.mark.parametrize("judged", QUESTIONS, ids=lambda judged: judged["id"])
def test_a_judged_question_does_not_repeat_what_answers_it(judged):
    asked = shingles(judged["question"], 5)
    for answer in judged["answers"]:
        assert not asked & shingles(answer["quote"], 5)


KINDS = {
    *("article", "page", "keywords", "typos", "variants", "follow-up", "new-topic"),
    *("far", "uncovered", "near-miss"),
}


def test_the_judged_questions_are_many_and_of_every_kind():
    kinds = Counter(judged["kind"] for judged in QUESTIONS)
    assert kinds.keys() == KINDS
    unanswerable = kinds["far"] + kinds["uncovered"] + kinds["near-miss"]
    assert len(QUESTIONS) >= 240
    assert unanswerable >= 80
    assert min(kinds[kind] for kind in ("far", "uncovered", "near-miss")) >= 0.2 * unanswerable
    for judged in QUESTIONS:
        if judged["kind"] not in {"follow-up", "new-topic"}:  # of these, some have no answer
            assert bool(judged["answers"]) == (judged["kind"] not in {"far", "uncovered", "near-miss"})
        assert bool(judged["history"]) == (judged["kind"] in {"follow-up", "new-topic"})
    assert len({judged["id"] for judged in QUESTIONS}) == len(QUESTIONS)
    asked = [(*judged["history"], judged["question"].casefold()) for judged in QUESTIONS]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("split", ["dev", "test"])
def test_each_split_has_every_kind(split):
    judged = read_questions(ROOT / "tests/eval/questions.jsonl", split)
    kinds = Counter(question.kind for question in judged)
    assert len(judged) >= 0.35 * len(QUESTIONS)
    assert kinds.keys() == KINDS
    assert min(kinds.values()) >= 5
