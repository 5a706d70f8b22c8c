"""The record of why an answer is what it is: it can be read, added up, and written as JSON."""

import json
from dataclasses import asdict

import pytest

LEAVE = "How many days of annual leave does every employee have?"


@pytest.fixture
def explained(assistant):
    return assistant.ask(LEAVE).explanation


def test_the_record_survives_json(assistant):
    for question in (LEAVE, "Which bird builds its nest in Patagonia?", "the"):
        answer = asdict(assistant.ask(question))
        assert json.loads(json.dumps(answer["explanation"])) == json.loads(json.dumps(answer))["explanation"]
        read = json.loads(json.dumps(answer["explanation"]))
        assert {"embedded", "corrections", "words", "expects", "passages", "sentences", "evidence", "threshold"} == set(
            read
        )
        assert all(isinstance(added, float) for passage in read["passages"] for added in passage["adds"].values())
        assert all(isinstance(sentence["fate"], str) for sentence in read["sentences"])


def test_passages_stand_in_the_order_of_a_search_with_their_ranks(assistant, explained):
    hits = assistant.search(LEAVE, k=6)
    assert [(each.rank, each.document_id, each.start, each.end, each.score) for each in explained.passages] == [
        (hit.rank, hit.chunk.document_id, hit.chunk.start, hit.chunk.end, hit.score) for hit in hits
    ]
    assert [(each.dense_rank, each.lexical_rank) for each in explained.passages] == [
        (hit.dense_rank, hit.lexical_rank) for hit in hits
    ]
    assert explained.passages[0].section == ()
    assert explained.passages[0].title == "Annual leave"


def test_what_each_feature_adds_makes_the_scores(explained):
    for each in explained.passages + explained.sentences:
        assert sum(each.adds.values()) == pytest.approx(each.score, abs=1e-4)
    assert [each.score for each in explained.sentences] == sorted(
        (each.score for each in explained.sentences), reverse=True
    )


def test_sentences_are_slices_and_those_quoted_are_in_the_answer(assistant, explained):
    quoted = " ".join(citation.quote for citation in assistant.ask(LEAVE).citations)
    for each in explained.sentences:
        assert assistant.document(each.document_id).text[each.start : each.end] == each.text
        assert each.fate.startswith("quoted") == (each.text in quoted)
    assert {each.fate for each in explained.sentences} == {"quoted", "too weak beside the best one"}


def test_what_was_dropped_says_why(assistant_of):
    again = "The embassy opened in Paris.", "In Paris the embassy opened.", "The embassy in Paris has nine rooms. Weak."
    fates = {each.text: each.fate for each in assistant_of(*again).ask("embassy Paris").explanation.sentences}
    assert sorted(fates.values()) == ["quoted", "quoted", "says the same as a quote", "too weak beside the best one"]
    assert fates["Weak."] == "too weak beside the best one"


def test_only_the_best_sentences_are_told_of(assistant_of):
    text = " ".join(f"The embassy has a room number {number}." for number in range(30))
    explained = assistant_of(text).ask("Which room has number 17?").explanation
    assert len(explained.sentences) == 12
    assert explained.sentences[0].text == "The embassy has a room number 17."


def test_the_words_are_told_with_what_says_the_same(assistant_of):
    texts = "The Group of Governmental Experts (GGE) met.", "It met in Geneva.", "It met again."
    explained = assistant_of(*texts).ask("When did the GGE meet in Geneva?").explanation
    words = {word.term: word for word in explained.words}
    assert words["gge"].alternatives == ("group government expert",)
    assert (words["geneva"].named, words["meet"].named) == (True, False)
    assert explained.expects == "when"
    assert explained.corrections == ()


def test_the_threshold_is_the_one_that_was_used(assistant):
    assert assistant.ask(LEAVE).explanation.threshold == 0.3
    assert assistant.ask(LEAVE, min_confidence=0.9).explanation.threshold == 0.9
    assert assistant.ask(LEAVE, min_confidence=0).explanation.threshold == 0


def test_a_declined_question_is_explained_too(assistant):
    answer = assistant.ask("Which bird builds its nest in Patagonia?")
    assert answer.declined
    assert {each.name: each.value for each in answer.explanation.evidence}["names"] == 0
    assert answer.explanation.passages
    nothing = assistant.ask(LEAVE, documents=[]).explanation
    assert (nothing.passages, nothing.sentences, nothing.evidence) == ((), (), ())


def test_what_the_encoder_read_is_told(assistant):
    assert assistant.ask(LEAVE).explanation.embedded == LEAVE
    first = assistant.ask("Who approves the application for leave?")
    follow_up = assistant.ask("And who approves it?", history=[first])
    assert follow_up.explanation.embedded == follow_up.read_as == "And who approves the application?"
