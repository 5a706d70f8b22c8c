"""The lines of a PDF's page in reading order: columns one after the other."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from cydqa.documents.pdf.lines import Line
from cydqa.documents.pdf.tables import ALIGNED, drawn, rows_of, with_rows

_STEPS = 60  # places in which a gutter is looked for
_FEWEST = 4  # lines on each side of a gutter
_FULL = 0.6  # of the width of the longest lines: most lines of running text are longer than that
_PROSE = 18  # characters, likewise
_APART = 2.2  # of the size: so far apart are lines with white space between them


def columns_of(lines: Sequence[Line], words: Counter[str]) -> list[list[Line]]:
    """The columns of a page in reading order, each with its lines from top to bottom; `words` as in `with_rows`."""
    return [column for group in _arranged(list(lines)) if (column := with_rows(group, words))]


def _arranged(lines: list[Line]) -> list[list[Line]]:
    """Split at a gutter: between lines that cross it the left side is read, then the right."""
    gutter = _gutter(lines)
    if gutter is None:
        return [sorted(lines, key=lambda line: -line.base)]
    columns: list[list[Line]] = [[]]
    for crosses, band in _bands(lines, gutter):
        if crosses or not _is_prose(band, gutter, 2):
            columns[-1] += sorted(band, key=lambda line: -line.base)
        else:
            columns += _arranged([line for line in band if line.right <= gutter])
            columns += _arranged([line for line in band if line.left >= gutter])
            columns.append([])
    return [column for column in columns if column]


def _bands(lines: Sequence[Line], gutter: float) -> list[tuple[bool, list[Line]]]:
    """The page from top to bottom: lines that cross the gutter, and between them those on its sides."""
    bands: list[tuple[bool, list[Line]]] = []
    across = {round(line.base) for line in lines if line.left < gutter < line.right}  # a row crosses as a whole
    for line in sorted(lines, key=lambda line: -line.base):
        crosses = round(line.base) in across
        if not bands or bands[-1][0] != crosses:
            bands.append((crosses, []))
        bands[-1][1].append(line)
    return [part for crosses, band in bands for part in ([(True, band)] if crosses else _with_tables_apart(band))]


def _with_tables_apart(band: Sequence[Line]) -> list[tuple[bool, list[Line]]]:
    """Lines from top to bottom, parted where white space runs across and a table, not text, stands beside it."""
    parts: list[list[Line]] = []
    for line in band:
        if parts and parts[-1][-1].base - line.base < _APART * line.size:
            parts[-1].append(line)
        else:
            parts.append([line])
    apart: list[tuple[bool, list[Line]]] = []
    for part in parts:
        tabular = _is_tabular(part)
        if apart and apart[-1][0] == tabular:
            apart[-1][1].extend(part)
        else:
            apart.append((tabular, part))
    return apart


def _is_tabular(lines: Sequence[Line]) -> bool:
    """Whether most lines are short and stand in rows."""
    rows = [row for row in rows_of(lines) if len(row) > 1]
    return len(rows) > 1 and sum(map(len, rows)) > 0.7 * len(lines) and median(len(i.text) for i in lines) < _PROSE


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where the page divides into two columns of running text, if it does."""
    if len(lines) < 2 * _FEWEST:
        return None
    top_down = sorted(lines, key=lambda line: -line.base)
    lines = [line for tabular, part in _with_tables_apart(top_down) if not tabular for line in part]
    left, right = min((line.left for line in lines), default=0.0), max((line.right for line in lines), default=0.0)
    places: list[tuple[int, int, float]] = []
    for step in range(_STEPS // 6, _STEPS * 5 // 6 + 1):
        x = left + (right - left) * step / _STEPS
        before = after = 0
        for line in lines:
            before += line.right <= x
            after += line.left >= x
        crossing = len(lines) - before - after
        if min(before, after) >= _FEWEST and crossing <= before + after:
            places.append((step, crossing, x))
    candidates = _middles(places, max(1, len(lines) // 40))
    return next((x for x in candidates if _is_prose(lines, x, _FEWEST - 1)), None)


def _middles(places: Sequence[tuple[int, int, float]], tolerance: int) -> list[float]:
    """The middle of each stretch of neighbouring places that few lines cross, beginning with the widest stretch.

    A gutter is wider than the gap between the labels of a bibliography and its entries, though more lines may cross it.
    """
    fewest = min((crossing for _, crossing, _ in places), default=0)
    stretches: list[list[tuple[int, float]]] = []
    before = None
    for step, crossing, x in places:
        if crossing > fewest + tolerance:
            continue
        if before != step - 1:
            stretches.append([])
        stretches[-1].append((crossing, x))
        before = step
    middles = []
    for stretch in sorted(stretches, key=len, reverse=True):
        least = min(crossing for crossing, _ in stretch)
        free = [x for crossing, x in stretch if crossing == least]
        middles.append(free[len(free) // 2])
    return middles


def _is_prose(lines: Sequence[Line], x: float, fewest: int) -> bool:
    """Whether running text of at least so many lines stands on both sides of a gutter."""
    before = [line for line in lines if line.right <= x]
    after = [line for line in lines if line.left >= x]
    if not before or not after:
        return False
    top = min(max(line.base for line in side) for side in (before, after)) + ALIGNED
    bottom = max(min(line.base for line in side) for side in (before, after)) - ALIGNED
    for side in (before, after):
        beside = [line for line in side if bottom <= line.base <= top]
        if len(beside) < fewest or not _is_running(beside):
            return False
    return not _is_drawn_by_rows(lines, x, bottom, top)


def _is_running(lines: Sequence[Line]) -> bool:
    """Whether most lines are full, or most of the text stands in full ones, beside a list or a formula."""
    widths = sorted(line.right - line.left for line in lines)
    full = _FULL * widths[len(widths) * 9 // 10]
    if median(widths) >= full and median(len(line.text) for line in lines) >= _PROSE:
        return True
    in_full = sum(len(i.text) for i in lines if i.right - i.left >= full and len(i.text) >= _PROSE)
    return in_full >= _FULL * sum(len(line.text) for line in lines)


def _is_drawn_by_rows(lines: Sequence[Line], x: float, bottom: float, top: float) -> bool:
    """Whether the file draws cells of several lines in turn, left and right, as only tables have them."""
    beside = [line for line in lines if bottom <= line.base <= top and not line.left < x < line.right]
    sides = [line.right <= x for line in sorted(beside, key=drawn)]
    turns = sum(a != b for a, b in pairwise(sides))
    return max(5, len(sides) / 8) < turns < 0.75 * len(sides)
