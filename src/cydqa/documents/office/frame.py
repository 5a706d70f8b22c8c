"""A text frame of a slide -> its paragraphs and list items."""

import re
from collections.abc import Iterable, Iterator

from cydqa.documents.office.blocks import Block
from cydqa.documents.office.xml import Element, alternative, clean, find, full, integer, short, value, write_number

_LEVELS = 9
_BULLETS = {"a:buNone", "a:buChar", "a:buBlip", "a:buAutoNum"}
_FURNITURE = ("slidenum", "datetime")  # fields
_SCHEME = re.compile(r"(arabic|alphaLc|alphaUc|romanLc|romanUc)(Period|ParenR|ParenBoth|Plain)")
_FORMS = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}
_MARKS = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}."}


def read_frame(frame: Element, list_styles: Iterable[Element]) -> Iterator[Block]:
    """The paragraphs of a text frame that has these list styles, the nearest first, behind its own."""
    own = find(frame, "a:lstStyle")
    styles = [*([] if own is None else [own]), *list_styles]
    counts: list[tuple[str, int]] = [("", 0)] * _LEVELS  # scheme and number of the last item of each level
    for paragraph in frame.iterfind(full("a:p")):
        text = clean("".join(_runs(paragraph)))
        if not text:
            continue
        properties = find(paragraph, "a:pPr")
        level = min(max(integer(value(properties, ".", "lvl")) or 0, 0), _LEVELS - 1)
        bullet = _bullet(properties, styles, level)
        kind = "a:buNone" if bullet is None else short(bullet.tag)
        counts[level:] = [_count(bullet, counts[level]), *([("", 0)] * (_LEVELS - level - 1))]
        if kind == "a:buAutoNum":
            yield Block(text, label=_label(*counts[level]))
        else:
            yield Block(text, label="" if kind == "a:buNone" else "•")


def _runs(paragraph: Element) -> Iterator[str]:
    for child in paragraph:
        name = short(child.tag)
        if name == "a:br":
            yield " "
        elif name == "a:r" or (name == "a:fld" and not (child.get("type") or "").startswith(_FURNITURE)):
            text = find(child, "a:t")
            yield "" if text is None else text.text or ""
        elif name == "mc:AlternateContent":  # an equation
            yield from (text.text or "" for part in alternative(child) for text in part.iter(full("m:t")))


def _bullet(properties: Element | None, styles: list[Element], level: int) -> Element | None:
    """What says which bullet a paragraph has: the paragraph itself or the nearest style that says anything."""
    for said in (properties, *(find(style, f"a:lvl{level + 1}pPr") for style in styles)):
        for child in () if said is None else said:
            if short(child.tag) in _BULLETS:
                return child
    return None


def _count(bullet: Element | None, last: tuple[str, int]) -> tuple[str, int]:
    """Scheme and number of an item, after those of the item before it on its level."""
    if bullet is None or bullet.tag != full("a:buAutoNum"):
        return "", 0
    scheme = bullet.get("type") or ""
    start = integer(bullet.get("startAt")) or 1
    return scheme, last[1] + 1 if last[0] == scheme else start


def _label(scheme: str, number: int) -> str:
    known = _SCHEME.match(scheme)
    if known is None:
        return f"{number}."
    return _MARKS[known[2]].format(write_number(number, _FORMS[known[1]]))
