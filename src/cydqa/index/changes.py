"""What happened in the corpus since the index was built, without parsing anything."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from cydqa.documents import format_of, parser_versions
from cydqa.index.manifest import FailedFile, IndexedDocument, Manifest
from cydqa.library import Listing


@dataclass(frozen=True, slots=True)
class Changes:
    """Documents and files that are none, by what a build would do with them; ids in order."""

    unchanged: tuple[str, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    failed: dict[str, FailedFile]  # can't be read, and would not be read if they were tried again


def compare(listing: Listing, manifest: Manifest | None) -> Changes:
    """Compare files with a manifest: by size and times first, by content where these differ."""
    before = manifest.documents if manifest else {}
    failed_before = manifest.failed if manifest else {}
    versions = parser_versions()
    failed = {folder: FailedFile(reason=reason) for folder, reason in listing.failed.items()}
    unchanged: list[str] = []
    added: list[str] = []
    changed: list[str] = []
    for file in listing.files:
        failure = failed_before.get(file.id)
        if failure and failure.is_same(file, versions[format_of(file.id)]):
            failed[file.id] = failure
        elif file.id in before:
            (changed if before[file.id].has_changed(file) else unchanged).append(file.id)
        else:
            added.append(file.id)
    there = {file.id for file in listing.files}
    gone = (before.keys() | failed_before.keys()) - there
    return Changes(
        unchanged=tuple(unchanged),
        added=tuple(added),
        changed=tuple(changed),
        removed=tuple(sorted(name for name in gone if not is_failed(name, listing.failed))),
        failed=failed,
    )


def is_failed(document_id: str, failed: Iterable[str]) -> bool:
    """Whether a document, or a folder that it is in, could not be read."""
    return any(name == document_id or (name.endswith("/") and document_id.startswith(name)) for name in failed)


def warnings_of(documents: Mapping[str, IndexedDocument], languages: Collection[str]) -> dict[str, str]:
    """What to know of documents before trusting answers from them; `languages` are the encoder's, if it says them."""
    found = {}
    for document_id, document in documents.items():
        warnings = list(document.warnings)
        if languages and document.language and document.language not in languages:
            warnings.append(
                f"Its language ({document.language}) is not the encoder's ({', '.join(sorted(languages))}),"
                " so questions will find little in it."
            )
        if warnings:
            found[document_id] = " ".join(warnings)
    return found
