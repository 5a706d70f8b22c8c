"""How long a call takes."""

import time
from collections.abc import Callable


def milliseconds(call: Callable[[], object]) -> float:
    """Of the wall clock, for one call."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000
