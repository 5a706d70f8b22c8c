"""A conversation and its turns, as they are kept."""

from dataclasses import dataclass
from datetime import datetime

from cydqa.types import Answer


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions that belong together. Times are in UTC."""

    id: str  # random, since it stands in addresses
    title: str
    created: datetime
    changed: datetime  # when it was last asked something, or answered
    turns: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and, once it is there, what was said to it: an answer or an error, never both."""

    id: str
    question: str
    documents: tuple[str, ...] | None  # ids that the search was restricted to; None for all
    literal: bool  # taken as it was typed, without the turns before it
    answer: Answer | None
    error: str
    good: bool | None  # how it was rated
    note: str  # and why
    asked: datetime  # in UTC
