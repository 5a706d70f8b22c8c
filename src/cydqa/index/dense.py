"""The dense retriever: passages by the cosine of their vectors with the question's (FAISS).

Exact while that is fast, approximate above.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from cydqa.embedding import Matrix
from cydqa.index import Rows, Scores
from cydqa.index.approximate import CENTROIDS, ApproximateIndex
from cydqa.index.arrays import Array, ArrayWriter
from cydqa.index.exact import STORED, VECTORS, ExactIndex

EXACT = 50_000  # passages up to which each vector is compared, in at most 2 ms; beyond, codes are faster


class DenseIndex(Protocol):
    """Vectors of passages, exactly or approximately searched. Safe to share between threads."""

    def __len__(self) -> int:
        """The number of passages."""

    def search(self, query: Matrix, k: int, rows: Rows | None = None) -> tuple[Rows, Scores]:
        """The k best rows and their cosines with `query` (dim,) float32, best first; only among `rows` where given."""

    def vectors(self, rows: Rows) -> Matrix:
        """(len(rows), dim) float32: the vectors as they are stored, in float16."""


def build_dense(blocks: Iterable[Array], dim: int, folder: Path, between: Callable[[], None] = lambda: None) -> None:
    """Write the index of unit vectors, (n, dim) in each block, into `folder`; the first vector becomes row 0.

    Holds no more than a block of them, and what `ApproximateIndex.build` says.

    Args:
        between: called every few seconds while codes are made; what it raises ends the build.

    Raises:
        OSError: if the files can't be written.
    """
    with ArrayWriter(folder / VECTORS, STORED, (dim,)) as out:
        for block in blocks:
            out.extend(block)
    if len(out) > EXACT:
        ApproximateIndex.build(folder, between)


def load_dense(folder: Path) -> DenseIndex:
    """Open the index in `folder`; raises IndexCorruptError if what is read at once is damaged."""
    return ApproximateIndex.load(folder) if (folder / CENTROIDS).exists() else ExactIndex.load(folder)
