"""Law 3: confidence is a probability that rests on features which can be read, and each moves it the right way."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cydqa.confidence import ConfidenceFeatures, confidence, contributions

LEAVE = "How many days of annual leave does every employee have?"

number = st.floats(-50, 50)
features = st.builds(ConfidenceFeatures, *[number] * len(ConfidenceFeatures._fields))


@given(features)
def test_confidence_is_a_probability_and_its_reasons_add_up_to_it(some):
    probability = confidence(some)
    assert 0 <= probability <= 1
    added = contributions(some)
    assert set(added) == {"bias", *ConfidenceFeatures._fields}
    logit = sum(added.values())
    if abs(logit) < 15:
        assert math.log(probability / (1 - probability)) == pytest.approx(logit, abs=1e-6)


@pytest.mark.parametrize("value", [1e4, -1e4])
def test_features_out_of_all_bounds_are_no_error(value):
    assert 0 <= confidence(ConfidenceFeatures(*[value] * len(ConfidenceFeatures._fields))) <= 1


@pytest.fixture
def evidence(assistant):
    """What the confidence in the answer to a question rests on, by name."""
    return lambda question: {each.name: each for each in assistant.ask(question, min_confidence=0).explanation.evidence}


def test_the_reasons_shown_add_up_to_the_confidence_shown(assistant):
    for question in (LEAVE, "Which bird builds its nest in Patagonia?", "Who is not Casper Klynge?", "the"):
        answer = assistant.ask(question)
        logit = sum(each.adds for each in answer.explanation.evidence)
        assert answer.confidence == pytest.approx(1 / (1 + math.exp(-logit)))


def test_a_number_that_the_best_passage_lacks_lowers_the_confidence(assistant, evidence):
    known, unknown = "Are thirty days of leave annual?", "Are 31 thirty days of leave annual?"
    assert assistant.ask(unknown).confidence < assistant.ask(known).confidence - 0.1
    assert evidence(unknown)["number_missing"].adds < 0
    assert evidence(known)["number_missing"].value == 0


def test_a_number_that_the_best_passage_has_does_not_count_as_missing(assistant_of):
    fill = ("Cats sleep a lot.", "Dogs bark at night.", "Laptops are replaced.")
    assistant = assistant_of("The call of 2018 was signed by 70 countries.", *fill)
    had, lacked = (assistant.ask(f"How many countries signed the call of {year}?") for year in (2018, 2019))
    values = [{each.name: each.value for each in answer.explanation.evidence} for answer in (had, lacked)]
    assert [value["number_missing"] for value in values] == [0, 1]
    assert values[0]["names"] == 1
    assert values[1]["names"] < 1
    assert lacked.confidence < had.confidence - 0.1


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        ("What is the salary of the envoy?", "The salary of the envoy is 90,000 euros.", "The envoy has a salary."),
        ("What is the phone number of the envoy?", "The envoy's number is 917 12 34.", "The envoy has a phone."),
        ("How many offices has the envoy?", "The envoy has three offices.", "The envoy has offices."),
        ("When was the envoy appointed?", "The envoy was appointed in May.", "The envoy was appointed."),
    ],
)
def test_a_question_whose_quotes_lack_the_kind_of_thing_asked_for_is_less_surely_answered(
    assistant_of, question, answer, other
):
    fill = ("Cats sleep a lot.", "Dogs bark at night.", "Laptops are replaced.")
    answers = [assistant_of(text, *fill).ask(question) for text in (answer, other)]
    adds = [{each.name: each.adds for each in found.explanation.evidence}["kind_missing"] for found in answers]
    assert adds[0] == 0
    assert adds[1] < -1


def test_a_reason_or_a_name_is_not_known_by_its_marks(assistant_of):
    for question in (
        "Why did the envoy resign?",
        "Who is the envoy?",
        "Where is the envoy?",
        "How often do they meet?",
    ):
        evidence = assistant_of("The envoy is there.").ask(question).explanation.evidence
        assert {each.name: each.value for each in evidence}["kind_missing"] == 0


def test_a_name_that_no_passage_has_lowers_the_confidence(assistant, evidence):
    zanzibar = "How many days of annual leave does every employee of Zanzibar have?"
    assert assistant.ask(zanzibar).confidence < assistant.ask(LEAVE).confidence - 0.1
    assert evidence(LEAVE)["names"].value == 1
    assert evidence(zanzibar)["names"].value == 0
    assert [evidence(question)["name_count"].value for question in (LEAVE, zanzibar)] == [0, 1]
    assert evidence("Did Ada, Bob, Cleo, Dan, Eve or Finn leave?")["name_count"].value == 4


def test_a_negated_question_is_less_surely_answered_by_a_sentence_that_affirms(assistant, evidence):
    negated = "How many days of annual leave does every employee not have?"
    assert assistant.ask(negated).confidence < assistant.ask(LEAVE).confidence
    assert evidence(negated)["negation_differs"].adds < 0
    assert evidence(LEAVE)["negation_differs"].value == 0


def test_a_negated_question_agrees_with_a_sentence_that_denies(assistant_of):
    fill = ("Cats sleep a lot.", "Dogs bark at night.", "Laptops are replaced.")
    assistant = assistant_of("Denmark has never signed the treaty.", *fill)
    values = [
        {each.name: each.value for each in assistant.ask(question).explanation.evidence}["negation_differs"]
        for question in ("Has Denmark not signed the treaty?", "Has Denmark signed the treaty?")
    ]
    assert values == [0, 1]


def test_what_is_asked_for_and_is_nowhere_lowers_the_confidence(assistant, evidence):
    salary, days = "What salary of every employee expires?", "What leave of every employee expires?"
    assert (evidence(salary)["focus_missing"].value, evidence(days)["focus_missing"].value) == (1, 0)
    assert assistant.ask(salary).confidence < assistant.ask(days).confidence - 0.1


def test_one_passage_alone_has_no_margin(assistant_of):
    evidence = assistant_of("Every employee has leave.").ask("employee leave").explanation.evidence
    assert {each.name: each.value for each in evidence}["margin"] == 0


def test_a_passage_far_above_the_others_gives_a_margin(assistant, evidence):
    shown = assistant.ask(LEAVE).explanation
    first, second = shown.passages[:2]
    assert evidence(LEAVE)["margin"].value == pytest.approx(first.score - second.score)
    assert evidence(LEAVE)["quote_margin"].value == pytest.approx(shown.sentences[0].score - shown.sentences[3].score)


def test_an_answer_found_is_surer_than_a_question_about_nothing(assistant):
    assert assistant.ask(LEAVE).confidence > 0.6
    assert assistant.ask("Which bird builds its nest in Patagonia?").confidence < 0.3
