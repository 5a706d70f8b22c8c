"""Documents, sections, passages and sentences in one SQLite file, read by row; `writing.py` makes it.

Every passage and every document has a checksum and is verified when it is read: the file may be too large to be
verified whole whenever it is opened.
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from cydqa.abbreviations import ExplainedTerm
from cydqa.documents import Reading, title_from_name
from cydqa.errors import IndexCorruptError
from cydqa.index import REBUILD, Rows
from cydqa.types import CharacterRun, Chunk, Document, DocumentSummary, Metadata, Reference, Section, Source

Table = Literal["chunks", "sentences"]
_JSON = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` would make an encoder each time
_ORIGINS = 512  # documents whose metadata are kept in memory


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A passage with its row and the title of its document."""

    row: int
    chunk: Chunk
    own_title: str | None  # None where the document has none of its own

    @property
    def title(self) -> str:
        """What the document is called."""
        return self.own_title or title_from_name(self.chunk.document_id)


def checksum(*values: object) -> bytes:
    """Of the columns of a row: 64 bits, because they are against rot, not against people."""
    return hashlib.blake2b(_JSON(values).encode(), digest_size=8).digest()


class Passages:
    """A finished file, opened so that SQLite neither writes nor locks. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        self._origins: dict[str, tuple[Metadata, tuple[int, ...]]] = {}  # those asked for of late
        self._select("SELECT count(*) FROM documents")  # opens the file now, so that it may be deleted later

    def counts(self) -> tuple[int, int, int]:
        """Number of documents, passages and sentences; rows count from 0 without a gap."""
        found = self._select(
            "SELECT (SELECT coalesce(max(row) + 1, 0) FROM documents), (SELECT coalesce(max(row) + 1, 0) FROM chunks),"
            " (SELECT coalesce(max(row) + 1, 0) FROM sentences)"  # counting them would read the whole file
        )
        documents, chunks, sentences = found[0]
        return documents, chunks, sentences

    def damage(self) -> str | None:
        """What SQLite finds wrong with the file, or None."""
        found = self._select("PRAGMA integrity_check(1)")[0][0]
        return None if found == "ok" else str(found)

    def digests(self, table: Table, first: int, stop: int) -> list[bytes]:
        """What the rows from `first` to before `stop` were embedded from, as digests."""
        found = self._select(
            f"SELECT digest FROM {table} WHERE row >= ? AND row < ? ORDER BY row",  # noqa: S608
            first,
            stop,
        )
        return [row[0] for row in found]

    def rows_by_digest(self, table: Table, digests: Iterable[bytes]) -> dict[bytes, int]:
        """A row for each of these digests that is there."""
        query = f"SELECT row FROM {table} WHERE digest = ? LIMIT 1"  # noqa: S608
        return {key: found[0][0] for key in digests if (found := self._select(query, key))}

    def chunks(self, rows: Iterable[int]) -> list[StoredChunk]:
        """The passages of these rows, in the order asked for.

        Raises:
            IndexCorruptError: if one of them, or its document's title, is damaged.
        """
        wanted = [int(row) for row in rows]
        found = self._select(
            "SELECT c.row, c.sum, c.id, d.id, d.title, c.section, c.start, c.stop, c.page, c.text"
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
        for row, own_sum, *values in found:
            sentences = spans.get(row, [])
            self._verify(own_sum, *values, sentences)
            chunk_id, document_id, title, section, start, stop, page, text = values
            path = tuple(json.loads(section))
            chunk = Chunk(chunk_id, document_id, path, start, stop, text, page, tuple(sentences))
            stored[row] = StoredChunk(row, chunk, title or None)
        if missing := set(wanted) - stored.keys():
            raise self._damaged(f"it lacks passage {min(missing)}")
        return [stored[row] for row in wanted]

    def rows_of(self, document_ids: Iterable[str]) -> Rows:
        """Rows of all passages of these documents, ascending; of unknown documents, none."""
        found = self._select(
            "SELECT c.row FROM chunks c JOIN documents d ON d.row = c.document"
            " WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY c.row",
            json.dumps(list(document_ids)),
        )
        return np.array([row[0] for row in found], np.int64)

    def abbreviations(self) -> list[ExplainedTerm]:
        """What the documents explain their abbreviations by, for a build; one that several explain comes once."""
        found = self._select("SELECT DISTINCT short, long FROM abbreviations")
        return [ExplainedTerm(short, tuple(long.split(" "))) for short, long in found]

    def chunk_ids(self, rows: Iterable[int]) -> dict[int, str]:
        """The id of each of these passages."""
        return dict(
            self._select(
                "SELECT row, id FROM chunks WHERE row IN (SELECT value FROM json_each(?))",
                json.dumps([int(row) for row in rows]),
            )
        )

    def document_ids(self) -> list[str]:
        """Ids of all documents, in order."""
        return [row[0] for row in self._select("SELECT id FROM documents ORDER BY row")]

    def summaries(self) -> tuple[DocumentSummary, ...]:
        """Every document, in the order of their ids; their texts stay where they are."""
        found = self._select(
            "SELECT id, title, metadata, json_array_length(pages),"
            " 1 + length(text) - length(replace(replace(text, char(10), ' '), ' ', '')), stop_chunk - first_chunk"
            " FROM documents ORDER BY row"
        )
        return tuple(
            DocumentSummary(name, title or title_from_name(name), _metadata(metadata), *counts)
            for name, title, metadata, *counts in found
        )

    def document(self, document_id: str) -> Document | None:
        """A whole document, or None where there is none of that id."""
        reading = self.reading(document_id)
        return reading.document(document_id) if reading else None

    def reading(self, document_id: str) -> Reading | None:
        """All that was read of a document's file, or None where there is none of that id; raises like `chunks`."""
        found = self._select(
            "SELECT row, sum, id, title, text, pages, characters, metadata, warnings, sha256, sidecar_sha256"
            " FROM documents WHERE id = ?",
            document_id,
        )
        if not found:
            return None
        row, own_sum, *values = found[0]
        sections = self._select("SELECT path, start, stop FROM sections WHERE document = ? ORDER BY ordinal", row)
        self._verify(own_sum, *values, sections)
        _, title, text, pages, characters, metadata, warnings, sha256, sidecar_sha256 = values
        return Reading(
            title=title,
            text=text,
            sections=tuple(Section(tuple(json.loads(path)), start, stop) for path, start, stop in sections),
            pages=tuple(json.loads(pages)),
            characters=tuple(CharacterRun(*run) for run in json.loads(characters)),
            metadata=_metadata(metadata),
            warnings=tuple(json.loads(warnings)),
            sha256=sha256,
            sidecar_sha256=sidecar_sha256,
        )

    def origin(self, document_id: str) -> tuple[Metadata, tuple[int, ...]]:
        """What a stored document says about itself, and the offsets where its pages start; raises like `chunks`."""
        found = self._origins.get(document_id)
        if found is None:
            if len(self._origins) >= _ORIGINS:
                self._origins.clear()
            found = self._origins[document_id] = self._read_origin(document_id)
        return found

    def _read_origin(self, document_id: str) -> tuple[Metadata, tuple[int, ...]]:
        query = "SELECT origin_sum, id, metadata, pages FROM documents WHERE id = ?"
        found = self._select(query, document_id)
        if not found:
            raise self._damaged(f"it lacks {document_id}")
        own_sum, *values = found[0]
        self._verify(own_sum, *values)
        _, metadata, pages = values
        return _metadata(metadata), tuple(json.loads(pages))

    def __del__(self) -> None:
        if hasattr(self, "_connection"):  # connecting fails where a build is deleting the file
            self._connection.close()

    def _select(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._connection.execute(query, values).fetchall()
            except sqlite3.DatabaseError as error:
                raise self._damaged(str(error)) from error

    def _verify(self, wanted: bytes, *values: object) -> None:
        if checksum(*values) != wanted:
            raise self._damaged("its checksum differs")

    def _damaged(self, why: str) -> IndexCorruptError:
        return IndexCorruptError(f"{self._path} is damaged: {why}.", hint=REBUILD)


def _metadata(stored: str) -> Metadata:
    fields: dict[str, Any] = json.loads(stored)
    fields["references"] = [Reference(**entry) for entry in fields["references"]]
    fields["sources"] = [Source(**entry) for entry in fields["sources"]]
    for name in ("authors", "references", "sources", "questions"):
        fields[name] = tuple(fields[name])
    return Metadata(**fields)
