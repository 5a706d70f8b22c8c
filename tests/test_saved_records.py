"""Answers as records of plain values, and back."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cydqa.saved.records import answer_of, documents_in, record_of
from cydqa.types import Answer

st.register_type_strategy(float, st.floats(allow_nan=False))  # which is not equal to itself


def through_json(answer):
    return answer_of(json.loads(json.dumps(record_of(answer))))


@settings(max_examples=50)
@given(st.from_type(Answer))
def test_an_answer_comes_back_exactly(answer):
    back = through_json(answer)
    assert back == answer
    assert repr(back) == repr(answer)  # also what is equal but not the same: tuples and lists


@pytest.mark.parametrize("question", ["How long is annual leave?", "When are invoices payed?", "zzz"])
def test_a_real_answer_comes_back_exactly(assistant, question):
    answer = assistant.ask(question)
    assert through_json(answer) == answer
    assert hash(through_json(answer).citations) == hash(answer.citations)


def test_the_record_of_another_version_is_read(assistant):
    answer = assistant.ask("How long is annual leave?")
    record = record_of(answer)
    newer = record | {"mood": "calm", "citations": [{**record["citations"][0], "colour": {"deep": [1]}}]}
    older = {name: value for name, value in record.items() if name not in ("disagreements", "explanation")}
    assert answer_of(newer).citations == answer.citations[:1]
    assert answer_of(older).explanation is None
    assert answer_of(older).disagreements == ()


@pytest.mark.parametrize(
    "change",
    [{"declined": "no"}, {"citations": {}}, {"citations": "abc"}, {"confidence": None}, {"parts": [{}]}, {"answer": 3}],
)
def test_a_damaged_record_is_refused(assistant, change):
    with pytest.raises(ValueError):
        answer_of(record_of(assistant.ask("How long is annual leave?")) | change)
    with pytest.raises(ValueError):
        answer_of(["a list"])


def test_the_documents_of_a_record_are_those_quoted_shown_and_explained(assistant):
    answer = assistant.ask("How long is annual leave?")
    explained = answer.explanation
    assert set(documents_in(record_of(answer))) == {
        each.document_id for each in (*answer.citations, *explained.passages, *explained.sentences)
    }
