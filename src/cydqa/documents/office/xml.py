"""The XML of Office files: short names for its tags, its switches, and text as a reader sees it."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeAlias

Element: TypeAlias = Any  # of lxml, which declares no types

NAMES = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
}
_PREFIXES = {uri: prefix for prefix, uri in NAMES.items()}
_OFF = {"0", "false", "off", "none"}
_INTEGER = re.compile(r"-?\d{1,9}")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ue000-\uf8ff\ufeff\ufff9-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
    "|(?<![\u0300-\U0010ffff])[\u200c\u200d]"  # joiners mean something in other scripts than the Latin
)
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"},
)


def clean(text: str) -> str:
    """Text as it is seen: white space of every kind as single spaces, ligatures written out, without the invisible
    characters and those that only a font of its own could draw.
    """
    return " ".join(_INVISIBLE.sub("", text).translate(_LIGATURES).split())


def all_text(element: Element | None) -> str:
    """All text that is drawn inside an element, its paragraphs one after the other."""
    paragraphs = () if element is None else element.iter(full("a:p"))
    return clean(" ".join("".join(run.text or "" for run in paragraph.iter(full("a:t"))) for paragraph in paragraphs))


@lru_cache(maxsize=1024)
def short(tag: str) -> str:
    """The name of a tag with the usual prefix: "w:p" for a paragraph of Word; "?:x" in a namespace not in NAMES."""
    uri, _, name = tag.removeprefix("{").rpartition("}")
    return f"{_PREFIXES.get(uri, '?')}:{name}"


@lru_cache(maxsize=1024)
def full(name: str) -> str:
    """The tag that a short name stands for."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMES[prefix]}}}{local}"


def find(element: Element | None, path: str) -> Element | None:
    """The first element at a path of short names; None where there is none, or nothing to look into."""
    return None if element is None else element.find(path, NAMES)


def value(element: Element | None, path: str, attribute: str = "w:val") -> str | None:
    """An attribute of the first element at a path; an attribute without a prefix has no namespace."""
    found = element if path == "." else find(element, path)
    if found is None:
        return None
    got = found.get(full(attribute) if ":" in attribute else attribute)
    return None if got is None else str(got)


def integer(text: str | None) -> int | None:
    """A number of up to nine digits; None for everything else."""
    return int(text) if text and _INTEGER.fullmatch(text) else None


def switch(properties: Element | None, name: str) -> bool | None:
    """Whether properties turn something on or off; None where they do not say."""
    found = find(properties, name)
    return None if found is None else (found.get(full("w:val")) or "1").lower() not in _OFF


def alternative(element: Element) -> Iterable[Element]:
    """What stands in an mc:AlternateContent: the first choice, which is the newest way to say it."""
    for name in ("mc:Choice", "mc:Fallback"):
        if (chosen := find(element, name)) is not None:
            return chosen  # type: ignore[no-any-return]
    return ()


def write_number(number: int, form: str) -> str:
    """A number as a list shows it; `form` is decimal, decimalZero, or lower or upper followed by Letter or Roman."""
    if form == "decimalZero":
        return f"{number:02}"
    if form.endswith("Letter") and 0 < number <= 260:  # after z comes aa, then bb
        written = chr(ord("a") + (number - 1) % 26) * ((number + 25) // 26)
    elif form.endswith("Roman") and 0 < number < 4000:
        written = _roman(number)
    else:
        return str(number)
    return written.upper() if form.startswith("upper") else written


def _roman(number: int) -> str:
    written = ""
    for worth, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    ):
        written += sign * (number // worth)
        number %= worth
    return written
