"""The dense retriever: exact inner product over unit vectors, which is their cosine (FAISS, flat)."""

from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

import numpy as np

from cydqa.embedding import Matrix
from cydqa.index import Rows, Scores

if TYPE_CHECKING:
    import faiss


class DenseIndex:
    """Passage vectors, searched exactly. Safe to share between threads."""

    def __init__(self, index: "faiss.IndexFlatIP") -> None:
        self._index = index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @classmethod
    def build(cls, items: Matrix) -> Self:
        """Index (n, dim) float32 unit vectors; vector i becomes row i."""
        import faiss

        index = cls(faiss.IndexFlatIP(items.shape[1]))
        index.extend(items)
        return index

    def extend(self, items: Matrix) -> None:
        """Add (n, dim) float32 unit vectors after those that are there; not while another thread searches."""
        self._index.add(np.ascontiguousarray(items, np.float32))

    def search(self, query: Matrix, k: int, rows: Rows | None = None) -> tuple[Rows, Scores]:
        """The k best rows and their cosines with `query` (dim,) float32, best first; only among `rows` where given."""
        import faiss

        chosen = None if rows is None else faiss.SearchParameters(sel=faiss.IDSelectorBatch(rows))  # type: ignore[call-arg]
        k = min(k, len(self) if rows is None else len(rows))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        # FAISS spreads queries over threads, never one query, yet wakes them all for it: with another program on the
        # cores, waiting for them took thirty times as long as the search.
        faiss.omp_set_num_threads(1)
        scores, found = self._index.search(query[np.newaxis], k, params=chosen)
        held = found[0] >= 0  # FAISS fills with -1 where it holds fewer than k of the rows
        best, cosines = found[0][held], scores[0][held]
        order = np.lexsort((best, -cosines))
        return best[order], cosines[order]

    def vectors(self, rows: Rows) -> Matrix:
        """(len(rows), dim) float32: the vectors as they were indexed."""
        found: Matrix = self._index.reconstruct_batch(rows)
        return found

    def save(self, path: Path) -> None:
        """Write the index to one file; raises OSError unless it is only closing the file that fails."""
        import faiss

        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:  # the only kind that FAISS knows, for a full disk, too
            raise OSError(str(error).rpartition("failed: ")[2]) from error

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file that `save` wrote and whose checksum was verified: FAISS does not survive a damaged one."""
        import faiss

        return cls(cast("faiss.IndexFlatIP", faiss.read_index(str(path))))
