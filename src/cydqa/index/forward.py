"""The words of every passage, by row: those of its heading, then those of each sentence.

The lexical index finds passages by words; this says which words a passage that was found has, and in which sentence,
without reading or stemming its text again.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cydqa.index import Rows
from cydqa.index.arrays import StoredArray, positions
from cydqa.index.vocabulary import Vocabulary

Ids = np.ndarray[tuple[int], np.dtype[np.int32]]
WORDS, UNITS, PASSAGES, TERM_OF = "words.npy", "units.npy", "passages.npy", "term_of.npy"
VOCABULARY, TERMS = "vocabulary", "terms"


class PassageWords(NamedTuple):
    """The content words of one passage, in lower case: of its title and headings, and of each sentence."""

    heading: Sequence[str]
    sentences: Sequence[Sequence[str]]


class Units(NamedTuple):
    """The terms of some passages, unit by unit: of each passage its heading and then its sentences."""

    terms: Ids  # of all units, one after the other
    unit: Rows  # (len(terms),), the unit that each stands in
    passage: Rows  # (units,), position of its passage among those asked for
    first: Rows  # (passages,), the unit that is its heading


class ForwardIndex:
    """Files that never change, of which only what is asked for is read. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Open the files that `forward_writing.write_forward` wrote; raises like `StoredArray`."""
        self.vocabulary = Vocabulary(folder, VOCABULARY)  # every word
        self.terms = Vocabulary(folder, TERMS)  # every term
        self._words = StoredArray(folder / WORDS)  # of all units, one after the other, by place in the vocabulary
        self._units = StoredArray(folder / UNITS)  # (units + 1,), the first word of each
        self._passages = StoredArray(folder / PASSAGES)  # (passages + 1,), the first unit of each
        self._term_of = StoredArray(folder / TERM_OF)  # (words,), the place of the term that each word is a form of

    def __len__(self) -> int:
        return len(self._passages) - 1

    @property
    def sentences(self) -> int:
        """The number of sentences of all passages."""
        return len(self._units) - len(self._passages)

    @cached_property
    def term_of(self) -> Ids:
        """(len(vocabulary),): the place of the term that each word is a form of."""
        return self._term_of.slice(0, len(self._term_of))

    def sentence_rows(self, rows: Rows) -> tuple[Rows, Rows]:
        """(len(rows),) each: the row of each passage's first sentence, and how many it has."""
        first = self._passages.take(rows)
        return first - rows, self._passages.take(rows + 1) - first - 1

    def units(self, rows: Rows) -> Units:
        """The terms of these passages, in the order asked for."""
        first = self._passages.take(rows)
        counts = self._passages.take(rows + 1) - first
        starts = self._units.ranges(first, counts + 1)  # of each unit, and the end of each passage's last
        own = np.cumsum(counts + 1) - counts - 1  # where those of each passage begin
        at = positions(own, counts)
        lengths = starts[at + 1] - starts[at]
        words = self._words.ranges(starts[own], starts[own + counts] - starts[own])
        return Units(
            self.term_of[words],
            np.repeat(np.arange(len(at)), lengths),
            np.repeat(np.arange(len(rows)), counts),
            np.cumsum(counts) - counts,
        )

    def bounds(self, first: int, stop: int) -> tuple[Rows, Rows]:
        """Where neighbouring passages begin and end: (stop - first + 1,) units; (units + 1,) words of all these units.

        Read, not mapped, like `words`: for going through all passages in bounded memory.
        """
        passages = self._passages.copy(first, stop + 1)
        return passages, self._units.copy(int(passages[0]), int(passages[-1]) + 1)

    def words(self, first: int, stop: int) -> Ids:
        """The words from the first to before another, by place in the vocabulary."""
        return self._words.copy(first, stop)
