"""The dense and the lexical index: exact search among chosen rows, and the way to disk and back."""

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cydqa.index.dense import DenseIndex
from cydqa.index.lexical import LexicalIndex

VECTORS = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
WORDS = [[f"w{i % 7}", f"w{i % 3}", "all"] for i in range(40)]


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
    everything, every_score = lexical.search(["w1", "w1", "unknown"], 40)
    found, scores = lexical.search(["w1"], k, rows)
    kept = [row for row in everything.tolist() if row in chosen][:k]
    assert found.tolist() == kept
    assert np.allclose(scores, [every_score[everything.tolist().index(row)] for row in kept])
    assert all("w1" in WORDS[row] for row in kept)


def test_both_indexes_come_back_from_disk_the_same(tmp_path):
    dense, lexical = DenseIndex.build(VECTORS), LexicalIndex.build(WORDS)
    dense.save(tmp_path / "dense")
    lexical.save(tmp_path / "lexical")
    for one, other, query in (
        (dense, DenseIndex.load(tmp_path / "dense"), VECTORS[0]),
        (lexical, LexicalIndex.load(tmp_path / "lexical"), ["w1", "all"]),
    ):
        for before, after in zip(one.search(query, 10), other.search(query, 10), strict=True):
            assert before.tolist() == after.tolist()
