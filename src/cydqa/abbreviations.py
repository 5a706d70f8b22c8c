"""Abbreviations that a text explains: "Group of Governmental Experts (GGE)", "GGE (Group of Governmental Experts)".

The algorithm is that of Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text", PSB 2003: the letters of the short form are looked for in the words before it, from right to left, and the first
letter must begin a word, which may not be a function word (ours: the OMB is the Office of Management and Budget, not
"of Management and Budget").
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from cydqa.words import STOP_WORDS, terms

VERSION = 1
_PARENTHESES = re.compile(r"\(([^()\n]{2,120})\)")
_MOST_BEFORE = 200  # characters before a parenthesis in which a long form lies
_SHORT = re.compile(r"(?=.*[A-Z].*[A-Z])[A-Za-z0-9][A-Za-z0-9&/.-]{1,9}")
_WORD = re.compile(r"\S+")


class Abbreviation(NamedTuple):
    """What a text says the letters stand for, both as they are written there."""

    short: str
    long: str


class ExplainedTerm(NamedTuple):
    """An abbreviation as the term that a search looks for, and the terms of what it stands for."""

    short: str
    long: tuple[str, ...]


def explained_terms(text: str) -> list[ExplainedTerm]:
    """The abbreviations that a text explains, as terms, each pair once, in order; none that reads as its long form."""
    found = []
    for short, long in find_abbreviations(text):
        key, phrase = terms(short, shouted=False), tuple(terms(long))
        if len(key) == 1 and phrase and phrase != tuple(key):
            found.append(ExplainedTerm(key[0], phrase))
    return list(dict.fromkeys(found))


def find_abbreviations(text: str) -> list[Abbreviation]:
    """The abbreviations that a text explains, each pair once, in the order of their first explanation."""
    return list(dict.fromkeys(_explained(text)))


def _explained(text: str) -> Iterator[Abbreviation]:
    for match in _PARENTHESES.finditer(text):
        before, inside = _before(text, match.start()), re.split(r"[;,]", match[1])[0].strip()
        last = before.rsplit(maxsplit=1)[-1:]
        if _SHORT.fullmatch(inside):
            long = _long_form(inside, before)
            if long:
                yield Abbreviation(inside, long)
        elif last and _SHORT.fullmatch(last[0]) and _long_form(last[0], inside) == inside:
            yield Abbreviation(last[0], inside)


def _before(text: str, place: int) -> str:
    """What stands before a parenthesis in its line, without the space between; "" where that is another one."""
    stop = place - text[place - 1 : place].isspace()
    first = max(0, stop - _MOST_BEFORE)
    return text[max(first, *(text.rfind(mark, first, stop) + 1 for mark in "()\n")) : stop]


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
