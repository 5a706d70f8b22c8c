"""The corpus while something is put into it: which content it has, which names are taken, and how a file gets in."""

import hashlib
import os
from contextlib import ExitStack, suppress
from pathlib import Path

from cydqa.errors import DocumentError
from cydqa.library import SIDECAR, CorpusFile, list_corpus, sha256_of
from cydqa.library.names import name_key
from cydqa.library.storing import locked, publish, remove_unfinished, replace_by, staged, sync

NAME_TAKEN = "there is another document of that name."  # how the reason starts where replacing it would help


def sidecar_path(document: Path) -> Path:
    """Where the metadata of a document stand that does not hold them itself."""
    return document.with_name(document.name + SIDECAR)


class Shelf:
    """The corpus folder, as one call that adds to it knows it."""

    def __init__(self, corpus_dir: Path, index_dir: Path | None) -> None:
        self.files = list_corpus(corpus_dir, index_dir).files
        self.root = corpus_dir.resolve()
        self._index = index_dir.resolve() if index_dir else None
        self._sizes: dict[int, list[CorpusFile]] = {}
        for file in self.files:
            self._sizes.setdefault(file.stamp.size, []).append(file)
        self._ids: dict[str, str] = {}  # of the documents whose content was looked at, by its SHA-256
        self._names: dict[Path, dict[str, str]] = {}  # what a folder holds, by the key of the name
        self._put: set[str] = set()  # ids of this call

    def document_with(self, content: bytes) -> str | None:
        """The id of a document that has this very content; only files of the same size are read."""
        for file in self._sizes.pop(len(content), []):
            with suppress(OSError):
                self._ids.setdefault(sha256_of(file.path), file.id)
        return self._ids.get(hashlib.sha256(content).hexdigest())

    def target(self, folders: tuple[str, ...], name: str) -> tuple[Path, bool]:
        """Where a file of that name goes, below those folders, and whether there is something now.

        Raises:
            DocumentError: if that is no place for a document.
        """
        folder = self.root
        for part in folders:
            folder = folder / self._names_in(folder).get(name_key(part), part)
            if folder.is_symlink() or (folder.exists() and not folder.is_dir()) or folder == self._index:
                raise DocumentError(
                    f"its place would be in {folder.relative_to(self.root)}, which is not a folder of documents.",
                    hint="Rename the folder that you add, or add its files one by one.",
                )
        taken = self._names_in(folder).get(name_key(name))
        return folder / (taken or name), taken is not None

    def put(self, target: Path, content: bytes, sidecar: bytes | None, *, replace: bool) -> str:
        """Store a document, its sidecar first, under the name that `target` gave; returns its id.

        Raises:
            DocumentError: if the name is taken, or nothing can be written.
        """
        document_id = self.id_of(target)
        if target.is_dir():
            raise DocumentError("there is a folder of that name.", hint="Rename your file.")
        if document_id in self._put:
            raise DocumentError("another file that was just added has that name.", hint="Rename one of the two.")
        replaced = os.path.lexists(target)
        created = [path for path in (target.parent, *target.parent.parents) if not path.exists()]
        try:
            self._make_folders(created[::-1], target.parent)
            with locked(self.root):
                _store(target, content, sidecar, replace=replace)
        except BaseException:
            for folder in created:
                with suppress(OSError):  # something else was put into it
                    folder.rmdir()
            raise
        for path in (target, *created):
            self._names_in(path.parent)[name_key(path.name)] = path.name
        self._put.add(document_id)
        if replaced:
            self._ids = {digest: known for digest, known in self._ids.items() if known != document_id}
        self._ids[hashlib.sha256(content).hexdigest()] = document_id
        return document_id

    def id_of(self, path: Path) -> str:
        """The id that a document at that place in the corpus has."""
        return path.relative_to(self.root).as_posix()

    def _names_in(self, folder: Path) -> dict[str, str]:
        if folder not in self._names:
            if folder.is_dir():
                remove_unfinished(folder)
            entries = os.listdir(folder) if folder.is_dir() else []
            self._names[folder] = {name_key(name): name for name in entries}
        return self._names[folder]

    def _make_folders(self, missing: list[Path], innermost: Path) -> None:
        try:
            for folder in missing:
                folder.mkdir(exist_ok=True)
                sync(folder.parent)
        except OSError as error:
            raise _unwritable(error) from error
        if not innermost.resolve().is_relative_to(self.root):
            raise DocumentError("its place would be outside the corpus.", hint="Remove the link in the corpus.")


def _store(target: Path, content: bytes, sidecar: bytes | None, *, replace: bool) -> None:
    beside = sidecar_path(target)
    over, left = os.path.lexists(target), os.path.lexists(beside)
    if over and not replace:
        raise _taken()
    try:
        if left and not (over or replace) and beside.read_bytes() != sidecar:
            raise DocumentError(
                "there is metadata of another document of that name.",
                hint=f"Pass --replace to replace it, or remove {beside.name} from the corpus.",
            )
        with ExitStack() as stack:
            # Both are safe on the disk before either has its name: a full disk changes nothing.
            document = stack.enter_context(staged(target.parent, content))
            metadata = stack.enter_context(staged(target.parent, sidecar)) if sidecar is not None else None
            (_replace if over else _publish)(document, target, metadata, beside)
            sync(target.parent)
    except FileExistsError as error:  # another process was faster
        raise _taken() from error
    except OSError as error:
        raise _unwritable(error) from error


def _publish(document: Path, target: Path, metadata: Path | None, beside: Path) -> None:
    left = os.path.lexists(beside)  # of a document that is no longer there
    if metadata:
        (replace_by if left else publish)(metadata, beside)
        sync(target.parent)  # no crash leaves the document without what is known of it
    elif left:
        beside.unlink()
    try:
        publish(document, target)
    except BaseException:
        if metadata and not left:
            beside.unlink()
        raise


def _replace(document: Path, target: Path, metadata: Path | None, beside: Path) -> None:
    if metadata:  # no crash leaves one document with what is known of the other
        beside.unlink(missing_ok=True)
        sync(target.parent)
    replace_by(document, target)
    if metadata:
        sync(target.parent)
        publish(metadata, beside)


def _taken() -> DocumentError:
    return DocumentError(NAME_TAKEN, hint="Pass --replace to replace it, or rename yours.")


def _unwritable(error: OSError) -> DocumentError:
    return DocumentError(
        f"it can't be stored: {error.strerror}.", hint="Check free space and the permissions of the corpus folder."
    )
