"""The lines of a PDF's page in reading order: columns one after the other, rows of tables put together."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from cydqa.documents.pdf.lines import Line, has_leader, row_of, without_leader

_STEPS = 60  # places in which a gutter is looked for
_FEWEST = 4  # lines on each side of a gutter
_FULL = 0.6  # of the width of the longest lines: most lines of running text are longer than that
_PROSE = 18  # characters, likewise
_WRAPPED = 1.3  # of the size: lines of one cell are closer than that
_APART = 2.2  # of the size: so far apart are lines with white space between them
_PADDED = 1.25  # times the distance of lines of a cell: so far apart are rows
_BACK = 6  # rows above a row that its cells may be aligned with
_LEVEL = 0.35  # of the size: lines nearer in height than that stand in one row
_ALIGNED = 4.0  # points


def columns_of(lines: Sequence[Line]) -> list[list[Line]]:
    """The columns of a page in reading order, each with its lines from top to bottom."""
    return [column for group in _arranged(list(lines)) if (column := _with_rows(group))]


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
    rows = [row for row in _rows(lines) if len(row) > 1]
    return len(rows) > 1 and sum(map(len, rows)) > 0.7 * len(lines) and median(len(i.text) for i in lines) < _PROSE


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where the page divides into two columns of running text, if it does."""
    if len(lines) < 2 * _FEWEST:
        return None
    top_down = sorted(lines, key=lambda line: -line.base)
    lines = [line for tabular, part in _with_tables_apart(top_down) if not tabular for line in part]
    left, right = min((line.left for line in lines), default=0.0), max((line.right for line in lines), default=0.0)
    best: list[tuple[int, float]] = []
    for step in range(_STEPS // 6, _STEPS * 5 // 6 + 1):
        x = left + (right - left) * step / _STEPS
        before = after = 0
        for line in lines:
            before += line.right <= x
            after += line.left >= x
        crossing = len(lines) - before - after
        if min(before, after) >= _FEWEST and crossing <= before + after:
            best.append((crossing, x))
    if not best:
        return None
    fewest = min(crossing for crossing, _ in best)
    places = [x for crossing, x in best if crossing == fewest]
    x = places[len(places) // 2]
    return x if _is_prose(lines, x, _FEWEST - 1) else None


def _is_prose(lines: Sequence[Line], x: float, fewest: int) -> bool:
    """Whether running text of at least so many lines stands on both sides of a gutter."""
    before = [line for line in lines if line.right <= x]
    after = [line for line in lines if line.left >= x]
    if not before or not after:
        return False
    top = min(max(line.base for line in side) for side in (before, after)) + _ALIGNED
    bottom = max(min(line.base for line in side) for side in (before, after)) - _ALIGNED
    for side in (before, after):
        beside = [line for line in side if bottom <= line.base <= top]
        if len(beside) < fewest:
            return False
        widths = sorted(line.right - line.left for line in beside)
        if median(widths) < _FULL * widths[len(widths) * 9 // 10]:
            return False
        if median(len(line.text) for line in beside) < _PROSE:
            return False
    return not _is_drawn_by_rows(lines, x, bottom, top)


def _is_drawn_by_rows(lines: Sequence[Line], x: float, bottom: float, top: float) -> bool:
    """Whether the file draws cells of several lines in turn, left and right, as only tables have them."""
    beside = [line for line in lines if bottom <= line.base <= top and not line.left < x < line.right]
    sides = [line.right <= x for line in sorted(beside, key=_drawn)]
    turns = sum(a != b for a, b in pairwise(sides))
    return turns > 5 and turns < 0.75 * len(sides)


def _with_rows(lines: Sequence[Line]) -> list[Line]:
    """A column with the cells of its tables joined to rows, and other pieces of a line to lines."""
    rows = _rows(lines)
    done: list[Line] = []
    i = 0
    while i < len(rows):
        end = _table_end(rows, i, lines)
        if end > i + 1:
            done += _table(rows[i:end])
            i = end
        else:
            done.append(without_leader(rows[i][0] if len(rows[i]) == 1 else _joined(rows[i])))
            i += 1
    return done


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in lines:
        if rows and abs(rows[-1][0].base - line.base) < _LEVEL * max(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _joined(row: Sequence[Line]) -> Line:
    """Pieces of one line that are no cells: as a line with a space between them."""
    whole = row_of([row])
    return Line(
        page=whole.page,
        text=whole.text,
        indices=whole.indices,
        left=whole.left,
        right=whole.right,
        base=whole.base,
        size=max(row, key=lambda line: len(line.text)).size,
        bold=whole.bold,
        opening=whole.opening,
        number=row[0].number,
        trailing=row[-1].trailing,
    )


def _table_end(rows: Sequence[list[Line]], start: int, lines: Sequence[Line]) -> int:
    """The row after the table that begins at `start`; `start` itself where none does."""
    if len(rows[start]) < 2 or has_leader(rows[start]):
        return start
    width = max(line.right for line in lines) - min(line.left for line in lines)
    end, columns = start + 1, [(line.left, line.right) for line in rows[start]]
    several = 1
    for i in range(start + 1, len(rows)):
        row, gap = rows[i], rows[i - 1][0].base - rows[i][0].base
        if gap > 4 * row[0].size or has_leader(row):
            break
        if len(row) > 1 and _shares_an_edge(row, rows[max(start, i - _BACK) : i]):
            several += 1
            end = i + 1
            columns += [(line.left, line.right) for line in row]
        elif len(row) == 1 and row[0].right - row[0].left <= 0.6 * width and gap <= 1.6 * row[0].size:
            if not any(left - _ALIGNED < row[0].left < right for left, right in columns):
                break
            end = i + 1
        else:
            break
    return end if several > 1 else start


def _shares_an_edge(row: Sequence[Line], above: Sequence[list[Line]]) -> bool:
    """Whether a cell after the first stands under another one: aligned at its left, right or middle."""
    for line in row[1:]:
        for other in (cell for cells in above for cell in cells[1:]):
            edges = (
                line.left - other.left,
                line.right - other.right,
                line.left + line.right - other.left - other.right,
            )
            if min(abs(edge) for edge in edges) < _ALIGNED:
                return True
    return False


def _table(rows: Sequence[list[Line]]) -> list[Line]:
    """Rows of cells -> one line for each row of the table; lines that wrap inside cells go with their cells."""
    places = _columns(rows)
    gaps = [above[0].base - below[0].base for above, below in pairwise(rows)]
    padded = sum(gap > _PADDED * min(gaps) for gap in gaps) >= max(2, len(gaps) / 4)
    table: list[list[list[Line]]] = []
    last = 0
    for i, row in enumerate(rows):
        goes_on = len(row) == 1 or (padded and any(line.text[0].islower() for line in row))
        in_turn = min(map(_drawn, row)) < last  # before a cell of the row above, so it is below one in its cell
        wraps = i and gaps[i - 1] <= _WRAPPED * row[0].size and (goes_on or in_turn)
        last = max(last if wraps else 0, *map(_drawn, row))
        if not wraps:
            table.append([[] for _ in places])
        for line in row:
            column = min(range(len(places)), key=lambda k: _distance(line, places[k]))
            table[-1][column].append(line)
    return [row_of(cell for cell in row if cell) for row in table]


def _drawn(line: Line) -> int:
    """When the file draws a line, among those of its page."""
    return max(line.indices)


def _columns(rows: Sequence[list[Line]]) -> list[tuple[float, float]]:
    """The horizontal extents of a table's columns: what its cells cover, where rows have the most of them."""
    most = max(len(row) for row in rows)
    extents: list[tuple[float, float]] = []
    for left, right in sorted((line.left, line.right) for row in rows if len(row) == most for line in row):
        if extents and left < extents[-1][1]:
            extents[-1] = (extents[-1][0], max(right, extents[-1][1]))
        else:
            extents.append((left, right))
    return extents


def _distance(line: Line, column: tuple[float, float]) -> float:
    overlap = min(line.right, column[1]) - max(line.left, column[0])
    return -overlap if overlap > 0 else abs(line.left - column[0])
