"""The corpus -> a published generation of the index."""

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cydqa import words
from cydqa.chunking import passage_tokens
from cydqa.documents import format_of, parser_versions
from cydqa.documents.isolation import ParserPool
from cydqa.embedding import Embedder, opening
from cydqa.embedding.exports import exported_name
from cydqa.errors import CydqaError, DocumentError, IndexCorruptError, IndexMismatchError, IndexNotBuiltError
from cydqa.index.abbreviated import Abbreviations
from cydqa.index.arrays import ArrayWriter
from cydqa.index.changes import Changes, compare, is_failed, warnings_of
from cydqa.index.dense import build_dense
from cydqa.index.exact import STORED
from cydqa.index.forward import PassageWords
from cydqa.index.forward_writing import Stretch
from cydqa.index.gathering import Gathered, gather
from cydqa.index.lexical import LexicalIndex
from cydqa.index.manifest import SENTENCES, Manifest, Recipe, checksums, write_manifest
from cydqa.index.passages import Passages, StoredChunk
from cydqa.index.progress import Meter, OnProgress
from cydqa.index.publish import builder, discard_all_but, publish
from cydqa.index.store import LEXICAL, PASSAGES, Generation, open_generation, open_live
from cydqa.index.texts import EmbeddedTexts
from cydqa.index.vectors import Embedding
from cydqa.library import Listing, list_corpus, require_corpus
from cydqa.library.storing import sync_tree
from cydqa.settings import Settings, load_settings
from cydqa.types import BuildReport

_BLOCK = 1024  # passages whose words are counted at a time


@dataclass(frozen=True, slots=True)
class _Job:
    corpus_dir: Path
    index_dir: Path
    listing: Listing
    live: Generation | None
    changes: Changes  # since the live generation
    settings: Settings
    embedder: Embedder
    meter: Meter


@dataclass(frozen=True, slots=True)
class _Made:
    name: str
    manifest: Manifest
    embedded: int = 0


def build_index(
    corpus_dir: Path | str,
    index_dir: Path | str,
    *,
    settings: Settings | None = None,
    progress: OnProgress | None = None,
    stop: threading.Event | None = None,
    rebuild: bool = False,
    download: bool = False,
    embedder: Embedder | None = None,
    parsers: ParserPool | None = None,
) -> BuildReport:
    """Build an index of the corpus beside the live one and publish it; where nothing changed, do nothing.

    Only files whose bytes changed are read, and only texts that the live index does not hold are embedded, unless
    `rebuild`. A file that can't be read costs itself alone and is reported. Only with `download` may a model that is
    not on this machine be fetched.

    Args:
        progress: called with every step, in the thread that builds.
        stop: set it, from any thread, to cancel the build.
        parsers: the processes to read files in; None for some of its own.

    Raises:
        DocumentError: if there is no corpus folder, or none of its documents can be read.
        IndexBusyError: if another build is running.
        BuildCancelledError: when `stop` was set before the new index was published.
        ModelUnavailableError: if the encoder can't be found or loaded.
        CydqaError: if the index can't be written; the one that was there still answers.
    """
    started = time.monotonic()
    corpus_dir, index_dir = Path(corpus_dir), Path(index_dir)
    settings = settings or load_settings()
    named = embedder is None
    embedder = embedder or opening.open_encoder(settings.model, index_dir, may_download=download)
    _refuse_corpus_in_index(corpus_dir, index_dir)
    require_corpus(corpus_dir)  # a wrong folder is said before anything is written
    meter = Meter(progress, stop)
    try:
        with builder(index_dir) as staging:
            live = _live(index_dir)
            if live:  # a build before may have been killed at this
                discard_all_but(index_dir, live.manifest.kept(live.name), live.manifest.recipe.fingerprint)
            if named:
                meter.report("preparing the encoder", 0, 1)
                embedder = opening.ensure_exported(settings.model, embedder, index_dir, staging, again=rebuild)
                meter.report("preparing the encoder", 1, 1)
            listing = list_corpus(corpus_dir, index_dir)
            changes = compare(listing, live.manifest if live else None)
            job = _Job(corpus_dir, index_dir, listing, live, changes, settings, embedder, meter)
            if live and not rebuild and _is_current(live.manifest, job):
                made = _Made(live.name, live.manifest)
            else:
                with nullcontext(parsers) if parsers else ParserPool() as pool:
                    made = _make(staging, job, None if rebuild else live, pool)
                meter.report("publishing the index", 0, 1)  # the last moment at which it can be cancelled
                publish(index_dir, staging / made.name, made.name)
                _discard_old(index_dir, made.name, made.manifest)
    except (OSError, sqlite3.Error) as error:
        raise CydqaError(
            f"The index in {index_dir} could not be written: {error}.",
            hint="Check free space and permissions; the index that is there still answers.",
        ) from error
    return _report(job, made, time.monotonic() - started)


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


def _discard_old(index_dir: Path, name: str, manifest: Manifest) -> None:
    try:
        discard_all_but(index_dir, manifest.kept(name), manifest.recipe.fingerprint)
    except OSError as error:
        raise CydqaError(
            f"The new index is live, but an older one in {index_dir} could not be deleted: {error}.",
            hint="Mend the permissions and run `cydqa index` again, which deletes it.",
        ) from error


def _live(index_dir: Path) -> Generation | None:
    """The live generation, if it can be opened; a build needs nothing from it and replaces a damaged one."""
    try:
        return open_live(index_dir, large_too=True)
    except (IndexNotBuiltError, IndexMismatchError, IndexCorruptError):
        return None


