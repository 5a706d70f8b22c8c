"""Approximate dense search for large corpora: short codes of all vectors propose, the vectors themselves decide.

Product quantization (Jégou, Douze and Schmid, "Product quantization for nearest neighbor search", 2011) gives every two
dimensions the nearest of 16 centroids, so that a vector is a code of a quarter of a byte per dimension. The codes of
all vectors are compared with the query by table lookups in SIMD registers (André, Kermarrec and Le Scouarnec, "Cache
locality is not enough", 2015). The best of them are scored again with their vectors: a score means the same as that of
an exact index, and a passage may be missed, but is never misjudged.

No vector is left out by where it lies, as in inverted lists or a graph: those miss more, the less a question resembles
the texts, and questions hardly do.

vectors.npy             (passages, dim) float16, as of an exact index
vectors.centroids.npy   (parts, 16 * dimensions of a part) float32
vectors.codes.npy       (passages / 32, bytes) uint8, the codes of 32 passages interleaved as FAISS searches them
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from cydqa.cores import cores
from cydqa.embedding import Matrix
from cydqa.errors import IndexCorruptError
from cydqa.index import REBUILD, Rows, Scores
from cydqa.index.arrays import Array, ArrayWriter, StoredArray
from cydqa.index.exact import VECTORS, ExactIndex, best, cosines, selector, widened

if TYPE_CHECKING:
    import faiss

CENTROIDS = "vectors.centroids.npy"
CODES = "vectors.codes.npy"
_BITS = 4  # of a part's code: what a SIMD register can look up
_SAMPLE = 20_000  # vectors that the centroids are found by
_ROUNDS = 10  # of k-means
_SEED = 1
_TOGETHER = 32  # vectors whose codes are interleaved
_BLOCK = 2**14  # vectors that a build holds; a multiple of those
_READ = 2**11  # blocks of codes that are read together
_AGAIN = 10  # times as many as asked for are scored again,
_LEAST = 500  # or at least so many
_FEW = 5000  # rows up to which a restricted search compares vectors


class ApproximateIndex:
    """Codes in memory and vectors in a file. Safe to share between threads; stays usable when the files are deleted."""

    def __init__(self, index: "faiss.IndexIVFPQFastScan", vectors: StoredArray) -> None:
        self._index = index
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    @staticmethod
    def build(folder: Path, between: Callable[[], None] = lambda: None) -> None:
        """Write the codes for the vectors that lie in `folder`, where `load` opens both.

        Holds a sample, then one block of vectors at a time. The same vectors give the same codes.

        Args:
            between: called once a block; what it raises ends the build.

        Raises:
            OSError: if the files can't be written.
        """
        import faiss

        faiss.omp_set_num_threads(cores())
        vectors = StoredArray(folder / VECTORS)
        coder = _trained(vectors)
        centroids = faiss.vector_to_array(coder.pq.centroids).reshape(coder.pq.M, -1)
        with ArrayWriter(folder / CENTROIDS, centroids.dtype, centroids.shape[1:]) as out:
            out.extend(centroids)
        with ArrayWriter(folder / CODES, np.uint8, (coder.M2 * _BITS * _TOGETHER // 8,)) as out:
            for block in _blocks(vectors):
                between()
                coder.reset()
                coder.add(block)
                out.extend(faiss.vector_to_array(coder.codes).reshape(-1, coder.M2 * _BITS * _TOGETHER // 8))

    def search(self, query: Matrix, k: int, rows: Rows | None = None) -> tuple[Rows, Scores]:
        """Nearly the k best rows and their cosines with `query` (dim,) float32, best first; only among `rows` if given.

        Raises:
            IndexCorruptError: if a vector that is scored is damaged.
        """
        import faiss

        if rows is not None and len(rows) <= _FEW:
            found, scores = ExactIndex(self._vectors.take(rows)).search(query, k)
            return best(rows[found], scores, k)
        faiss.omp_set_num_threads(1)  # why, says ExactIndex
        count = min(max(_AGAIN * k, _LEAST), len(self) if rows is None else len(rows))
        selected = None if rows is None else selector(rows, len(self))
        chosen = faiss.SearchParametersIVF(nprobe=1, sel=selected)  # type: ignore[call-arg]
        _, proposed = self._index.search(query[np.newaxis], count, params=chosen)
        candidates = np.sort(proposed[0][proposed[0] >= 0])
        return best(candidates, cosines(self._vectors.take(candidates), query), k)

    def vectors(self, rows: Rows) -> Matrix:
        """(len(rows), dim) float32: the vectors as they are stored.

        Raises:
            IndexCorruptError: if one of them is damaged.
        """
        return widened(self._vectors.take(rows))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Open what a build wrote into the folder `path`.

        Raises:
            IndexCorruptError: if centroids or codes are damaged, or not those of the vectors.
        """
        import faiss

        vectors, codes, centroids = (StoredArray(path / name) for name in (VECTORS, CODES, CENTROIDS))
        count, dim = vectors.shape
        if len(codes) != -(-count // _TOGETHER) or centroids.shape[1] * len(centroids) != dim * 2**_BITS:
            raise IndexCorruptError(f"The vectors in {path} and their codes do not belong together.", hint=REBUILD)
        # One list of all: unlike an index without lists, it can restrict a search.
        index = faiss.IndexIVFPQFastScan(
            faiss.IndexFlatIP(dim), dim, 1, len(centroids), _BITS, faiss.METRIC_INNER_PRODUCT
        )
        index.by_residual = False
        index.quantizer.add(np.zeros((1, dim), np.float32))
        faiss.copy_array_to_vector(centroids.slice(0, len(centroids)).ravel(), index.pq.centroids)
        index.is_trained = True
        lists = faiss.downcast_InvertedLists(index.invlists)  # type: ignore[arg-type]
        lists.resize(0, count)
        faiss.rev_swig_ptr(lists.get_ids(0), count)[:] = np.arange(count)
        held = faiss.rev_swig_ptr(lists.get_codes(0), len(codes) * codes.shape[1]).reshape(codes.shape)
        for first in range(0, len(codes), _READ):
            stop = min(first + _READ, len(codes))
            held[first:stop] = codes.copy(first, stop)
        index.ntotal = count
        return cls(index, vectors)


def _trained(vectors: StoredArray) -> "faiss.IndexPQFastScan":
    """An empty index whose centroids fit the vectors."""
    import faiss

    count, dim = vectors.shape
    rows = np.unique(np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.int64))
    sample = widened(vectors.take(rows))
    index = faiss.IndexPQFastScan(dim, dim // 2 if dim % 2 == 0 else dim, _BITS, faiss.METRIC_INNER_PRODUCT)
    index.pq.cp.seed, index.pq.cp.niter = _SEED, _ROUNDS
    index.pq.cp.min_points_per_centroid = 1  # a warning, printed
    index.train(np.resize(sample, (max(len(sample), 2**_BITS), dim)))  # at least as many as there are centroids
    return index


def _blocks(vectors: StoredArray) -> Iterator[Array]:
    for first in range(0, len(vectors), _BLOCK):
        yield widened(vectors.copy(first, min(first + _BLOCK, len(vectors))))
