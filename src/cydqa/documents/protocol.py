"""What a program and the process that parses for it say: one line of JSON each way, checked field by field."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from cydqa.documents import Reading


@dataclass(frozen=True, slots=True)
class Limits:
    """What parsing one file may take."""

    seconds: float = 120.0
    memory: int = 2 * 2**30  # bytes of address space
    answer: int = 128 * 2**20  # bytes of JSON


@dataclass(frozen=True, slots=True)
class Request:
    """Read a file, with its sidecar where it has one."""

    path: str
    sidecar: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What was read, or why it could not be."""

    reading: Reading | None = None
    error: str = ""
    hint: str = ""
    last: bool = False  # the worker ends now: it has used much memory, and a fresh one has it all


LIMITS = TypeAdapter(Limits)
REQUEST = TypeAdapter(Request)
REPLY = TypeAdapter(Reply)
