"""Files that appear in the corpus whole or not at all, whatever is killed, crashes or runs beside it."""

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_UNFINISHED = ".cydqa-"  # hidden, so that no listing takes it for a document
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}  # what file systems without hard links say


@contextmanager
def staged(folder: Path, content: bytes) -> Iterator[Path]:
    """A hidden file in `folder` with that content, safe on the disk, which is removed unless it is given a name."""
    path, descriptor = _open_locked(folder)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.fsync(descriptor)
        yield path
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)  # not earlier: its lock says that somebody is still at work


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only one who stores a document and its metadata below `folder`; waits until that is so."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def publish(unfinished: Path, target: Path) -> None:
    """Give a staged file its name.

    Raises:
        FileExistsError: if there is something of that name, which is left as it is.
    """
    try:
        os.link(unfinished, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))  # takes the name, or fails
        try:
            os.replace(unfinished, target)
        except BaseException:
            target.unlink()
            raise


def replace_by(unfinished: Path, target: Path) -> None:
    """Give a staged file the name of another; a reader finds the old file or the new one."""
    os.replace(unfinished, target)


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed process left in a folder, and nothing that another is writing now."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        with suppress(OSError):  # a lock that is held; gone; not ours to remove
            descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            finally:
                os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Make every file below `folder`, and the folders' own entries, survive a power cut."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_locked(folder: Path) -> tuple[Path, int]:
    """A new hidden file, open for writing under a lock that the kernel drops when the process ends."""
    while True:
        path = folder / f"{_UNFINISHED}{secrets.token_hex(8)}"
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o666)
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:  # else another process took it for a leftover, before it was locked
            return path, descriptor
        os.close(descriptor)
