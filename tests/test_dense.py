"""The dense index, exact and approximate: what is found, among which rows, on disk, and how much memory it takes."""

import gc
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cydqa.errors import IndexCorruptError
from cydqa.index import approximate, dense
from cydqa.index.approximate import ApproximateIndex
from cydqa.index.arrays import StoredArray, write_sums
from cydqa.index.dense import build_dense, load_dense
from cydqa.index.exact import ExactIndex

DIM = 32


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def clustered(count, seed=0, clusters=40):
    """Vectors around some centres, the same centres for every seed."""
    centres = np.random.default_rng(0).normal(size=(clusters, DIM))
    rng = np.random.default_rng(seed)
    return unit(centres[rng.integers(0, clusters, count)] + 0.5 * rng.normal(size=(count, DIM)))


VECTORS = clustered(3000)
QUERIES = clustered(50, seed=1)


def referee(vectors, query, k, rows=None):
    """The k best rows by NumPy, in double precision, of the vectors as they are stored."""
    rows = np.arange(len(vectors)) if rows is None else rows
    cosines = vectors.astype(np.float16).astype(np.float64)[rows] @ query.astype(np.float64)
    order = np.lexsort((rows, -cosines))[:k]
    return rows[order], cosines[order]


def written(folder, vectors, block=700):
    folder.mkdir(exist_ok=True)
    build_dense((vectors[first : first + block] for first in range(0, len(vectors), block)), DIM, folder)
    return folder


def held_open():
    """The names of files that this process has mapped or open."""
    gc.collect()
    return Path("/proc/self/maps").read_text() + " ".join(map(os.path.realpath, Path("/proc/self/fd").iterdir()))


@pytest.fixture
def approximately(monkeypatch):
    """Corpora of more than a thousand passages are large, and few candidates are scored."""
    monkeypatch.setattr(dense, "EXACT", 1000)
    monkeypatch.setattr(approximate, "_BLOCK", 512)
    monkeypatch.setattr(approximate, "_LEAST", 100)


@given(st.sets(st.integers(0, 299), min_size=1), st.integers(1, 50))
@hypothesis_settings(deadline=None, max_examples=50)
def test_an_exact_index_finds_what_the_referee_finds(chosen, k):
    index = ExactIndex.build(VECTORS[:300])
    for rows in (None, np.array(sorted(chosen), np.int64)):
        found, scores = index.search(QUERIES[0], k, rows)
        expected, cosines = referee(VECTORS[:300], QUERIES[0], k, rows)
        assert found.tolist() == expected.tolist()
        assert np.allclose(scores, cosines, atol=1e-5)


def test_half_precision_moves_no_score_by_a_ten_thousandth():
    vectors = unit(np.random.default_rng(0).normal(size=(1000, 384)) + 0.5)  # as many dimensions as the encoder has
    for query in vectors[:20]:
        found, scores = ExactIndex.build(vectors).search(query, 1000)
        assert np.abs(scores - vectors[found] @ query).max() < 1e-4


@pytest.mark.parametrize("count", [0, 1, 900, 3000])
def test_an_index_comes_back_from_disk_with_its_vectors(tmp_path, approximately, count):
    index = load_dense(written(tmp_path / "dense", VECTORS[:count]))
    assert isinstance(index, ApproximateIndex if count > 1000 else ExactIndex)
    rows = np.arange(count)[::-1]
    assert len(index) == count
    assert np.array_equal(index.vectors(rows), VECTORS[rows].astype(np.float16))
    assert index.vectors(rows).dtype == np.float32
    assert len(index.search(QUERIES[0], 7)[0]) == min(count, 7)
    assert len(index.search(QUERIES[0], 7, rows[:0])[0]) == 0


def test_an_exact_index_is_saved_as_a_build_writes_it(tmp_path):
    ExactIndex.build(VECTORS).save(tmp_path)
    assert (tmp_path / "vectors.npy").read_bytes() == (
        written(tmp_path / "dense", VECTORS) / "vectors.npy"
    ).read_bytes()


def test_an_approximate_index_finds_nearly_all_and_scores_it_exactly(tmp_path, approximately, monkeypatch):
    index = load_dense(written(tmp_path / "dense", VECTORS))
    monkeypatch.setattr(approximate, "_LEAST", 60)
    monkeypatch.setattr(approximate, "_AGAIN", 1)
    shares = []
    for query in QUERIES:
        found, scores = index.search(query, 10)
        expected, _ = referee(VECTORS, query, 10)
        shares.append(len(set(found.tolist()) & set(expected.tolist())) / 10)
        assert np.allclose(scores, referee(VECTORS[found], query, 10)[1], atol=1e-5)
        assert found.tolist() == found[np.lexsort((found, -scores))].tolist()
    assert np.mean(shares) > 0.9
    assert np.mean(shares) < 1  # or the test does not show that it is approximate


