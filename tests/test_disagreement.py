"""Law 4: passages that give different numbers or years are quoted together, and said to disagree."""

import pytest

from cydqa.disagreement import differs, given_by

FILL = ("Cats sleep a lot.", "Dogs bark at night.", "Laptops are replaced.", "The accountant checks invoices.")
HOW_MANY, WHEN = "How many countries signed the call?", "When did the embassy in Paris open?"


def record(answer):
    """What the answer says its citations disagree about; each value must stand in the quote that it is said of."""
    assert len(answer.disagreements) <= 1
    for disagreement in answer.disagreements:
        for text, number in disagreement.values:
            assert text in answer.citations[number - 1].quote
        return disagreement.about, sorted(text for text, _ in disagreement.values)
    return None


@pytest.mark.parametrize(
    ("question", "one", "other", "expected"),
    [
        (
            HOW_MANY,
            "The call was signed by 70 countries.",
            "The call was signed by 80 countries.",
            ("countries", ["70 countries", "80 countries"]),
        ),
        (
            "How many states signed the call?",
            "The call was signed by seventy states.",
            "The call was signed by 1,080 states.",
            ("states", ["1,080 states", "seventy states"]),
        ),
        (
            WHEN,
            "The embassy in Paris opened in 1990.",
            "The embassy in Paris opened in 1992.",
            ("year", ["1990", "1992"]),
        ),
        (
            "In which year did the embassy in Paris open?",
            "The embassy in Paris opened on 3 May 1990.",
            "The embassy in Paris opened in 1992 or 1993.",
            ("year", ["1990", "1992", "1993"]),
        ),
    ],
)
def test_passages_that_disagree_are_quoted_together_and_said_to(assistant_of, question, one, other, expected):
    answer = assistant_of(one, other, *FILL).ask(question)
    assert {citation.quote for citation in answer.citations} == {one, other}
    assert record(answer) == expected


def test_states_and_countries_are_the_same(assistant_of):
    answer = assistant_of("The call was signed by 70 countries.", "The call was signed by 80 states.", *FILL).ask(
        HOW_MANY
    )
    assert record(answer) == ("countries", ["70 countries", "80 states"])


def test_each_is_shown_with_the_date_of_its_document(assistant_of):
    text = "---\npublished: {}\n---\n\nThe call was signed by {} countries.\n"
    answer = assistant_of(*FILL, old=text.format("2018-11-12", 51), new=text.format("2021-11-12", 80)).ask(HOW_MANY)
    shown = {citation.published: citation.quote for citation in answer.citations}
    assert "51 countries" in shown["2018-11-12"]
    assert "80 countries" in shown["2021-11-12"]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (HOW_MANY, "The call was signed by 70 countries.", "The call, by 70 countries signed, was long and loud."),
        (HOW_MANY, "The call was signed by 1,000 countries.", "The call, signed by 1000 states, was long and loud."),
        (HOW_MANY, "The call was signed by 70 countries.", "The call was signed by 300 companies in countries."),
        (HOW_MANY, "The call was signed by 70 countries.", "The call was signed in 2018 by countries, and long."),
        (WHEN, "The embassy in Paris opened in 1990.", "In 1990 the embassy in Paris, built by 1988, did open."),
        ("Who opened the embassy in Paris?", "King Otto opened it, the embassy in Paris, in 1990.", "Embassy: 1992."),
    ],
)
def test_nothing_is_said_where_they_agree_or_speak_of_other_things(assistant_of, question, one, other):
    answer = assistant_of(one, other, *FILL).ask(question)
    assert answer.citations
    assert answer.disagreements == ()


def test_two_numbers_in_one_quote_are_no_disagreement(assistant_of):
    text = "The call was signed by 70 countries, then by 80 countries."
    assert assistant_of(text, *FILL).ask(HOW_MANY).disagreements == ()


def test_a_declined_question_has_nothing_to_disagree_about(assistant_of):
    assistant = assistant_of("The call was signed by 70 countries.", "The call was signed by 80 countries.", *FILL)
    assert assistant.ask(HOW_MANY).disagreements
    assert assistant.ask(HOW_MANY, min_confidence=1).disagreements == ()


@pytest.fixture
def given(assistant_of):
    """The values that a text gives for a question, as they are written."""
    from cydqa.question import read_question

    generation = assistant_of(*FILL)._live()

    def given(question, text):
        return [
            (value.value, value.text)
            for value in given_by(text, read_question(question, generation.lexical, generation.lexicon))
        ]

    return given


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("signed by 70 countries", [("70", "70 countries")]),
        ("signed by 80 member states", [("80", "80 member states")]),
        ("signed by Seventy nations", [("seventy", "Seventy nations")]),
        ("signed by 1,200 small island states", [("1200", "1,200 small island states")]),
        ("70 or 80 countries", [("80", "80 countries")]),
        ("in 2018 countries signed", []),
        ("seventy or so states", []),
        ("pages 12/13 states", []),
        ("70 people in countries", []),
        ("70 of the states", [("70", "70 of the states")]),
        ("70 countries and 12 states", [("70", "70 countries"), ("12", "12 states")]),
        ("", []),
    ],
)
def test_counts_of_what_is_asked_for_are_found(given, text, expected):
    assert given(HOW_MANY, text) == expected


def test_years_are_found_for_when_and_nothing_for_other_questions(given):
    text = "In 1648, by 70 countries, not in 3018 or 12345."
    assert given(WHEN, text) == [("1648", "1648")]
    assert given("Who signed?", text) == []
    assert given("How many people?", text) == []


def test_a_text_that_gives_nothing_differs_from_none(given):
    one = given_by_values("70")
    assert not differs(one, [])
    assert not differs([], one)
    assert not differs(one, given_by_values("80", "70"))
    assert differs(one, given_by_values("80"))


def given_by_values(*values):
    from cydqa.disagreement import Given

    return [Given(value, value) for value in values]
