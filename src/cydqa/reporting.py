"""How far a long command is, on stderr: bars for people, JSON lines for programs."""

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cydqa.types import Progress as Step


class Reporting(StrEnum):
    """The ways of showing progress."""

    BAR = "bar"
    JSON = "json"
    NONE = "none"


@contextmanager
def reporter(how: Reporting) -> Iterator[Callable[[Step], None]]:
    """What to call with every step; bars, one for each stage, are drawn on a terminal only."""
    if how is Reporting.JSON:
        yield _write_line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"))
    stderr = Console(stderr=True)
    with Progress(*columns, console=stderr, disable=how is Reporting.NONE or not stderr.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def on_progress(step: Step) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = bars.add_task(step.stage, left="")
            bars.update(tasks[step.stage], completed=step.done, total=step.total, left=_left(step.seconds_left))

        yield on_progress


def _write_line(step: Step) -> None:
    print(json.dumps(dataclasses.asdict(step)), file=sys.stderr, flush=True)  # noqa: T201


def _left(seconds: float | None) -> str:
    if seconds is None or seconds < 1:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} left"
