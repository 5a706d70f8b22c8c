"""The shipped documents and the judged questions keep to their form."""

import json
import re
from collections import Counter
from pathlib import PurePosixPath

import pytest
from conftest import ROOT

from cydqa.documents import read_document

CORPUS = ROOT / "corpus"
PAGES = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*.md"))
REFERENCES = [page for page in PAGES if page.startswith("references/")]
QUESTIONS = [json.loads(line) for line in (ROOT / "tests/eval/questions.jsonl").read_text("utf-8").splitlines()]
# The article's own list has six entries; these markers of it stand for nothing there.
UNRESOLVED = {
    *("2.1", "2.2", "3.1", "3.2", "3.4", "4.1", "4.2", "4.3", "4.4", "5.1", "5.2", "5.3", "6.1", "6.2", "6.3"),
}


def page(name):
    return read_document(CORPUS / name, name)


def test_the_article_names_six_references_with_a_page_each():
    references = page("article.md").metadata.references
    assert [reference.number for reference in references] == [1, 2, 3, 4, 5, 6]
    assert sorted(reference.document for reference in references) == REFERENCES
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
def test_a_page_has_500_to_900_words_under_headings_and_no_empty_section(name):
    document = page(name)
    words = sum(len(document.text[section.start : section.end].split()) for section in document.sections)
    assert 500 <= words <= (1200 if name == "article.md" else 900)
    headings = len(re.findall(r"(?m)^#+ ", (CORPUS / name).read_text("utf-8")))
    assert len(document.sections) == headings >= 5


def test_no_two_pages_share_eight_words_in_a_row():
    # The name of an institution is nobody's sentence: a run of capitalised words counts as one.
    name = re.compile(r"[A-Z][\w’'-]*(?:\s+(?:(?:of|the|and|for|in|on|to|at|by)\s+){0,3}[A-Z][\w’'-]*)+")
    runs = Counter()
    for path in PAGES:
        words = re.findall(r"[a-z0-9]+", name.sub(" name ", page(path).text).lower())
        runs.update({tuple(words[i : i + 8]) for i in range(len(words) - 7)})
    assert [" ".join(run) for run, count in runs.items() if count > 1] == []


@pytest.mark.parametrize("judged", QUESTIONS, ids=lambda judged: judged["id"])
def test_a_judged_question_s_quotes_stand_in_the_section_it_names(judged):
    assert judged.keys() == {"id", "question", "history", "kind", "answers"}
    for answer in judged["answers"]:
        document = page(answer["document"])
        bodies = [document.text[s.start : s.end] for s in document.sections if list(s.path) == answer["section"]]
        assert any(answer["quote"] in body for body in bodies)


def test_judged_questions_have_ids_of_their_own():
    assert len({judged["id"] for judged in QUESTIONS}) == len(QUESTIONS)
