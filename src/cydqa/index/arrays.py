"""Rows of numbers in a file that may be larger than memory, none of which is used before it was verified."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from cydqa.embedding import Matrix
from cydqa.errors import IndexCorruptError
from cydqa.index import REBUILD, Rows

BLOCK = 2**20  # bytes that have a checksum of their own; more than a row has, which lies in two of them at most


def block_sums(path: Path) -> Iterator[str]:
    """The checksum of each block of a file: 64 bits of SHA-256, because they are against rot, not against people."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield _sum(block)


class StoredRows:
    """A memory-mapped .npy matrix. Safe to share between threads; stays usable when its file is deleted."""

    def __init__(self, path: Path, sums: Sequence[str]) -> None:
        """Open the file.

        Args:
            sums: of its blocks, each verified when a row in it is first read; none where the file has been verified.
        """
        self._path = path
        self._sums = sums
        self._bytes = np.memmap(path, np.uint8, "r")
        self._verified = [False] * len(sums)
        if sums:
            self._verify(0)  # the header
        self._rows = np.load(path, mmap_mode="r", allow_pickle=False)
        self._start = len(self._bytes) - self._rows.nbytes

    def __len__(self) -> int:
        return len(self._rows)

    def vectors(self, rows: Rows) -> Matrix:
        """(len(rows), dim) float32.

        Raises:
            IndexCorruptError: if a block that holds one of them is damaged.
        """
        if self._sums and len(rows):
            size = self._rows.strides[0]
            firsts = self._start + rows * size
            for block in np.unique(np.concatenate([firsts // BLOCK, (firsts + size - 1) // BLOCK])).tolist():
                self._verify(block)
        return np.asarray(self._rows[rows], np.float32)

    def _verify(self, block: int) -> None:
        if self._verified[block]:
            return
        if _sum(self._bytes[block * BLOCK : (block + 1) * BLOCK].tobytes()) != self._sums[block]:
            raise IndexCorruptError(f"{self._path} is damaged: its checksum differs.", hint=REBUILD)
        self._verified[block] = True  # two threads may both find that out


def _sum(block: bytes) -> str:
    return hashlib.sha256(block).hexdigest()[:16]
