"""Lines of a PDF in reading order -> its blocks: paragraphs, list items, table rows and notes, across pages."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Literal, TypeAlias

from cydqa.documents.markdown import BULLET
from cydqa.documents.pdf.lines import LABEL, MARKER, Line, with_number_set_off

_LOOSE = 1.22  # of the usual distance of lines: a wider one parts paragraphs
_INDENT = 0.8  # of the size
_OTHER_SIZE = 0.08  # of the size: text of another size is another paragraph
_NOTE = 0.94  # of the size of the text: notes are set smaller
_NOTE_START = re.compile(r"(?:\d{1,3}|[*†‡§])[\s.)]*\S")
_ENDS = re.compile(r"[.!?:;…]['\"”’»)\]]*(?:\s?\[?\d{1,3}\]?)?$")
_CAPTION = re.compile(r"(?:figure|fig\.|table|box|chart|map|source|sources|note|notes)\b[\s\d.:]*", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:[−–+-]?\d+(?:[.,]\d+)*%?(?: |$))+$")
_TICKS = 4  # numbers on an axis
_AHEAD = 4  # blocks that may stand between the parts of a paragraph: a table, a caption, a heading over them
Kind: TypeAlias = Literal["text", "item", "row", "note"]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that make one paragraph, list item, table row or note."""

    kind: Kind
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The block's lines as one; only for looking at, hyphens at line ends stay."""
        return " ".join(line.text for line in self.lines)

    @property
    def size(self) -> float:
        """Of its first line, in points."""
        return self.lines[0].size

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(line.bold for line in self.lines)


def body_size(lines: Sequence[list[Line]]) -> float:
    """The size in which most of a document is set."""
    sizes: Counter[float] = Counter()
    for page in lines:
        for line in page:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def blocks_of(pages: Sequence[list[list[Line]]], body: float) -> list[Block]:
    """The blocks of a document whose pages are columns of lines; a paragraph goes on over columns and pages.

    The notes at the foot of a page stand before the paragraph that the page breaks: so its sentences stay whole and
    the text keeps the order of the pages.
    """
    done: list[Block] = []
    for columns in pages:
        main: list[Block] = []
        notes: list[Block] = []
        for column in columns:
            text, foot = _without_notes(column, body)
            main += _paragraphs(text)
            notes += foot
        done += notes_placed(main, notes)
    return _continued(_without_scales(done, body))


def _without_scales(blocks: Sequence[Block], body: float) -> list[Block]:
    """The blocks without the numbers along the axes of charts: several in a row, small, and nothing beside them."""
    kept: list[Block] = []
    for bare, group in groupby(blocks, lambda block: block.size <= _NOTE * body and _is_bare_number(block)):
        several = list(group)
        if not bare or sum(len(block.lines) for block in several) < _TICKS:
            kept += several
    return kept


def _is_bare_number(block: Block) -> bool:
    return block.kind in ("text", "note") and bool(_NUMBERS.match(block.text))


def notes_placed(main: list[Block], notes: list[Block]) -> list[Block]:
    """The blocks of a page with its notes before an unfinished last paragraph and the headings over it."""
    if not notes or not main or _is_finished(main[-1]):
        return main + notes
    at = len(main) - 1
    while at and main[at - 1].kind == "text" and not _is_finished(main[at - 1]) and len(main[at - 1].lines) < 3:
        at -= 1
    return main[:at] + notes + main[at:] if at else main + notes


def _is_finished(block: Block) -> bool:
    return block.kind == "row" or bool(_ENDS.search(block.lines[-1].text))


def _without_notes(column: Sequence[Line], body: float) -> tuple[list[Line], list[Block]]:
    """The lines of a column without the notes at its foot, and these."""
    start = len(column)
    while start and column[start - 1].size <= _NOTE * body and not column[start - 1].row:
        start -= 1
    while start < len(column) and not (column[start].number or _NOTE_START.match(column[start].text)):
        start += 1
    notes: list[list[Line]] = []
    for line in column[start:]:
        if not notes or line.number or (_NOTE_START.match(line.text) and _ends_or_is_short(notes[-1])):
            notes.append([])
        notes[-1].append(line if notes[-1] else with_number_set_off(line))
    return list(column[:start]), [Block("note", tuple(lines)) for lines in notes]


def _ends_or_is_short(lines: Sequence[Line]) -> bool:
    return bool(_ENDS.search(lines[-1].text)) or lines[-1].right < 0.8 * max(line.right for line in lines)


def _paragraphs(lines: Sequence[Line]) -> list[Block]:
    """The paragraphs of a column."""
    usual = _distance(lines)
    blocks: list[list[Line]] = []
    for i, line in enumerate(lines):
        if i and not _parts(lines, i, blocks[-1], usual):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return [Block(_kind(lines), tuple(lines)) for lines in blocks]


def _distance(lines: Sequence[Line]) -> float:
    """The usual distance of the baselines of a column's lines, in parts of their size."""
    steps = Counter(
        round((a.base - b.base) / a.size, 1)
        for a, b in pairwise(lines)
        if a.size == b.size and 0.9 <= (a.base - b.base) / a.size <= 1.9
    )
    return max(steps, key=lambda step: (steps[step], -step)) + 0.05 if steps else 1.25


