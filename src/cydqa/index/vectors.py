"""Vectors for a build: from the live generation where it embedded the same text, else from the encoder.

Block after block, in the order of rows: neither all texts nor all sentence vectors are in memory at once.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np

from cydqa.chunking import embedding_text, sentence_text
from cydqa.embedding import Embedder, Matrix
from cydqa.index import Rows
from cydqa.index.passages import Passages, StoredChunk, Table
from cydqa.index.progress import Meter
from cydqa.index.store import Generation
from cydqa.index.writing import Run

_BLOCK = 1024  # passages; the encoder sorts the texts of a block by length


def digest(text: str) -> bytes:
    """By which two texts to embed are the same."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


class _Vectors(Protocol):
    """Rows that are written one block after the other, and can be read back."""

    def extend(self, vectors: Matrix) -> None:
        """Append (n, dim) float32."""

    def vectors(self, rows: Rows) -> Matrix:
        """(len(rows), dim) float32."""


class SentenceFile:
    """An .npy file of float16 rows, whose number is known beforehand. Used as a context."""

    def __init__(self, path: Path, rows: int, dim: int) -> None:
        self._dim = dim
        self._file = path.open("w+b")
        header = {"descr": "<f2", "fortran_order": False, "shape": (rows, dim)}
        np.lib.format.write_array_header_1_0(self._file, header)
        self._start = self._file.tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def extend(self, vectors: Matrix) -> None:
        """Append (n, dim) float32, rounded to float16."""
        self._file.write(vectors.astype("<f2").tobytes())
        self._file.flush()

    def vectors(self, rows: Rows) -> Matrix:
        """(len(rows), dim) float32: rows that were written."""
        size = 2 * self._dim
        stored = (os.pread(self._file.fileno(), size, self._start + size * int(row)) for row in rows)
        return np.frombuffer(b"".join(stored), "<f2").reshape(-1, self._dim).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Text:
    row: int
    digest: bytes
    text: Callable[[], str]


