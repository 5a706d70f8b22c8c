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
        ("And in how many countries?", "how many"),
        ("How often does it meet?", "how much"),
        ("how much does it cost", "how much money"),
        ("WHAT IS THE BUDGET? WHAT SUM?", "how much money"),
        ("How high was the fine?", "how much money"),
        ("What percentage of members voted?", "what share"),
        ("How long did the talks last?", "how long"),
        ("How old is the deputy?", "how old"),
        ("What is the office's phone number?", "telephone number"),
        ("What number do I call?", "telephone number"),
        ("What is the e-mail address of the envoy?", "e-mail address"),
        ("since when", "when"),
        ("What happens when a state attacks?", "other"),
        ("When a state attacks, what should it do?", "other"),
        ("Which fine arts museum opened?", "other"),
        ("Which partners share information?", "other"),
        ("What share of the members voted?", "what share"),
        ("Which committee approves the budget?", "other"),
        ("What imposes a cost on attackers?", "other"),
        ("What fine-tuning is needed?", "other"),
        ("What's the price of a visa?", "how much money"),
        ("What is the role of the budget committee?", "other"),
        ("What annual salary is paid?", "how much money"),
        ("What did the attack cost?", "how much money"),
        ("number of staff", "how many"),
        ("When exactly was it?", "when"),
        ("From when does it apply?", "when"),
        ("What salary does she get?", "how much money"),
        ("What number of states support the call?", "how many"),
        ("When did Acme, which runs the network, publish it?", "when"),
        ("When was Smith, who leads it, appointed?", "when"),
        ("Do you know when it opened?", "when"),
        ("Which city hosts the people who pay?", "where"),
        ("Who decides where it goes?", "who"),
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
        (AnswerType.TIME, "It was popular in the 1850s.", True),
        (AnswerType.TIME, "It opens at nine and closes at 5 pm.", True),
        (AnswerType.TIME, "It opens every week.", True),
        (AnswerType.TIME, "It opens with nine members.", False),
        (AnswerType.TIME, "Every week it opens.", True),
        (AnswerType.TIME, "It opens twice a year.", True),
        (AnswerType.TIME, "At one point the ratio was 3:10.", False),
        (AnswerType.DURATION, "It is a day-to-day task.", False),
        (AnswerType.TIME, "It stood there in the 11th century.", True),
        (AnswerType.TIME, "It opened this century.", False),
        (AnswerType.TIME, "It has 2300 members and 17 rooms.", False),
        (AnswerType.NUMBER, "Some 70 countries signed.", True),
        (AnswerType.NUMBER, "Seventy-two signed; that is half of them.", True),
        (AnswerType.NUMBER, "Several someones signed.", False),
        (AnswerType.NUMBER, "In 2018 they signed A/RES/73.", False),
        (AnswerType.AMOUNT, "It meets twice a year.", True),
        (AnswerType.MONEY, "It cost $300.", True),
        (AnswerType.MONEY, "It cost 3 million.", True),
        (AnswerType.MONEY, "Membership is free.", True),
        (AnswerType.MONEY, "It has 300 members and a free press.", False),
        (AnswerType.SHARE, "Some 15 per cent voted.", True),
        (AnswerType.SHARE, "One in three voted.", True),
        (AnswerType.SHARE, "Some 15 voted.", False),
        (AnswerType.DURATION, "It took three long months.", True),
        (AnswerType.DURATION, "It lasted from spring to the end of 2018.", True),
        (AnswerType.DURATION, "It met in 2018.", False),
        (AnswerType.AGE, "She is 40 years old.", True),
        (AnswerType.AGE, "She has 40 rooms.", False),
        (AnswerType.TELEPHONE, "Call +41 22 917 12 34.", True),
        (AnswerType.TELEPHONE, "Call us before 2018.", False),
        (AnswerType.EMAIL, "Write to a@example.org.", True),
        (AnswerType.EMAIL, "Write to us.", False),
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


def test_the_year_that_is_asked_about_is_no_answer():
    asked = frozenset(terms("When did the talks of 2018 end?"))
    assert not holds(AnswerType.TIME, "The talks of 2018 ended without a text.", asked)
    assert holds(AnswerType.TIME, "The talks of 2018 ended in 2019.", asked)


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
