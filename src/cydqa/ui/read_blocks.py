"""The reading text of a document as blocks that can be set: headings, paragraphs, lists, tables, code.

The blocks follow one another without a gap and cover the text, so that each of its characters is shown once.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby, pairwise

from cydqa.sentences import is_row
from cydqa.types import Document, Section, Span

_BLANK = re.compile(r"\n\s*\n")
ITEM = re.compile(r"\s*(?:[•▪◦‣*–—-]|\(?(?:\d{1,3}|[a-z]|[ivx]{2,4})[.)])\s+(?=\S)")  # what opens an item of a list
_ALIGNED = re.compile(r"\t| {4}|\S {3,}\S")
_MOST = 50_000  # characters of a block; a longer one is cut, because nothing reads or shows it as one
_WRAPPED = 45  # characters; from that length on, lines of about one length were broken to fit a page
_FILLED = 0.6  # of the longest line: so long is each line of a paragraph that was broken to fit, but for its last
_WIDEST = 120  # characters of a line that was broken to fit


class Kind(Enum):
    """How a block is set."""

    TITLE = "title"
    HEADING = "heading"
    PROSE = "prose"  # its line ends say nothing
    LINES = "lines"  # its line ends are kept: verses, addresses
    CODE = "code"  # its columns are kept as well
    LIST = "list"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text with the white space after it, and the first one with what stands before it."""

    kind: Kind
    start: int
    end: int
    depth: int = 0  # of a heading: 1 for those of a chapter
    rows: tuple[int, ...] = ()  # where the items of a list or the rows of a table begin

    def row_spans(self) -> Iterator[Span]:
        """The items or rows, which follow one another without a gap and cover the block."""
        return pairwise((self.start, *self.rows[1:], self.end))


def blocks_of(document: Document) -> list[Block]:
    """The whole text of a document as blocks, in order."""
    return list(_with_lists_joined(_named(document, _with_blanks_joined(document.text, _blocks(document)))))


def _blocks(document: Document) -> Iterator[Block]:
    """The blocks of every section, and between the sections, where nothing but headings stands, the headings."""
    position, above = 0, 0
    for section in (*document.sections, Section((), len(document.text), len(document.text))):
        start, end = max(section.start, position), max(section.end, position)
        depth = above if start == len(document.text) else len(section.path)  # headings at the end have no text
        yield from _headings(document.text, (position, start), section.path, depth)
        for span in _cut(document.text, (start, end)):
            yield from _runs(document.text, span)
        position, above = end, depth


def _named(document: Document, blocks: Iterator[Block]) -> Iterator[Block]:
    """The same blocks, of which the first is the title if it says no more than that."""
    title = document.title.casefold().split()
    for i, block in enumerate(blocks):
        is_title = i == 0 and document.text[block.start : block.end].casefold().split() == title
        yield Block(Kind.TITLE, block.start, block.end) if is_title else block


def _headings(text: str, span: Span, path: tuple[str, ...], depth: int) -> Iterator[Block]:
    """The headings before a section; of those without a text of their own only some stand in its path."""
    spans = list(_cut(text, span))
    for start, end in spans:
        name = " ".join(text[start:end].split())
        found = path.index(name) + 1 if name in path else depth
        last = end == spans[-1][1]
        yield Block(Kind.HEADING, start, end, max(1, depth if last else found))


def _cut(text: str, span: Span) -> Iterator[Span]:
    """Where blank lines divide a stretch of text."""
    start, end = span
    ends = {match.end() for match in _BLANK.finditer(text, start, end)}
    for first, last in pairwise(sorted({start, *ends, end})):
        yield from _pieces(text, first, last)


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > _MOST:
        cut = start + _MOST
        cut = max(text.rfind("\n", start, cut), text.rfind(" ", start, cut)) + 1 or cut
        yield start, cut
        start = cut
    yield start, end