class VectorSource:
    """Gives every passage and every sentence of a new generation its vector, and embeds each new text only once."""

    def __init__(
        self,
        embedder: Embedder,
        new: Passages,
        live: Generation | None,
        runs: Sequence[tuple[Run, Run]],
        meter: Meter,
    ) -> None:
        """Take stock of what has to be embedded.

        Args:
            new: the passages of the generation under way.
            live: the generation to take vectors from, built with the same encoder.
            runs: stretches of passages and the stretches of their sentences, in the order of rows.
        """
        self.embedded = 0
        self._embedder = embedder
        self._new = new
        self._live = live
        self._runs = runs
        self._meter = meter
        self._known: dict[Table, dict[bytes, int]] = {}  # rows of the live generation
        self._lengths: dict[Table, dict[bytes, int]] = {}  # of the texts to embed
        for table, own in (("chunks", [run for run, _ in runs]), ("sentences", [run for _, run in runs])):
            self._take_stock(table, own)  # type: ignore[arg-type]
        self._texts = sum(map(len, self._lengths.values()))
        self._characters = sum(sum(lengths.values()) for lengths in self._lengths.values())
        self._done = 0  # characters

    def passages(self, out: _Vectors) -> None:
        """Write the vectors of all passages to `out`."""
        live = self._live.dense.vectors if self._live else None
        written: dict[bytes, int] = {}
        for passages, _ in self._runs:
            for first, stop in _blocks(passages):
                if passages.live is not None and live:
                    out.extend(live(np.arange(first, stop, dtype=np.int64) - passages.first + passages.live))
                    continue
                stored = self._new.stored("chunks", first, stop)
                chunks = self._new.chunks(range(first, stop))
                texts = [
                    _Text(entry.row, entry.digest, lambda chunk=chunk: self._passage(chunk))  # type: ignore[misc]
                    for entry, chunk in zip(stored, chunks, strict=True)
                ]
                self._extend("chunks", texts, live, written, out)

    def sentences(self, out: _Vectors) -> None:
        """Write the vectors of all sentences to `out`."""
        live = self._live.sentences.vectors if self._live else None
        written: dict[bytes, int] = {}
        for passages, sentences in self._runs:
            if sentences.live is not None and live:
                for first, stop in _blocks(sentences):
                    out.extend(live(np.arange(first, stop, dtype=np.int64) - sentences.first + sentences.live))
                continue
            for first, stop in _blocks(passages):
                chunks = self._new.chunks(range(first, stop))
                rows = self._new.sentence_ranges([first, stop - 1])
                stored = self._new.stored("sentences", rows[0][0], rows[1][1])
                places = [(chunk, span) for chunk in chunks for span in chunk.chunk.sentences]
                texts = [
                    _Text(entry.row, entry.digest, lambda chunk=chunk, span=span: self._sentence(chunk, span))  # type: ignore[misc]
                    for entry, (chunk, span) in zip(stored, places, strict=True)
                ]
                self._extend("sentences", texts, live, written, out)

    def _take_stock(self, table: Table, runs: Sequence[Run]) -> None:
        lengths = {
            entry.digest: entry.length
            for run in runs
            if run.live is None
            for first, stop in _blocks(run)
            for entry in self._new.stored(table, first, stop)
        }
        known = self._live.passages.rows_by_digest(table, lengths) if self._live and lengths else {}
        self._known[table] = known
        self._lengths[table] = {key: length for key, length in lengths.items() if key not in known}

    def _extend(
        self,
        table: Table,
        texts: Sequence[_Text],
        live: Callable[[Rows], Matrix] | None,
        written: dict[bytes, int],
        out: _Vectors,
    ) -> None:
        known, lengths = self._known[table], self._lengths[table]
        new = {entry.digest: entry for entry in texts if entry.digest in lengths and entry.digest not in written}
        matrix = np.empty((len(texts), self._embedder.dim), np.float32)
        if new:
            vectors = self._embed(table, list(new.values()))
            position = {key: i for i, key in enumerate(new)}
            rows = [i for i, entry in enumerate(texts) if entry.digest in new]
            matrix[rows] = vectors[[position[texts[i].digest] for i in rows]]
        if live and (rows := [i for i, entry in enumerate(texts) if entry.digest in known]):
            matrix[rows] = live(np.array([known[texts[i].digest] for i in rows], np.int64))
        if rows := [i for i, entry in enumerate(texts) if entry.digest in written]:
            matrix[rows] = out.vectors(np.array([written[texts[i].digest] for i in rows], np.int64))
        out.extend(matrix)
        written.update({key: entry.row for key, entry in new.items()})

    def _embed(self, table: Table, new: Sequence[_Text]) -> Matrix:
        if not self.embedded:
            self._meter.report("loading the encoder", 0, 1)  # the first text does that
        before, characters = self.embedded, sum(self._lengths[table][entry.digest] for entry in new)

        def done(count: int) -> None:
            if not self.embedded:
                self._meter.report("loading the encoder", 1, 1)
            self.embedded += count
            share = (self._done + characters * (self.embedded - before) / len(new)) / max(1, self._characters)
            self._meter.report("embedding", self.embedded, self._texts, share=share)

        vectors = self._embedder.embed_chunks([entry.text() for entry in new], done)
        self._done += characters
        return vectors

    def _passage(self, stored: StoredChunk) -> str:
        return embedding_text(stored.own_title, stored.chunk, self._embedder.tokenizer)

    def _sentence(self, stored: StoredChunk, span: tuple[int, int]) -> str:
        return sentence_text(stored.own_title, stored.chunk, span, self._embedder.tokenizer)


def _blocks(run: Run) -> Iterator[tuple[int, int]]:
    for first in range(run.first, run.stop, _BLOCK):
        yield first, min(first + _BLOCK, run.stop)
