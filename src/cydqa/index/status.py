"""What the corpus and the index say of each other, without building anything."""

from dataclasses import dataclass
from pathlib import Path

from cydqa.embedding import Embedder
from cydqa.errors import IndexCorruptError
from cydqa.index.build import recipe_of
from cydqa.index.manifest import REBUILD, FailedFile, Manifest, read_manifest
from cydqa.index.publish import generation_folder, live_name
from cydqa.library import CorpusFile, list_corpus
from cydqa.settings import Settings


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The state of an index; ids of documents by what a build would do with them."""

    generation: str | None
    created: str | None  # ISO 8601, UTC
    encoder: str | None
    passages: int
    documents: tuple[str, ...]  # in the corpus
    unchanged: tuple[str, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    failed: dict[str, str]  # could not be read when the index was built, and have not changed since
    skipped: dict[str, str]
    same_recipe: bool  # a build now would use the same encoder, versions and settings
    needs_build: bool


def index_status(corpus_dir: Path, index_dir: Path, *, settings: Settings, embedder: Embedder) -> IndexStatus:
    """Compare the files of the corpus, the settings and the encoder with the manifest of the live generation.

    Raises:
        DocumentError: if there is no corpus folder.
        IndexCorruptError, IndexMismatchError: if the manifest can't be used.
    """
    listing = list_corpus(corpus_dir, index_dir)
    name = live_name(index_dir)
    manifest = _manifest(index_dir, name) if name else None
    before = manifest.documents if manifest else {}
    failed_before = manifest.failed if manifest else {}
    now = {file.id: file for file in listing.files}
    failed = {
        document for document in now.keys() & failed_before.keys() if _same(now[document], failed_before[document])
    }
    changed = {document for document in now.keys() & before.keys() if before[document].is_stale(now[document].path)}
    changed |= (now.keys() & failed_before.keys()) - failed
    added = now.keys() - before.keys() - failed_before.keys()
    removed = (before.keys() | failed_before.keys()) - now.keys() - listing.failed.keys()
    same_recipe = manifest is not None and (manifest.recipe, manifest.corpus) == (
        recipe_of(embedder, settings, before),
        str(corpus_dir.resolve()),
    )
    return IndexStatus(
        generation=name,
        created=manifest.created if manifest else None,
        encoder=manifest.recipe.encoder if manifest else None,
        passages=manifest.passages if manifest else 0,
        documents=tuple(sorted(now)),
        unchanged=tuple(sorted((now.keys() & before.keys()) - changed)),
        added=tuple(sorted(added)),
        changed=tuple(sorted(changed)),
        removed=tuple(sorted(removed)),
        failed={document: failed_before[document].reason for document in sorted(failed)} | listing.failed,
        skipped=listing.skipped,
        same_recipe=same_recipe,
        needs_build=not same_recipe or bool(added or changed or removed),
    )


def _manifest(index_dir: Path, name: str) -> Manifest:
    folder = generation_folder(index_dir, name)
    try:
        return read_manifest(folder)
    except FileNotFoundError as error:
        raise IndexCorruptError(f"{folder}, the live generation, is not there.", hint=REBUILD) from error


def _same(file: CorpusFile, failed: FailedFile) -> bool:
    return (file.size, file.mtime_ns) == (failed.size, failed.mtime_ns)
