"""A stream of passages' words -> the files of a forward index, in memory that depends on the distinct words alone.

What the vocabulary of all passages is shows at the end. So words are first numbered in the order in which they come,
and numbered anew when all are known, block by block; those of passages that an older index has are never made strings.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from cydqa.index import Rows
from cydqa.index.arrays import ArrayWriter, StoredArray
from cydqa.index.forward import PASSAGES, TERM_OF, TERMS, UNITS, VOCABULARY, WORDS, ForwardIndex, Ids, PassageWords
from cydqa.index.vocabulary import Vocabulary
from cydqa.words import stems

_PASSAGES = 2**13  # that are taken over together
_WORDS = 2**18  # words and units that wait to be written


class Stretch(NamedTuple):
    """Neighbouring passages of an index that is there, to be taken over as they are."""

    forward: ForwardIndex
    first: int
    stop: int


def write_forward(
    items: Iterable[PassageWords | Stretch], folder: Path, scratch: Path, between: Callable[[], None]
) -> None:
    """Write the files into `folder`; the passages of the items, in their order, become rows.

    Args:
        scratch: a folder for what is of no use afterwards.
        between: called now and then; may raise to end it.
    """
    numbered = scratch / WORDS
    with _Numbering(folder, numbered) as numbering:
        for item in items:
            if isinstance(item, Stretch):
                numbering.take_over(item)
            else:
                numbering.add(item)
            between()
    places, places_of = _write_vocabulary(folder, numbering)
    new = StoredArray(numbered)
    with ArrayWriter(folder / WORDS, "<i4") as words:
        for forward, first, stop in numbering.runs:
            between()
            words.extend(places_of[forward][forward.words(first, stop)] if forward else places[new.copy(first, stop)])


class _Numbering:
    """What is known before the vocabulary is. Used as a context, after which all is on disk."""

    def __init__(self, folder: Path, numbered: Path) -> None:
        self.numbers: dict[str, int] = {}  # of the words of new passages, in the order in which they came
        self.held: dict[ForwardIndex, npt.NDArray[np.bool_]] = {}  # which of its words an older index still has
        self.runs: list[
            tuple[ForwardIndex | None, int, int]
        ] = []  # from which to before which word, of `numbered`: None
        self._words = 0
        self._waiting: list[int] = []
        self._lengths: list[int] = []  # of the units of those
        self._counts: list[int] = []  # of the passages of those
        with ExitStack() as files:
            self._numbered = files.enter_context(ArrayWriter(numbered, "<i4"))
            self._units = files.enter_context(ArrayWriter(folder / UNITS, "<i8"))
            self._passages = files.enter_context(ArrayWriter(folder / PASSAGES, "<i8"))
            self._files = files.pop_all()
        for starts in (self._units, self._passages):
            starts.extend(np.zeros(1, np.int64))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._files:
            if kind is None:
                self._flush()

    def add(self, item: PassageWords) -> None:
        for unit in (item.heading, *item.sentences):
            self._waiting += [self.numbers.setdefault(word, len(self.numbers)) for word in unit]
            self._lengths.append(len(unit))
        self._counts.append(1 + len(item.sentences))
        if len(self._waiting) + len(self._lengths) >= _WORDS:
            self._flush()

    def take_over(self, stretch: Stretch) -> None:
        self._flush()
        forward = stretch.forward
        held = self.held.setdefault(forward, np.zeros(len(forward.vocabulary), bool))
        for first in range(stretch.first, stretch.stop, _PASSAGES):
            passages, units = forward.bounds(first, min(first + _PASSAGES, stretch.stop))
            bounds = int(units[0]), int(units[-1])
            held[forward.words(*bounds)] = True
            self._extend(forward, bounds, np.diff(units), np.diff(passages))

    def _flush(self) -> None:
        if not self._counts:
            return
        first = len(self._numbered)
        self._numbered.extend(np.array(self._waiting, np.int32))
        bounds = first, len(self._numbered)
        self._extend(None, bounds, np.array(self._lengths, np.int64), np.array(self._counts, np.int64))
        self._waiting, self._lengths, self._counts = [], [], []

    def _extend(self, forward: ForwardIndex | None, bounds: tuple[int, int], lengths: Rows, counts: Rows) -> None:
        self._passages.extend(len(self._units) - 1 + np.cumsum(counts))
        self._units.extend(self._words + np.cumsum(lengths))
        self._words += bounds[1] - bounds[0]
        self.runs.append((forward, *bounds))


def _write_vocabulary(folder: Path, numbering: _Numbering) -> tuple[Ids, dict[ForwardIndex, Ids]]:
    """The place in the vocabulary of each new word, by its number, and of each word of each older index.

    The words of an older index have their terms already: stemming takes much longer than all else here.
    """
    term_of: dict[str, str] = {}
    held = {forward: np.flatnonzero(some) for forward, some in numbering.held.items()}
    names = {forward: _chosen(list(forward.vocabulary), some) for forward, some in held.items()}
    for forward, some in held.items():
        terms = list(forward.terms)
        term_of |= zip(names[forward], _chosen(terms, forward.term_of[some]), strict=True)
    new = [word for word in numbering.numbers if word not in term_of]
    term_of |= zip(new, stems(new), strict=True)
    words, terms = sorted(term_of), sorted(set(term_of.values()))
    Vocabulary.write(words, folder, VOCABULARY, letters=True)
    Vocabulary.write(terms, folder, TERMS)
    place = {term: place for place, term in enumerate(terms)}
    with ArrayWriter(folder / TERM_OF, "<i4") as writer:
        writer.extend(_places(place, [term_of[word] for word in words]))
    place = {word: place for place, word in enumerate(words)}
    places_of = {}
    for forward, some in held.items():
        places_of[forward] = np.full(len(forward.vocabulary), -1, np.int32)
        places_of[forward][some] = _places(place, names[forward])
    return _places(place, list(numbering.numbers)), places_of


def _chosen(strings: list[str], places: Rows | Ids) -> list[str]:
    return [strings[place] for place in places.tolist()]


def _places(place: dict[str, int], strings: list[str]) -> Ids:
    return np.fromiter((place[string] for string in strings), np.int32, len(strings))
