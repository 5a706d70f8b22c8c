"""The corpus folder: which files in it are documents, and what is left aside and why."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cydqa.documents import FORMATS
from cydqa.errors import DocumentError


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of the corpus; `id` is its path inside the folder, with forward slashes."""

    id: str
    path: Path
    size: int  # bytes
    mtime_ns: int


def list_corpus(corpus_dir: Path) -> tuple[list[CorpusFile], dict[str, str]]:
    """The documents of a corpus in the order of their ids, and the files left aside with the reason for each.

    Raises:
        DocumentError: if the folder does not exist.
    """
    if not corpus_dir.is_dir():
        raise DocumentError(
            f"There is no corpus folder {corpus_dir}.",
            hint="Create it and put documents into it, or pass --corpus.",
        )
    root = corpus_dir.resolve()
    files, skipped = [], {}
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            document_id = path.relative_to(root).as_posix()
            printable = document_id.encode("utf-8", "replace").decode()
            if printable != document_id:
                skipped[printable] = "the file name is not valid UTF-8"
            elif reason := _reason_to_skip(path, root):
                skipped[document_id] = reason
            else:
                stat = path.stat()
                files.append(CorpusFile(document_id, path, stat.st_size, stat.st_mtime_ns))
    return sorted(files, key=lambda file: file.id), skipped


def is_stale(path: Path, *, size: int, mtime_ns: int, sha256: str) -> bool:
    """Whether a file is no longer what was indexed; reads it only where its size or time differ."""
    try:
        stat = path.stat()
        if stat.st_size == size and stat.st_mtime_ns == mtime_ns:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() != sha256
    except OSError:
        return True


def _reason_to_skip(path: Path, root: Path) -> str | None:
    if path.name.startswith("."):
        return "hidden file"
    if path.suffix.lower() not in FORMATS:
        return f"unknown type {path.suffix or '(none)'}"
    if not path.resolve().is_relative_to(root):
        return "link to a place outside the corpus"
    if not path.is_file():
        return "not a regular file"
    return None
