"""The first half of a build: every document of the corpus -> its passages in the file of the new generation, and their
texts to the encoder.

An unchanged document is copied from the live generation, a renamed one is cut anew from the text that is there, and
only a file with other bytes is read, in a process of its own.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from cydqa.chunking import Tokenizer, chunk_document, embedding_text, sentence_text
from cydqa.documents import Reading, format_of, parser_versions
from cydqa.documents.isolation import ParserPool
from cydqa.errors import DocumentError
from cydqa.index.changes import Changes
from cydqa.index.manifest import FailedFile, IndexedDocument, Recipe, current_versions
from cydqa.index.progress import Meter
from cydqa.index.store import PASSAGES, Generation
from cydqa.index.texts import digest
from cydqa.index.vectors import Embedding
from cydqa.index.writing import PassageWriter, Run
from cydqa.library import CorpusFile, Listing, sha256_of

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True)
class Gathered:
    """What went into the new file."""

    documents: dict[str, IndexedDocument] = field(default_factory=dict)  # in the order of their rows
    failed: dict[str, FailedFile] = field(default_factory=dict)
    runs: list[tuple[Run, Run]] = field(default_factory=list)  # of passages and of their sentences
    passages: int = 0
    sentences: int = 0


class _Before:
    """What the live generation still holds good of."""

    def __init__(self, live: Generation | None, recipe: Recipe) -> None:
        self._live = live
        self.path = live.folder / PASSAGES if live else None
        self.documents = live.manifest.documents if live else {}
        self.row = {document_id: row for row, document_id in enumerate(self.documents)}
        versions, old = parser_versions(), live.manifest.recipe if live else None
        self._formats = {name for name, version in versions.items() if old and old.parsers.get(name) == version}
        self._same_cut = old is not None and (old.fingerprint, old.chunk_tokens) == (
            recipe.fingerprint,
            recipe.chunk_tokens,
        )
        for part in ("chunking", "words", "abbreviations"):
            self._same_cut &= old is not None and old.versions.get(part) == current_versions()[part]
        self._by_content = {
            (format_of(document_id), document.sha256, document.sidecar_sha256): document_id
            for document_id, document in self.documents.items()
        }

    def holds(self, document_id: str) -> bool:
        """Whether the passages of an unchanged document can be copied as they are."""
        return self._same_cut and format_of(document_id) in self._formats

    def reading(self, file: CorpusFile) -> Reading | None:
        """What was read of the same bytes before, whatever the file was called."""
        if self._live is None or format_of(file.id) not in self._formats:
            return None
        try:
            sums = sha256_of(file.path), sha256_of(file.sidecar) if file.sidecar else None
        except OSError:
            return None  # reading it will say why
        document_id = self._by_content.get((format_of(file.id), *sums))
        return self._live.passages.reading(document_id) if document_id else None


def gather(
    path: Path,
    listing: Listing,
    changes: Changes,
    live: Generation | None,
    recipe: Recipe,
    tokenizer: Tokenizer,
    parsers: ParserPool,
    embedding: Embedding,
    meter: Meter,
) -> Gathered:
    """Write the documents, passages and sentences of a corpus to the file `path`, and have them embedded.

    Args:
        changes: between `live` and the corpus.
        live: the generation to take over what it holds; None to read everything anew.
        recipe: how to cut.
    """
    before = _Before(live, recipe)
    unchanged = {name for name in changes.unchanged if before.holds(name)}
    gathered = Gathered(failed={name: file for name, file in changes.failed.items() if live or name in listing.failed})
    files = [file for file in listing.files if file.id not in gathered.failed]
    fresh = [file for file in files if file.id not in unchanged]
    total, finished = sum(file.stamp.size for file in fresh), 0
    abandoned = threading.Event()

    def obtain(file: CorpusFile) -> Reading | DocumentError:
        def stopped() -> bool:
            return abandoned.is_set() or meter.stopped()

        try:
            return before.reading(file) or parsers.read(file.path, file.sidecar, stopped=stopped)
        except DocumentError as error:
            return error

    with ThreadPoolExecutor(parsers.workers) as threads, PassageWriter(path, before.path) as writer:
        try:
            readings = _ahead(threads, obtain, fresh, parsers.workers * 2)
            for file in files:
                if file.id in unchanged:
                    document = before.documents[file.id]
                    writer.carry(before.row[file.id])
                else:
                    reading = next(readings)
                    finished += file.stamp.size
                    if isinstance(reading, DocumentError):
                        gathered.failed[file.id] = _failure(file, reading)
                        continue
                    document = _add(writer, file, reading, recipe, tokenizer, embedding, meter)
                gathered.documents[file.id] = document
                meter.documents += 1
                meter.passages += document.passages
                meter.report("reading documents", meter.documents, len(files), share=finished / total if total else 1.0)
        finally:
            abandoned.set()
            threads.shutdown(wait=False, cancel_futures=True)  # what waits need not even begin
    gathered.runs, gathered.passages, gathered.sentences = writer.runs, writer.chunks, writer.sentences
    return gathered


def _add(
    writer: PassageWriter,
    file: CorpusFile,
    reading: Reading,
    recipe: Recipe,
    tokenizer: Tokenizer,
    embedding: Embedding,
    meter: Meter,
) -> IndexedDocument:
    document = reading.document(file.id)
    chunks = chunk_document(document, tokenizer=tokenizer, chunk_tokens=recipe.chunk_tokens, between=meter.check)
    title = reading.title
    passages = _digested(embedding_text(title, chunk, tokenizer) for chunk in chunks)
    sentences = _digested(sentence_text(title, chunk, span, tokenizer) for chunk in chunks for span in chunk.sentences)
    writer.add(file.id, reading, chunks, [key for key, _ in passages], [key for key, _ in sentences])
    embedding.want("chunks", passages)
    embedding.want("sentences", sentences)
    return IndexedDocument(
        sha256=reading.sha256,
        stamp=file.stamp,
        sidecar_sha256=reading.sidecar_sha256,
        sidecar_stamp=file.sidecar_stamp,
        passages=len(chunks),
        language=reading.metadata.language,
        warnings=reading.warnings,
    )


def _digested(texts: Iterable[str]) -> list[tuple[bytes, str]]:
    return [(digest(text), text) for text in texts]


def _failure(file: CorpusFile, error: DocumentError) -> FailedFile:
    return FailedFile(
        reason=f"{error} {error.hint}",
        stamp=file.stamp,
        sidecar_stamp=file.sidecar_stamp,
        parser=parser_versions()[format_of(file.id)],
    )


def _ahead(
    threads: ThreadPoolExecutor, function: Callable[[Item], Result], items: Iterable[Item], many: int
) -> Iterator[Result]:
    """The function's results in the order of the items, of which `many` are under way at a time."""
    waiting: deque[Future[Result]] = deque()
    for item in items:
        waiting.append(threads.submit(function, item))
        if len(waiting) == many:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
