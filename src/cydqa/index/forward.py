"""The words of every passage, by row: those of its heading, then those of each sentence.

The lexical index finds passages by words; this says which words a passage that was found has, and in which sentence,
without reading or stemming its text again.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from cydqa.index import Rows
from cydqa.words import stems

Ids = np.ndarray[tuple[int], np.dtype[np.int32]]
_ARRAYS = ("words", "units", "passages", "terms")
_VOCABULARY = "vocabulary.json"


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


@dataclass(frozen=True)
class ForwardIndex:
    """Arrays that are memory-mapped and never change."""

    vocabulary: list[str]  # every word, sorted
    words: Ids  # of all units, one after the other, by place in the vocabulary
    unit_starts: Rows  # (units + 1,)
    passage_starts: Rows  # (passages + 1,), the first unit of each
    term_of: Ids  # (len(vocabulary),), the term that each word is a form of, by place in `terms`

    def __len__(self) -> int:
        return len(self.passage_starts) - 1

    @cached_property
    def terms(self) -> list[str]:
        """Every term, sorted."""
        return sorted(set(stems(self.vocabulary)))

    @classmethod
    def build(cls, items: Sequence[PassageWords]) -> Self:
        """Item i becomes row i."""
        units = [unit for item in items for unit in (item.heading, *item.sentences)]
        vocabulary = sorted({word for unit in units for word in unit})
        place = {word: i for i, word in enumerate(vocabulary)}
        stemmed = stems(vocabulary)
        term = {name: i for i, name in enumerate(sorted(set(stemmed)))}
        return cls(
            vocabulary,
            np.fromiter((place[word] for unit in units for word in unit), np.int32),
            _starts(len(unit) for unit in units),
            _starts(1 + len(item.sentences) for item in items),
            np.fromiter((term[name] for name in stemmed), np.int32),
        )

    def take(self, first: int, stop: int) -> list[PassageWords]:
        """The words of the passages in rows `first` to before `stop`, as they were indexed."""
        items = []
        for start, end in pairwise(self.passage_starts[first : stop + 1].tolist()):
            heading, *sentences = (
                [self.vocabulary[i] for i in self.words[begin:finish].tolist()]
                for begin, finish in pairwise(self.unit_starts[start : end + 1].tolist())
            )
            items.append(PassageWords(heading, sentences))
        return items

    def passage_terms(self, row: int) -> Ids:
        """All terms of one passage, in their order and as often as they occur."""
        start, end = self.unit_starts[self.passage_starts[row]], self.unit_starts[self.passage_starts[row + 1]]
        return self.term_of[self.words[start:end]]

    @property
    def sentences(self) -> int:
        """The number of sentences of all passages."""
        return len(self.unit_starts) - len(self.passage_starts)

    def sentence_rows(self, rows: Rows) -> tuple[Rows, Rows]:
        """(len(rows),) each: the row of each passage's first sentence, and how many it has."""
        return self.passage_starts[rows] - rows, self.passage_starts[rows + 1] - self.passage_starts[rows] - 1

    def units(self, rows: Rows) -> Units:
        """The terms of these passages, in the order asked for."""
        first, stop = self.passage_starts[rows], self.passage_starts[rows + 1]
        counts = stop - first
        wanted = ranges(first, counts)  # of units
        lengths = self.unit_starts[wanted + 1] - self.unit_starts[wanted]
        words = self.words[ranges(self.unit_starts[wanted], lengths)]
        return Units(
            self.term_of[words],
            np.repeat(np.arange(len(wanted)), lengths),
            np.repeat(np.arange(len(rows)), counts),
            np.cumsum(counts) - counts,
        )

    def save(self, folder: Path) -> None:
        """Write plain arrays and JSON into `folder`."""
        arrays: tuple[Rows | Ids, ...] = (self.words, self.unit_starts, self.passage_starts, self.term_of)
        for name, array in zip(_ARRAYS, arrays, strict=True):
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
        (folder / _VOCABULARY).write_text(json.dumps(self.vocabulary, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        words, units, passages, terms = (
            np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False).view(np.ndarray)  # slices faster
            for name in _ARRAYS
        )
        return cls(json.loads((folder / _VOCABULARY).read_text("utf-8")), words, units, passages, terms)


def _starts(lengths: Iterable[int]) -> Rows:
    return np.cumsum([0, *lengths], dtype=np.int64)


def ranges(starts: Rows, lengths: Rows) -> Rows:
    """start, start + 1, ... of each range, one range after the other."""
    ends = np.cumsum(lengths)
    found: Rows = np.arange(lengths.sum()) + np.repeat(starts - (ends - lengths), lengths)
    return found
