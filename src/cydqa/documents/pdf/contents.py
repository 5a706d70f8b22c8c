"""Tables of contents and indexes of a PDF: they lead to pages and say nothing themselves, so they are left out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cydqa.documents.markdown import CELL
from cydqa.documents.pdf.lines import Line

_CONTENTS = re.compile(
    r"(?:(?:table of |brief |detailed )?contents|lists? of (?:figures|tables|illustrations|boxes|charts|maps|listings)"
    r"|inhalt(?:sverzeichnis)?|(?:abbildungs|tabellen)verzeichnis|sommaire|table des matières|liste des \w+|sommario"
    r"|indice|índice(?: general)?|(?:índice|lista) de \w+|sumário|оглавление|содержание|目录|目錄|目次)"
    r"(?: \(continued\))?:?$",
    re.IGNORECASE,
)
_INDEX = re.compile(
    r"(?:appendix )?(?:[A-Z\d.]{1,4} )?(?:\w+ ){0,3}index$|(?:stichwort|sach|personen)(?:verzeichnis|register)$",
    re.IGNORECASE,
)
_PAGE = re.compile(r"(\d{1,4}|[ivxlc]{1,7}|[A-Z][.-]\d{1,3})(?:[,–-]\s?\d{1,4})*$")
_INDEXED = re.compile(r"(?:,|\s\|)\s(\d{1,4})(?:[–-]\d{1,4})?[fn]{0,2}$")
_FEWEST = 3  # entries under a heading such as "Contents"
_FEWEST_ALONE = 4  # entries with dots, and no heading over them
_BETWEEN = 3  # lines that may stand between entries: parts of titles, names of chapters
_BETWEEN_INDEXED = 6  # likewise in an index, with its letters
_IN_ORDER = 0.8  # of the entries: so many rise by page, or by letter
_OFTEN = 0.4  # of the lines of an index, at least, end in a page


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    page: int | None  # None for one in Roman numerals or with a letter
    dotted: bool


def without_contents(pages: Sequence[list[list[Line]]]) -> list[list[list[Line]]]:
    """The lines of each page's columns without tables of contents, indexes and the headings over them."""
    lines = [line for columns in pages for column in columns for line in column]
    entries = [_entry(line) for line in lines]
    gone: set[int] = set()
    i = 0
    while i < len(lines):
        found, are_contents = _led(lines, entries, i, len(pages))
        end = found[-1] + 1 if found else i + 1
        if are_contents:
            size = min(lines[k].size for k in found)  # smaller lines are notes at the foot of a page
            gone.update(id(line) for line in lines[i:end] if line is lines[i] or line.size >= size)
        i = end
    kept = [[[line for line in column if id(line) not in gone] for column in columns] for columns in pages]
    return [[column for column in columns if column] for columns in kept]


def _entry(line: Line) -> _Entry | None:
    name, cell, page = line.text.rpartition(CELL)
    found = _PAGE.match(page) if cell else None
    if found is None:
        return None
    return _Entry(name, int(found[1]) if found[1].isdecimal() else None, line.dotted)


def _led(lines: Sequence[Line], entries: Sequence[_Entry | None], i: int, pages: int) -> tuple[list[int], bool]:
    """The lines from line `i` on that lead to pages, and whether they make a table of contents or an index."""
    text, first = lines[i].text, entries[i]
    if _INDEX.match(text):
        found = _run(i + 1, len(lines), _BETWEEN_INDEXED, lambda k: _is_indexed(lines[k].text, pages))
        if len(found) >= max(_FEWEST, _OFTEN * (found[-1] - i if found else 0)):
            return found, True
    headed = bool(_CONTENTS.match(text))
    if not headed and (first is None or not first.dotted):
        return [], False

    def leads(k: int) -> bool:
        entry = entries[k]
        return entry is not None and (entry.dotted or (headed and (entry.page or 0) <= pages))

    found = _run(i + headed, len(lines), _BETWEEN, leads)
    run = [entry for k in found if (entry := entries[k])]
    return found, len(run) >= (_FEWEST if headed else _FEWEST_ALONE) and _are_in_order(run)


def _is_indexed(text: str, pages: int) -> bool:
    """Whether a line ends in a page that the document has; a year is none."""
    found = _INDEXED.search(text)
    return found is not None and int(found[1]) <= pages


def _run(start: int, end: int, between: int, leads: Callable[[int], bool]) -> list[int]:
    """The places of lines that lead to pages, from `start` on until too many others stand between."""
    found: list[int] = []
    for k in range(start, end):
        if leads(k):
            found.append(k)
        elif k - (found[-1] if found else start - 1) > between:
            break
    return found


def _are_in_order(entries: Sequence[_Entry]) -> bool:
    """Whether entries stand in the order of pages or of the alphabet, as those of a price list need not."""
    steps = list(pairwise(entries))
    by_page = sum(a.page is None or b.page is None or a.page <= b.page for a, b in steps)
    by_name = sum(a.name.casefold() <= b.name.casefold() for a, b in steps)
    return max(by_page, by_name) >= _IN_ORDER * len(steps)
