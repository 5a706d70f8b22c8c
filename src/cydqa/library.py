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


@dataclass(frozen=True, slots=True)
class Listing:
    """What a corpus folder holds; reasons by path inside the folder."""

    files: list[CorpusFile]  # in the order of their ids
    skipped: dict[str, str]  # no documents of ours
    failed: dict[str, str]  # folders that can't be looked into


def require_corpus(corpus_dir: Path) -> None:
    """Raise DocumentError if there is no corpus folder."""
    if not corpus_dir.is_dir():
        raise DocumentError(
            f"There is no corpus folder {corpus_dir}.", hint="Create it and put documents into it, or pass --corpus."
        )


def list_corpus(corpus_dir: Path, index_dir: Path) -> Listing:
    """The documents of a corpus, and what is left aside; the index's own folder, if it lies inside, is not looked at.

    Raises:
        DocumentError: if the folder does not exist.
    """
    require_corpus(corpus_dir)
    root, index = corpus_dir.resolve(), index_dir.resolve()
    found = Listing([], {}, {})

    def unreadable(error: OSError) -> None:
        found.failed[_printable(os.path.relpath(error.filename, root)) + "/"] = f"it can't be read: {error.strerror}."

    for folder, subfolders, names in os.walk(root, onerror=unreadable):
        for name in subfolders:
            if Path(folder, name).is_symlink():
                found.skipped[_printable(os.path.relpath(Path(folder, name), root))] = "link to a folder"
        subfolders[:] = [name for name in subfolders if not name.startswith(".") and Path(folder, name) != index]
        for name in names:
            path = Path(folder, name)
            document_id = path.relative_to(root).as_posix()
            if reason := _reason_to_skip(path, root):
                found.skipped[_printable(document_id)] = reason
            elif file := _corpus_file(document_id, path):
                found.files.append(file)
    found.files.sort(key=lambda file: file.id)
    return found


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


def _corpus_file(document_id: str, path: Path) -> CorpusFile | None:
    try:
        stat = path.stat()
    except OSError:
        return None  # deleted since the folder was listed
    return CorpusFile(document_id, path, stat.st_size, stat.st_mtime_ns)


def _reason_to_skip(path: Path, root: Path) -> str | None:
    if path.name.startswith("."):
        return "hidden file"
    if path.suffix.lower() not in FORMATS:
        return f"unknown type {_printable(path.suffix) or '(none)'}"
    if str(path) != _printable(str(path)):
        return "its name is not valid UTF-8"
    try:
        inside = path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a link that leads to itself
        inside = True
    if not inside:
        return "link to a place outside the corpus"
    return None if path.is_file() else "not a regular file"


def _printable(name: str) -> str:
    """A file name as valid Unicode; a byte that is no UTF-8 shows as its code."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
