"""Putting documents into the corpus: files, folders and uploads. Nothing is overwritten unless that is asked for."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import yaml

from cydqa.documents import FORMATS
from cydqa.documents.files import MOST_BYTES, MOST_SIDECAR_BYTES, read_bytes, too_large
from cydqa.errors import DocumentError
from cydqa.library import is_sidecar, list_folder, printable
from cydqa.library.names import safe_folder_name, safe_name
from cydqa.library.shelf import Shelf, sidecar_path
from cydqa.types import Metadata


@dataclass(frozen=True, slots=True)
class Added:
    """What became of what was to be added: ids of documents, and sources as they were named, with what is said of
    them.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    duplicates: dict[str, str] = field(default_factory=dict)  # source -> id of the document that has its content
    skipped: dict[str, str] = field(default_factory=dict)  # in folders: no documents
    failed: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def merge(parts: Iterable[Added]) -> Added:
    """What became of everything, in order."""
    parts = list(parts)
    return Added(
        added=tuple(name for part in parts for name in part.added),
        replaced=tuple(name for part in parts for name in part.replaced),
        duplicates={name: same for part in parts for name, same in part.duplicates.items()},
        skipped={name: reason for part in parts for name, reason in part.skipped.items()},
        failed={name: reason for part in parts for name, reason in part.failed.items()},
        warnings=tuple(warning for part in parts for warning in part.warnings),
    )


def add_files(
    corpus_dir: Path, sources: Sequence[Path], *, replace: bool = False, index_dir: Path | None = None
) -> Added:
    """Copy files, and folders with their structure, into the corpus, each with its sidecar if it has one.

    Links that are named here are followed, those inside folders are not.

    Raises:
        DocumentError: if there is no corpus folder. What is wrong with a file stands in `failed`.
    """
    shelf = Shelf(corpus_dir, index_dir)
    return merge(part for source in sources for part in _add(shelf, source, replace=replace))


def add_content(
    corpus_dir: Path,
    name: str,
    content: bytes,
    *,
    metadata: Metadata | None = None,
    replace: bool = False,
    index_dir: Path | None = None,
    source: str | None = None,
) -> Added:
    """Store a document that is no file yet, such as an upload; what is known of it goes into a sidecar.

    Args:
        source: what it is called in what is returned; else its name.
    Raises:
        DocumentError: if there is no corpus folder. What is wrong with the content stands in `failed`.
    """
    shelf = Shelf(corpus_dir, index_dir)
    shown = (source or name).encode("utf-8", "backslashreplace").decode()
    try:
        if len(content) > MOST_BYTES:
            raise too_large(MOST_BYTES)
        sidecar = _sidecar(metadata) if metadata else None
        return _place(shelf, shown, (), _document_name(name), content, sidecar, replace=replace)
    except (DocumentError, OSError) as error:
        return Added(failed={shown: _reason(error)})


def _add(shelf: Shelf, source: Path, *, replace: bool) -> Iterator[Added]:
    name = printable(str(source))
    try:
        real = source.resolve(strict=True)
        if shelf.root.is_relative_to(real):
            what = "is the corpus itself" if real == shelf.root else "contains the corpus"
            raise DocumentError(f"it {what}.", hint="Add files or folders from elsewhere.")
        if real.is_relative_to(shelf.root):
            yield _inside(shelf, name, real)
        elif real.is_dir():
            yield from _add_folder(shelf, Path(os.path.abspath(source)), name, replace=replace)
        elif is_sidecar(source):
            yield Added(skipped={name: "metadata, which come along with their document"})
        else:
            beside = sidecar_path(source)
            sidecar = beside if beside.is_file() else None
            yield _add_file(shelf, source, sidecar, (), name=name, follow=True, replace=replace)
    except (DocumentError, OSError, RuntimeError, ValueError) as error:  # links in a circle, a NUL in the name
        yield Added(failed={name: _reason(error)})


def _inside(shelf: Shelf, name: str, real: Path) -> Added:
    known = shelf.id_of(real)
    if any(file.id == known for file in shelf.files):
        return Added(duplicates={name: known})
    return Added(failed={name: "it is in the corpus folder already."})


def _add_folder(shelf: Shelf, folder: Path, name: str, *, replace: bool) -> Iterator[Added]:
    listing = list_folder(folder, _unfit_for_copy)
    yield Added(
        skipped={f"{name}/{inside}": reason for inside, reason in listing.skipped.items()},
        failed={f"{name}/{inside}": reason for inside, reason in listing.failed.items()},
    )
    if not listing.files and not listing.failed:
        yield Added(failed={name: "it holds no documents of a type that cydqa reads."})
    for file in listing.files:
        above = (folder.name, *file.id.split("/")[:-1])
        yield _add_file(
            shelf,
            file.path,
            file.sidecar,
            tuple(safe_folder_name(part) for part in above),
            name=f"{name}/{printable(file.id)}",
            follow=False,
            replace=replace,
        )


def _add_file(
    shelf: Shelf,
    path: Path,
    sidecar: Path | None,
    folders: tuple[str, ...],
    *,
    name: str,
    follow: bool,
    replace: bool,
) -> Added:
    try:
        stored_as = _document_name(path.name)
        metadata = read_bytes(sidecar, MOST_SIDECAR_BYTES, follow=follow) if sidecar else None
        content = read_bytes(path, MOST_BYTES, follow=follow)
        return _place(shelf, name, folders, stored_as, content, metadata, replace=replace)
    except (DocumentError, OSError) as error:
        return Added(failed={name: _reason(error)})


def _place(
    shelf: Shelf,
    source: str,
    folders: tuple[str, ...],
    name: str,
    content: bytes,
    sidecar: bytes | None,
    *,
    replace: bool,
) -> Added:
    target, taken = shelf.target(folders, name)
    same = shelf.document_with(content)
    beside = sidecar_path(target)
    described = beside.is_file()
    describes_anew = replace and sidecar is not None and not (described and beside.read_bytes() == sidecar)
    if same is not None and not (same == shelf.id_of(target) and describes_anew):
        return Added(duplicates={source: same})
    document_id = shelf.put(target, content, sidecar, replace=replace)
    if not taken:
        return Added(added=(document_id,))
    kept = described and sidecar is None
    warning = f"{document_id} keeps the metadata that it had, in {beside.name}: see whether they still hold."
    return Added(replaced=(document_id,), warnings=(warning,) if kept else ())


def _document_name(name: str) -> str:
    safe = safe_name(name)
    suffix = Path(safe).suffix
    if suffix not in FORMATS:
        raise DocumentError(
            f"it is of no type that cydqa reads ({suffix or 'its name has no ending'}).",
            hint=f"Save it as one of {', '.join(sorted(FORMATS))}.",
        )
    return safe


def _sidecar(metadata: Metadata) -> bytes:
    values = {key: _plain(value) for key, value in asdict(metadata).items() if value}
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False).encode()


def _plain(value: object) -> object:
    """A value of metadata as YAML knows it: lists for tuples, and only the keys that are set."""
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return {key: entry for key, entry in value.items() if entry is not None} if isinstance(value, dict) else value


def _unfit_for_copy(path: Path) -> str | None:
    if path.is_symlink():
        return "link"
    return None if path.is_file() else "not a regular file"


def _reason(error: Exception) -> str:
    if isinstance(error, DocumentError):
        return f"{error} {error.hint}"
    if isinstance(error, FileNotFoundError):
        return "it is not there. Check its name."
    return f"it can't be read: {getattr(error, 'strerror', None) or error}."
