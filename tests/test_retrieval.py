import numpy as np
import pytest

from cydqa.retrieval import coverage, standardise
from cydqa.words import terms


def test_standardised_scores_are_in_deviations_of_the_sample():
    assert standardise(np.array([1.0, 3.0], np.float32), mean=2, std=0.5).tolist() == [-2.0, 2.0]
    assert len(standardise(np.empty(0, np.float32), mean=0, std=1)) == 0
    with pytest.raises(ValueError, match="positive"):
        standardise(np.ones(1, np.float32), mean=0, std=0)


def test_coverage_weighs_words_by_their_rarity():
    assert coverage(frozenset({"leave"}), {"leave": 3.0, "march": 1.0}) == 0.75
    assert coverage(frozenset({"leave"}), {}) == 0.0


def test_the_passage_that_holds_the_words_comes_first(assistant):
    hits = assistant.search("Who approves the application for leave?")
    assert (hits[0].chunk.document_id, hits[0].chunk.section) == ("leave.md", ("Applying",))
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].dense_rank == hits[0].lexical_rank == 1


def test_a_passage_without_any_word_of_the_query_is_no_lexical_hit(assistant):
    hits = assistant.search("invoices")
    assert hits[0].lexical_rank == 1
    assert all(hit.lexical_rank is None for hit in hits[1:])


def test_fewer_are_returned_where_fewer_are_asked_for_or_there(assistant):
    assert len(assistant.search("leave", k=2)) == 2
    assert len(assistant.search("leave", k=100)) == 5
    with pytest.raises(ValueError, match="at least 1"):
        assistant.search("leave", k=0)


def test_a_restriction_is_exact(assistant):
    hits = assistant.search("How many days of annual leave?", documents=["laptops.md", "notes/invoices.txt"], k=10)
    assert {hit.chunk.document_id for hit in hits} == {"laptops.md", "notes/invoices.txt"}
    assert len(hits) == 3
    assert assistant.search("leave", documents=[]) == []


@pytest.mark.parametrize(
    "query", ["the of and", "§ 12 — ???", "leave " * 500, "LEAVE", "x" * 5000, "😀", "' OR 1=1 --"]
)
def test_any_query_is_answered(assistant, query):
    assert assistant.search(query)


def test_words_are_stems_without_function_words():
    assert terms("The leaves were left at the U.S. Embassy's door") == terms("leave left US embassy door")
    assert terms("Who is the WHO?") == ["who"]
    assert terms("WHO IS THE HEAD?") == ["head"]
    assert terms("Can't we say what isn't the states' own?") == terms("states")
    assert terms("") == []
