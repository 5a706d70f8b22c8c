"""The files of the builds of one index.

lock        held by the build that runs
started     when it was started, how, and its process, in JSON
log         its progress, a line of JSON for each step, and its error
report      what it did, in JSON
cancelled   is there if somebody told it to stop
"""

import fcntl
import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from cydqa.types import BuildReport, Progress

Value = TypeVar("Value")

_ERROR = re.compile(rb"^Error: (.*)\nWhat to do: (.*)\Z", re.MULTILINE | re.DOTALL)
_TAIL_BYTES = 1 << 16
_WAIT_SECONDS = 2.0  # for those who only look whether the lock is held


@dataclass(frozen=True, slots=True)
class Started:
    """How a build was started; `pid` is its process, and that of a session of its own."""

    when: datetime
    rebuild: bool = False
    pid: int | None = None

    def of_process(self, pid: int) -> "Started":
        """The same, with the process that was started."""
        return replace(self, pid=pid)


_STARTED, _REPORT, _PROGRESS = TypeAdapter(Started), TypeAdapter(BuildReport), TypeAdapter(Progress)


@dataclass(frozen=True, slots=True)
class Folder:
    """Reads and writes these files. Methods raise OSError; what is damaged reads as if it were not there."""

    path: Path

    @classmethod
    def of(cls, state_dir: Path, index_dir: Path) -> "Folder":
        """The folder for an index, wherever that is seen from."""
        return cls(state_dir / "builds" / hashlib.sha256(os.fsencode(index_dir.resolve())).hexdigest()[:16])

    @property
    def log(self) -> Path:
        """What the build writes to stderr."""
        return self.path / "log"

    @property
    def report(self) -> Path:
        """What the build writes to stdout."""
        return self.path / "report"

    @contextmanager
    def locked(self) -> Iterator[int | None]:
        """A descriptor with the lock, or None if a build holds it.

        A process that inherits the descriptor goes on holding the lock after it is closed here.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield descriptor if _locks(descriptor) else None
        finally:
            os.close(descriptor)

    def is_held(self) -> bool:
        """Whether a build holds the lock. A shared lock is tried, so that two who look do not see each other."""
        try:
            descriptor = os.open(self._lock, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            return not _takes(descriptor, fcntl.LOCK_SH)
        finally:
            os.close(descriptor)

    def clear(self) -> None:
        """Remove what the last build wrote."""
        for path in (self._started, self.report, self.log, self._cancelled):
            path.unlink(missing_ok=True)

    def write_started(self, started: Started) -> None:
        """Say how the build was started."""
        unfinished = self.path / "started.new"
        unfinished.write_bytes(_STARTED.dump_json(started))
        os.replace(unfinished, self._started)

    def read_started(self) -> Started | None:
        """How the last build was started, or None where there is none."""
        return _read(_STARTED, self._started)

    def read_report(self) -> BuildReport | None:
        """What the build did, if it came to its end."""
        return _read(_REPORT, self.report)

    def read_progress(self) -> Progress | None:
        """The last step that the build wrote whole."""
        for line in reversed(_tail(self.log).split(b"\n")[:-1]):
            if line.startswith(b"{"):
                try:
                    return _PROGRESS.validate_json(line)
                except ValidationError:
                    continue
        return None

    def read_error(self) -> tuple[str, str] | None:
        """What was wrong and what to do, as the command line says it, or None if the build said nothing of it."""
        said = _ERROR.search(_tail(self.log))
        return (_text(said[1]), _text(said[2])) if said else None

    def write_cancelled(self) -> None:
        """Say that the build was told to stop."""
        self._cancelled.touch()

    def read_cancelled(self) -> bool:
        """Whether the build was told to stop."""
        return self._cancelled.exists()

    @property
    def _lock(self) -> Path:
        return self.path / "lock"

    @property
    def _started(self) -> Path:
        return self.path / "started"

    @property
    def _cancelled(self) -> Path:
        return self.path / "cancelled"


def _locks(descriptor: int) -> bool:
    """Take the lock unless a build holds it; wait for those who look whether one does."""
    end = time.monotonic() + _WAIT_SECONDS
    while not _takes(descriptor, fcntl.LOCK_EX):
        if not _takes(descriptor, fcntl.LOCK_SH) or time.monotonic() > end:
            return False
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        time.sleep(0.01)
    return True


def _takes(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(adapter: TypeAdapter[Value], path: Path) -> Value | None:
    try:
        return adapter.validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _tail(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            return file.read()
    except FileNotFoundError:
        return b""


def _text(said: bytes) -> str:
    return said.decode("utf-8", "replace").strip()