def _kind(lines: Sequence[Line]) -> Kind:
    if lines[0].row:
        return "row"
    return "item" if lines[0].text.startswith(BULLET) or _is_marked(lines[0].text) else "text"


def _is_marked(text: str) -> bool:
    """Whether a line opens with the number of a list item."""
    first, _, rest = text.partition(" ")
    return bool(rest and MARKER.match(first)) and first not in {"A.", "I."}


def _is_labelled(text: str) -> bool:
    """Whether a line opens as an entry of a bibliography does."""
    return bool(LABEL.match(text.partition(" ")[0]))


def _parts(lines: Sequence[Line], i: int, block: Sequence[Line], usual: float) -> bool:
    """Whether line `i` of a column begins another paragraph than the line before it."""
    above, line = lines[i - 1], lines[i]
    step = above.base - line.base
    if above.row or line.row or _differ_in_size(above, line):
        return True
    if step <= 0 or step > _LOOSE * usual * above.size or line.text.startswith(BULLET):
        return True
    ends = bool(_ENDS.search(above.text))
    near = lines[max(0, i - 6) : i + 6]
    right = max(other.right for other in near if other.size == above.size)
    room = right - above.right > line.opening + 0.3 * line.size
    begins = not line.text[0].islower()
    if _is_marked(line.text) and (ends or room or _is_marked(block[0].text)):
        return True
    if _is_labelled(line.text) and (ends or room or _is_labelled(block[0].text)):
        return True
    if (
        above.bold != line.bold
        and (room or len(block) == 1)
        and begins
        and not (ends and line.bold is False and not room)
    ):
        return True
    indented = line.left > above.left + _INDENT * line.size
    if indented and room and above.bold and not line.bold and len(block) == 1 and _heads(above):
        return True
    hangs = _kind(block) == "item" or (len(block) > 1 and block[1].left > block[0].left + _INDENT * line.size)
    if indented and not (hangs or (len(block) == 1 and not ends)):
        return not _is_centred(above, line)
    if hangs and line.left < above.left - _INDENT * line.size and len(block) > 1 and (ends or room):
        return True
    if room and begins and (ends or not _is_centred(above, line)):
        return ends or right - above.right > 0.25 * (right - above.left)
    return False


def _heads(line: Line) -> bool:
    """Whether a bold line over indented text may be its heading: a name or more in capitals, not a term or a brace."""
    return line.text[0].isupper() and line.text[-1].isalnum() and _kind([line]) == "text"


def _differ_in_size(above: Line, line: Line) -> bool:
    """Whether one paragraph would not mix the sizes of two lines; a line of code in a sentence may be smaller."""
    apart = abs(line.size - above.size) / above.size
    inside = not _ENDS.search(above.text) and not line.text[0].isupper()
    return apart > (2 * _OTHER_SIZE if inside else _OTHER_SIZE)


def _is_centred(above: Line, line: Line) -> bool:
    apart = abs(above.left - line.left)
    return apart > 3 and abs((above.left + above.right) - (line.left + line.right)) < 0.2 * apart + 2


def _continued(blocks: list[Block]) -> list[Block]:
    """Paragraphs that a column or page breaks, put together again over what stands between their parts."""
    done: list[Block] = []
    taken: set[int] = set()
    for i, block in enumerate(blocks):
        if i in taken:
            continue
        last = i
        while block.kind in ("text", "item") and not _is_finished(block):
            following = _continuation(blocks, last, block, taken)
            if following is None:
                break
            taken.add(following)
            block = replace(block, lines=block.lines + blocks[following].lines)
            last = following
        done.append(block)
    return done


def _continuation(blocks: Sequence[Block], i: int, block: Block, taken: set[int]) -> int | None:
    """The block that goes on with an unfinished one, which ended at block `i`."""
    last = block.lines[-1]
    between = 0
    for j in range(i + 1, len(blocks)):
        other = blocks[j]
        first = other.lines[0]
        if first.page > last.page + 1 or between > _AHEAD:
            return None
        if j in taken or other.kind == "note":
            continue
        if first.page == last.page and first.base < last.base:
            if other.kind in ("text", "item") and _is_below(first, last) and not _CAPTION.match(other.text):
                return None
        elif _fits(block, other, beside=between == 0):
            return j
        between += 1
    return None


def _is_below(line: Line, last: Line) -> bool:
    return line.left < last.right and line.right > last.left


def _fits(block: Block, other: Block, *, beside: bool) -> bool:
    first, last = other.lines[0], block.lines[-1]
    if other.kind != "text" or abs(first.size - last.size) > _OTHER_SIZE * last.size or first.bold != last.bold:
        return False
    lower = first.text[0].islower()
    hyphen = last.text.endswith("-")
    long = len(block.lines) > 1 or len(last.text) > 40
    if _CAPTION.match(block.text) and not lower:
        return False
    return lower or hyphen or (beside and long and last.text[-1] not in ".!?")
