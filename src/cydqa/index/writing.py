"""Documents, passages and sentences -> the SQLite file of a new generation, document by document.

What did not change is copied from the file of the generation before, in stretches of neighbouring documents, without
being read into Python. Rows count from 0 in the order of the documents' ids, however the index came to be.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from cydqa.abbreviations import explained_terms
from cydqa.documents import Reading
from cydqa.index.passages import checksum
from cydqa.types import Chunk

_SCHEMA = """
CREATE TABLE documents (row INTEGER PRIMARY KEY, id TEXT UNIQUE, sum BLOB, origin_sum BLOB, title TEXT, text TEXT,
                        pages TEXT, characters TEXT, metadata TEXT, warnings TEXT, sha256 TEXT, sidecar_sha256 TEXT,
                        first_chunk INTEGER, stop_chunk INTEGER, first_sentence INTEGER, stop_sentence INTEGER);
CREATE TABLE sections (document INTEGER, ordinal INTEGER, path TEXT, start INTEGER, stop INTEGER,
                       PRIMARY KEY (document, ordinal)) WITHOUT ROWID;
CREATE TABLE chunks (row INTEGER PRIMARY KEY, id TEXT UNIQUE, document INTEGER, section TEXT, start INTEGER,
                     stop INTEGER, page INTEGER, text TEXT, first_sentence INTEGER, stop_sentence INTEGER, digest BLOB,
                     sum BLOB);
CREATE TABLE abbreviations (document INTEGER, short TEXT, long TEXT);
CREATE TABLE sentences (row INTEGER PRIMARY KEY, document INTEGER, start INTEGER, stop INTEGER, digest BLOB);
"""
_INDEXES = """
CREATE INDEX chunk_digests ON chunks (digest);
CREATE INDEX sentence_digests ON sentences (digest);
"""
# How the rows of a stretch of documents move: all of its documents, passages and sentences by the same distance.
_CARRY = """
INSERT INTO documents SELECT row + :d, id, sum, origin_sum, title, text, pages, characters, metadata, warnings, sha256,
    sidecar_sha256, first_chunk + :c, stop_chunk + :c, first_sentence + :s, stop_sentence + :s
    FROM live.documents WHERE row BETWEEN :first AND :last ORDER BY row;
INSERT INTO sections SELECT document + :d, ordinal, path, start, stop
    FROM live.sections WHERE document BETWEEN :first AND :last ORDER BY document, ordinal;
INSERT INTO abbreviations SELECT document + :d, short, long
    FROM live.abbreviations WHERE document BETWEEN :first AND :last ORDER BY document, rowid;
INSERT INTO chunks SELECT row + :c, id, document + :d, section, start, stop, page, text,
    first_sentence + :s, stop_sentence + :s, digest, sum
    FROM live.chunks WHERE row >= :first_chunk AND row < :stop_chunk ORDER BY row;
