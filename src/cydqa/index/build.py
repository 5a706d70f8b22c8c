"""The corpus -> a published generation of the index."""

import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from cydqa.chunking import chunk_document, embedding_text, passage_tokens, sentence_text
from cydqa.documents import format_of, parser_versions, read_document
from cydqa.embedding import Embedder
from cydqa.errors import CydqaError, DocumentError, IndexCorruptError, IndexMismatchError, IndexNotBuiltError
from cydqa.index.dense import DenseIndex
from cydqa.index.lexical import LexicalIndex
from cydqa.index.manifest import FailedFile, IndexedDocument, Manifest, Recipe, checksums, write_manifest
from cydqa.index.passages import Digests, write_passages
from cydqa.index.publish import builder, discard_all_but, publish, sync_tree
from cydqa.index.store import LEXICAL, PASSAGES, SENTENCES, VECTORS, Generation, open_generation, open_live
from cydqa.index.vectors import OnProgress, VectorSource, digest
from cydqa.library import CorpusFile, list_corpus, require_corpus
from cydqa.settings import Settings, load_settings
from cydqa.types import BuildReport, Chunk, Document, Progress
from cydqa.words import terms


@dataclass(frozen=True, slots=True)
class _Corpus:
    folder: str  # absolute
    files: dict[str, CorpusFile]
    documents: list[Document]
    failed: dict[str, FailedFile]
    skipped: dict[str, str]


def build_index(
    corpus_dir: Path | str,
    index_dir: Path | str,
    *,
    settings: Settings | None = None,
    progress: OnProgress | None = None,
    rebuild: bool = False,
    download: bool = False,
    embedder: Embedder | None = None,
) -> BuildReport:
    """Build an index of the corpus beside the live one and publish it; where nothing changed, do nothing.

    Texts that the live index holds already keep their vectors, unless `rebuild`. A file that can't be read costs itself
    alone and is reported. Only with `download` may a model that is not on this machine be fetched.

    Raises:
        DocumentError: if there is no corpus folder, or none of its documents can be read.
        IndexBusyError: if another build is running.
        ModelUnavailableError: if the encoder can't be found or loaded.
        CydqaError: if the index can't be written; the one that was there still answers.
    """
    started = time.monotonic()
    corpus_dir, index_dir = Path(corpus_dir), Path(index_dir)
    settings = settings or load_settings()
    on_progress = progress or (lambda _: None)
    if embedder is None:
        from cydqa.embedding.sentence_transformer import open_encoder

        embedder = open_encoder(settings.model, may_download=download)
    _refuse_corpus_in_index(corpus_dir, index_dir)
    require_corpus(corpus_dir)  # a wrong folder is said before anything is written
    try:
        with builder(index_dir) as staging:
            corpus = _read_corpus(corpus_dir, index_dir, on_progress)
            live = _live(index_dir)
            if live:
                discard_all_but(index_dir, live.manifest.kept(live.name))  # a build before may have been killed at this
            report = _compare(corpus, live)
            recipe = recipe_of(embedder, settings, (document.id for document in corpus.documents))
            if live and not rebuild and _is_current(live.manifest, recipe, corpus, report):
                passages, seconds = live.manifest.passages, time.monotonic() - started
                return replace(report, generation=live.name, passages=passages, published=False, seconds=seconds)
            vectors = VectorSource(embedder, None if rebuild else live, on_progress)
            unnamed = staging / "generation"
            manifest = _write(unnamed, corpus, recipe, vectors, live)
            on_progress(Progress("publishing the index", 0, 1))
            name = write_manifest(manifest, unnamed)
            finished = unnamed.rename(staging / name)
            open_generation(finished, embedder)  # what can't be opened is not published
            sync_tree(finished)
            publish(index_dir, finished, name)
            _discard_old(index_dir, manifest.kept(name))
            on_progress(Progress("publishing the index", 1, 1))
    except (OSError, sqlite3.Error) as error:
        raise CydqaError(
            f"The index in {index_dir} could not be written: {error}.",
            hint="Check free space and permissions; the index that was there before still answers.",
        ) from error
    return replace(
        report,
        generation=name,
        passages=manifest.passages,
        embedded=vectors.embedded,
        seconds=time.monotonic() - started,
    )


def recipe_of(embedder: Embedder, settings: Settings, document_ids: Iterable[str]) -> Recipe:
    """What an index of these documents would be built with now."""
    formats = {format_of(document_id) for document_id in document_ids}
    return Recipe(
        encoder=embedder.name,
        fingerprint=embedder.fingerprint,
        chunk_tokens=passage_tokens(settings.chunk_tokens, embedder.window),
        parsers={name: version for name, version in parser_versions().items() if name in formats},
    )


def _refuse_corpus_in_index(corpus_dir: Path, index_dir: Path) -> None:
    if corpus_dir.resolve().is_relative_to(index_dir.resolve()):
        raise CydqaError(
            f"The corpus {corpus_dir} lies in the index folder {index_dir}, where builds delete files.",
            hint="Keep the two folders apart.",
        )


