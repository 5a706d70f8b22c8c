"""The numbers of a manuscript's lines, which stand in the margins of its pages and belong to no sentence."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise
from statistics import median
from typing import TypeAlias

from cydqa.documents.pdf.characters import Word

_DIGITS = 4
_FEWEST = 10  # lines that are counted; every fifth may bear its number
_LARGEST_STEP = 10
_HEIGHT = 0.4  # of the text's height: over so much of a page, at least, its lines are numbered
_EVENLY = 0.9  # of the numbers rise by the same step
_STRAY = 0.34  # of the numbers: so many words of a line across both columns may stand among them
_SMALLER = 0.9  # of the size of the text: numbers in a table are larger
_GAP = 1.3  # of the size: cells are wider apart, words of running text are nearer


Place: TypeAlias = tuple[bool, int]  # whether numbers are aligned at their left, and where, in steps of two points


def line_numbers(words: Sequence[Word]) -> dict[Place, list[Word]]:
    """The numbers of a page that rise evenly down a margin, beside running text, by their places."""
    return {
        place: column
        for place, column in _columns(words).items()
        if _step(column) * len(column) >= _FEWEST and _is_in_margin(column, words)
    }


def without_line_numbers(words: Sequence[Word], places: Collection[Place]) -> list[Word]:
    """The words of a page but for numbers that rise in places where other pages of the document number their lines."""
    columns = _columns(words)
    gone = {id(word) for place in places for word in columns.get(place, ()) if _step(columns[place])}
    return [word for word in words if id(word) not in gone]


def _columns(words: Sequence[Word]) -> dict[Place, list[Word]]:
    """The numbers that stand under each other, from top to bottom; each number is in several columns."""
    columns: defaultdict[Place, list[Word]] = defaultdict(list)
    numbers = [word for word in words if word.text.isdecimal() and len(word.text) <= _DIGITS]
    for word in sorted(numbers, key=lambda word: -word.base):
        for at, edge in ((True, word.left), (False, word.right)):
            columns[at, 2 * int(edge // 4)].append(word)
            columns[at, 2 * int((edge + 2) // 4) + 1].append(word)
    return columns


def _step(column: Sequence[Word]) -> int:
    """By what numbers rise from top to bottom, such as 1 or 5; 0 where they don't rise evenly."""
    steps = Counter(int(below.text) - int(above.text) for above, below in pairwise(column))
    step, often = steps.most_common(1)[0] if steps else (0, 0)
    return step if 0 < step <= _LARGEST_STEP and often >= _EVENLY * sum(steps.values()) else 0


def _is_in_margin(column: Sequence[Word], words: Sequence[Word]) -> bool:
    """Whether nothing else stands above or below these numbers, over much of the page, and text runs beside them."""
    left, right = min(word.left for word in column), max(word.right for word in column)
    top, bottom = column[0].base, column[-1].base
    within = sum(word.right > left and word.left < right and bottom <= word.base <= top for word in words)
    if within > (1 + _STRAY) * len(column) or top - bottom < _HEIGHT * (
        max(w.base for w in words) - min(w.base for w in words)
    ):
        return False
    size = median(word.size for word in words)
    return column[0].size <= _SMALLER * size or _is_beside_text(column, words)


def _is_beside_text(column: Sequence[Word], words: Sequence[Word]) -> bool:
    """Whether the words after most numbers have no gaps between them, as cells have."""
    rows: defaultdict[int, list[Word]] = defaultdict(list)
    for word in words:
        rows[round(word.base)].append(word)
    running = 0
    for number in column:
        row = sorted((word for word in rows[round(number.base)] if word is not number), key=lambda word: word.left)
        running += len(row) > 1 and all(b.left - a.right < _GAP * b.size for a, b in pairwise(row))
    return running > len(column) / 2
