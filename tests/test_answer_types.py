"""What kind of answer a question asks for, and which sentences hold one."""

import pytest

from cydqa.answer_types import AnswerType, expected, holds
from cydqa.words import terms


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who was the first tech ambassador?", "who"),
        ("To whom does the envoy report?", "who"),
        ("When did Denmark appoint him?", "when"),
        ("In which year did the office open?", "when"),
        ("How long ago was it founded?", "when"),
        ("How many countries signed?", "how many"),
        ("how much does it cost", "how many"),
        ("What percentage of members voted?", "how many"),
        ("WHAT IS THE BUDGET? WHAT SUM?", "how many"),
        ("Where is the centre?", "where"),
        ("Which country hosts it?", "where"),
        ("Why did the talks fail?", "why"),
        ("What were the reasons for it?", "why"),
        ("What is cyber diplomacy?", "other"),
        ("Somewhere else", "other"),
        ("", "other"),
    ],
)
def test_a_question_says_what_kind_of_answer_it_wants(question, kind):
    assert expected(question) == kind


@pytest.mark.parametrize(
    ("kind", "sentence", "expected"),
    [
        (AnswerType.PERSON, "The post went to Casper Klynge.", True),
        (AnswerType.PERSON, "The post was vacant.", False),
        (AnswerType.PERSON, "Yesterday nobody came. Nobody knows.", False),
        (AnswerType.TIME, "It opened in 2017.", True),
        (AnswerType.TIME, "It opened last November.", True),
        (AnswerType.TIME, "It has 2300 members and 17 rooms.", False),
        (AnswerType.NUMBER, "Some 70 countries signed.", True),
        (AnswerType.NUMBER, "Seventy-two signed; that is half of them.", True),
        (AnswerType.NUMBER, "Several someones signed.", False),
        (AnswerType.PLACE, "It meets in the Hague.", True),
        (AnswerType.PLACE, "It meets in Geneva.", True),
        (AnswerType.PLACE, "It meets in spring.", False),
        (AnswerType.REASON, "They failed because nobody came.", True),
        (AnswerType.REASON, "They failed.", False),
        (AnswerType.OTHER, "", True),
    ],
)
def test_a_sentence_holds_a_kind_of_answer_or_not(kind, sentence, expected):
    assert holds(kind, sentence, frozenset()) is expected


def test_the_name_that_is_asked_about_is_no_answer():
    asked = frozenset(terms("Who is Casper Klynge?"))
    assert not holds(AnswerType.PERSON, "The first was Casper Klynge.", asked)
    assert holds(AnswerType.PERSON, "The first was Casper Klynge, and then came Anne Marie.", asked)


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        (
            "When was the embassy opened?",
            "The embassy was opened in May 1990.",
            "The embassy was opened with speeches.",
        ),
        ("Who opened the embassy?", "Into the embassy came Mary Smith.", "Into the embassy came many guests."),
        ("How many rooms has the embassy?", "The embassy has twelve rooms.", "The embassy has pretty rooms."),
        ("Where is the embassy?", "The embassy is in Paris.", "The embassy is in disorder."),
        ("Why was the embassy closed?", "The embassy closed because of rain.", "The embassy closed despite rain."),
    ],
)
def test_a_sentence_that_holds_what_is_asked_for_is_quoted_first(assistant_of, question, answer, other):
    fill = ("Cats sleep a lot.", "Dogs bark at night.", "Laptops are replaced.")
    for texts in ((answer, other), (other, answer)):
        assert assistant_of(*texts, *fill).ask(question).citations[0].quote == answer
