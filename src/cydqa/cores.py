"""How many cores there are to work on."""

import os


def cores() -> int:
    """The number of cores that this process may use: in a container often fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
