"""Distinct strings, sorted, in files, of which only what is asked for is read.

A million words as a list would take a second to read and a hundred megabytes to hold, for the few that a question has.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Self, overload

import numpy as np
import numpy.typing as npt

from cydqa.index.arrays import ArrayWriter, StoredArray

_BLOCK = 2**14  # strings that are written together
_CLASSES = 32  # of letters: by code point, so that each of a to z is one of its own
_TWICE = 2  # how many of one letter are told apart

Letters = npt.NDArray[np.uint64]


class Vocabulary(Sequence[str]):
    """Strings sorted by code point, memory-mapped. Safe to share between threads.

    `<name>.npy` holds their UTF-8 one after the other, `<name>.starts.npy` where each starts, and `<name>.letters.npy`,
    where `near` is wanted, which letters each has.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Open what `write` wrote; raises like `StoredArray`."""
        self._text = StoredArray(folder / f"{name}.npy")
        self._starts = StoredArray(folder / f"{name}.starts.npy")
        self._letters = StoredArray(path) if (path := _letters_file(folder, name)).exists() else None

    @classmethod
    def write(cls, strings: Sequence[str], folder: Path, name: str, *, letters: bool = False) -> Self:
        """Store distinct strings, which are in order, and open them.

        Args:
            letters: whether `near` will be asked.
        """
        with (
            ArrayWriter(folder / f"{name}.npy", "u1") as text,
            ArrayWriter(folder / f"{name}.starts.npy", "<i8") as starts,
        ):
            starts.extend(np.zeros(1, np.int64))
            for block in _blocks(strings):
                encoded = [string.encode() for string in block]
                lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
                starts.extend(len(text) + np.cumsum(lengths))
                text.extend(np.frombuffer(b"".join(encoded), np.uint8))
        if letters:
            with ArrayWriter(_letters_file(folder, name), "<u8") as writer:
                for block in _blocks(strings):
                    writer.extend(letters_of(block))
        return cls(folder, name)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self._bytes(place % len(self)).decode()

    def __iter__(self) -> Iterator[str]:
        for first in range(0, len(self), _BLOCK):
            starts = self._starts.slice(first, min(first + _BLOCK, len(self)) + 1)
            text = self._text.slice(int(starts[0]), int(starts[-1])).tobytes()
            ends = (starts - starts[0]).tolist()
            for start, end in pairwise(ends):
                yield text[start:end].decode()

    def place(self, string: str) -> int | None:
        """The place of a string, or None where it is not there."""
        wanted = string.encode()
        found = bisect_left(range(len(self)), wanted, key=self._bytes)  # UTF-8 sorts as code points do
        return found if found < len(self) and self._bytes(found) == wanted else None

    def beginning_with(self, prefix: str) -> Iterator[str]:
        """The strings that begin with this, in order."""
        wanted = prefix.encode()
        for place in range(bisect_left(range(len(self)), wanted, key=self._bytes), len(self)):
            found = self._bytes(place)
            if not found.startswith(wanted):
                return
            yield found.decode()

    def near(self, string: str, slips: int) -> list[str]:
        """All strings that so many slips may lead to from this one, and others that share most letters with it.

        A slip (one letter inserted, deleted, replaced, or exchanged with its neighbour) takes away one letter at most,
        and adds one at most; so whatever lacks, or has beside these, letters of more kinds is farther away.

        Raises:
            ValueError: if the letters were not stored.
        """
        if self._letters is None:
            raise ValueError("the letters of these strings were not stored")
        (wanted,) = letters_of([string])
        letters = self._letters.slice(0, len(self))
        places = np.flatnonzero(np.bitwise_count(letters & ~wanted) <= slips)
        places = places[np.bitwise_count(wanted & ~letters[places]) <= slips]
        return [self[place] for place in places.tolist()]

    def _bytes(self, place: int) -> bytes:
        starts, text = self._views
        return text[starts[place] : starts[place + 1]].tobytes()

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview]:
        """Where the strings start, and their text: verified now, because looking one up touches blocks everywhere."""
        starts = self._starts.slice(0, len(self._starts))
        return starts.data, self._text.slice(0, len(self._text)).data


def letters_of(strings: Sequence[str]) -> Letters:
    """(len(strings),): a bit for each kind of letter that a string has, and another for each that it has twice."""
    lengths = np.fromiter(map(len, strings), np.int64, len(strings))
    kinds = np.frombuffer("".join(strings).encode("utf-32-le"), "<u4") % _CLASSES
    of = np.repeat(np.arange(len(strings)) * _CLASSES, lengths)
    counts = np.bincount(of + kinds, minlength=len(strings) * _CLASSES).reshape(-1, _CLASSES)
    bits = np.packbits(np.hstack([counts >= times for times in range(1, _TWICE + 1)]), axis=1, bitorder="little")
    return bits.view("<u8").ravel()


def _letters_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.letters.npy"


def _blocks(strings: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(strings), _BLOCK):
        yield strings[first : first + _BLOCK]
