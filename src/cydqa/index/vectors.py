"""Vectors for a build: from the live generation or an interrupted build where they embedded the same text, else from
the encoder, which works beside the reading and cutting of documents.

Texts wait in blocks, of which few are under way, and vectors go to disk as they come: memory does not grow with the
corpus.
"""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Self

import numpy as np

from cydqa.embedding import Embedder, Matrix
from cydqa.errors import BuildCancelledError
from cydqa.index.arrays import Array
from cydqa.index.exact import STORED
from cydqa.index.passages import Passages, Table
from cydqa.index.progress import Meter
from cydqa.index.store import Generation
from cydqa.index.texts import EmbeddedTexts
from cydqa.index.writing import Run

_BLOCK = 512  # texts that are embedded together, which the encoder sorts by length, and that a crash costs at most
_WAITING = 2  # blocks
_ROWS = 4096  # vectors that are copied together
_POLL_SECONDS = 0.2
TABLES: tuple[Table, Table] = ("chunks", "sentences")


class Embedding:
    """Embeds every new text once, in a thread of its own. Used as a context, from one thread."""

    def __init__(self, embedder: Embedder, texts: EmbeddedTexts, live: Generation | None, meter: Meter) -> None:
        """Prepare to embed.

        Args:
            texts: where vectors are kept until all are there.
            live: the generation to take vectors from, built with the same encoder.
        """
        self.embedded = 0
        self._embedder = embedder
        self._texts = texts
        self._live = live
        self._meter = meter
        self._total = 0
        self._stored = 0
        self._waiting: list[tuple[bytes, str]] = []
        self._under_way: list[tuple[Sequence[bytes], Future[Matrix]]] = []
        self._abandoned = threading.Event()
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind:
            self._abandoned.set()
        self._thread.shutdown(cancel_futures=kind is not None)

    def want(self, table: Table, texts: Sequence[tuple[bytes, str]]) -> None:
        """See to it that these texts, each with its digest, get vectors; waits where too many are waiting."""
        if self._live:
            known = self._live.passages.rows_by_digest(table, [key for key, _ in texts])
            texts = [entry for entry in texts if entry[0] not in known]
        claimed = self._texts.claim([key for key, _ in texts])
        new = [entry for entry, is_new in zip(texts, claimed, strict=True) if is_new]
        self._total += len(new)
        self._waiting += new
        while len(self._waiting) >= _BLOCK:
            self._submit(self._waiting[:_BLOCK])
            self._waiting = self._waiting[_BLOCK:]
        self._wait(_WAITING)

    def finish(self) -> None:
        """Wait until all texts have vectors."""
        if self._waiting:
            self._submit(self._waiting)
            self._waiting = []
        self._wait(0)
        if self._total:
            self._meter.report("embedding", self.embedded, self._total)

    def rows(self, new: Passages, table: Table, runs: Sequence[tuple[Run, Run]]) -> Iterator[Array]:
        """The vectors of a new table, block by block, (n, dim) float16, in the order of its rows.

        Args:
            runs: stretches of passages and the stretches of their sentences.
        """
        total = sum(run.stop - run.first for pair in runs for run in pair)
        for pair in runs:
            run = pair[TABLES.index(table)]
            for first in range(run.first, run.stop, _ROWS):
                stop = min(first + _ROWS, run.stop)
                if self._live and run.live is not None:
                    yield self._live.vectors(table, np.arange(first, stop, dtype=np.int64) - run.first + run.live)
                else:
                    yield self._vectors(table, new.digests(table, first, stop))
                self._stored += stop - first
                self._meter.report("storing vectors", self._stored, total)

    def _vectors(self, table: Table, digests: Sequence[bytes]) -> Array:
        found = self._texts.find(digests)
        vectors = np.empty((len(digests), self._embedder.dim), STORED)
        own = [place for place, key in enumerate(digests) if key in found]
        if own:
            vectors[own] = self._texts.matrix([found[digests[place]] for place in own])
        if self._live and (rest := [place for place, key in enumerate(digests) if key not in found]):
            rows = self._live.passages.rows_by_digest(table, [digests[place] for place in rest])
            vectors[rest] = self._live.vectors(table, np.array([rows[digests[place]] for place in rest], np.int64))
        return vectors

    def _submit(self, block: Sequence[tuple[bytes, str]]) -> None:
        self._wait(_WAITING - 1)
        digests, texts = zip(*block, strict=True)
        self._under_way.append((digests, self._thread.submit(self._embed, texts)))

    def _wait(self, most: int) -> None:
        """Keep what is embedded, until at most so many blocks are under way; raises what went wrong in one."""
        while self._under_way and (len(self._under_way) > most or self._under_way[0][1].done()):
            digests, vectors = self._under_way[0]
            wait([vectors], _POLL_SECONDS)
            if vectors.done():
                self._texts.keep(digests, vectors.result())
                self._under_way.pop(0)
            if not most:
                self._meter.report("embedding", self.embedded, self._total)
            self._meter.check()

    def _embed(self, texts: Sequence[str]) -> Matrix:
        def done(count: int) -> None:
            if self._abandoned.is_set() or self._meter.stopped():
                raise BuildCancelledError
            self.embedded += count

        return self._embedder.embed_chunks(texts, done)
