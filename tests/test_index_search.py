"""The dense and the lexical index: exact search among chosen rows, the words of each row, the way to disk and back."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cydqa.index.dense import DenseIndex
from cydqa.index.forward import ForwardIndex, PassageWords
from cydqa.index.lexical import LexicalIndex
from cydqa.words import stems

VECTORS = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
WORDS = [PassageWords(["all"], [[f"w{i % 7}"], [f"w{i % 3}"]]) for i in range(40)]

word = st.sampled_from(["state", "states", "organisation", "organization", "café", "cafe", "2012", "u"])
unit = st.lists(word, max_size=5)
passages = st.lists(st.builds(PassageWords, unit, st.lists(unit, min_size=1, max_size=4)), min_size=1, max_size=8)


@given(st.sets(st.integers(0, 39), min_size=1), st.integers(1, 50))
@hypothesis_settings(deadline=None)
def test_both_indexes_search_exactly_among_the_rows_asked_for(chosen, k):
    rows = np.array(sorted(chosen), np.int64)
    query = VECTORS[3]
    found, scores = DenseIndex.build(VECTORS).search(query, k, rows)
    expected = sorted(rows.tolist(), key=lambda row: -float(VECTORS[row] @ query))[:k]
    assert found.tolist() == expected
    assert np.allclose(scores, VECTORS[expected] @ query, atol=1e-5)

    lexical = LexicalIndex.build(WORDS)
    everything, every_score = lexical.search({"w1": 1.0, "unknown": 1.0}, 40)
    found, scores = lexical.search({"w1": 1.0}, k, rows)
    kept = [row for row in everything.tolist() if row in chosen][:k]
    assert found.tolist() == kept
    assert np.allclose(scores, [every_score[everything.tolist().index(row)] for row in kept])
    assert all(["w1"] in WORDS[row].sentences for row in kept)


def test_both_indexes_come_back_from_disk_the_same(tmp_path):
    dense, lexical = DenseIndex.build(VECTORS), LexicalIndex.build(WORDS)
    dense.save(tmp_path / "dense")
    lexical.save(tmp_path / "lexical")
    loaded = LexicalIndex.load(tmp_path / "lexical")
    for one, other, query in (
        (dense, DenseIndex.load(tmp_path / "dense"), VECTORS[0]),
        (lexical, loaded, {"w1": 1.0, "all": 0.5}),
    ):
        for before, after in zip(one.search(query, 10), other.search(query, 10), strict=True):
            assert before.tolist() == after.tolist()
    assert loaded.forward.take(0, 40) == WORDS
    assert loaded.idf(["w1", "new"]) == lexical.idf(["w1", "new"])


def test_a_term_counts_as_much_as_its_weight_says():
    lexical = LexicalIndex.build(WORDS)
    one, two = lexical.scores({"w1": 1.0}), lexical.scores({"w5": 1.0})
    assert np.allclose(lexical.scores({"w1": 0.25, "w5": 2.0}), 0.25 * one + 2 * two)
    best, _ = lexical.search({"w1": 0.1, "w5": 1.0}, 1)
    assert ["w5"] in WORDS[best[0]].sentences


def test_rows_with_equal_scores_come_in_their_order():
    found, scores = LexicalIndex.build(WORDS).search({"all": 1.0}, 40)
    assert found.tolist() == list(range(40))
    assert len(set(scores.tolist())) == 1


def test_the_rarer_a_word_is_the_more_it_weighs():
    lexical = LexicalIndex.build(WORDS)
    idf = lexical.idf(["all", "w0", "w5", "unknown"])
    assert 0 < idf["all"] < idf["w0"] < idf["w5"] < idf["unknown"]


@pytest.mark.parametrize("items", [[], [PassageWords([], [[]])], [PassageWords([], [[]]), PassageWords([], [["a"]])]])
def test_passages_without_any_word_are_never_found(items, tmp_path):
    LexicalIndex.build(items).save(tmp_path)
    lexical = LexicalIndex.load(tmp_path)
    assert len(lexical) == len(items)
    for query in ("", "unknown"):
        assert lexical.search({query: 1.0}, 5)[0].tolist() == []
        assert lexical.column(query) is None
    assert lexical.search({"a": 1.0}, 5)[0].tolist() == [row for row, item in enumerate(items) if ["a"] in item[1]]


@given(passages, st.data())
def test_the_words_of_any_rows_are_those_that_were_indexed(items, data):
    forward = ForwardIndex.build(items)
    assert len(forward) == len(items)
    assert forward.sentences == sum(len(item.sentences) for item in items)
    first = data.draw(st.integers(0, len(items)))
    stop = data.draw(st.integers(first, len(items)))
    assert forward.take(first, stop) == items[first:stop]
    assert ForwardIndex.build(forward.take(0, len(items))).terms == forward.terms


@given(passages, st.data())
def test_the_units_of_rows_in_any_order_are_a_plain_recount(items, data):
    forward = ForwardIndex.build(items)
    rows = data.draw(st.lists(st.integers(0, len(items) - 1), max_size=10))
    units = forward.units(np.array(rows, np.int64))
    plain = [unit for row in rows for unit in (items[row].heading, *items[row].sentences)]
    held = [[forward.terms[i] for i in units.terms[units.unit == number]] for number in range(len(plain))]
    assert held == [stems(unit) for unit in plain]
    assert len(units.terms) == len(units.unit) == sum(map(len, plain))
    assert units.passage.tolist() == [place for place, row in enumerate(rows) for _ in (0, *items[row].sentences)]
    assert [plain[first] for first in units.first] == [items[row].heading for row in rows]


@given(passages)
def test_the_rows_of_the_sentences_count_on_from_passage_to_passage(items):
    first, counts = ForwardIndex.build(items).sentence_rows(np.arange(len(items)))
    assert counts.tolist() == [len(item.sentences) for item in items]
    assert first.tolist() == [sum(counts[:row]) for row in range(len(items))]


@given(passages)
@hypothesis_settings(deadline=None)
def test_a_passage_is_found_by_each_form_of_each_of_its_words(items):
    lexical = LexicalIndex.build(items)
    holding = [Counter(stems([word for unit in (item.heading, *item.sentences) for word in unit])) for item in items]
    for term in {term for counter in holding for term in counter}:
        rows = [row for row, counter in enumerate(holding) if term in counter]
        assert sorted(lexical.search({term: 1.0}, 10)[0].tolist()) == rows
        assert lexical.document_frequency(term) == len(rows)
        assert lexical.forward.terms[lexical.column(term)] == term
