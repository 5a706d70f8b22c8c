"""Exact dense search: the cosine with every vector (FAISS, scalar quantizer to float16).

Half precision halves memory, disk and time; it moves the cosine of two unit vectors by less than 1e-4.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from cydqa.embedding import Matrix
from cydqa.index import Rows, Scores
from cydqa.index.arrays import Array, ArrayWriter, StoredArray

if TYPE_CHECKING:
    import faiss

VECTORS = "vectors.npy"  # (passages, dim) float16, the vectors of an exact and of an approximate index
STORED = "<f2"
_WIDE = np.arange(2**16, dtype=np.uint16).view(np.float16).astype(np.float32)  # of every float16, by its bits


class ExactIndex:
    """Unit vectors in memory, of which each is compared with the query. Safe to share between threads."""

    def __init__(self, vectors: Array) -> None:
        """Hold (n, dim) float16."""
        self._index = _half_precision(vectors)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @classmethod
    def build(cls, items: Matrix) -> Self:
        """Index (n, dim) float32 unit vectors, rounded to float16; vector i becomes row i."""
        return cls(items.astype(STORED))

    def search(self, query: Matrix, k: int, rows: Rows | None = None) -> tuple[Rows, Scores]:
        """The k best rows and their cosines with `query` (dim,) float32, best first; only among `rows` where given."""
        k = min(k, len(self) if rows is None else len(rows))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        found, scores = _search(self._index, query, k, rows)
        held = found >= 0  # FAISS fills with -1 where it holds fewer than k of the rows
        return best(found[held], scores[held], k)

    def vectors(self, rows: Rows) -> Matrix:
        """(len(rows), dim) float32: the vectors as they are stored."""
        found: Matrix = self._index.reconstruct_batch(rows)
        return found

    def save(self, path: Path) -> None:
        """Write the vectors into the folder `path`."""
        with ArrayWriter(path / VECTORS, STORED, (self._index.d,)) as out:
            out.extend(self._index.reconstruct_n(0, len(self)))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the vectors in the folder `path`.

        Raises:
            IndexCorruptError: if they are damaged.
        """
        stored = StoredArray(path / VECTORS)
        return cls(stored.copy(0, len(stored)))


def cosines(vectors: Array, query: Matrix) -> Scores:
    """(n,) float32: of unit vectors (n, dim) float16 with `query` (dim,) float32.

    FAISS widens them while it multiplies, in a third of the time that widening them alone would take.
    """
    found = np.empty(len(vectors), np.float32)
    if len(vectors):
        rows, scores = _search(_half_precision(vectors), query, len(vectors))
        found[rows] = scores
    return found


def selector(rows: Rows, count: int) -> "faiss.IDSelector":
    """What restricts a search to these of `count` rows; quicker to make of many rows than a set."""
    import faiss

    wanted = np.zeros(count, bool)
    wanted[rows] = True
    return faiss.IDSelectorBitmap(np.packbits(wanted, bitorder="little"))  # type: ignore[call-arg,arg-type]


def widened(vectors: Array) -> Matrix:
    """(n, dim) float32 of (n, dim) float16: looked up, in half the time that NumPy takes to compute it."""
    wide: Matrix = np.take(_WIDE, vectors.view(np.uint16), mode="clip")  # which is never out of range, and not checked
    return wide


def _half_precision(vectors: Array) -> "faiss.IndexScalarQuantizer":
    import faiss

    index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.add_sa_codes(np.ascontiguousarray(vectors, STORED).view(np.uint8))
    return index


def _search(
    index: "faiss.IndexScalarQuantizer", query: Matrix, k: int, rows: Rows | None = None
) -> tuple[Rows, Scores]:
    import faiss

    chosen = None if rows is None else faiss.SearchParameters(sel=selector(rows, int(index.ntotal)))  # type: ignore[call-arg]
    # FAISS spreads queries over threads, never one query, yet wakes them all for it: with another program on the
    # cores, waiting for them took thirty times as long as the search.
    faiss.omp_set_num_threads(1)
    scores, found = index.search(query[np.newaxis], k, params=chosen)
    return found[0], scores[0]


def best(rows: Rows, scores: Scores, k: int) -> tuple[Rows, Scores]:
    """The k rows with the highest scores, best first, ties by row."""
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]
