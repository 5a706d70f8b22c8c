"""The index: what a build leaves on disk and what a question is searched in.

Row i of the dense index, row i of the lexical index and row i of the table `chunks` are one passage.
"""

from pathlib import Path
from typing import Protocol, Self, TypeVar

import numpy as np

REBUILD = "Run `cydqa index --rebuild` to build it again from the corpus."
Rows = np.ndarray[tuple[int], np.dtype[np.int64]]
Scores = np.ndarray[tuple[int], np.dtype[np.float32]]
Item = TypeVar("Item", contravariant=True)


class Index(Protocol[Item]):
    """One retriever: dense over vectors, or lexical over words.

    The fourth verb is `build`, of `dense.build_dense` and `LexicalIndex.build`: it takes the passages as a stream, item
    after item, and writes files, since neither vectors nor words need fit into memory.
    """

    def search(self, query: Item, k: int, rows: Rows | None = None) -> tuple[Rows, Scores]:
        """The k best rows and their scores, best first, ties by row; only among `rows` where given."""

    def save(self, path: Path) -> None:
        """Write the index to `path`."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read back what `save` wrote."""
