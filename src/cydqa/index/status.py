"""What the corpus and the index say of each other, without building anything."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cydqa.embedding import Embedder
from cydqa.embedding.exports import exported_name
from cydqa.index.build import recipe_of
from cydqa.index.changes import compare, warnings_of
from cydqa.index.manifest import read_manifest
from cydqa.index.publish import live_name
from cydqa.index.store import at_live
from cydqa.library import list_corpus
from cydqa.settings import Settings


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The state of an index; ids of documents by what a build would do with them."""

    generation: str | None
    created: str | None  # ISO 8601, UTC
    age_seconds: float | None
    encoder: str | None
    passages: int
    sentences: int
    index_bytes: int  # of the live generation's files
    corpus_bytes: int  # of the documents' files
    documents: tuple[str, ...]  # in the corpus
    unchanged: tuple[str, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    failed: dict[str, str]  # could not be read when the index was built, and have not changed since
    skipped: dict[str, str]
    warnings: dict[str, str]  # of documents that are in the index all the same
    same_recipe: bool  # a build now would use the same encoder, versions and settings
    needs_build: bool


def index_status(corpus_dir: Path, index_dir: Path, *, settings: Settings, embedder: Embedder) -> IndexStatus:
    """Compare the files of the corpus, the settings and the encoder with the manifest of the live generation.

    Raises:
        DocumentError: if there is no corpus folder.
        IndexCorruptError, IndexMismatchError: if the manifest can't be used.
    """
    listing = list_corpus(corpus_dir, index_dir)
    name, manifest = None, None
    if live_name(index_dir):
        name, manifest = at_live(index_dir, lambda folder: (folder.name, read_manifest(folder)))
    changes = compare(listing, manifest)
    same_recipe = manifest is not None and (manifest.recipe, manifest.query_encoder, manifest.corpus) == (
        recipe_of(embedder, settings, manifest.documents),
        exported_name(index_dir, embedder.fingerprint),
        str(corpus_dir.resolve()),
    )
    failed_anew = changes.failed != (manifest.failed if manifest else {})
    return IndexStatus(
        generation=name,
        created=manifest.created if manifest else None,
        age_seconds=_age(manifest.created) if manifest else None,
        encoder=manifest.recipe.encoder if manifest else None,
        passages=manifest.passages if manifest else 0,
        sentences=manifest.sentences if manifest else 0,
        index_bytes=sum(file.size for file in manifest.files.values()) if manifest else 0,
        corpus_bytes=sum(file.stamp.size for file in listing.files),
        documents=tuple(file.id for file in listing.files),
        unchanged=changes.unchanged,
        added=changes.added,
        changed=changes.changed,
        removed=changes.removed,
        failed={document_id: file.reason for document_id, file in sorted(changes.failed.items())},
        skipped=listing.skipped,
        warnings=warnings_of(manifest.documents, embedder.languages) if manifest else {},
        same_recipe=same_recipe,
        needs_build=not same_recipe or failed_anew or bool(changes.added or changes.changed or changes.removed),
    )


def _age(created: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(created)).total_seconds()
