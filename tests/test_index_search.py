"""The lexical index: search among chosen rows, the words of each row, the way to disk and back."""

import gc
import weakref
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cydqa.index.forward import PassageWords
from cydqa.index.lexical import LexicalIndex
from cydqa.words import stems

WORDS = [PassageWords(["all"], [[f"w{i % 7}"], [f"w{i % 3}"]]) for i in range(40)]

word = st.sampled_from(["state", "states", "organisation", "organization", "café", "cafe", "2012", "u"])
unit = st.lists(word, max_size=5)
passages = st.lists(st.builds(PassageWords, unit, st.lists(unit, min_size=1, max_size=4)), min_size=1, max_size=8)


@contextmanager
def indexed(items):
    with TemporaryDirectory() as folder:
        yield LexicalIndex.build(items, Path(folder))


@pytest.fixture(scope="module")
def lexical():
    with indexed(WORDS) as lexical:
        yield lexical


@given(st.sets(st.integers(0, 39), min_size=1), st.integers(1, 50))
@hypothesis_settings(deadline=None)
def test_only_the_rows_asked_for_are_found(lexical, chosen, k):
    rows = np.array(sorted(chosen), np.int64)
    everything, every_score = lexical.search({"w1": 1.0, "unknown": 1.0}, 40)
    found, scores = lexical.search({"w1": 1.0}, k, rows)
    kept = [row for row in everything.tolist() if row in chosen][:k]
    assert found.tolist() == kept
    assert np.allclose(scores, [every_score[everything.tolist().index(row)] for row in kept])
    assert all(["w1"] in WORDS[row].sentences for row in kept)


def test_an_index_comes_back_from_disk_the_same(lexical, tmp_path):
    lexical.save(tmp_path / "lexical")
    loaded = LexicalIndex.load(tmp_path / "lexical")
    query = {"w1": 1.0, "all": 0.5}
    for before, after in zip(lexical.search(query, 10), loaded.search(query, 10), strict=True):
        assert before.tolist() == after.tolist()
    assert list(loaded.forward.vocabulary) == ["all", *(f"w{i}" for i in range(7))]
    assert loaded.idf(["w1", "new"]) == lexical.idf(["w1", "new"])


def test_an_index_that_nobody_holds_lets_go_of_its_files_at_once():
    """Not when Python next looks for cycles: its files may be deleted, and take up the disk until then."""
    gc.disable()
    try:
        with indexed(WORDS) as lexical:
            assert lexical.document_frequency("w1")
            held = weakref.ref(lexical.forward)
            del lexical
            assert held() is None
    finally:
        gc.enable()


def test_a_term_counts_as_much_as_its_weight_says(lexical):
    one, two = lexical.scores({"w1": 1.0}), lexical.scores({"w5": 1.0})
    assert np.allclose(lexical.scores({"w1": 0.25, "w5": 2.0}), 0.25 * one + 2 * two)
    best, _ = lexical.search({"w1": 0.1, "w5": 1.0}, 1)
    assert ["w5"] in WORDS[best[0]].sentences


def test_rows_with_equal_scores_come_in_their_order(lexical):
    found, scores = lexical.search({"all": 1.0}, 40)
    assert found.tolist() == list(range(40))
    assert len(set(scores.tolist())) == 1


def test_the_rarer_a_word_is_the_more_it_weighs(lexical):
    idf = lexical.idf(["all", "w0", "w5", "unknown"])
    assert 0 < idf["all"] < idf["w0"] < idf["w5"] < idf["unknown"]


@pytest.mark.parametrize("items", [[], [PassageWords([], [[]])], [PassageWords([], [[]]), PassageWords([], [["a"]])]])
def test_passages_without_any_word_are_never_found(items, tmp_path):
    lexical = LexicalIndex.build(items, tmp_path)
    assert len(lexical) == len(items)
    for query in ("", "unknown"):
        assert lexical.search({query: 1.0}, 5)[0].tolist() == []
        assert lexical.column(query) is None
    assert lexical.search({"a": 1.0}, 5)[0].tolist() == [row for row, item in enumerate(items) if ["a"] in item[1]]


@given(passages, st.data())
@hypothesis_settings(deadline=None)
def test_the_units_of_rows_in_any_order_are_a_plain_recount(items, data):
    rows = data.draw(st.lists(st.integers(0, len(items) - 1), max_size=10))
    with indexed(items) as lexical:
        forward, units = lexical.forward, lexical.forward.units(np.array(rows, np.int64))
    assert len(forward) == len(items)
    assert list(forward.vocabulary) == sorted({word for item in items for unit in (item[0], *item[1]) for word in unit})
    plain = [unit for row in rows for unit in (items[row].heading, *items[row].sentences)]
    held = [[forward.terms[i] for i in units.terms[units.unit == number]] for number in range(len(plain))]
    assert held == [stems(unit) for unit in plain]
    assert len(units.terms) == len(units.unit) == sum(map(len, plain))
    assert units.passage.tolist() == [place for place, row in enumerate(rows) for _ in (0, *items[row].sentences)]
    assert [plain[first] for first in units.first] == [items[row].heading for row in rows]


@given(passages)
@hypothesis_settings(deadline=None)
def test_the_rows_of_the_sentences_count_on_from_passage_to_passage(items):
    with indexed(items) as lexical:
        first, counts = lexical.forward.sentence_rows(np.arange(len(items)))
    assert lexical.forward.sentences == sum(len(item.sentences) for item in items)
    assert counts.tolist() == [len(item.sentences) for item in items]
    assert first.tolist() == [sum(counts[:row]) for row in range(len(items))]


@given(passages)
@hypothesis_settings(deadline=None)
def test_a_passage_is_found_by_each_form_of_each_of_its_words(items):
    holding = [Counter(stems([word for unit in (item.heading, *item.sentences) for word in unit])) for item in items]
    with indexed(items) as lexical:
        for term in {term for counter in holding for term in counter}:
            rows = [row for row, counter in enumerate(holding) if term in counter]
            assert sorted(lexical.search({term: 1.0}, 10)[0].tolist()) == rows
            assert lexical.document_frequency(term) == len(rows)
            assert lexical.forward.terms[lexical.column(term)] == term