def _discard_old(index_dir: Path, kept: set[str]) -> None:
    try:
        discard_all_but(index_dir, kept)
    except OSError as error:
        raise CydqaError(
            f"The new index is live, but an older one in {index_dir} could not be deleted: {error}.",
            hint="Mend the permissions and run `cydqa index` again, which deletes it.",
        ) from error


def _read_corpus(corpus_dir: Path, index_dir: Path, on_progress: OnProgress) -> _Corpus:
    listing = list_corpus(corpus_dir, index_dir)
    documents = []
    failed = {name: FailedFile(reason=reason) for name, reason in listing.failed.items()}
    for done, file in enumerate(listing.files):
        on_progress(Progress("reading documents", done, len(listing.files)))
        try:
            documents.append(read_document(file.path, file.id))
        except DocumentError as error:
            reason = f"{error} {error.hint}"
            failed[file.id] = FailedFile(reason=reason, size=file.size, mtime_ns=file.mtime_ns)
    on_progress(Progress("reading documents", len(listing.files), len(listing.files)))
    if failed and not documents:
        first, why = next(iter(failed.items()))
        raise DocumentError(
            f"None of the documents in {corpus_dir} can be read; {first}: {why.reason}",
            hint="Correct or replace the files; the index stays as it was.",
        )
    files = {file.id: file for file in listing.files}
    return _Corpus(str(corpus_dir.resolve()), files, documents, failed, listing.skipped)


def _live(index_dir: Path) -> Generation | None:
    """The live generation, if it can be opened; a build needs nothing from it and replaces a damaged one."""
    try:
        return open_live(index_dir)
    except (IndexNotBuiltError, IndexMismatchError, IndexCorruptError):
        return None


def _compare(corpus: _Corpus, live: Generation | None) -> BuildReport:
    """What happened to each document since the live generation was built."""
    before = live.manifest.documents if live else {}
    now = {document.id: document.sha256 for document in corpus.documents}
    return BuildReport(
        added=tuple(name for name in now if name not in before),
        changed=tuple(name for name in now if name in before and before[name].sha256 != now[name]),
        removed=tuple(name for name in before if name not in now and not _failed(name, corpus.failed)),
        unchanged=tuple(name for name in now if name in before and before[name].sha256 == now[name]),
        failed={name: file.reason for name, file in corpus.failed.items()},
        skipped=corpus.skipped,
    )


def _failed(document_id: str, failed: Iterable[str]) -> bool:
    """Whether a document, or a folder that it is in, could not be read."""
    return any(name == document_id or (name.endswith("/") and document_id.startswith(name)) for name in failed)


def _is_current(manifest: Manifest, recipe: Recipe, corpus: _Corpus, report: BuildReport) -> bool:
    same_documents = len(report.unchanged) == len(corpus.documents) == len(manifest.documents)
    built = (manifest.recipe, manifest.corpus, manifest.failed)
    return same_documents and built == (recipe, corpus.folder, corpus.failed)


def _write(folder: Path, corpus: _Corpus, recipe: Recipe, vectors: VectorSource, live: Generation | None) -> Manifest:
    """Write every file of a generation but its manifest, which is returned."""
    tokenizer = vectors.embedder.tokenizer
    chunks = [
        chunk_document(document, tokenizer=tokenizer, chunk_tokens=recipe.chunk_tokens) for document in corpus.documents
    ]
    owned = [(document, chunk) for document, own in zip(corpus.documents, chunks, strict=True) for chunk in own]
    passages = [embedding_text(document.title, chunk, tokenizer) for document, chunk in owned]
    sentences = [
        sentence_text(document.title, chunk, span, tokenizer) for document, chunk in owned for span in chunk.sentences
    ]
    digests = Digests([digest(text) for text in passages], [digest(text) for text in sentences])
    passage_vectors = vectors.passages(passages, digests.chunks)
    sentence_vectors = vectors.sentences(sentences, digests.sentences)
    folder.mkdir()
    DenseIndex.build(passage_vectors).save(folder / VECTORS)
    np.save(folder / SENTENCES, sentence_vectors.astype(np.float16), allow_pickle=False)
    LexicalIndex.build([terms(text) for text in passages]).save(folder / LEXICAL)
    write_passages(folder / PASSAGES, corpus.documents, chunks, digests)
    kept = {document.id for document in corpus.documents}
    return Manifest(
        recipe=recipe,
        corpus=corpus.folder,
        created=datetime.now(UTC).isoformat(),
        previous=live.name if live and live.manifest.documents.keys() <= kept else None,
        documents={
            document.id: _indexed(document, corpus.files[document.id], own)
            for document, own in zip(corpus.documents, chunks, strict=True)
        },
        failed=corpus.failed,
        passages=len(passages),
        sentences=len(sentences),
        files=checksums(folder),
    )


def _indexed(document: Document, file: CorpusFile, chunks: Sequence[Chunk]) -> IndexedDocument:
    return IndexedDocument(sha256=document.sha256, size=file.size, mtime_ns=file.mtime_ns, passages=len(chunks))
