"""What the corpus and the index say of each other, without building anything."""

from dataclasses import dataclass
from pathlib import Path

from cydqa.index.manifest import IndexedDocument, read_manifest
from cydqa.index.publish import generation_folder, live_name
from cydqa.library import CorpusFile, is_stale, list_corpus


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
    skipped: dict[str, str]
    needs_build: bool


def index_status(corpus_dir: Path, index_dir: Path) -> IndexStatus:
    """Compare the files of the corpus with the manifest of the live generation.

    Raises:
        DocumentError: if there is no corpus folder.
        IndexCorruptError, IndexMismatchError: if the manifest can't be used.
    """
    files, skipped = list_corpus(corpus_dir)
    name = live_name(index_dir)
    manifest = read_manifest(generation_folder(index_dir, name)) if name else None
    before = manifest.documents if manifest else {}
    now = {file.id: file for file in files}
    changed = {document for document in now.keys() & before.keys() if _changed(now[document], before[document])}
    added, removed = now.keys() - before.keys(), before.keys() - now.keys()
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
        skipped=skipped,
        needs_build=manifest is None or bool(added or changed or removed),
    )


def _changed(file: CorpusFile, indexed: IndexedDocument) -> bool:
    return is_stale(file.path, size=indexed.size, mtime_ns=indexed.mtime_ns, sha256=indexed.sha256)
