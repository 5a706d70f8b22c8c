"""Arrays in files: written row by row, read in part, and never used where a bit of them has flipped."""

import errno
import gc
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cydqa.errors import IndexCorruptError
from cydqa.index import arrays
from cydqa.index.arrays import ArrayWriter, StoredArray, has_damage, write_sums

MATRIX = np.random.default_rng(0).normal(size=(500, 24)).astype(np.float16)
NUMBERS = np.arange(3000, dtype=np.int64) ** 2


def written(path, array, block=7):
    with ArrayWriter(path, array.dtype, array.shape[1:]) as writer:
        for first in range(0, len(array), block):
            writer.extend(array[first : first + block])
    return path


@pytest.fixture(params=[False, True], ids=["verified", "by blocks"])
def stored(request, tmp_path, monkeypatch):
    """Opens an array after it was written, with checksums of its blocks or without."""
    monkeypatch.setattr(arrays, "BLOCK", 1024)

    def stored(array):
        path = written(tmp_path / "array.npy", array)
        if request.param:
            write_sums(path)
        return StoredArray(path)

    return stored


@pytest.mark.parametrize("array", [MATRIX, NUMBERS, MATRIX[:0], NUMBERS[:0], NUMBERS[:1]])
def test_what_numpy_reads_is_what_was_written(tmp_path, array):
    read = np.load(written(tmp_path / "array.npy", array))
    assert read.dtype == array.dtype
    assert np.array_equal(read, array)


@pytest.mark.parametrize("array", [MATRIX, NUMBERS])
@given(st.lists(st.tuples(st.integers(0, 499), st.integers(0, 30)), max_size=8))
@hypothesis_settings(deadline=None, max_examples=40)
def test_any_part_can_be_read(tmp_path_factory, array, parts):
    path = written(tmp_path_factory.mktemp("array") / "array.npy", array)
    write_sums(path)
    for opened in (StoredArray(path), StoredArray(path)):
        parts = [(start, min(length, 500 - start)) for start, length in parts]
        for start, length in parts:
            assert np.array_equal(opened.slice(start, start + length), array[start : start + length])
        starts, lengths = (np.array([part[i] for part in parts], np.int64) for i in (0, 1))
        expected = [array[start : start + length] for start, length in parts]
        assert np.array_equal(opened.ranges(starts, lengths), np.concatenate([array[:0], *expected]))
        assert np.array_equal(opened.take(starts), array[starts])


def test_an_empty_array_can_be_opened(stored):
    none = np.empty(0, np.int64)
    for array in (MATRIX[:0], NUMBERS[:0]):
        opened = stored(array)
        assert (len(opened), len(opened.slice(0, 0)), len(opened.take(none))) == (0, 0, 0)


def test_rows_are_converted_to_the_dtype_of_the_file_and_must_have_its_shape(tmp_path):
    with ArrayWriter(tmp_path / "array.npy", "<f2", (24,)) as writer:
        writer.extend(MATRIX[:100].astype(np.float32))
        writer.extend(MATRIX[100:])
        with pytest.raises(ValueError, match="shape"):
            writer.extend(MATRIX[:, :5])
    assert np.array_equal(np.load(tmp_path / "array.npy"), MATRIX)


READS = {
    "slice": lambda opened, row: opened.slice(row, row + 1),
    "take": lambda opened, row: opened.take(np.array([row])),
    "ranges": lambda opened, row: opened.ranges(np.array([row]), np.array([1])),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("array", [MATRIX, NUMBERS], ids=["matrix", "numbers"])
def test_a_flipped_bit_is_noticed_by_whoever_reads_it_and_by_nobody_else(tmp_path, monkeypatch, array, read):
    monkeypatch.setattr(arrays, "BLOCK", 1024)
    path = written(tmp_path / "array.npy", array)
    write_sums(path)
    size = array.nbytes // len(array)
    content = bytearray(path.read_bytes())
    content[-size * 250 - 1] ^= 1  # the last byte of the row before those
    path.write_bytes(content)
    opened = StoredArray(path)
    row = len(array) - 251
    for other in (0, row - 1024 // size - 1, row + 1024 // size + 1, len(array) - 1):
        assert np.array_equal(read(opened, other), array[other : other + 1])
    for _ in range(2):
        with pytest.raises(IndexCorruptError, match=r"array\.npy is damaged") as caught:
            read(opened, row)
    assert "--rebuild" in caught.value.hint
    assert has_damage(path)


def test_a_row_in_two_blocks_needs_both(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "BLOCK", 64)  # a row of 48 bytes
    path = written(tmp_path / "array.npy", MATRIX)
    write_sums(path)
    start = path.stat().st_size - MATRIX.nbytes
    row = next(row for row in range(500) if (start + 48 * row) % 64 == 48)
    for place in (start + 48 * row, start + 48 * row + 47):
        content = bytearray(written(path, MATRIX).read_bytes())
        content[place] ^= 1
        path.write_bytes(content)
        with pytest.raises(IndexCorruptError):
            StoredArray(path).take(np.array([row]))


def test_an_empty_range_at_the_end_of_the_last_block_can_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "BLOCK", 64)
    for count in range(1, 9):  # one of them ends where a block does
        path = written(tmp_path / "array.npy", NUMBERS[:count])
        write_sums(path)
        found = StoredArray(path).ranges(np.array([0, count]), np.array([1, 0]))
        assert found.tolist() == [0]


def test_what_the_disk_refuses_to_read_is_said_to_be_damaged(tmp_path, monkeypatch):
    path = written(tmp_path / "array.npy", MATRIX)
    write_sums(path)
    opened = StoredArray(path)

    def refuse(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "pread", refuse)
    with pytest.raises(IndexCorruptError, match="Input/output error"):
        opened.take(np.array([499]))


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"something else " * 100])
def test_what_is_no_array_is_said_to_be_damaged(tmp_path, content):
    path = tmp_path / "array.npy"
    path.write_bytes(content)
    with pytest.raises(IndexCorruptError, match="damaged"):
        StoredArray(path)
    written(path, MATRIX)
    os.truncate(path, path.stat().st_size - 1)
    with pytest.raises(IndexCorruptError, match="damaged"):
        StoredArray(path)


def test_a_deleted_file_stays_readable_until_nobody_holds_it(stored):
    def descriptors():
        gc.collect()
        return len(os.listdir("/proc/self/fd"))

    before = descriptors()
    opened = stored(MATRIX)
    opened._path.unlink()
    assert np.array_equal(opened.slice(0, 500), MATRIX)
    assert np.array_equal(opened.take(np.arange(500)), MATRIX)
    assert descriptors() > before
    del opened
    assert descriptors() == before
