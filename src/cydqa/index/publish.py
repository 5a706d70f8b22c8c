"""The index folder: one builder at a time, and one atomic rename that makes a finished generation the live one.

index/CURRENT             name of the live generation
index/generations/<name>/ the live generation, and the one before it if the live one has all that is in it
index/encoders/           the exported encoder, which the generations share
index/staging/            a build under way, or what an interrupted one left: the next takes its vectors
index/build.lock          held by the kernel for the process that builds; a dead builder's lock is gone with it
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cydqa.embedding.exports import ENCODERS, other_exports
from cydqa.errors import CydqaError, IndexBusyError, IndexCorruptError, IndexNotBuiltError
from cydqa.index import texts
from cydqa.library.storing import sync

_CURRENT = "CURRENT"
_GENERATIONS = "generations"
_STAGING = "staging"
_LOCK = "build.lock"
_OURS = {_CURRENT, _GENERATIONS, _STAGING, _LOCK, ENCODERS, "README.md"}
_LOOKING_SECONDS = 0.2  # that another process may hold the lock only to see whether somebody builds
_NAME = re.compile(r"\d{8}T\d{6}-[0-9a-f]{16}")


def live_name(index_dir: Path) -> str | None:
    """Name of the live generation, or None where nothing is published.

    Raises:
        IndexCorruptError: if the file that names it is damaged.
    """
    try:
        # At every question: opening the file as text would take longer.
        name = (index_dir / _CURRENT).read_bytes().decode().strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged_pointer(index_dir) from error
    if not _NAME.fullmatch(name):
        raise _damaged_pointer(index_dir)
    return name


def built_name(index_dir: Path) -> str:
    """Name of the live generation; raises IndexNotBuiltError where nothing is published, else like `live_name`."""
    name = live_name(index_dir)
    if name is None:
        raise IndexNotBuiltError(f"There is no index in {index_dir}.", hint="Run `cydqa index` to build it.")
    return name


def generation_folder(index_dir: Path, name: str) -> Path:
    """Where a published generation lies."""
    return index_dir / _GENERATIONS / name


@contextmanager
def builder(index_dir: Path) -> Iterator[Path]:
    """Be the only builder of this index; yields a folder to build in, which is gone when the build has succeeded.

    It is empty but for the vectors that an interrupted build may have left; those that this build has embedded when it
    is interrupted stay for the next.

    Raises:
        IndexBusyError: if another process is building.
        CydqaError: if the folder holds something else than an index, which a build might delete.
    """
    from filelock import FileLock, Timeout

    index_dir.mkdir(parents=True, exist_ok=True)
    _refuse_foreign(index_dir)
    lock = FileLock(index_dir / _LOCK, timeout=_LOOKING_SECONDS, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise IndexBusyError(
            f"Another build of {index_dir} is running.", hint="Wait until it has finished, then try again."
        ) from error
    staging = index_dir / _STAGING
    try:
        _clear(staging)
        staging.mkdir(exist_ok=True)
        yield staging
        shutil.rmtree(staging)
    finally:
        _clear(staging)
        lock.release()


def _clear(staging: Path) -> None:
    """Delete what an interrupted build has left, but not its vectors."""
    if not texts.holds_any(staging):
        shutil.rmtree(staging, ignore_errors=True)
    for path in staging.glob("*"):
        if path.is_dir():
            shutil.rmtree(path)
        elif not path.name.startswith(texts.NAME):
            path.unlink()


def publish(index_dir: Path, finished: Path, name: str) -> None:
    """Make the synced folder `finished` the live generation `name`.

    The rename of CURRENT is the moment at which it happens: before it the old generation answers, after it the new one.
    """
    generations = index_dir / _GENERATIONS
    generations.mkdir(exist_ok=True)
    os.replace(finished, generations / name)
    sync(generations)
    sync(index_dir)
    pointer = index_dir / _STAGING / _CURRENT
    pointer.write_text(name + "\n", "utf-8")
    sync(pointer)
    os.replace(pointer, index_dir / _CURRENT)
    sync(index_dir)


def discard_all_but(index_dir: Path, kept: set[str], fingerprint: str) -> None:
    """Delete every other generation, older ones and those that a killed builder never published, and other encoders."""
    for folder in other_exports(index_dir, fingerprint):
        shutil.rmtree(folder)
    generations = index_dir / _GENERATIONS
    for folder in generations.iterdir() if generations.is_dir() else ():
        if folder.name in kept:
            continue
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
        else:
            folder.unlink()


def leftovers(index_dir: Path, kept: set[str], fingerprint: str) -> list[str]:
    """What interrupted builds left behind, a sentence each; nothing while a build is running."""
    if is_building(index_dir):
        return []
    found = [index_dir / _STAGING] if (index_dir / _STAGING).exists() else []
    found += [path for path in sorted((index_dir / _GENERATIONS).iterdir()) if path.name not in kept]
    found += other_exports(index_dir, fingerprint)
    return [f"{path} is what an interrupted build left behind." for path in found]


def is_building(index_dir: Path) -> bool:
    """Whether somebody builds this index now."""
    from filelock import FileLock, Timeout

    lock = FileLock(index_dir / _LOCK, timeout=_LOOKING_SECONDS, fallback_to_soft=False)
    if not (index_dir / _LOCK).exists():
        return False
    try:
        with lock:
            return False
    except Timeout:
        return True
    except OSError:  # an index that can only be read
        return False


def _refuse_foreign(index_dir: Path) -> None:
    foreign = sorted(path.name for path in index_dir.iterdir() if path.name not in _OURS and path.name[0] != ".")
    if not ((index_dir / _LOCK).exists() or (index_dir / _CURRENT).exists()):  # a build writes its lock first
        foreign += [name for name in (_GENERATIONS, _STAGING) if (index_dir / name).exists()]
    if foreign:
        raise CydqaError(
            f"{index_dir} is no index folder: it holds {', '.join(foreign[:3])}.",
            hint="Name another folder with --index or CYDQA_INDEX; one that does not exist yet will be made.",
        )


def _damaged_pointer(index_dir: Path) -> IndexCorruptError:
    pointer = index_dir / _CURRENT
    return IndexCorruptError(f"{pointer} is damaged.", hint=f"Delete {pointer} and run `cydqa index --rebuild`.")
