"""How many cores there are to work on, and taking turns on them."""

import os
import threading
from collections import deque
from types import TracebackType


def cores() -> int:
    """The number of cores that this process may use: in a container often fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Turns:
    """Lets a number of threads at a time do something, first come, first served. Used as a context.

    `threading.Semaphore` is not fair: a thread that comes again and again takes the turn that it has just given back,
    before another that waits has woken up, which may then wait for seconds.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            turn.acquire()  # which whoever hands a turn on releases
        except BaseException:  # a signal, in the main thread
            with self._lock:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                else:  # it was our turn already
                    self._hand_on()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._hand_on()

    def _hand_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().release()
        else:
            self._free += 1
