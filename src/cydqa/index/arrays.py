"""Arrays of numbers in files that may be larger than memory, none of which is used before it was verified.

A large array has the checksums of its blocks beside it, in `<name>.sums`; each block is verified when something in it
is first read. An array without them has been verified whole by whoever opens it.
"""

import hashlib
import os
import re
import weakref
from collections.abc import Iterator
from functools import cached_property
from mmap import ACCESS_READ, mmap
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from cydqa.errors import IndexCorruptError
from cydqa.index import REBUILD, Rows

BLOCK = 2**14  # bytes that have a checksum of their own: a question reads a few hundred of them, at 10 µs each
SUMS = ".sums"  # what the name of the file of an array's checksums has after the array's
_SUM = 8  # bytes of a checksum: 64 bits of SHA-256, because they are against rot, not against people
_SMALL = 2**27  # bytes of an array whose pages may all stay in memory
_BUFFER = 2**16  # bytes that wait to be written

_HEAD = 256  # bytes that hold the header
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<dtype>[<|][a-z]\d)', 'fortran_order': False, "
    rb"'shape': \((?P<shape>[\d, ]+)\), \} *\n",
    re.DOTALL,
)

Array = npt.NDArray[Any]


class StoredArray:
    """An .npy file of one or two dimensions. Safe to share between threads; stays usable when its file is deleted.

    `slice` gives a view of a memory map, for what is long and asked for often. `ranges`, and `take` of a matrix, read
    a large file: the pages of a map count as the memory of the process, sixteen of them for each that is touched, so
    that a few hundred questions would fill it with vectors that no other question needs.
    """

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            OSError: if it can't be read.
            IndexCorruptError: if it is no array, or its first block is damaged.
        """
        self._path = path
        self._file = path.open("rb", buffering=0)
        weakref.finalize(self, self._file.close)
        self._size = os.fstat(self._file.fileno()).st_size
        blocks = -(-self._size // BLOCK)
        try:
            self._sums = path.with_name(path.name + SUMS).read_bytes()
        except FileNotFoundError:
            self._sums = b""
        self._verified = np.full(blocks, not self._sums)
        if self._sums:
            if len(self._sums) != blocks * _SUM:
                raise self._damaged("it has another size than its checksums say")
            self._verify_bytes(0, 1)  # the header
        self.shape, self.dtype, self._start = self._header()
        self._row = int(np.prod(self.shape[1:], dtype=np.int64)) * self.dtype.itemsize  # bytes

    def __len__(self) -> int:
        return self.shape[0]

    def slice(self, start: int, stop: int) -> Array:
        """The rows from `start` to before `stop`, a view that can't be written to.

        Raises:
            IndexCorruptError: if a block that holds one of them is damaged.
        """
        if self._sums:
            self._verify_bytes(self._start + start * self._row, self._start + stop * self._row)
        return self._mapped[start:stop]

    def copy(self, start: int, stop: int) -> Array:
        """A copy of the rows from `start` to before `stop`; raises like `slice`."""
        return self.ranges(np.array([start]), np.array([stop - start]))

    def take(self, rows: Rows) -> Array:
        """A copy of these rows, in their order; raises like `slice`."""
        if len(self.shape) == 2:
            return self.ranges(rows, np.ones(len(rows), np.int64))
        if self._sums:  # a number never lies in two blocks: a header has a multiple of 64 bytes
            self._verify_blocks(np.unique((self._start + rows * self._row) // BLOCK))
        return self._mapped[rows]

    def ranges(self, starts: Rows, lengths: Rows) -> Array:
        """A copy of `lengths[i]` rows from row `starts[i]` on, one range after the other; raises like `slice`."""
        if not lengths.any():
            return np.empty((0, *self.shape[1:]), self.dtype)
        new = np.flatnonzero(np.append(True, starts[1:] != starts[:-1] + lengths[:-1]))  # others continue one
        begins, counts = self._start + starts[new] * self._row, np.add.reduceat(lengths, new) * self._row
        if self._sums:
            self._verify_blocks(_spanned(begins // BLOCK, (begins + counts - 1) // BLOCK))
        if self._size <= _SMALL:
            return self._mapped[positions(starts, lengths)]
        found = np.empty((int(lengths.sum()), *self.shape[1:]), self.dtype)
        out, done = found.data.cast("B"), 0
        for begin, count in zip(begins.tolist(), counts.tolist(), strict=True):
            self._read(out[done : done + count], begin)
            done += count
        return found

    @cached_property
    def _mapped(self) -> Array:
        mapped = mmap(self._file.fileno(), 0, access=ACCESS_READ)
        return np.ndarray(self.shape, self.dtype, mapped, self._start)

    def _header(self) -> tuple[tuple[int, ...], np.dtype[Any], int]:
        # Not by NumPy, which reads the header as Python: where two threads do that at once, Python 3.11 may fail.
        head = _HEADER.match(os.pread(self._file.fileno(), _HEAD, 0))
        if not head:
            raise self._damaged("it is no array of ours")
        shape = tuple(int(number) for number in re.findall(rb"\d+", head["shape"]))
        dtype, start = np.dtype(head["dtype"].decode()), head.end()
        count = int(np.prod(shape, dtype=np.int64))
        if not 1 <= len(shape) <= 2 or start + count * dtype.itemsize != self._size:
            raise self._damaged("it is no array of ours")
        return shape, dtype, start

    def _read(self, out: memoryview, place: int) -> None:
        done = 0
        while done < len(out):
            try:
                count = os.preadv(self._file.fileno(), [out[done:]], place + done)
            except OSError as error:
                raise self._unreadable(error) from error
            if not count:
                raise self._damaged("it ends early")
            done += count

    def _verify_bytes(self, start: int, stop: int) -> None:
        if stop > start:
            first = start // BLOCK
            self._verify_blocks(first + np.flatnonzero(~self._verified[first : (stop - 1) // BLOCK + 1]))

    def _verify_blocks(self, blocks: Rows) -> None:
        for block in blocks[~self._verified[blocks]].tolist():
            try:
                content = os.pread(self._file.fileno(), BLOCK, block * BLOCK)
            except OSError as error:
                raise self._unreadable(error) from error
            if _sum(content) != self._sums[block * _SUM : (block + 1) * _SUM]:
                raise self._damaged("its checksum differs")
            self._verified[block] = True  # two threads may both find that out

    def _unreadable(self, error: OSError) -> IndexCorruptError:
        return self._damaged(f"it can't be read: {error.strerror}")

    def _damaged(self, why: str) -> IndexCorruptError:
        return IndexCorruptError(f"{self._path} is damaged: {why}.", hint=REBUILD)


class ArrayWriter:
    """Writes an .npy file row by row, without knowing how many will come. Used as a context."""

    def __init__(self, path: Path, dtype: npt.DTypeLike, row: tuple[int, ...] = ()) -> None:
        """Make the file, or empty it.

        Args:
            row: the shape of a row; () for an array of one dimension.
        """
        self._dtype = np.dtype(dtype)
        self._row = row
        self._count = 0
        self._file = path.open("wb", buffering=_BUFFER)
        self._write_header()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            if kind is None:
                self._file.seek(0)
                self._write_header()  # NumPy leaves room in it for a count of any length

    def __len__(self) -> int:
        return self._count

    def extend(self, rows: Array) -> None:
        """Append (n, *row), converted to the dtype of the file."""
        if rows.shape[1:] != self._row:
            raise ValueError(f"rows of shape {rows.shape[1:]} in a file of {self._row}")
        self._file.write(np.ascontiguousarray(rows, self._dtype).data.cast("B") if rows.size else b"")
        self._count += len(rows)

    def _write_header(self) -> None:
        header = {
            "descr": np.lib.format.dtype_to_descr(self._dtype),
            "fortran_order": False,
            "shape": (self._count, *self._row),
        }
        np.lib.format.write_array_header_1_0(self._file, header)


def write_sums(path: Path) -> None:
    """Write the checksums of a finished file's blocks beside it."""
    with path.with_name(path.name + SUMS).open("wb") as sums:
        for block in _blocks(path):
            sums.write(_sum(block))


def has_damage(path: Path) -> bool:
    """Whether any block of a file differs from the checksum beside it, or there is none for it."""
    sums = path.with_name(path.name + SUMS).read_bytes()
    found = b"".join(map(_sum, _blocks(path)))
    return sums != found


def positions(starts: Rows, lengths: Rows) -> Rows:
    """start, start + 1, ... of each range, one range after the other."""
    ends = np.cumsum(lengths)
    found: Rows = np.arange(lengths.sum()) + np.repeat(starts - (ends - lengths), lengths)
    return found


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _sum(block: bytes) -> bytes:
    return hashlib.sha256(block).digest()[:_SUM]


def _spanned(first: Rows, last: Rows) -> Rows:
    """Every number from `first[i]` to `last[i]`, once."""
    lengths = last - first + 1
    if lengths.min() == lengths.max() == 1:
        return np.unique(first)
    return np.unique(positions(first, lengths))
