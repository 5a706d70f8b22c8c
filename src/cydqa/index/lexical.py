"""The lexical retriever: BM25 over stemmed words (bm25s)."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from cydqa.index import Rows, Scores

if TYPE_CHECKING:
    import bm25s

Terms = Sequence[str]
TermIds = np.ndarray[tuple[int], np.dtype[np.int32]]
_TERMS = "terms.npy"
_STARTS = "starts.npy"


class LexicalIndex:
    """Okapi BM25 with Lucene's idf (Robertson and Zaragoza 2009; Lù, "BM25S", 2024). Safe to share between threads."""

    def __init__(self, bm25: "bm25s.BM25", terms: TermIds, starts: Rows) -> None:
        self._bm25 = bm25
        self._terms = terms  # of all passages one after the other, as columns of the index
        self._starts = starts  # (passages + 1,), where each passage's terms begin

    def __len__(self) -> int:
        return len(self._starts) - 1

    @classmethod
    def build(cls, items: Sequence[Terms]) -> Self:
        """Index one list of terms for each passage; list i becomes row i."""
        import bm25s

        bm25 = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        # bm25s can't take a passage or a corpus without any term; "" is no term that anyone asks for.
        bm25.index([list(item) or [""] for item in items] or [[""]], show_progress=False)
        columns = bm25.vocab_dict
        terms = np.fromiter((columns[term] for item in items for term in item), np.int32)
        return cls(bm25, terms, np.cumsum([0, *map(len, items)], dtype=np.int64))

    def terms(self, first: int, stop: int) -> list[list[str]]:
        """The terms of the passages in rows `first` to before `stop`, as they were indexed.

        Counting words again takes longer than all else in the build of a large index of which little changed.
        """
        names = sorted(self._bm25.vocab_dict, key=self._bm25.vocab_dict.__getitem__)
        starts = self._starts[first : stop + 1].tolist()
        return [[names[i] for i in self._terms[start:end].tolist()] for start, end in pairwise(starts)]

    def search(self, query: Terms, k: int, rows: Rows | None = None) -> tuple[Rows, Scores]:
        """The k best rows and their BM25 scores, best first; a passage with none of the terms is no hit.

        Each term counts once, however often the question repeats it.
        """
        known = [term for term in dict.fromkeys(query) if term in self._bm25.vocab_dict]
        if not known:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        scores = np.asarray(self._bm25.get_scores(known), np.float32)
        among = np.flatnonzero(scores > 0) if rows is None else rows[scores[rows] > 0]
        order = np.lexsort((among, -scores[among]))[:k]
        return among[order], scores[among[order]]

    def idf(self, terms: Terms) -> dict[str, float]:
        """Inverse document frequency of each term, log(1 + (n - df + 0.5) / (df + 0.5)); highest for unknown terms."""
        n = int(self._bm25.scores["num_docs"])
        starts = self._bm25.scores["indptr"]
        weights = {}
        for term in dict.fromkeys(terms):
            column = self._bm25.vocab_dict.get(term)
            df = 0 if column is None else int(starts[column + 1] - starts[column])
            weights[term] = float(np.log1p((n - df + 0.5) / (df + 0.5)))
        return weights

    def save(self, path: Path) -> None:
        """Write the index as plain arrays and JSON into the folder `path`."""
        self._bm25.save(str(path), show_progress=False)
        np.save(path / _TERMS, self._terms, allow_pickle=False)
        np.save(path / _STARTS, self._starts, allow_pickle=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a folder that `save` wrote; the arrays are memory-mapped."""
        import bm25s

        bm25 = bm25s.BM25.load(str(path), mmap=True, allow_pickle=False, show_progress=False)
        terms, starts = (np.load(path / name, mmap_mode="r", allow_pickle=False) for name in (_TERMS, _STARTS))
        return cls(bm25, terms, starts)
