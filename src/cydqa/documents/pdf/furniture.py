"""What stands on the pages of a PDF without belonging to its text: running heads and feet, page numbers."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from cydqa.documents.pdf.characters import Page
from cydqa.documents.pdf.lines import Line

_ZONE = 0.12  # of the page's height, at its top and at its bottom
_ROWS = 3  # the outermost rows of a zone that may be furniture
_NUMBER = re.compile(
    r"[-–—•|\[(]?\s*(?:(?:page|seite|página|стр\.?)\s*)?(?:\d{1,4}|[ivxlc]{1,7}|[A-Z]-\d{1,3})"
    r"(?:\s*(?:of|/|von|de|sur)\s*\d{1,4})?\s*[-–—|\])]?$",
    re.IGNORECASE,
)
_OFTEN = 3  # pages on which a line must recur
_MOST_PAGES = 0.4  # of a document's pages have a row in the same place where that is no text
_WHITE = 1.4  # times the usual distance of lines: so far is a running head from the text
_SHORT = 2  # a document of so many pages has a running head only where white space parts it from the text
_HEADING = 1.12  # of the size of the text: larger lines may be headings
_LARGEST = 1.3  # of the size of the text: a page number is no larger
_SAME = 4.0  # points; a line that recurs does so at the same height


def without_furniture(pages: Sequence[Page], lines: Sequence[list[Line]], body: float) -> list[list[Line]]:
    """The lines of each page but for its running head and foot and its number; `body` is the size of the text."""
    zones = [_zones(page, found) for page, found in zip(pages, lines, strict=True)]
    seen: Counter[tuple[str, float, int]] = Counter()
    held: Counter[tuple[float, int]] = Counter()  # by how many pages, a row apart from the text in that place
    for found, rows in zip(lines, zones, strict=True):
        outer = [line for zone in rows for row in zone for line in row]
        seen.update({(*_key(line, body), level) for line in outer for level in _levels(line)})
        held.update({(line.size, level) for line in _apart(found) for level in _levels(line)})
    written = sum(1 for found in lines if found)
    least = max(_OFTEN + 1, _MOST_PAGES * written)

    def is_furniture(line: Line, depth: int, alone: Sequence[Line]) -> bool:
        if _is_number(line, body) and depth == 0:
            return True
        often = max(seen[*_key(line, body), level] for level in _levels(line))
        if len(pages) <= _SHORT:  # what stands on both pages is read on the first
            return line.page > 1 and often > 1 and line.size < _HEADING * body and any(line is i for i in alone)
        if often >= (least if depth else min(_OFTEN, max(2, written // 2))):
            return True
        apart = line.size < _HEADING * body and any(line is other for other in alone)
        return apart and depth == 0 and max(held[line.size, level] for level in _levels(line)) >= least

    kept = []
    for found, rows in zip(lines, zones, strict=True):
        alone, gone = _apart(found), set()
        for zone in rows:
            for depth, row in enumerate(zone):
                furniture = {id(line) for line in row if is_furniture(line, depth, alone)}
                gone |= furniture
                if len(furniture) < len(row):
                    break  # what stands further in belongs to the text
        kept.append([line for line in found if id(line) not in gone])
    return kept


def _apart(lines: Sequence[Line]) -> list[Line]:
    """The lines of the highest and the lowest row of a page, where white space parts them from the others."""
    rows = _rows(sorted(lines, key=lambda line: -line.base))
    steps = [above[0].base - below[0].base for above, below in pairwise(rows)]
    if len(steps) < _OFTEN:
        return []
    least = _WHITE * median(steps)
    return (rows[0] if steps[0] > least else []) + (rows[-1] if steps[-1] > least else [])


def _zones(page: Page, lines: Sequence[Line]) -> tuple[list[list[Line]], list[list[Line]]]:
    """The outermost rows at the top and at the bottom of a page, from outside in."""
    height = page.top - page.bottom
    top = sorted((line for line in lines if line.base > page.top - _ZONE * height), key=lambda line: -line.base)
    bottom = sorted((line for line in lines if line.base < page.bottom + _ZONE * height), key=lambda line: line.base)
    return _rows(top)[:_ROWS], _rows(bottom)[:_ROWS]


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in lines:
        if rows and abs(line.base - rows[-1][0].base) <= _SAME:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _key(line: Line, body: float) -> tuple[str, float]:
    """What a running line has in common on all pages; a heading's number is its own."""
    if line.size >= _HEADING * body:
        return line.text, line.size
    return re.sub(r"\d+|\b[ivxl]+\b", "#", line.text.lower()), line.size


def _levels(line: Line) -> tuple[int, int]:
    """Two grids of heights: lines nearer than half a step share a place in one of them."""
    return int(line.base // (2 * _SAME)) * 2, int((line.base + _SAME) // (2 * _SAME)) * 2 + 1


def _is_number(line: Line, body: float) -> bool:
    return bool(_NUMBER.match(line.text)) and line.size <= _LARGEST * body
