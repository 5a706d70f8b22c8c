"""Abbreviations that a text explains, and questions that use one where a document has only the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cydqa.abbreviations import find_abbreviations

EXPLAINED = "The Group of Governmental Experts (GGE) was set up first."
FILL = ("Cats sleep a lot.", "Dogs bark at night.", "Laptops are replaced.", "The accountant checks invoices.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the Group of Governmental Experts (GGE) met", ("GGE", "Group of Governmental Experts")),
        ("the GGE (Group of Governmental Experts) met", ("GGE", "Group of Governmental Experts")),
        ("an open-ended working group (OEWG)", ("OEWG", "open-ended working group")),
        ("computer emergency response teams (CERTs)", ("CERTs", "computer emergency response teams")),
        ("the Office of Management and Budget (OMB)", ("OMB", "Office of Management and Budget")),
        ("the United Nations (UN; see below)", ("UN", "United Nations")),
        ("a “Programme of Action” (PoA)", ("PoA", "Programme of Action")),
    ],
)
def test_the_letters_and_what_they_stand_for_are_found_as_they_are_written(text, expected):
    assert find_abbreviations(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "It met in Geneva (Switzerland) and in a town (NY).",
        "ministers (see page 3) and states (2015)",
        "the ministry (MFA) opened",
        "of the OMB (OMB)",
        "the OMB of MB (OMB)",
        "a line\n(AL)",
        "(GGE)",
        "",
    ],
)
def test_other_parentheses_explain_nothing(text):
    assert find_abbreviations(text) == []


def test_each_explanation_counts_once_and_all_of_them_count():
    text = "Programme of Action (PoA). A Programme of Action (PoA). Plan of Attack (PoA)."
    assert find_abbreviations(text) == [("PoA", "Programme of Action"), ("PoA", "Plan of Attack")]


@given(st.text("GE (),of ", max_size=60))
def test_what_is_found_stands_in_the_text(text):
    for short, long in find_abbreviations(text):
        assert short in text
        assert long in text
        assert len(long) > len(short)


def first(assistant, question):
    return assistant.search(question, k=1)[0].chunk.text.strip()


def test_an_abbreviation_finds_the_passage_that_writes_it_out(assistant_of):
    assistant = assistant_of(EXPLAINED, "Governmental experts of a group wrote reports.", "Reports are long.", *FILL)
    assert first(assistant, "Which reports did the GGE write?") == "Governmental experts of a group wrote reports."
    assert first(assistant, "which reports did the gge write?") == "Governmental experts of a group wrote reports."


def test_the_long_form_finds_the_passage_that_has_only_the_letters(assistant_of):
    assistant = assistant_of(EXPLAINED, "GGE reports are confidential.", "Reports of experts are long.", *FILL)
    found = assistant.search("reports of the group of governmental experts", k=2)
    assert [hit.chunk.document_id for hit in found] == ["1.txt", "2.txt"]


def test_a_third_of_the_long_form_says_a_third(assistant_of):
    assistant = assistant_of(EXPLAINED, "A group of governmental experts.", "Experts.", *FILL)
    adds = {each.document_id: each.adds["coverage"] for each in assistant.ask("GGE").explanation.passages}
    assert adds["3.txt"] == pytest.approx(adds["2.txt"] / 3)
    assert adds["2.txt"] == adds["1.txt"] > 0


def test_letters_that_no_document_explains_stand_for_themselves(assistant_of):
    assistant = assistant_of("A group of governmental experts met.", "GGE reports are confidential.", *FILL)
    (word,) = assistant.ask("What is the GGE?").explanation.words
    assert word.alternatives == ()


def test_an_explanation_counts_in_the_questions_about_other_documents_too(assistant_of):
    assistant = assistant_of(EXPLAINED, "The experts of a governmental group wrote.", *FILL)
    found = assistant.search("What did the GGE write?", documents=["2.txt"])
    assert found[0].lexical_rank == 1


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("multistakeholder", "A multi-stakeholder forum met."),
        ("multi-stakeholder", "Multistakeholder talks began."),
        ("Who pays for cybersecurity?", "Cyber security costs money."),
        ("Who pays for cyber security?", "Cybersecurity costs money."),
        ("organisation of São Paulo", "The organization is in Sao Paulo."),
        ("ORGANIZATION OF SAO PAULO", "The organisation is in São Paulo."),
    ],
)
def test_another_spelling_finds_the_same_passage(assistant_of, question, text):
    (hit,) = assistant_of(text, *FILL).search(question, k=1)
    assert (hit.chunk.text.strip(), hit.lexical_rank) == (text, 1)
