"""The corpus folder: which files in it are documents, and what is left aside and why.

A document may have a sidecar: a YAML file beside it that is named like it and ends in .yaml, with the keys of front
matter. What changes the folder stands in the modules: `adding`, `fetching`, `removing`.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cydqa.documents import FORMATS
from cydqa.documents.files import open_regular
from cydqa.errors import DocumentError

SIDECAR = ".yaml"  # what the name of a sidecar has after the name of its document


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size and times of a file; while they stay, its content is taken to have stayed."""

    size: int  # bytes
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of the corpus; `id` is its path inside the folder, with forward slashes."""

    id: str
    path: Path
    stamp: Stamp
    sidecar: Path | None = None
    sidecar_stamp: Stamp | None = None  # None exactly where there is no sidecar


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds; reasons by path inside the folder."""

    files: list[CorpusFile]  # in the order of their ids
    skipped: dict[str, str]  # no documents of ours; the name of a folder ends in /
    failed: dict[str, str]  # folders that can't be looked into


def require_corpus(corpus_dir: Path) -> None:
    """Raise DocumentError if there is no corpus folder."""
    if not corpus_dir.is_dir():
        raise DocumentError(
            f"There is no corpus folder {corpus_dir}.", hint="Create it and put documents into it, or pass --corpus."
        )


def list_corpus(corpus_dir: Path, index_dir: Path | None = None) -> Listing:
    """The documents of a corpus, and what is left aside; the index's own folder, if it lies inside, is not looked at.

    Raises:
        DocumentError: if the folder does not exist.
    """
    require_corpus(corpus_dir)
    root = corpus_dir.resolve()
    index = index_dir.resolve() if index_dir else None
    return list_folder(root, lambda path: _unfit_for_corpus(path, root), without=index)


def list_folder(root: Path, unfit: Callable[[Path], str | None], *, without: Path | None = None) -> Listing:
    """The documents below any folder; links to folders are not followed.

    Args:
        root: the folder, an absolute path.
        unfit: the reason why a file whose name fits is left aside all the same, or None.
        without: a subfolder that is not looked at.
    """
    documents: dict[str, Path] = {}
    sidecars: dict[str, Path] = {}  # by the id of the document that they belong to
    skipped: dict[str, str] = {}
    failed: dict[str, str] = {}

    def unreadable(error: OSError) -> None:
        failed[printable(os.path.relpath(error.filename, root)) + "/"] = f"it can't be read: {error.strerror}."

    for folder, subfolders, names in os.walk(root, onerror=unreadable):
        within = Path(folder).relative_to(root)
        for name in list(subfolders):
            path, shown = Path(folder, name), printable(str(within / name))
            if path.is_symlink():
                skipped[shown] = "link to a folder"
            elif reason := _wrong_folder(name, names):
                subfolders.remove(name)
                if path != without:
                    skipped[shown + "/"] = reason
            elif path == without:
                subfolders.remove(name)
        for name in names:
            path, file_id = Path(folder, name), (within / name).as_posix()
            if reason := _wrong_name(path) or unfit(path):
                skipped[printable(file_id)] = reason
            elif path.suffix == SIDECAR:
                sidecars[file_id.removesuffix(SIDECAR)] = path
            else:
                documents[file_id] = path
    files = [_corpus_file(file_id, path, sidecars.get(file_id)) for file_id, path in sorted(documents.items())]
    for document_id in sorted(sidecars.keys() - documents.keys()):
        where = "skipped" if printable(document_id) in skipped else "not there"
        skipped[printable(document_id + SIDECAR)] = f"metadata of a file that is {where}"
    return Listing([file for file in files if file], skipped, failed)


def is_stale(path: Path, *, stamp: Stamp, sha256: str) -> bool:
    """Whether a file is no longer what was indexed; reads it only where its size or times differ."""
    try:
        if stamp_of(path) == stamp:
            return False
        return sha256_of(path) != sha256
    except OSError:
        return True


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal; raises OSError."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_sidecar(path: Path) -> bool:
    """Whether a file's name is that of a sidecar of a document."""
    return path.suffix == SIDECAR and Path(path.stem).suffix.lower() in FORMATS


def printable(name: str) -> str:
    """A file name as valid Unicode; a byte that is no UTF-8 shows as its code."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def stamp_of(path: Path) -> Stamp:
    """Size and times of a file as they are; raises OSError."""
    stat = path.stat()
    return Stamp(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def _corpus_file(file_id: str, path: Path, sidecar: Path | None) -> CorpusFile | None:
    try:
        stamp = stamp_of(path)
    except OSError:
        return None  # deleted since the folder was listed
    try:
        sidecar_stamp = stamp_of(sidecar) if sidecar else None
    except OSError:
        sidecar = sidecar_stamp = None
    return CorpusFile(file_id, path, stamp, sidecar, sidecar_stamp)


def _wrong_folder(name: str, beside: list[str]) -> str | None:
    if name.startswith("."):
        return "hidden folder"
    page = name.removesuffix("_files")
    if page != name and any(page + suffix in beside for suffix in (".html", ".htm", ".xhtml")):
        return "pictures, styles and frames of the saved web page beside it"
    return None


def _wrong_name(path: Path) -> str | None:
    if path.name.startswith("."):
        return "hidden file"
    if path.name.startswith("~$"):
        return "mark of an office program that has the document open"
    if path.suffix.lower() in FORMATS or is_sidecar(path):
        return None
    return f"unknown type {printable(path.suffix) or '(none)'}"


def _unfit_for_corpus(path: Path, root: Path) -> str | None:
    if str(path) != printable(str(path)):
        return "its name is not valid UTF-8"
    try:
        inside = not path.is_symlink() or path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a link that leads to itself
        inside = True
    if not inside:
        return "link to a place outside the corpus"
    return None if path.is_file() else "not a regular file"
