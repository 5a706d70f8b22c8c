"""The rows of tables in a column of a PDF's page, put together from the cells that stand in them."""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from cydqa.documents.markdown import CELL
from cydqa.documents.pdf.lines import ADDED, Line
from cydqa.documents.pdf.text import joined

_WRAPPED = 1.3  # of the size: lines of one cell are closer than that
_PADDED = 1.25  # times the distance of lines of a cell: so far apart are rows
_BACK = 6  # rows above a row that its cells may be aligned with
_LEVEL = 0.35  # of the size: lines nearer in height than that stand in one row
ALIGNED = 4.0  # points
_LEADER = re.compile(r"\s*(?:[.…·_]\s?){4,}\s*")


def with_rows(lines: Sequence[Line], words: Counter[str]) -> list[Line]:
    """A column with the cells of its tables joined to rows, and other pieces of a line to lines.

    The words of the document and how often each stands in it tell which hyphens at line ends are the words' own.
    """
    rows = rows_of(lines)
    done: list[Line] = []
    i = 0
    while i < len(rows):
        end = _table_end(rows, i, lines)
        if end > i + 1:
            done += _table(rows[i:end], words)
            i = end
        else:
            done.append(_without_leader(_whole(rows[i])))
            i += 1
    return done


def rows_of(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines from top to bottom, those of one height together."""
    rows: list[list[Line]] = []
    for line in lines:
        if rows and abs(rows[-1][0].base - line.base) < _LEVEL * max(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _whole(row: Sequence[Line]) -> Line:
    """Pieces of one line that are no cells: as a line with a space between them."""
    indices: array[int] = array("q")
    for i, piece in enumerate(row):
        if i:
            indices.append(row[i - 1].trailing)
        indices.extend(piece.indices)
    return replace(
        row[0],
        text=" ".join(piece.text for piece in row),
        indices=indices,
        right=max(piece.right for piece in row),
        size=max(row, key=lambda piece: len(piece.text)).size,
        bold=all(piece.bold for piece in row),
        trailing=row[-1].trailing,
    )


def _table_end(rows: Sequence[list[Line]], start: int, lines: Sequence[Line]) -> int:
    """The row after the table that begins at `start`; `start` itself where none does."""
    if len(rows[start]) < 2 or _has_leader(rows[start]):
        return start
    width = max(line.right for line in lines) - min(line.left for line in lines)
    end, columns = start + 1, [(line.left, line.right) for line in rows[start]]
    several, cell = 1, rows[start][-1]
    for i in range(start + 1, len(rows)):
        row, gap = rows[i], rows[i - 1][0].base - rows[i][0].base
        if gap > 4 * row[0].size or _has_leader(row):
            break
        if len(row) > 1 and _shares_an_edge(row, rows[max(start, i - _BACK) : i]):
            several += 1
            end = i + 1
            columns += [(line.left, line.right) for line in row]
            cell = row[-1]
        elif len(row) == 1 and end == i and _goes_on(cell, rows[i - 1][-1], row[0]):
            end = i + 1
        elif len(row) == 1 and row[0].right - row[0].left <= 0.6 * width and gap <= 1.6 * row[0].size:
            if not any(left - ALIGNED < row[0].left < right for left, right in columns):
                break
            end = i + 1
        else:
            break
    return end if several > 1 else start


def _goes_on(cell: Line, above: Line, line: Line) -> bool:
    """Whether a line, however long it is, belongs to the last cell of the row over it, as the line above may do."""
    aligned = max(abs(line.left - cell.left), abs(above.left - cell.left)) < ALIGNED
    return aligned and above.base - line.base <= _WRAPPED * line.size and not above.text.endswith(".")


def _shares_an_edge(row: Sequence[Line], above: Sequence[list[Line]]) -> bool:
    """Whether a cell after the first stands under another one: aligned at its left, right or middle."""
    for line in row[1:]:
        for other in (cell for cells in above for cell in cells[1:]):
            edges = (
                line.left - other.left,
                line.right - other.right,
                line.left + line.right - other.left - other.right,
            )
            if min(abs(edge) for edge in edges) < ALIGNED:
                return True
    return False


def _table(rows: Sequence[list[Line]], words: Counter[str]) -> list[Line]:
    """Rows of cells -> one line for each row of the table; lines that wrap inside cells go with their cells."""
    places = _columns(rows)
    gaps = [above[0].base - below[0].base for above, below in pairwise(rows)]
    padded = sum(gap > _PADDED * min(gaps) for gap in gaps) >= max(2, len(gaps) / 4)
    table: list[list[list[Line]]] = []
    last = 0
    for i, row in enumerate(rows):
        goes_on = len(row) == 1 or (padded and any(line.text[0].islower() for line in row))
        in_turn = min(map(drawn, row)) < last  # before a cell of the row above, so it is below one in its cell
        wraps = i and gaps[i - 1] <= _WRAPPED * row[0].size and (goes_on or in_turn)
        last = max(last if wraps else 0, *map(drawn, row))
        if not wraps:
            table.append([[] for _ in places])
        for line in row:
            column = min(range(len(places)), key=lambda k: _distance(line, places[k]))
            table[-1][column].append(line)
    return [_row_of((cell for cell in row if cell), words) for row in table]


def drawn(line: Line) -> int:
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


def _row_of(cells: Iterable[Sequence[Line]], words: Counter[str]) -> Line:
    """A row of a table; a cell is one line or more."""
    text = ""
    indices: array[int] = array("q")
    members: list[Line] = []
    for cell in cells:
        if members:
            text += CELL
            indices.extend([ADDED] * len(CELL))
        piece, stretches = joined(cell, words)
        text += piece
        for _, stretch in stretches:
            indices.extend(stretch)
        members += cell
    return _row(members, text, indices)


def _has_leader(row: Iterable[Line]) -> bool:
    """Whether a row is an entry of a table of contents, with dots from a title to its page."""
    return any(_LEADER.search(line.text) for line in row)


def _without_leader(line: Line) -> Line:
    """An entry of a table of contents as a row: its dots give way to CELL."""
    found = _LEADER.search(line.text)
    if not found or found.start() == 0:
        return line
    indices = line.indices[: found.start()] + array("q", [ADDED] * len(CELL)) + line.indices[found.end() :]
    if found.end() == len(line.text):
        return _row([line], line.text[: found.start()], line.indices[: found.start()])
    text = line.text[: found.start()] + CELL + line.text[found.end() :]
    return replace(_row([line], text, indices), dotted=True)


def _row(members: Sequence[Line], text: str, indices: "array[int]") -> Line:
    return Line(
        page=members[0].page,
        text=text,
        indices=indices,
        left=min(line.left for line in members),
        right=max(line.right for line in members),
        base=members[0].base,
        size=members[0].size,
        bold=all(line.bold for line in members),
        opening=members[0].opening,
        row=True,
    )
