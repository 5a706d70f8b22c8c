"""Documents, sections, passages and sentences in one SQLite file, read by row."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cydqa.index import Rows
from cydqa.types import Chunk, Document, Metadata, Reference, Section, Source

_SCHEMA = """
CREATE TABLE documents (row INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, text TEXT, pages TEXT, metadata TEXT,
                        sha256 TEXT);
CREATE TABLE sections (document INTEGER, ordinal INTEGER, path TEXT, start INTEGER, stop INTEGER,
                       PRIMARY KEY (document, ordinal)) WITHOUT ROWID;
CREATE TABLE chunks (row INTEGER PRIMARY KEY, id TEXT UNIQUE, document INTEGER, section TEXT, start INTEGER,
                     stop INTEGER, page INTEGER, text TEXT, first_sentence INTEGER, stop_sentence INTEGER, digest BLOB);
CREATE INDEX chunks_by_document ON chunks (document);
CREATE TABLE sentences (row INTEGER PRIMARY KEY, document INTEGER, start INTEGER, stop INTEGER, digest BLOB);
"""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A passage with its row and the title of its document."""

    row: int
    chunk: Chunk
    title: str


@dataclass(frozen=True, slots=True)
class Digests:
    """What each passage and each sentence was embedded from, as a digest, in the order of rows."""

    chunks: list[bytes]
    sentences: list[bytes]


def write_passages(
    path: Path, documents: Sequence[Document], chunks: Sequence[Sequence[Chunk]], digests: Digests
) -> None:
    """Write a new file; `chunks[i]` are those of `documents[i]`. Rows count from 0 in the order given."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")  # a file that is not finished is never published
        connection.execute("PRAGMA synchronous = OFF")  # the build syncs every file before it publishes
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        chunk_row = sentence_row = 0
        for row, (document, own) in enumerate(zip(documents, chunks, strict=True)):
            _write_document(connection, row, document)
            for chunk in own:
                sentences = range(sentence_row, sentence_row + len(chunk.sentences))
                connection.execute(
                    "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(chunk_row, chunk.id, row, json.dumps(chunk.section), chunk.start, chunk.end, chunk.page),
                        *(chunk.text, sentences.start, sentences.stop, digests.chunks[chunk_row]),
                    ),
                )
                connection.executemany(
                    "INSERT INTO sentences VALUES (?, ?, ?, ?, ?)",
                    ((i, row, *span, digests.sentences[i]) for i, span in zip(sentences, chunk.sentences, strict=True)),
                )
                chunk_row, sentence_row = chunk_row + 1, sentences.stop
        connection.execute("COMMIT")
    finally:
        connection.close()


def _write_document(connection: sqlite3.Connection, row: int, document: Document) -> None:
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *(row, document.id, document.title, document.text, json.dumps(document.pages)),
            *(json.dumps(asdict(document.metadata), ensure_ascii=False), document.sha256),
        ),
    )
    connection.executemany(
        "INSERT INTO sections VALUES (?, ?, ?, ?, ?)",
        ((row, i, json.dumps(section.path), section.start, section.end) for i, section in enumerate(document.sections)),
    )


class Passages:
    """A finished file, opened so that SQLite neither writes nor locks. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        self._select("SELECT count(*) FROM documents")  # opens the file now, so that it may be deleted later

    def counts(self) -> tuple[int, int, int]:
        """Number of documents, passages and sentences."""
        found = self._select(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks), (SELECT count(*) FROM sentences)"
        )
        documents, chunks, sentences = found[0]
        return documents, chunks, sentences

    def digests(self) -> Digests:
        """The digests that passages and sentences were stored with."""
        chunks = self._select("SELECT digest FROM chunks ORDER BY row")
        sentences = self._select("SELECT digest FROM sentences ORDER BY row")
        return Digests([row[0] for row in chunks], [row[0] for row in sentences])

    def chunks(self, rows: Iterable[int]) -> list[StoredChunk]:
        """The passages of these rows, in the order asked for."""
        wanted = [int(row) for row in rows]
        found = self._select(
            "SELECT c.row, c.id, d.id, c.section, c.start, c.stop, c.text, c.page, d.title"
            " FROM chunks c JOIN documents d ON d.row = c.document"
            " WHERE c.row IN (SELECT value FROM json_each(?))",
            json.dumps(wanted),
        )
        spans: dict[int, list[tuple[int, int]]] = {}
        for chunk_row, start, stop in self._select(
            "SELECT c.row, s.start, s.stop FROM chunks c JOIN sentences s"
            " ON s.row >= c.first_sentence AND s.row < c.stop_sentence"
            " WHERE c.row IN (SELECT value FROM json_each(?)) ORDER BY s.row",
            json.dumps(wanted),
        ):
            spans.setdefault(chunk_row, []).append((start, stop))
        stored = {}
        for row, chunk_id, document_id, section, start, stop, text, page, title in found:
            chunk = Chunk(chunk_id, document_id, tuple(json.loads(section)), start, stop, text, page, tuple(spans[row]))
            stored[row] = StoredChunk(row, chunk, title)
        return [stored[row] for row in wanted]

    def sentence_ranges(self, rows: Iterable[int]) -> list[tuple[int, int]]:
        """First and stop sentence row of each of these passages, in the order asked for."""
        wanted = [int(row) for row in rows]
        found = self._select(
            "SELECT row, first_sentence, stop_sentence FROM chunks WHERE row IN (SELECT value FROM json_each(?))",
            json.dumps(wanted),
        )
        ranges = {row: (first, stop) for row, first, stop in found}
        return [ranges[row] for row in wanted]

    def rows_of(self, document_ids: Iterable[str]) -> Rows:
        """Rows of all passages of these documents, ascending; of unknown documents, none."""
        found = self._select(
            "SELECT c.row FROM chunks c JOIN documents d ON d.row = c.document"
            " WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY c.row",
            json.dumps(list(document_ids)),
        )
        return np.array([row[0] for row in found], np.int64)

    def document_ids(self) -> list[str]:
        """Ids of all documents, in order."""
        return [row[0] for row in self._select("SELECT id FROM documents ORDER BY row")]

    def document(self, document_id: str) -> Document | None:
        """A whole document, or None where there is none of that id."""
        found = self._select(
            "SELECT row, title, text, pages, metadata, sha256 FROM documents WHERE id = ?", document_id
        )
        if not found:
            return None
        row, title, text, pages, metadata, sha256 = found[0]
        sections = tuple(
            Section(tuple(json.loads(path)), start, stop)
            for path, start, stop in self._select(
                "SELECT path, start, stop FROM sections WHERE document = ? ORDER BY ordinal", row
            )
        )
        return Document(document_id, title, text, sections, tuple(json.loads(pages)), _metadata(metadata), sha256)

    def metadata(self, document_id: str) -> Metadata:
        """What a stored document says about itself."""
        return _metadata(self._select("SELECT metadata FROM documents WHERE id = ?", document_id)[0][0])

    def __del__(self) -> None:
        self._connection.close()

    def _select(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()


def _metadata(stored: str) -> Metadata:
    fields: dict[str, Any] = json.loads(stored)
    fields["references"] = [Reference(**entry) for entry in fields["references"]]
    fields["sources"] = [Source(**entry) for entry in fields["sources"]]
    for name in ("authors", "references", "sources", "questions"):
        fields[name] = tuple(fields[name])
    return Metadata(**fields)