INSERT INTO sentences SELECT row + :s, document + :d, start, stop, digest
    FROM live.sentences WHERE row >= :first_sentence AND row < :stop_sentence ORDER BY row;
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring rows of a new table: those of the live generation from `live` on, or new ones."""

    first: int
    stop: int
    live: int | None


class PassageWriter:
    """Writes a new file; documents come in the order of their ids. Used as a context, which commits unless it fails."""

    def __init__(self, path: Path, live: Path | None) -> None:
        self.documents = self.chunks = self.sentences = 0
        self.runs: list[tuple[Run, Run]] = []  # of passages and of their sentences
        self._carried: range | None = None  # documents of the live generation that are still to be copied
        self._connection = sqlite3.connect(f"{path.resolve().as_uri()}", uri=True, isolation_level=None)
        try:
            self._connection.execute("PRAGMA journal_mode = OFF")  # a file that is not finished is never published
            self._connection.execute("PRAGMA synchronous = OFF")  # the build syncs every file before it publishes
            if live:
                self._connection.execute("ATTACH ? AS live", [f"{live.resolve().as_uri()}?mode=ro&immutable=1"])
            self._connection.executescript(_SCHEMA)
            self._connection.execute("BEGIN")
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._carry()
                for statement in _INDEXES.split(";")[:-1]:
                    self._connection.execute(statement)
                sums = (row[0].hex() for row in self._connection.execute("SELECT sum FROM documents ORDER BY row"))
                version = int.from_bytes(checksum(*sums)[:4], "big", signed=True)
                self._connection.execute(f"PRAGMA user_version = {version}")  # in the head of the file
                self._connection.execute("COMMIT")
        finally:
            self._connection.close()

    def carry(self, row: int) -> None:
        """Copy the document of this row of the live generation."""
        if self._carried and self._carried.stop != row:
            self._carry()
        self._carried = range(self._carried.start if self._carried else row, row + 1)

    def _carry(self) -> None:
        if not self._carried:
            return
        first, last = self._carried.start, self._carried.stop - 1
        self._carried = None
        (first_chunk, first_sentence), (stop_chunk, stop_sentence) = (
            self._one(f"SELECT {edge}_chunk, {edge}_sentence FROM live.documents WHERE row = ?", row)  # noqa: S608
            for edge, row in (("first", first), ("stop", last))
        )
        values = {
            "first": first,
            "last": last,
            "first_chunk": first_chunk,
            "stop_chunk": stop_chunk,
            "first_sentence": first_sentence,
            "stop_sentence": stop_sentence,
            "d": self.documents - first,
            "c": self.chunks - first_chunk,
            "s": self.sentences - first_sentence,
        }
        for statement in _CARRY.split(";")[:-1]:
            self._connection.execute(statement, values)
        self._advance(
            1 + last - first, stop_chunk - first_chunk, stop_sentence - first_sentence, first_chunk, first_sentence
        )

    def add(
        self,
        document_id: str,
        reading: Reading,
        chunks: Sequence[Chunk],
        digests: Sequence[bytes],
        sentence_digests: Sequence[bytes],
    ) -> None:
        """Write one document and its passages; the digests are of what each passage and sentence is embedded from."""
        self._carry()
        row = self.documents
        sentences = sum(len(chunk.sentences) for chunk in chunks)
        pages, metadata = _json(reading.pages), _json(asdict(reading.metadata))
        sections = [(_json(section.path), section.start, section.end) for section in reading.sections]
        values = (
            *(reading.title, reading.text, pages),
            _json([[run.start, run.length, run.page, run.first] for run in reading.characters]),
            *(metadata, _json(reading.warnings), reading.sha256, reading.sidecar_sha256),
        )
        self._connection.execute(
            f"INSERT INTO documents VALUES ({', '.join('?' * 16)})",  # noqa: S608
            (
                *(row, document_id, checksum(document_id, *values, sections)),
                *(checksum(document_id, metadata, pages), *values),
                *(self.chunks, self.chunks + len(chunks), self.sentences, self.sentences + sentences),
            ),
        )
        self._connection.executemany(
            "INSERT INTO sections VALUES (?, ?, ?, ?, ?)", ((row, i, *section) for i, section in enumerate(sections))
        )
        self._connection.executemany(
            "INSERT INTO abbreviations VALUES (?, ?, ?)",
            ((row, short, " ".join(long)) for short, long in explained_terms(reading.text)),
        )
        first = self.sentences
        for chunk_row, (chunk, digest) in enumerate(zip(chunks, digests, strict=True), self.chunks):
            stop = first + len(chunk.sentences)
            place = (_json(chunk.section), chunk.start, chunk.end, chunk.page, chunk.text)
            own_sum = checksum(chunk.id, document_id, reading.title, *place, chunk.sentences)
            self._connection.execute(
                f"INSERT INTO chunks VALUES ({', '.join('?' * 12)})",  # noqa: S608
                (chunk_row, chunk.id, row, *place, first, stop, digest, own_sum),
            )
            first = stop
        spans = (span for chunk in chunks for span in chunk.sentences)
        self._connection.executemany(
            "INSERT INTO sentences VALUES (?, ?, ?, ?, ?)",
            (
                (i, row, *span, digest)
                for i, (span, digest) in enumerate(zip(spans, sentence_digests, strict=True), self.sentences)
            ),
        )
        self._advance(1, len(chunks), sentences, None, None)

    def _advance(
        self, documents: int, chunks: int, sentences: int, live_chunk: int | None, live_sentence: int | None
    ) -> None:
        first_chunk, first_sentence = self.chunks, self.sentences
        if live_chunk is None and self.runs and self.runs[-1][0].live is None:  # neighbours of new rows are one run
            before = self.runs.pop()
            first_chunk, first_sentence = before[0].first, before[1].first
        self.documents += documents
        self.chunks += chunks
        self.sentences += sentences
        passages = Run(first_chunk, self.chunks, live_chunk)
        self.runs.append((passages, Run(first_sentence, self.sentences, live_sentence)))

    def _one(self, query: str, *values: Any) -> tuple[Any, ...]:
        found: tuple[Any, ...] = self._connection.execute(query, values).fetchone()
        return found


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
