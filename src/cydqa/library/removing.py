"""Taking documents out of the corpus."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cydqa.errors import DocumentError
from cydqa.library import list_corpus
from cydqa.library.storing import sync


@dataclass(frozen=True, slots=True)
class Removed:
    """The ids of the documents that were removed."""

    removed: tuple[str, ...]


def remove_documents(corpus_dir: Path, ids: Sequence[str], *, index_dir: Path | None = None) -> Removed:
    """Delete documents and their sidecars; of a link, the link. Their folders stay.

    Raises:
        DocumentError: if an id is not that of a document of the corpus, and then nothing is deleted; or if a file
            can't be deleted.
    """
    files = {file.id: file for file in list_corpus(corpus_dir, index_dir).files}
    for document_id in ids:
        if document_id not in files:
            raise DocumentError(
                f"There is no document {document_id!r} in the corpus, so nothing was removed.",
                hint=_advice(document_id, files),
            )
    unique = tuple(dict.fromkeys(ids))
    for file in [files[document_id] for document_id in unique]:
        try:
            file.path.unlink(missing_ok=True)  # first, so that no crash leaves a document without its provenance
            if file.sidecar:
                file.sidecar.unlink(missing_ok=True)
            sync(file.path.parent)
        except OSError as error:
            raise DocumentError(
                f"{file.id} can't be removed: {error.strerror}.", hint="Check the permissions of its folder."
            ) from error
    return Removed(unique)


def _advice(document_id: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(document_id, known, n=3)
    return f"Did you mean {' or '.join(close)}?" if close else "`cydqa status` says what the corpus holds."