def _runs(text: str, span: Span) -> Iterator[Block]:
    """The lists, tables and paragraphs of a stretch without blank lines."""
    runs: list[tuple[Kind, list[Span]]] = []
    for start, end in _lines(text, span):
        line = text[start:end]
        before = runs[-1][0] if runs else None
        if is_row(line):
            kind = Kind.TABLE
        elif ITEM.match(line) or before is Kind.LIST:
            kind = Kind.LIST
        else:
            kind = Kind.PROSE
        if kind is not before:
            runs.append((kind, [(start, end)]))
        elif kind is Kind.LIST and not ITEM.match(line):  # the item goes on
            runs[-1][1][-1] = runs[-1][1][-1][0], end
        else:
            runs[-1][1].append((start, end))
    for kind, rows in runs:
        start, end = rows[0][0], rows[-1][1]
        if kind is Kind.PROSE or (kind is Kind.TABLE and len(rows) == 1):
            yield Block(_kind_of_paragraph([text[first:last].rstrip("\n") for first, last in rows]), start, end)
        else:
            yield Block(kind, start, end, rows=tuple(first for first, _ in rows))


def _lines(text: str, span: Span) -> Iterator[Span]:
    """Each line with its line end; the blank ones at the end belong to the last that is not."""
    start, end = span
    stop = start + len(text[start:end].rstrip())
    while (newline := text.find("\n", start, stop)) >= 0:
        yield start, newline + 1
        start = newline + 1
    if start < end:
        yield start, end


def _kind_of_paragraph(lines: list[str]) -> Kind:
    lines = [line for line in lines if line.strip()]
    if len(lines) < 2:
        return Kind.PROSE
    longest = max(map(len, lines))
    if sum(bool(_ALIGNED.search(line)) for line in lines) > 1:
        return Kind.CODE
    filled = all(len(line) >= _FILLED * longest for line in lines[:-1])
    return Kind.PROSE if filled and _WRAPPED <= longest <= _WIDEST else Kind.LINES


def _with_blanks_joined(text: str, blocks: Iterator[Block]) -> Iterator[Block]:
    """The same blocks, those that hold only white space as the end of the one before, or the beginning of the first."""
    waiting: Block | None = None
    for block in blocks:
        if waiting is None:
            waiting = block
        elif not text[block.start : block.end].strip():
            waiting = replace(waiting, end=block.end)
        elif not text[waiting.start : waiting.end].strip():
            waiting = replace(block, start=waiting.start)
        else:
            yield waiting
            waiting = block
    if waiting:
        yield waiting


def _with_lists_joined(blocks: Iterator[Block]) -> Iterator[Block]:
    """The same blocks, lists that follow one another as one."""
    for is_list, same in groupby(blocks, lambda block: block.kind is Kind.LIST):
        if is_list:
            lists = list(same)
            rows = tuple(row for block in lists for row in block.rows)
            yield Block(Kind.LIST, lists[0].start, lists[-1].end, rows=rows)
        else:
            yield from same


def parts_of(blocks: list[Block], most: int) -> list[list[Block]]:
    """The blocks in parts of at most `most` characters, unless one block has more, each from a heading on if it can."""
    parts: list[list[Block]] = []
    first = 0
    for i, block in enumerate(blocks):
        if i > first and block.end - blocks[first].start > most:
            # Not so far back that the part becomes a small one.
            half = blocks[first].start + most // 2
            headings = [k for k in range(first + 1, i + 1) if blocks[k].kind is Kind.HEADING and blocks[k].start > half]
            cut = min(headings, key=lambda k: (blocks[k].depth, -k), default=i)
            parts.append(blocks[first:cut])
            first = cut
    return [*parts, blocks[first:]]


def part_at(parts: Sequence[Sequence[Block]], offset: int) -> int:
    """Which part a character of the text stands in, from 0."""
    return max(0, bisect_right([part[0].start for part in parts if part], offset) - 1)
