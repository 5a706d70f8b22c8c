"""Abbreviations that a text explains: "Group of Governmental Experts (GGE)", "GGE (Group of Governmental Experts)".

The algorithm is that of Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text", PSB 2003: the letters of the short form are looked for in the words before it, from right to left, and the first
letter must begin a word, which may not be a function word (ours: the OMB is the Office of Management and Budget, not
"of Management and Budget").
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from cydqa.words import STOP_WORDS

VERSION = 1
_PARENTHESES = re.compile(r"(?P<before>[^()\n]{1,200}?)\s?\((?P<inside>[^()\n]{2,120})\)")
_SHORT = re.compile(r"(?=.*[A-Z].*[A-Z])[A-Za-z0-9][A-Za-z0-9&/.-]{1,9}")
_WORD = re.compile(r"\S+")


class Abbreviation(NamedTuple):
    """What a text says the letters stand for, both as they are written there."""

    short: str
    long: str


def find_abbreviations(text: str) -> list[Abbreviation]:
    """The abbreviations that a text explains, each pair once, in the order of their first explanation."""
    return list(dict.fromkeys(_explained(text)))


def _explained(text: str) -> Iterator[Abbreviation]:
    for match in _PARENTHESES.finditer(text):
        before, inside = match["before"], re.split(r"[;,]", match["inside"])[0].strip()
        last = before.rsplit(maxsplit=1)[-1:]
        if _SHORT.fullmatch(inside):
            long = _long_form(inside, before)
            if long:
                yield Abbreviation(inside, long)
        elif last and _SHORT.fullmatch(last[0]) and _long_form(last[0], inside) == inside:
            yield Abbreviation(last[0], inside)


def _long_form(short: str, before: str) -> str | None:
    """The end of `before` that the letters of `short` stand for, or None."""
    letters = [character.lower() for character in short.removesuffix("s") if character.isalnum()]
    words = [match.start() for match in _WORD.finditer(before)]
    most = min(len(letters) + 5, len(letters) * 2)
    earliest = words[-most] if len(words) >= most else 0
    place = len(before)
    for number, letter in enumerate(reversed(letters), 1):
        place = before.lower().rfind(letter, earliest, place)
        while number == len(letters) and place >= earliest and not _opens(before, place):
            place = before.lower().rfind(letter, earliest, place)
        if place < earliest:
            return None
    long = before[place:].strip(" \t\"'“”‘’")
    return long if len(long) > len(short) and short not in long.split() else None


def _opens(before: str, place: int) -> bool:
    """Whether a word with a meaning of its own begins here."""
    if place and before[place - 1].isalnum():
        return False
    return before[place:].split(maxsplit=1)[0].lower() not in STOP_WORDS
