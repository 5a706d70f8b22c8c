"""Whole conversations: persons whom answers name, topics that carry on, and what the assistant makes of them."""

import time

import pytest
from conftest import WordEmbedder, write_corpus
from conversations import WARDENS, answered, read_last
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cydqa import build_index, open_assistant
from cydqa.conversation import read_as
from cydqa.settings import Settings


def test_a_person_goes_by_the_name_without_titles():
    before = answered("Who launched the Reef Pact?", "Swedish President Jon Berg launched the Reef Pact.")
    assert read_as("When did he resign?", [before]) == "When did Jon Berg resign?"


def test_the_post_goes_along_with_the_person_who_held_it():
    first = answered("Who was Sweden's first reef warden?", "Mira Holt was Sweden's first reef warden.")
    second = answered("Who got the job after her?", read=read_as("Who got the job after her?", [first]))
    assert second.read_as == "Who got the job after Mira Holt?"
    assert read_as("Who filled the seat in between?", [first, second]) == (
        "Who filled the seat in between? (Mira Holt, Sweden's first reef warden)"
    )


def test_the_first_question_stands_alone_whatever_it_says():
    assert read_as("Who launched it?", ()) is None


def test_a_person_is_the_one_whom_the_last_answer_named():
    before = answered("Who was the first reef warden?", *WARDENS)
    assert read_as("When did he leave?", [before]) == "When did Mira Holt leave?"
    before = answered("Who was the second reef warden?", *WARDENS)
    assert read_as("How old was she?", [before]) == "How old was Ana Sol Reyes?"
    assert read_as("What was her job before?", [before]) == "What was Ana Sol Reyes’s job before?"


def test_a_person_named_in_the_question_comes_before_those_of_the_answer():
    before = answered("Who is Leo Marsh?", *WARDENS)
    assert read_as("When was he born?", [before]) == "When was Leo Marsh born?"


def test_a_person_whom_no_answer_named_is_described():
    before = answered("Who led the first panel?", declined=True)
    assert read_as("When did she leave?", [before]) == "When did the person who led the first panel leave?"


def test_places_and_bodies_are_no_persons():
    before = answered("Who runs the reef office?", "The reef office in San Lorenzo reports to the Harbour Ministry.")
    assert read_as("When did he start?", [before]) == "When did the person who runs the reef office start?"


def test_a_topic_carries_through_a_chain():
    assert read_last("What is the Reef Pact?", "Who launched it?", "When?") == "When: who launched the Reef Pact?"
    assert read_last("What is the Reef Pact?", "How many members?", "Who leads it?") == "Who leads the Reef Pact?"
    chain = ["When did Sweden join the pact?", "and Norway?", "and Iceland?"]
    assert read_last(*chain) == "When did Iceland join the pact?"


def test_a_new_subject_takes_over():
    assert read_last("What is the Reef Pact?", "What is the Coast Manual?", "Who wrote it?") == (
        "Who wrote the Coast Manual?"
    )


def test_a_declined_question_on_the_same_topic_is_gone_on_from():
    first = answered("What is the Reef Pact?", "The Reef Pact protects reefs.")
    second = answered("Who hates the Reef Pact?", declined=True)
    assert read_as("Who launched it?", [first, second]) == "Who launched the Reef Pact?"


def test_a_declined_question_about_something_else_is_passed_over():
    first = answered("What is the Reef Pact?", "The Reef Pact protects reefs.")
    second = answered("What is the capital of Peru?", "Nothing about it.", declined=True)
    assert read_as("Who launched it?", [first, second]) == "Who launched the Reef Pact?"


def test_a_definite_noun_points_back_only_where_the_answer_spoke_of_it():
    before = answered("What is the Reef Pact?", "The secretariat of the Reef Pact sits in Oslo.")
    assert read_as("Who heads the secretariat?", [before]) == "Who heads the secretariat? (the Reef Pact)"
    assert read_as("Who heads the parliament?", [before]) is None


def test_a_name_in_small_letters_is_a_name():
    quote = "The Reef Pact of 2018 is older than the Coast Manual, the work of experts."
    before = answered("what is the reef pact?", quote)
    assert read_as("what is the coast manual?", [before]) is None
    assert read_as("and the coast manual?", [before]) == "what is the coast manual?"


def test_a_long_history_and_long_questions_cost_next_to_nothing():
    history = [answered(f"What is the Reef Pact of {year}?", *WARDENS) for year in range(1900, 2000)]
    started = time.perf_counter()
    assert read_as("Who launched it?", history) == "Who launched the Reef Pact of 1999?"
    assert read_as("Who launched it? " * 1000, history) is None
    assert time.perf_counter() - started < 0.5


WORDS = [
    *("what", "who", "how", "many", "was", "did", "the", "a", "it", "they", "he", "that", "one", "second", "and"),
    *("Reef", "Pact", "2019", "in", "same", "why", ",", "?", "(", ")", "—", "'s", "😀"),
]
QUESTIONS = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)


@given(st.lists(QUESTIONS, max_size=3), QUESTIONS)
@hypothesis_settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_read_the_same_way_each_time(earlier, question):
    history = [answered(each, *WARDENS) for each in earlier]
    read = read_as(question, history)
    assert read == read_as(question, history)
    assert read is None or (read.strip() and read != question)


@pytest.fixture
def coast(tmp_path):
    """An assistant that knows a little of two subjects."""
    corpus = write_corpus(
        tmp_path / "corpus",
        {
            "pact.md": "# The Reef Pact\n\nThe Reef Pact protects corals. Minister Jon Berg launched the Reef Pact.\n",
            "manual.md": "# The Coast Manual\n\nThe Coast Manual explains storms. Pilots wrote the Coast Manual.\n",
        },
    )
    embedder, settings = WordEmbedder(), Settings(min_confidence=0.3)
    build_index(corpus, tmp_path / "index", settings=settings, embedder=embedder)
    return open_assistant(tmp_path / "index", settings=settings, embedder=embedder)


def test_the_assistant_searches_for_what_a_follow_up_is_read_as(coast):
    first = coast.ask("What is the Reef Pact?")
    answer = coast.ask("Who launched it?", history=[first])
    assert answer.question == "Who launched it?"
    assert answer.read_as == "Who launched the Reef Pact?"
    assert "Jon Berg launched the Reef Pact." in answer.citations[0].quote
    assert answer.confidence == coast.ask("Who launched the Reef Pact?").confidence


def test_without_the_history_a_follow_up_is_asked_literally(coast):
    answer = coast.ask("Who launched it?", history=())
    assert answer.read_as is None
    assert answer.confidence < coast.ask("Who launched it?", history=[coast.ask("What is the Reef Pact?")]).confidence


def test_a_question_is_embedded_once_however_it_is_read(coast, monkeypatch):
    first = coast.ask("What is the Reef Pact?")
    embedded, real = [], coast._embed_query
    monkeypatch.setattr(coast, "_embed_query", lambda text: embedded.append(text) or real(text))
    coast.ask("Who launched it?", history=[first])
    assert embedded == ["Who launched the Reef Pact?"]
