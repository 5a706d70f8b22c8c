"""The lexical retriever: BM25 over stemmed words (bm25s)."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from cydqa.index import Rows, Scores
from cydqa.index.forward import ForwardIndex, Ids, PassageWords

if TYPE_CHECKING:
    import bm25s

Weights = Mapping[str, float]


def best(scores: Scores, k: int, rows: Rows | None = None) -> tuple[Rows, Scores]:
    """The k rows with the highest scores above 0 and those, best first, ties by row; only among `rows` where given."""
    among = np.flatnonzero(scores > 0) if rows is None else rows[scores[rows] > 0]
    if len(among) > k:  # sorting all of them would take longer than finding the k best
        own = scores[among]
        among = among[own >= np.partition(own, -k)[-k]]
    order = np.lexsort((among, -scores[among]))[:k]
    return among[order], scores[among[order]]


class LexicalIndex:
    """Okapi BM25 with Lucene's idf (Robertson and Zaragoza 2009; Lù, "BM25S", 2024). Safe to share between threads."""

    def __init__(self, bm25: "bm25s.BM25", forward: ForwardIndex) -> None:
        self._bm25 = bm25
        self.forward = forward
        self._columns: dict[str, int] = bm25.vocab_dict

    def __len__(self) -> int:
        return len(self.forward)

    @classmethod
    def build(cls, items: Sequence[PassageWords]) -> Self:
        """Index the words of each passage; item i becomes row i."""
        import bm25s

        forward = ForwardIndex.build(items)
        columns = {term: column for column, term in enumerate(forward.terms)}
        columns[""] = len(columns)  # bm25s can't take a passage or a corpus without any term; nobody asks for ""
        ids = [forward.passage_terms(row).tolist() or [columns[""]] for row in range(len(forward))]
        bm25 = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        bm25.index((ids or [[columns[""]]], columns), show_progress=False)
        return cls(bm25, forward)

    def search(self, query: Weights, k: int, rows: Rows | None = None) -> tuple[Rows, Scores]:
        """The k best rows and their scores, best first, ties by row; a passage with none of the terms is no hit.

        Args:
            query: what each term's BM25 score counts.
        """
        return best(self.scores(query), k, rows)

    def scores(self, query: Weights) -> Scores:
        """(len(self),) float32: the weighted sum of the terms' BM25 scores in each row, 0 where none of them occurs."""
        total = np.zeros(len(self), np.float32)
        for term, weight in query.items():
            rows, scores = self._postings(term)
            total[rows] += np.float32(weight) * scores
        return total

    def column(self, term: str) -> int | None:
        """The place of a term in the forward index, or None where no passage has it."""
        return self._columns.get(term) if term else None

    def document_frequency(self, term: str) -> int:
        """The number of passages that have a term."""
        return len(self._postings(term)[0])

    def idf(self, terms: Iterable[str]) -> dict[str, float]:
        """Inverse document frequency of each term, log(1 + (n - df + 0.5) / (df + 0.5)); highest for unknown terms."""
        weights = {}
        for term in dict.fromkeys(terms):
            df = self.document_frequency(term)
            weights[term] = float(np.log1p((len(self) - df + 0.5) / (df + 0.5)))
        return weights

    def save(self, path: Path) -> None:
        """Write the index as plain arrays and JSON into the folder `path`."""
        self._bm25.save(str(path), show_progress=False)
        self.forward.save(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a folder that `save` wrote; the arrays are memory-mapped."""
        import bm25s

        bm25 = bm25s.BM25.load(str(path), mmap=True, allow_pickle=False, show_progress=False)
        for name in ("data", "indices", "indptr"):
            bm25.scores[name] = bm25.scores[name].view(np.ndarray)  # slices faster than a memmap
        return cls(bm25, ForwardIndex.load(path))

    def _postings(self, term: str) -> tuple[Ids, Scores]:
        column = self.column(term)
        if column is None:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        scores = self._bm25.scores
        start, end = scores["indptr"][column], scores["indptr"][column + 1]
        return scores["indices"][start:end], scores["data"][start:end]