def _is_current(manifest: Manifest, job: _Job) -> bool:
    built = (manifest.recipe, manifest.query_encoder, manifest.corpus, manifest.failed)
    wanted = (
        recipe_of(job.embedder, job.settings, manifest.documents),
        exported_name(job.index_dir, job.embedder.fingerprint),
        str(job.corpus_dir.resolve()),
        job.changes.failed,
    )
    return built == wanted and not (job.changes.added or job.changes.changed or job.changes.removed)


def _make(staging: Path, job: _Job, reused: Generation | None, parsers: ParserPool) -> _Made:
    """Write a whole generation into the staging folder, where it bears its name, verified and synced."""
    folder = staging / "generation"
    folder.mkdir()
    recipe = recipe_of(job.embedder, job.settings, ())
    same_encoder = reused if reused and reused.manifest.recipe.fingerprint == job.embedder.fingerprint else None
    with (
        closing(EmbeddedTexts(staging, job.embedder.fingerprint, job.embedder.dim)) as texts,
        Embedding(job.embedder, texts, same_encoder, job.meter) as embedding,
    ):
        tokenizer = job.embedder.tokenizer
        gathered = gather(
            folder / PASSAGES, job.listing, job.changes, reused, recipe, tokenizer, parsers, embedding, job.meter
        )
        if gathered.failed and not gathered.documents:
            first, why = next(iter(gathered.failed.items()))
            raise DocumentError(
                f"None of the documents in {job.corpus_dir} can be read; {first}: {why.reason}",
                hint="Correct or replace the files; the index stays as it was.",
            )
        embedding.finish()
        _write_indexes(folder, gathered, reused, embedding, job)
    holds_all = job.live is not None and _contents(job.live.manifest) <= _contents(gathered)
    manifest = Manifest(
        recipe=recipe_of(job.embedder, job.settings, gathered.documents),
        query_encoder=exported_name(job.index_dir, job.embedder.fingerprint),
        corpus=str(job.corpus_dir.resolve()),
        created=datetime.now(UTC).isoformat(),
        previous=job.live.name if job.live and holds_all else None,
        documents=gathered.documents,
        failed=gathered.failed,
        passages=gathered.passages,
        sentences=gathered.sentences,
        files=checksums(folder),
    )
    finished = folder.rename(staging / write_manifest(manifest, folder))
    _verify(finished, job.embedder)
    sync_tree(finished)
    return _Made(finished.name, manifest, embedding.embedded)


def _contents(documents: Manifest | Gathered) -> set[tuple[str, str, str | None]]:
    """Names and contents of documents; an older generation that has others must not be kept."""
    return {(name, each.sha256, each.sidecar_sha256) for name, each in documents.documents.items()}


def _verify(finished: Path, embedder: Embedder) -> None:
    """Open what was written, because NumPy and FAISS keep it to themselves when a disk is full as they close a file."""
    try:
        open_generation(finished, embedder)
    except (IndexCorruptError, RuntimeError, ValueError, EOFError) as error:
        raise OSError(f"what was written can't be read back; is the disk full? ({error})") from error


def _write_indexes(
    folder: Path, gathered: Gathered, reused: Generation | None, embedding: Embedding, job: _Job
) -> None:
    """Write what searches the passages of a new generation."""
    passages, dim = Passages(folder / PASSAGES), job.embedder.dim
    build_dense(embedding.rows(passages, "chunks", gathered.runs), dim, folder, job.meter.check)
    with ArrayWriter(folder / SENTENCES, STORED, (dim,)) as sentences:
        for block in embedding.rows(passages, "sentences", gathered.runs):
            sentences.extend(block)
    lexical = folder / LEXICAL
    lexical.mkdir()
    LexicalIndex.build(_words(passages, gathered, reused, job), lexical, job.meter.check)
    Abbreviations.write(passages.abbreviations(), lexical)


def _words(
    passages: Passages, gathered: Gathered, reused: Generation | None, job: _Job
) -> Iterator[PassageWords | Stretch]:
    """The words of every passage, taken over where the passage is."""
    for run, _ in gathered.runs:
        job.meter.report("indexing words", run.first, gathered.passages)
        if reused and run.live is not None:
            yield Stretch(reused.lexical.forward, run.live, run.live + run.stop - run.first)
            continue
        for first in range(run.first, run.stop, _BLOCK):
            job.meter.report("indexing words", first, gathered.passages)
            yield from map(_passage_words, passages.chunks(range(first, min(first + _BLOCK, run.stop))))
    job.meter.report("indexing words", gathered.passages, gathered.passages)


def _passage_words(stored: StoredChunk) -> PassageWords:
    chunk = stored.chunk
    heading = words.content_words(" › ".join((stored.title, *chunk.section)))
    return PassageWords(heading, [words.content_words(chunk.slice(*span)) for span in chunk.sentences])


def _report(job: _Job, made: _Made, seconds: float) -> BuildReport:
    """What happened to each document since the index that was live before."""
    before = job.live.manifest.documents if job.live else {}
    now = made.manifest.documents

    def same(name: str) -> bool:
        return (now[name].sha256, now[name].sidecar_sha256) == (before[name].sha256, before[name].sidecar_sha256)

    return BuildReport(
        generation=made.name,
        added=tuple(name for name in now if name not in before),
        changed=tuple(name for name in now if name in before and not same(name)),
        removed=tuple(name for name in before if name not in now and not is_failed(name, made.manifest.failed)),
        unchanged=tuple(name for name in now if name in before and same(name)),
        failed={name: file.reason for name, file in made.manifest.failed.items()},
        skipped=job.listing.skipped,
        warnings=warnings_of(now, job.embedder.languages),
        passages=made.manifest.passages,
        embedded=made.embedded,
        published=made.manifest is not (job.live and job.live.manifest),
        seconds=seconds,
    )
