"""What a program and the process that parses for it say: one line of JSON each way, checked field by field."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from cydqa.documents import Reading
from cydqa.types import CharacterRun, PageImage


@dataclass(frozen=True, slots=True)
class Limits:
    """What parsing one file may take."""

    seconds: float = 120.0
    memory: int = 2 * 2**30  # bytes of address space
    answer: int = 128 * 2**20  # bytes of JSON


@dataclass(frozen=True, slots=True)
class Mark:
    """Draw the pages that a slice of a PDF's text stands on, if the file is still the one that was read."""

    sha256: str
    characters: tuple[CharacterRun, ...]  # those of the slice will do
    start: int
    end: int
    width: int  # pixels
    page: int | None = None  # draw this one alone, whether or not the slice stands on it


@dataclass(frozen=True, slots=True)
class Request:
    """Read a file, with its sidecar where it has one, or draw pages of it."""

    path: str
    sidecar: str | None = None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What was read or drawn, or why it could not be."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    reading: Reading | None = None
    images: tuple[PageImage, ...] = ()
    error: str = ""
    hint: str = ""
    last: bool = False  # the worker ends now: it has used much memory, and a fresh one has it all


LIMITS = TypeAdapter(Limits)
REQUEST = TypeAdapter(Request)
REPLY = TypeAdapter(Reply)
