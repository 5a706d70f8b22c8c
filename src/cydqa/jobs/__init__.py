"""A build of the index as a process of its own, which outlives whoever started it and is found again by anybody.

What it writes lies in a folder of `settings.state` for each index. Whether it still runs is told by a lock of the
kernel that the process inherits and nobody else holds: it is gone with the process, however that ends.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cydqa.errors import IndexBusyError, StateError
from cydqa.index.publish import is_building
from cydqa.jobs.folder import Folder, Started
from cydqa.settings import PREFIX, Settings
from cydqa.types import BuildReport, Progress

COMMAND = (sys.executable, "-P", "-m", "cydqa")  # -P: nothing is imported from the folder where the page was started
PATIENCE_SECONDS = 8.0  # between asking a build to stop and killing it
_NICENESS = 10  # questions go first
_LOST = "The build ended without a report: it was killed, or the machine was switched off."

State = Literal["running", "done", "failed", "cancelled", "lost"]


@dataclass(frozen=True, slots=True)
class Job:
    """A build that runs, or the last one: `report` says what it did, `error` why it came to nothing."""

    state: State
    started: datetime  # UTC
    rebuild: bool = False  # without what the index before it held
    stopping: bool = False  # still running, but told to stop
    stage: str = ""
    done: int = 0  # of `total` units of the stage
    total: int = 0
    documents: int = 0  # read so far
    passages: int = 0  # cut so far
    seconds_left: float | None = None  # of the stage
    report: BuildReport | None = None
    error: str = ""
    hint: str = ""

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return self.state == "running"


def start(settings: Settings, *, rebuild: bool = False) -> Job:
    """Start a build or, where one of these runs already, find it. Whatever it reports replaces the last one's report.

    Raises:
        IndexBusyError: if somebody builds this index by other means, such as the command line.
        StateError: if the state folder can't be written, or no process can be started.
    """
    folder = _folder(settings)
    try:
        with folder.locked() as lock:
            if lock is not None:
                _refuse_busy(settings)
                folder.clear()
                started = Started(when=datetime.now(UTC), rebuild=rebuild)
                folder.write_started(started)
                folder.write_started(started.of_process(_spawn(settings, folder, lock, rebuild=rebuild)))
    except OSError as error:
        raise _unusable(folder, error) from error
    return current(settings) or Job("lost", datetime.now(UTC), error=_LOST)


def current(settings: Settings) -> Job | None:
    """The build that runs, or the last one if nobody dismissed it; None where there is none.

    Raises:
        StateError: if the state folder can't be read.
    """
    folder = _folder(settings)
    try:
        running = folder.is_held()  # first: what a build wrote is whole once it has ended
        started = folder.read_started()
        if running:
            # A build that has this very moment been started may not have said so yet.
            return _running(folder, started or Started(when=datetime.now(UTC)))
        return _ended(folder, started) if started else None
    except OSError as error:
        raise _unusable(folder, error) from error


def cancel(settings: Settings) -> None:
    """Stop the build: ask it first, and kill it if it does not heed for some seconds. The index stays as it was."""
    folder = _folder(settings)
    try:
        started = folder.read_started()
        if started is None or started.pid is None or not folder.is_held():
            return
        if folder.read_cancelled():  # asked before; whoever was to kill it may be gone
            _kill_after(folder, started)
            return
        folder.write_cancelled()
    except OSError as error:
        raise _unusable(folder, error) from error
    _signal(folder, started, signal.SIGINT)
    threading.Thread(target=_kill_after, args=(folder, started), daemon=True).start()


def dismiss(settings: Settings) -> None:
    """Forget the last build; one that runs goes on."""
    folder = _folder(settings)
    try:
        with folder.locked() as lock:
            if lock is not None:
                folder.clear()
    except OSError as error:
        raise _unusable(folder, error) from error


def _folder(settings: Settings) -> Folder:
    return Folder.of(settings.state, settings.index)


def _refuse_busy(settings: Settings) -> None:
    if is_building(settings.index):
        raise IndexBusyError(
            f"Another program is building {settings.index}.", hint="Wait until it has finished, then try again."
        )


def _spawn(settings: Settings, folder: Folder, lock: int, *, rebuild: bool) -> int:
    """Start the process, which keeps `lock` open as long as it lives; returns its id."""
    arguments = ["index", "--offline", "--progress", "json", "--json", *(["--rebuild"] if rebuild else [])]
    with folder.report.open("wb") as report, folder.log.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            [*COMMAND, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=report,
            stderr=log,
            env=_environment(settings),
            pass_fds=[lock],
            start_new_session=True,
        )
    with suppress(OSError):  # it may have ended
        os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
    threading.Thread(target=process.wait, daemon=True).start()  # else it would stay a zombie
    return process.pid


def _environment(settings: Settings) -> dict[str, str]:
    """Ours, with the very settings of the page instead of those that a file or an option changed on the way."""
    values: dict[str, str] = {}
    for name, value in settings:
        values[PREFIX + name.upper()] = (
            ",".join(value) if isinstance(value, tuple) else str(value.absolute() if isinstance(value, Path) else value)
        )
    return {**os.environ, **values}


def _running(folder: Folder, started: Started) -> Job:
    step = folder.read_progress() or Progress("starting", 0, 0)
    return Job(
        "running",
        started.when,
        rebuild=started.rebuild,
        stopping=folder.read_cancelled(),
        stage=step.stage,
        done=step.done,
        total=step.total,
        documents=step.documents,
        passages=step.passages,
        seconds_left=step.seconds_left,
    )


def _ended(folder: Folder, started: Started) -> Job:
    report = folder.read_report()
    if report:
        return Job("done", started.when, started.rebuild, passages=report.passages, report=report)
    if folder.read_cancelled():
        return Job("cancelled", started.when, started.rebuild, error="The build was cancelled.")
    said = folder.read_error()
    if said:
        return Job("failed", started.when, started.rebuild, error=said[0], hint=said[1])
    hint = f"Build it again. What the build wrote last stands in {folder.log}."
    return Job("lost", started.when, started.rebuild, error=_LOST, hint=hint)


def _kill_after(folder: Folder, started: Started) -> None:
    """Kill a build that was told to stop and does not."""
    end = time.monotonic() + PATIENCE_SECONDS
    with suppress(OSError):
        while folder.is_held() and folder.read_started() == started:
            if time.monotonic() > end:
                _signal(folder, started, signal.SIGKILL)
                return
            time.sleep(0.1)


def _signal(folder: Folder, started: Started, number: signal.Signals) -> None:
    """Signal the process, or its whole group with SIGKILL, and nobody else's that got the same number since.

    It leads a session of its own. While its lock is held it lives, and so its number is nobody else's.
    """
    pid = started.pid
    with suppress(OSError):
        if pid is None or os.getsid(pid) != pid or not folder.is_held() or folder.read_started() != started:
            return
        (os.killpg if number is signal.SIGKILL else os.kill)(pid, number)


def _unusable(folder: Folder, error: OSError) -> StateError:
    return StateError(
        f"{folder.path} can't be used: {error.strerror}.",
        hint="Check its permissions and the free space, or name another folder with CYDQA_STATE.",
    )
