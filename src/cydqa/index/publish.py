"""The index folder: one builder at a time, and one atomic rename that makes a finished generation the live one.

index/CURRENT             name of the live generation
index/generations/<name>/ finished generations: the live one, and the one before it until the next is published
index/staging/            a build under way, or what a killed one left
index/build.lock          held by the kernel for the process that builds; a dead builder's lock is gone with it
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from cydqa.errors import IndexBusyError

_CURRENT = "CURRENT"
_GENERATIONS = "generations"
_STAGING = "staging"


def live_name(index_dir: Path) -> str | None:
    """Name of the live generation, or None where nothing is published."""
    try:
        return (index_dir / _CURRENT).read_text("utf-8").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None


def generation_folder(index_dir: Path, name: str) -> Path:
    """Where a published generation lies."""
    return index_dir / _GENERATIONS / Path(name).name


@contextmanager
def builder(index_dir: Path) -> Iterator[Path]:
    """Be the only builder of this index; yields an empty folder to build in, which is gone afterwards.

    Raises:
        IndexBusyError: if another process is building.
    """
    index_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(index_dir / "build.lock", timeout=0, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise IndexBusyError(
            f"Another build of {index_dir} is running.", hint="Wait until it has finished, then try again."
        ) from error
    staging = index_dir / _STAGING
    try:
        shutil.rmtree(staging, ignore_errors=True)  # what a killed builder left
        staging.mkdir()
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        lock.release()


def sync_tree(folder: Path) -> None:
    """Make every file below `folder`, and the folders' own entries, survive a power cut."""
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def publish(index_dir: Path, finished: Path, name: str) -> None:
    """Make the synced folder `finished` the live generation `name`.

    The rename of CURRENT is the moment at which it happens: before it the old generation answers, after it the new one.
    """
    generations = index_dir / _GENERATIONS
    generations.mkdir(exist_ok=True)
    os.replace(finished, generations / name)
    _sync(generations)
    _sync(index_dir)
    pointer = index_dir / _STAGING / _CURRENT
    pointer.write_text(name + "\n", "utf-8")
    _sync(pointer)
    os.replace(pointer, index_dir / _CURRENT)
    _sync(index_dir)


def discard_all_but(index_dir: Path, kept: set[str]) -> None:
    """Delete every other generation: older ones, and those that a killed builder never published."""
    generations = index_dir / _GENERATIONS
    for folder in generations.iterdir() if generations.is_dir() else ():
        if folder.name not in kept:
            shutil.rmtree(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
