"""The lists of a Word document: which label stands before a paragraph."""

import re
from dataclasses import dataclass

from cydqa.documents.office.styles import Style, Styles
from cydqa.documents.office.xml import Element, clean, full, integer, switch, value, write_number

BULLET = "•"
_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""  # "%1.%2" for the second level of 1.1
    restarts: bool = True
    decimal: bool = False  # all its numbers are, whatever the form of the levels above
    style: str | None = None


class Numbering:
    """Counts the items of all lists; to be asked for each paragraph once, in the order of the document."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists = {} if root is None else {e.get(full("w:numId")): e for e in root.findall(full("w:num"))}
        self._kinds = (
            {} if root is None else {e.get(full("w:abstractNumId")): e for e in root.findall(full("w:abstractNum"))}
        )
        self._levels: dict[str, tuple[str, list[_Level]]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, properties: Element | None, style: Style) -> str:
        """The label of the paragraph with these properties and style: BULLET, "2.", "(a)", or "" without one."""
        number = value(properties, "w:numPr/w:numId") or style.number
        kind, levels = self._list(number)
        if number is None or not levels:
            return ""
        depth = integer(value(properties, "w:numPr/w:ilvl"))
        if depth is None:
            linked = (at for at, level in enumerate(levels) if style.id and level.style == style.id)
            depth = next(linked, style.depth or 0)
        depth = min(max(depth, 0), _LEVELS - 1)
        counts = self._count(number, kind, levels, depth)
        return _label(levels, counts, depth)

    def _count(self, number: str, kind: str, levels: list[_Level], depth: int) -> list[int | None]:
        """Count one more item. Lists of one kind go on where another stopped, unless they say where to start."""
        counts = self._counts.setdefault(kind, [None] * _LEVELS)
        override = integer(value(self._lists[number], f"w:lvlOverride[@w:ilvl='{depth}']/w:startOverride"))
        before = counts[depth]
        if override is not None and (number, depth) not in self._begun:
            counts[depth] = override
        else:
            counts[depth] = levels[depth].start if before is None else before + 1
        self._begun.add((number, depth))
        for deeper in range(depth + 1, _LEVELS):
            if levels[deeper].restarts:
                counts[deeper] = None
        return counts

    def _list(self, number: str | None) -> tuple[str, list[_Level]]:
        """Id of the kind of a list, and its levels; no levels for a list that there is not."""
        if number not in self._lists or number is None:
            return "", []
        if number not in self._levels:
            kind = value(self._lists[number], "w:abstractNumId") or ""
            linked = value(self._kinds.get(kind), "w:numStyleLink")
            other = self._styles.paragraph(linked).number if linked else None
            if other in self._lists:
                kind = value(self._lists[other], "w:abstractNumId") or ""
            levels = [_Level() for _ in range(_LEVELS)]
            _read_levels(self._kinds.get(kind), levels)
            for override in self._lists[number].findall(full("w:lvlOverride")):
                _read_levels(override, levels)
            self._levels[number] = kind, levels
        return self._levels[number]


def _read_levels(parent: Element | None, levels: list[_Level]) -> None:
    for element in () if parent is None else parent.findall(full("w:lvl")):
        depth = integer(element.get(full("w:ilvl")))
        if depth is None or not 0 <= depth < _LEVELS:
            continue
        start = integer(value(element, "w:start"))
        levels[depth] = _Level(
            start=1 if start is None else start,
            form=value(element, "w:numFmt") or "decimal",
            text=value(element, "w:lvlText") or "",
            restarts=value(element, "w:lvlRestart") != "0",
            decimal=bool(switch(element, "w:isLgl")),
            style=value(element, "w:pStyle"),
        )


def _label(levels: list[_Level], counts: list[int | None], depth: int) -> str:
    level = levels[depth]
    if level.form == "bullet":
        return BULLET

    def written(place: re.Match[str]) -> str:
        at = int(place[1]) - 1
        count = counts[at]
        form = "decimal" if level.decimal else levels[at].form
        return "" if form == "none" else write_number(levels[at].start if count is None else count, form)

    return clean(_PLACE.sub(written, level.text))
