"""The styles of a Word document, each with what it inherits."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from cydqa.documents.office.xml import Element, find, full, integer, switch, value

_HEADING = re.compile(r"heading ([1-9])")
_CONTENTS = re.compile(r"(?:toc|contents) ?(?:heading|\d)|table of (?:figures|authorities)|toa heading")
_Said = TypeVar("_Said")
_MOST_BASES = 30  # styles that one is based on, one after the other; some files make a circle of them
_BODY = 9  # the outline level of text, counted from 0


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says of a paragraph or a run; None where neither it nor what it is based on says anything."""

    id: str = ""
    heading: int | None = None  # its level: 0 the title, 1 a chapter, ...; None for text
    contents: bool = False  # a line of a table of contents
    number: str | None = None  # id of the list whose items have this style
    depth: int | None = None  # in that list, from 0
    bold: bool | None = None
    hidden: bool | None = None


class Styles:
    """The styles of one document, by id."""

    def __init__(self, root: Element | None) -> None:
        styles = [] if root is None else root.findall(full("w:style"))
        self._elements = {style.get(full("w:styleId")): style for style in styles}
        self._resolved: dict[str | None, Style] = {}
        self._defaults = {
            style.get(full("w:type")): style.get(full("w:styleId"))
            for style in styles
            if (style.get(full("w:default")) or "") in {"1", "true", "on"}
        }
        self.language = value(root, "w:docDefaults/w:rPrDefault/w:rPr/w:lang")

    def paragraph(self, style_id: str | None) -> Style:
        """The style of a paragraph that names it, or names none."""
        return self._style(style_id if style_id in self._elements else self._defaults.get("paragraph"))

    def run(self, style_id: str | None) -> Style:
        """The style of a run that names it, or names none."""
        return self._style(style_id)

    def _style(self, style_id: str | None) -> Style:
        if style_id not in self._resolved:
            self._resolved[style_id] = self._resolve(style_id)
        return self._resolved[style_id]

    def _resolve(self, style_id: str | None) -> Style:
        chain: list[Element] = []
        following = style_id
        while (element := self._elements.get(following)) is not None and len(chain) < _MOST_BASES:
            chain.append(element)
            following = value(element, "w:basedOn")
        names = [(value(element, "w:name") or "").lower() for element in chain]
        runs = [find(element, "w:rPr") for element in chain]
        return Style(
            id=style_id or "",
            heading=_heading(chain, names),
            contents=bool(names and _CONTENTS.fullmatch(names[0])),
            number=_first(value(element, "w:pPr/w:numPr/w:numId") for element in chain),
            depth=_first(integer(value(element, "w:pPr/w:numPr/w:ilvl")) for element in chain),
            bold=_first(switch(properties, "w:b") for properties in runs),
            hidden=_first(switch(properties, "w:vanish") for properties in runs),
        )


def outline_level(properties: Element | None) -> int | None:
    """The level of a heading as paragraph properties give it, 1 for a chapter; 0 where they make it text, else None."""
    level = integer(value(properties, "w:outlineLvl"))
    return None if level is None else level + 1 if 0 <= level < _BODY else 0


def _heading(chain: list[Element], names: list[str]) -> int | None:
    for element, name in zip(chain, names, strict=True):
        if name == "title":
            return 0
        level = outline_level(find(element, "w:pPr"))
        if level is not None:
            return level or None
        if found := _HEADING.fullmatch(name):
            return int(found[1])
    return None


def _first(said: Iterable[_Said | None]) -> _Said | None:
    return next((one for one in said if one is not None), None)
