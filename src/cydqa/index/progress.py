"""How far a build is, how long it will take, and whether it is to stop."""

import threading
import time
from collections.abc import Callable

from cydqa.errors import BuildCancelledError
from cydqa.types import Progress

OnProgress = Callable[[Progress], None]


class Meter:
    """Tells the caller of a build how far it is; raises BuildCancelledError when it is to stop."""

    def __init__(self, on_progress: OnProgress | None, stop: threading.Event | None) -> None:
        self.documents = 0  # read or carried over
        self.passages = 0  # cut or carried over
        self._on_progress = on_progress or (lambda _: None)
        self._stop = stop or threading.Event()
        self._stage = ""
        self._started = 0.0

    def stopped(self) -> bool:
        """Whether the build is to stop."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raise BuildCancelledError if the build is to stop."""
        if self.stopped():
            raise BuildCancelledError

    def report(self, stage: str, done: int, total: int, *, share: float | None = None) -> None:
        """Say that `done` of `total` units of a stage are finished.

        Args:
            share: of the stage's work, 0 to 1, where units differ in size; None for done / total.
        """
        self.check()
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._started = stage, now
        share = share if share is not None else done / total if total else 1.0
        elapsed = now - self._started
        left = elapsed * (1 - share) / share if share > 0 and (elapsed > 0 or share == 1) else None
        self._on_progress(Progress(stage, done, total, self.documents, self.passages, left))
