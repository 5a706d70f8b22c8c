"""The lexical retriever: BM25 over stemmed words."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Self

import numpy as np

from cydqa.index import Rows, Scores
from cydqa.index.forward import ForwardIndex, PassageWords
from cydqa.index.forward_writing import Stretch, write_forward
from cydqa.index.postings import Postings, write_postings

_WIDTH = 128  # rows of which the best one is found first, so that the k best of many rows need no sorting
_SCRATCH = "scratch"
_COLUMNS = 4096  # terms whose place is remembered

Weights = Mapping[str, float]


def best(scores: Scores, k: int, rows: Rows | None = None) -> tuple[Rows, Scores]:
    """The k rows with the highest scores above 0 and those, best first, ties by row; only among `rows` where given."""
    if rows is None:
        least = _least(scores, k)
        among = np.flatnonzero(scores >= least if least > 0 else scores > 0)
    else:
        among = rows[scores[rows] > 0]
    if len(among) > k:  # sorting all of them would take longer than finding the k best
        own = scores[among]
        among = among[own >= np.partition(own, -k)[-k]]
    order = np.lexsort((among, -scores[among]))[:k]
    return among[order], scores[among[order]]


def _least(scores: Scores, k: int) -> float:
    """A score that at least k rows have: where k stretches of rows reach it, so do k rows."""
    stretches = len(scores) // _WIDTH
    if not 0 < k < stretches:
        return 0.0
    highest = scores[: stretches * _WIDTH].reshape(stretches, _WIDTH).max(axis=1)
    return float(np.partition(highest, -k)[-k])


class LexicalIndex:
    """Okapi BM25 with Lucene's idf (see `postings`) over files. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.forward = ForwardIndex(folder)
        self._folder = folder
        self._postings = Postings(folder)
        # The place of a term in the forward index, or None where no passage has it. Not a method of this object, which
        # would then hold itself, and its files, until Python looks for cycles.
        self.column = lru_cache(maxsize=_COLUMNS)(self.forward.terms.place)

    def __len__(self) -> int:
        return len(self.forward)

    @classmethod
    def build(
        cls, items: Iterable[PassageWords | Stretch], folder: Path, between: Callable[[], None] = lambda: None
    ) -> Self:
        """Index the words of each passage in files, in memory that does not grow with the passages.

        Args:
            items: passages, and stretches of those of another index; in their order they become rows.
            folder: an empty one; if this fails, what is left in it is nothing that can be used.
            between: called now and then; may raise to end it.
        """
        scratch = folder / _SCRATCH
        scratch.mkdir(exist_ok=True)
        write_forward(items, folder, scratch, between)
        write_postings(ForwardIndex(folder), folder, scratch, between)
        shutil.rmtree(scratch)
        return cls(folder)

    def search(self, query: Weights, k: int, rows: Rows | None = None) -> tuple[Rows, Scores]:
        """The k best rows and their scores, best first, ties by row; a passage with none of the terms is no hit.

        Args:
            query: what each term's BM25 score counts.
        """
        return best(self.scores(query), k, rows)

    def scores(self, query: Weights) -> Scores:
        """(len(self),) float32: the weighted sum of the terms' BM25 scores in each row, 0 where none of them occurs.

        Raises:
            IndexCorruptError: if a block that holds one of them is damaged.
        """
        total = np.zeros(len(self), np.float32)
        for term, weight in query.items():
            column = self.column(term)
            if column is not None:
                rows, scores = self._postings.of(column)
                total[rows] += scores if weight == 1 else np.float32(weight) * scores
        return total

    def document_frequency(self, term: str) -> int:
        """The number of passages that have a term."""
        column = self.column(term)
        return 0 if column is None else self._postings.count(column)

    def idf(self, terms: Iterable[str]) -> dict[str, float]:
        """Inverse document frequency of each term, log(1 + (n - df + 0.5) / (df + 0.5)); highest for unknown terms."""
        weights = {}
        for term in dict.fromkeys(terms):
            df = self.document_frequency(term)
            weights[term] = float(np.log1p((len(self) - df + 0.5) / (df + 0.5)))
        return weights

    def save(self, path: Path) -> None:
        """Copy the files into the folder `path`; nothing is to be done where they are there."""
        if path.resolve() != self._folder.resolve():
            shutil.copytree(self._folder, path, dirs_exist_ok=True)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Open a folder that `save` wrote, verified but for large arrays."""
        return cls(path)
