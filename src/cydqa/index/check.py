"""A thorough look at an index: files, spans against their sources, vectors, encoder; with a remedy for each finding."""

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cydqa.chunking import embedding_text
from cydqa.documents import Reading
from cydqa.documents.isolation import ParserPool
from cydqa.embedding import Embedder, Matrix
from cydqa.embedding.exports import AGAIN, export_folder, is_intact
from cydqa.errors import BuildCancelledError, CydqaError, DocumentError, IndexMismatchError
from cydqa.index import REBUILD
from cydqa.index.manifest import Manifest, damages, read_manifest, refuse_other_versions
from cydqa.index.passages import StoredChunk
from cydqa.index.progress import Meter, OnProgress
from cydqa.index.publish import generation_folder, leftovers, live_name
from cydqa.index.store import Generation, at_live, open_generation
from cydqa.library import CorpusFile, list_corpus

_BLOCK = 8192  # vectors looked at together
_NORM_TOLERANCE = 0.01  # of vectors rounded to float16
_SAMPLE = 20  # passages that are embedded again
_SAME_COSINE = 0.999


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be, and what to do about it."""

    what: str
    remedy: str


def check_index(
    corpus_dir: Path,
    index_dir: Path,
    *,
    embedder: Embedder,
    progress: OnProgress | None = None,
    stop: threading.Event | None = None,
    parsers: ParserPool | None = None,
) -> list[Finding]:
    """Examine everything below an index folder, the sources of its documents and the encoder; changes nothing.

    A file of the corpus that has changed since the index was built is no finding (`index_status` tells of it), and its
    text is not compared.

    Raises:
        DocumentError: if there is no corpus folder.
        BuildCancelledError: when `stop` was set.
    """
    files = {file.id: file for file in list_corpus(corpus_dir, index_dir).files}
    meter = Meter(progress, stop)

    def examine(folder: Path) -> list[Finding]:
        with nullcontext(parsers) if parsers else ParserPool() as pool:
            findings = list(_check(folder, files, embedder, pool, meter))
        if findings and live_name(index_dir) != folder.name:
            raise FileNotFoundError(folder)  # a build published another meanwhile, and may have been deleting this one
        return findings

    try:
        return at_live(index_dir, examine)
    except BuildCancelledError:
        raise
    except CydqaError as error:
        return [Finding(str(error), error.hint)]


def _check(
    folder: Path, files: dict[str, CorpusFile], embedder: Embedder, parsers: ParserPool, meter: Meter
) -> Iterator[Finding]:
    manifest, index_dir = read_manifest(folder), folder.parent.parent
    for what in leftovers(index_dir, manifest.kept(folder.name), manifest.recipe.fingerprint):
        yield Finding(what, "Run `cydqa index`, which uses and deletes it.")
    yield from _check_previous(index_dir, manifest)
    if manifest.query_encoder and not is_intact(index_dir, manifest.query_encoder):
        damaged_export = export_folder(index_dir, manifest.query_encoder)
        yield Finding(f"The exported encoder in {damaged_export} is damaged or missing.", AGAIN)
    meter.report("verifying files", 0, 1)
    damaged = [Finding(damage, REBUILD) for damage in damages(folder, manifest, large_too=True)]
    meter.report("verifying files", 1, 1)
    yield from damaged
    if damaged:
        return
    try:
        refuse_other_versions(manifest, folder)
        generation = open_generation(folder)
        yield from _check_documents(generation, files, parsers, meter)
        yield from _check_vectors(generation, meter)
        yield from _check_encoder(generation, embedder, meter)
    except BuildCancelledError:
        raise
    except CydqaError as error:
        yield Finding(str(error), error.hint)


def _check_previous(index_dir: Path, manifest: Manifest) -> Iterator[Finding]:
    if manifest.previous is None:
        return
    folder = generation_folder(index_dir, manifest.previous)
    remedy = f"Delete {folder}; the live index does not need it."
    try:
        for damage in damages(folder, read_manifest(folder), large_too=True):
            yield Finding(damage, remedy)
    except FileNotFoundError:
        return  # nothing needs it
    except CydqaError as error:
        yield Finding(str(error), remedy)


def _check_documents(
    generation: Generation, files: dict[str, CorpusFile], parsers: ParserPool, meter: Meter
) -> Iterator[Finding]:
    passages, documents = generation.passages, generation.manifest.documents
    if damage := passages.damage():
        yield Finding(f"{generation.folder} has a damaged table: {damage}.", REBUILD)
    if passages.document_ids() != list(documents):
        yield Finding(f"{generation.folder} holds other documents than its manifest says.", REBUILD)
        return
    for done, (document_id, document) in enumerate(documents.items(), 1):
        reading = passages.reading(document_id)
        chunks = passages.chunks(passages.rows_of([document_id]))
        if reading is None or reading.sha256 != document.sha256 or len(chunks) != document.passages:
            yield Finding(f"{document_id} is not stored as the manifest says.", REBUILD)
        elif wrong := _wrong_span(reading, chunks):
            yield Finding(f"{document_id}: {wrong}.", REBUILD)
        elif (file := files.get(document_id)) and not document.has_changed(file):
            yield from _compare_with_source(document_id, file, reading, parsers, meter)
        meter.report("comparing documents with their sources", done, len(documents))


def _wrong_span(reading: Reading, chunks: list[StoredChunk]) -> str | None:
    """What is wrong with the first span that does not fit the text, or None."""
    length = len(reading.text)
    for section in reading.sections:
        if not 0 <= section.start <= section.end <= length:
            return f"section {section.path} does not lie in the text"
    for chunk in (stored.chunk for stored in chunks):
        if not chunk.text or reading.text[chunk.start : chunk.end] != chunk.text:
            return f"passage {chunk.id} is not the text from {chunk.start} to {chunk.end}"
        if any(not chunk.start <= start < end <= chunk.end for start, end in chunk.sentences):
            return f"a sentence of passage {chunk.id} does not lie in it"
    return None


def _compare_with_source(
    document_id: str, file: CorpusFile, reading: Reading, parsers: ParserPool, meter: Meter
) -> Iterator[Finding]:
    try:
        now = parsers.read(file.path, file.sidecar, stopped=meter.stopped)
    except DocumentError as error:
        yield Finding(f"{document_id} was indexed, but now {error}", error.hint)
        return
    if now.sha256 == reading.sha256 and now != reading:
        yield Finding(f"{document_id} reads differently from the text that was indexed.", REBUILD)


def _check_vectors(generation: Generation, meter: Meter) -> Iterator[Finding]:
    dense, sentences = generation.dense, generation.sentences
    for name, count, read in (
        ("passages", len(dense), dense.vectors),
        ("sentences", len(sentences), sentences.take),
    ):
        wrong = 0
        for first in range(0, count, _BLOCK):
            vectors = read(np.arange(first, min(first + _BLOCK, count), dtype=np.int64))
            norms = np.linalg.norm(vectors.astype(np.float32), axis=1)
            wrong += int(np.count_nonzero(~(np.abs(norms - 1) <= _NORM_TOLERANCE)))  # NaN is wrong, too
            meter.report(f"examining vectors of {name}", first + len(vectors), count)
        if wrong:
            yield Finding(f"{wrong} of {count} vectors of {name} do not have length 1.", REBUILD)


def _check_encoder(generation: Generation, embedder: Embedder, meter: Meter) -> Iterator[Finding]:
    recipe = generation.manifest.recipe
    if recipe.fingerprint != embedder.fingerprint:
        raise IndexMismatchError(
            f"The index was built with the encoder {recipe.encoder}, not with {embedder.name}.",
            hint="Run `cydqa index` to rebuild it, or set CYDQA_MODEL to the encoder that built it.",
        )
    rows = generation.sample.rows[:: max(1, len(generation.sample.rows) // _SAMPLE)][:_SAMPLE]
    if not len(rows):
        return
    meter.report("embedding a sample again", 0, len(rows))
    texts = [
        embedding_text(stored.own_title, stored.chunk, embedder.tokenizer)
        for stored in generation.passages.chunks(rows)
    ]
    again: Matrix = embedder.embed_chunks(texts)
    cosines = np.einsum("ij,ij->i", again, generation.dense.vectors(rows))
    meter.report("embedding a sample again", len(rows), len(rows))
    if (different := int(np.count_nonzero(~(cosines >= _SAME_COSINE)))) > 0:
        yield Finding(
            f"{different} of {len(rows)} passages get another vector from the encoder {embedder.name} than they have.",
            REBUILD,
        )