@pytest.mark.parametrize("few", [0, 2000])
def test_an_approximate_index_finds_only_among_the_rows_asked_for(tmp_path, approximately, monkeypatch, few):
    monkeypatch.setattr(approximate, "_FEW", few)
    index = load_dense(written(tmp_path / "dense", VECTORS))
    shares = []
    for number, query in enumerate(QUERIES):
        rows = np.sort(np.random.default_rng(number).choice(3000, 1500, replace=False))
        found, scores = index.search(query, 10, rows)
        expected, cosines = referee(VECTORS, query, 10, rows)
        assert set(found.tolist()) <= set(rows.tolist())
        shares.append(len(set(found.tolist()) & set(expected.tolist())) / 10)
        if few:
            assert found.tolist() == expected.tolist()
            assert np.allclose(scores, cosines, atol=1e-5)
    assert np.mean(shares) > 0.95


def test_equal_vectors_come_in_the_order_of_their_rows(tmp_path, approximately):
    equal = VECTORS.copy()
    equal[[2900, 5, 1700, 44]] = QUERIES[0]
    for index in (load_dense(written(tmp_path / "dense", equal)), ExactIndex.build(equal)):
        for k in (2, 4):
            assert index.search(QUERIES[0], k)[0].tolist() == [5, 44, 1700, 2900][:k]


def test_the_same_vectors_give_the_same_files_however_they_come(tmp_path, approximately):
    one, other = written(tmp_path / "one", VECTORS), written(tmp_path / "other", VECTORS, block=1)
    names = sorted(path.name for path in one.iterdir())
    assert names == ["vectors.centroids.npy", "vectors.codes.npy", "vectors.npy"]
    assert all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


def test_an_approximate_index_stays_usable_when_its_files_are_deleted(tmp_path, approximately):
    folder = written(tmp_path / "dense", VECTORS)
    before, index = load_dense(folder), load_dense(folder)
    expected = [before.search(query, 10) for query in QUERIES]
    shutil.rmtree(folder)
    for query, (rows, scores) in zip(QUERIES, expected, strict=True):
        found, again = index.search(query, 10)
        assert (found.tolist(), again.tolist()) == (rows.tolist(), scores.tolist())
    assert str(folder) in held_open()
    del before, index
    assert str(folder) not in held_open()


def test_a_build_can_be_ended_while_codes_are_made(tmp_path, approximately):
    def between():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_dense([VECTORS], DIM, tmp_path, between)


@pytest.mark.parametrize("name", ["vectors.codes.npy", "vectors.centroids.npy"])
def test_damaged_codes_are_noticed_when_they_are_opened(tmp_path, approximately, name):
    folder = written(tmp_path / "dense", VECTORS)
    write_sums(folder / name)
    content = bytearray((folder / name).read_bytes())
    content[-5] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(IndexCorruptError, match=re.escape(f"{name} is damaged")):
        load_dense(folder)


def test_codes_of_other_vectors_are_refused(tmp_path, approximately):
    folder, other = written(tmp_path / "dense", VECTORS), written(tmp_path / "other", VECTORS[:2000])
    shutil.copy(other / "vectors.codes.npy", folder)
    with pytest.raises(IndexCorruptError, match="do not belong together"):
        load_dense(folder)


def test_a_damaged_vector_is_noticed_when_it_is_a_candidate(tmp_path, approximately, monkeypatch):
    monkeypatch.setattr("cydqa.index.arrays.BLOCK", 64)
    folder = written(tmp_path / "dense", VECTORS)
    path = folder / "vectors.npy"
    write_sums(path)
    row = int(load_dense(folder).search(QUERIES[0], 1)[0][0])
    content = bytearray(path.read_bytes())
    content[-2 * DIM * (3000 - row)] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexCorruptError, match=r"vectors\.npy is damaged"):
        load_dense(folder).search(QUERIES[0], 1)
    assert row not in load_dense(folder).search(-QUERIES[0], 1)[0]


BUILD = """
import resource, sys
from pathlib import Path
import numpy as np
from cydqa.index import approximate, dense
dense.EXACT, approximate._BLOCK, approximate._SAMPLE = 1000, 2**11, 2000
import faiss
def blocks():
    rng = np.random.default_rng(0)
    for _ in range(int(sys.argv[1])):
        vectors = rng.normal(size=(2**11, 384)).astype(np.float32)
        yield vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
dense.build_dense(blocks(), 384, Path(sys.argv[2]))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def test_a_build_needs_hardly_more_memory_for_four_times_the_vectors(tmp_path):
    """In float32, four times as many are 108 MiB more."""

    def mebibytes(blocks):
        folder = tmp_path / str(blocks)
        folder.mkdir()
        program = [sys.executable, "-c", BUILD, str(blocks), str(folder)]
        done = subprocess.run(program, capture_output=True, text=True, check=True)
        assert len(StoredArray(folder / "vectors.npy")) == blocks * 2**11
        return float(done.stdout)

    assert mebibytes(48) - mebibytes(12) < 20
