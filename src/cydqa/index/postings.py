"""The inverted index: of each term the passages that have it, and its BM25 score in each.

Scores rather than counts are stored: a question adds up what is there (Lù, "BM25S: Orders of magnitude faster lexical
search via eager sparse scoring", 2024). They depend on all passages, so that a build computes all of them; but it
inverts all of the forward index in any case, where rows have moved.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cydqa.index import Rows, Scores
from cydqa.index.arrays import ArrayWriter, StoredArray
from cydqa.index.forward import ForwardIndex, Ids

K1, B = 1.5, 0.75  # how soon a word that is repeated counts no more, and how much a long passage is discounted
_STARTS, _ROWS, _SCORES = "postings.npy", "rows.npy", "scores.npy"
_ENTRIES = "entries.npy"
_PASSAGES = 2**14  # passages that are inverted together
_TOGETHER = 2**20  # postings that are brought into order together


class Postings:
    """Memory-mapped files. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Open what `write_postings` wrote; raises like `StoredArray`."""
        starts = StoredArray(folder / _STARTS)
        self._starts = starts.slice(0, len(starts)).data
        self._rows, self._scores = StoredArray(folder / _ROWS), StoredArray(folder / _SCORES)

    def count(self, term: int) -> int:
        """The number of passages that have a term."""
        return int(self._starts[term + 1] - self._starts[term])

    def of(self, term: int) -> tuple[Ids, Scores]:
        """The rows of the passages that have a term, ascending, and its score in each.

        Raises:
            IndexCorruptError: if a block that holds one of them is damaged.
        """
        start, stop = self._starts[term], self._starts[term + 1]
        return self._rows.slice(start, stop), self._scores.slice(start, stop)


def write_postings(forward: ForwardIndex, folder: Path, scratch: Path, between: Callable[[], None]) -> None:
    """Invert a forward index, in memory that depends on the number of its terms alone.

    Scores are Okapi BM25 with Lucene's idf, log(1 + (n - df + 0.5) / (df + 0.5)) (Robertson and Zaragoza 2009), of the
    form tf / (tf + k1 (1 - b + b length / average)); a passage without words counts as one of one word in the average.

    Args:
        scratch: a folder for what is of no use afterwards.
        between: called now and then; may raise to end it.
    """
    runs = _invert_blocks(forward, scratch / _ENTRIES, between)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(runs.frequencies)])
    with ArrayWriter(folder / _STARTS, "<i8") as writer:
        writer.extend(starts)
    _merge(StoredArray(scratch / _ENTRIES), runs, starts, folder, between)


class _Runs(NamedTuple):
    """Entries of blocks of passages, block by block, each ordered by term and row: (term, row, tf, length)."""

    starts: list[int]  # where the entries of each block begin, and the end
    frequencies: Rows  # (terms,), passages that have each
    idf: Scores  # (terms,)
    average: float  # words of a passage


def _invert_blocks(forward: ForwardIndex, path: Path, between: Callable[[], None]) -> _Runs:
    frequencies = np.zeros(len(forward.terms), np.int64)
    starts, words = [0], 0
    with ArrayWriter(path, "<i4", (4,)) as entries:
        for first in range(0, len(forward), _PASSAGES):
            between()
            passages, units = forward.bounds(first, min(first + _PASSAGES, len(forward)))
            terms = forward.term_of[forward.words(int(units[0]), int(units[-1]))]
            lengths = np.diff(units[passages - passages[0]])
            row = np.repeat(np.arange(len(lengths)), lengths)
            keys, counts = np.unique(terms * np.int64(len(lengths)) + row, return_counts=True)
            term, row = np.divmod(keys, len(lengths))
            entries.extend(np.column_stack([term, row + first, counts, lengths[row]]))
            starts.append(len(entries))
            frequencies += np.bincount(term, minlength=len(frequencies))
            words += int(np.maximum(lengths, 1).sum())
    df, which = np.unique(frequencies, return_inverse=True)
    n = len(forward)
    idf = np.array([math.log(1 + (n - each + 0.5) / (each + 0.5)) for each in df.tolist()], np.float32)[which]
    return _Runs(starts, frequencies, idf, words / n if n else 1.0)


def _merge(entries: StoredArray, runs: _Runs, starts: Rows, folder: Path, between: Callable[[], None]) -> None:
    """Write the entries of all blocks ordered by term and row, a range of terms at a time."""
    at = runs.starts[:-1]
    with ArrayWriter(folder / _ROWS, "<i4") as rows, ArrayWriter(folder / _SCORES, "<f4") as scores:
        for first, stop in _ranges(starts):
            ends = [
                bisect_left(range(begin, end), stop, key=lambda i: int(entries.copy(i, i + 1)[0, 0])) + begin
                for begin, end in zip(at, runs.starts[1:], strict=True)
            ]
            blocks = (entries.copy(begin, end) for begin, end in zip(at, ends, strict=True) if begin < end)
            if stop == first + 1:  # perhaps one that nearly every passage has
                for block in blocks:
                    rows.extend(block[:, 1])
                    scores.extend(_scores(block, runs))
            else:
                free = starts[first:stop] - starts[first]  # where the next of each term goes
                count = int(starts[stop] - starts[first])
                ordered, values = np.empty(count, np.int32), np.empty(count, np.float32)
                for block in blocks:
                    term = block[:, 0] - first
                    counts = np.bincount(term, minlength=stop - first)
                    place = (free - np.cumsum(counts) + counts)[term] + np.arange(len(term))
                    ordered[place], values[place] = block[:, 1], _scores(block, runs)
                    free += counts
                rows.extend(ordered)
                scores.extend(values)
            at = ends
            between()


def _ranges(starts: Rows) -> Iterator[tuple[int, int]]:
    """Ranges of terms that have about so many postings together, one term at least."""
    first = 0
    while first < len(starts) - 1:
        stop = max(int(np.searchsorted(starts, starts[first] + _TOGETHER, "right")) - 1, first + 1)
        yield first, stop
        first = stop


def _scores(block: Ids, runs: _Runs) -> Scores:
    term, _, tf, length = block.T
    discount = K1 * ((1 - B) + B * length / runs.average)
    return np.asarray(runs.idf[term] * (tf / (discount + tf)), np.float32)
