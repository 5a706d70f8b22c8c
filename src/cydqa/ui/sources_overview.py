"""What the Sources page tells of documents and index: read from the folders, and kept until something changes there."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import streamlit as st

from cydqa.documents import FORMATS, format_of
from cydqa.embedding import Embedder, opening
from cydqa.errors import CydqaError, IndexCorruptError, IndexMismatchError, ModelUnavailableError
from cydqa.index.changes import Changes, compare
from cydqa.index.publish import live_name
from cydqa.index.status import IndexStatus, index_status
from cydqa.index.store import summaries
from cydqa.library import CorpusFile, Listing, list_corpus
from cydqa.settings import Settings
from cydqa.types import DocumentSummary

State = Literal["indexed", "changed", "new", "removed", "failed"]

_FORMATS = {"docx": "Word", "epub": "EPUB", "html": "Web page", "markdown": "Markdown", "pdf": "PDF", "plain": "Text"}
_FORMATS["pptx"] = "Slides"


@dataclass(frozen=True, slots=True)
class Row:
    """A document in the table."""

    id: str
    title: str
    kind: str
    state: State
    pages: int = 0  # 0 for formats without them, and where it is not indexed
    words: int = 0
    passages: int = 0
    added: datetime | None = None  # when its file was put there, or changed last; UTC
    note: str = ""  # why it failed, or what to know of it
    in_index: bool = False
    in_corpus: bool = True


@dataclass(frozen=True, slots=True)
class Overview:
    """Documents and index, and what a build would do."""

    rows: tuple[Row, ...]
    skipped: dict[str, str]  # files that are no documents
    failed_folders: dict[str, str]
    corpus_bytes: int
    indexed: int  # documents
    passages: int
    index_bytes: int
    created: datetime | None  # None where there is no index
    encoder: str
    same_recipe: bool
    needs_build: bool
    problem: CydqaError | None = None  # why the index, or the encoder, can't be used

    def count(self, state: State) -> int:
        """How many documents are in that state."""
        return sum(row.state == state for row in self.rows)


def overview(settings: Settings) -> Overview:
    """The documents and the index as they are now.

    Raises:
        DocumentError: if there is no corpus folder.
    """
    listing = list_corpus(settings.corpus, settings.index)
    problem: CydqaError | None = None
    encoder: Embedder | None = None
    live = None
    try:
        encoder = _encoder(settings.model, settings.index)
        live = live_name(settings.index)
    except (ModelUnavailableError, IndexCorruptError) as error:
        problem = error
    if encoder is None or problem:
        return _of_corpus(listing, problem)
    stamps = [(file.id, file.stamp, file.sidecar_stamp) for file in listing.files]
    seen = repr((stamps, sorted(listing.skipped.items()), sorted(listing.failed.items()), live, encoder.fingerprint))
    try:
        return _of_both(settings.model_dump_json(), hashlib.sha256(seen.encode()).hexdigest(), encoder, listing)
    except (IndexCorruptError, IndexMismatchError) as error:
        return _of_corpus(listing, error)


@st.cache_resource(show_spinner=False)
def _encoder(model: str, index_dir: Path) -> Embedder:
    """The encoder, whose files are hashed once; its weights are not loaded."""
    return opening.open_encoder(model, index_dir)


@st.cache_resource(show_spinner="Comparing the documents with the index", max_entries=4)
def _of_both(settings_json: str, seen: str, _encoder: Embedder, _listing: Listing) -> Overview:
    """`seen` stands for all that the comparison depends on besides the settings: stamps of files, index, encoder."""
    settings = Settings.model_validate_json(settings_json)
    state = index_status(settings.corpus, settings.index, settings=settings, embedder=_encoder)
    known = {each.id: each for each in summaries(settings.index)} if state.generation else {}
    return Overview(
        rows=_rows(_listing, state, known),
        skipped=state.skipped,
        failed_folders=_folders(state.failed),
        corpus_bytes=state.corpus_bytes,
        indexed=len(known),
        passages=state.passages,
        index_bytes=state.index_bytes,
        created=datetime.fromisoformat(state.created) if state.created else None,
        encoder=state.encoder or "",
        same_recipe=state.same_recipe,
        needs_build=state.needs_build,
    )


def _of_corpus(listing: Listing, problem: CydqaError | None) -> Overview:
    """The documents alone, where there is no index that can be used, or nothing to use it with."""
    return Overview(
        rows=_rows(listing, compare(listing, None), {}),
        skipped=listing.skipped,
        failed_folders=_folders(listing.failed),
        corpus_bytes=sum(file.stamp.size for file in listing.files),
        indexed=0,
        passages=0,
        index_bytes=0,
        created=None,
        encoder="",
        same_recipe=False,
        needs_build=True,
        problem=problem,
    )


def _rows(listing: Listing, found: IndexStatus | Changes, known: dict[str, DocumentSummary]) -> tuple[Row, ...]:
    states: dict[str, State] = {file.id: "indexed" for file in listing.files}
    news: tuple[tuple[State, Collection[str]], ...] = (
        *(("new", found.added), ("changed", found.changed), ("removed", found.removed)),
        ("failed", [name for name in found.failed if not name.endswith("/")]),
    )
    for state, document_ids in news:
        for document_id in document_ids:
            states[document_id] = state
    notes = {**found.warnings, **found.failed} if isinstance(found, IndexStatus) else {}
    files = {file.id: file for file in listing.files}
    return tuple(
        _row(document_id, state, notes.get(document_id, ""), files.get(document_id), known.get(document_id))
        for document_id, state in states.items()
    )


def _row(document_id: str, state: State, note: str, file: CorpusFile | None, known: DocumentSummary | None) -> Row:
    added = datetime.fromtimestamp(file.stamp.ctime_ns / 1e9, UTC) if file else None
    return Row(
        id=document_id,
        title=known.title if known else document_id,
        kind=(known.metadata.kind if known else None) or _FORMATS.get(_format(document_id), ""),
        state=state,
        pages=known.pages if known else 0,
        words=known.words if known else 0,
        passages=known.passages if known else 0,
        added=added,
        note=note,
        in_index=known is not None,
        in_corpus=file is not None,
    )


def _format(document_id: str) -> str:
    suffix = "." + document_id.rpartition(".")[2].lower()
    return format_of(document_id) if suffix in FORMATS else ""


def _folders(failed: dict[str, str]) -> dict[str, str]:
    return {name: reason for name, reason in failed.items() if name.endswith("/")}
