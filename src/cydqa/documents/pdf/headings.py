"""Which blocks of a PDF are headings, by its bookmarks or else by how they look."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from cydqa.documents.pdf.blocks import Block

LEVELS = 3
_MOST_BOOKMARKS = 5_000
_LARGER = 1.12  # than the text: so is a heading set
_AS_LARGE = 0.95  # as the text: so is a bold heading set,
_SMALLER = 0.88  # or this, if it has a number or is all capitals
_LONGEST = 180  # characters of a heading
_MOST_LINES = 4
_NUMBERED = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-H]\.|(?:chapter|part|annex|section)\s+\w+[.:]?)\s", re.I
)
_CAPTION = re.compile(r"(?:figure|fig\.|table|box|chart|map|source)\s*[\d:.]", re.IGNORECASE)
_MATCHED = 0.5  # of the bookmarks, at least, must be found for them to be trusted
_FEWEST = 3


def bookmarks_of(document: Any) -> list[tuple[int, str, int]]:
    """Level from 1, title and page of each bookmark that leads to a page."""
    found: list[tuple[int, str, int]] = []
    for bookmark in islice(document.get_toc(), _MOST_BOOKMARKS):
        if bookmark.level >= LEVELS:
            continue
        destination = bookmark.get_dest()
        page = destination.get_index() if destination else None
        title = " ".join(bookmark.get_title().split())
        if page is not None and title:
            found.append((bookmark.level + 1, title, page + 1))
    return found


def levels_of(blocks: Sequence[Block], bookmarks: Sequence[tuple[int, str, int]], body: float) -> dict[int, int]:
    """The level from 1 of each block that is a heading, by its place among the blocks."""
    marked = _by_bookmarks(blocks, bookmarks)
    if len(bookmarks) >= _FEWEST and len(marked) >= _MATCHED * len(bookmarks):
        return marked
    return _by_looks(blocks, body)


def _by_bookmarks(blocks: Sequence[Block], bookmarks: Sequence[tuple[int, str, int]]) -> dict[int, int]:
    places: dict[tuple[int, str], list[int]] = {}
    for i, block in enumerate(blocks):
        if block.kind not in ("row", "note") and len(block.lines) <= _MOST_LINES:
            places.setdefault((block.lines[0].page, _plain(block.text)), []).append(i)
    levels: dict[int, int] = {}
    for level, title, page in bookmarks:
        for near in (page, page + 1, page - 1):
            found = next((i for i in places.get((near, _plain(title)), ()) if i not in levels), None)
            if found is not None:
                levels[found] = level
                break
    return levels


def _plain(text: str) -> str:
    """A heading's letters, without its number."""
    letters = re.sub(r"[\W_]+", "", _NUMBERED.sub("", text.strip().lower(), count=1))
    return letters or re.sub(r"\W+", "", text.lower())


def _by_looks(blocks: Sequence[Block], body: float) -> dict[int, int]:
    styles = {i: style for i, block in enumerate(blocks) if (style := _style(blocks, i, block, body)) is not None}
    ranked = sorted(set(styles.values()), reverse=True)
    of_title = {i for i, style in styles.items() if style[0] == ranked[0][0]}
    on_first = all(blocks[i].lines[0].page == blocks[0].lines[0].page for i in of_title)
    if on_first and len(of_title) < len(styles):  # the title page's; the headings rank below it
        ranked = [style for style in ranked if style[0] != ranked[0][0]]
        return {i: min(ranked.index(s) + 1, LEVELS) if i not in of_title else 0 for i, s in styles.items()}
    return {i: min(ranked.index(style) + 1, LEVELS) for i, style in styles.items()}


def _style(blocks: Sequence[Block], i: int, block: Block, body: float) -> tuple[float, bool, int] | None:
    """How a heading looks, to be ranked by: its size, weight and the depth of its number; None for no heading."""
    text = block.text
    letters = sum(letter.isalpha() for letter in text)
    if block.kind in ("row", "note") or len(block.lines) > _MOST_LINES or len(text) > _LONGEST or letters < 3:
        return None
    if letters < 0.5 * len(text.replace(" ", "")) or text[-1] in ",;:" or _CAPTION.match(text):
        return None
    if text[0].islower() or text.startswith("•"):
        return None
    number = _NUMBERED.match(text)
    depth = -text[: number.end()].strip(". ").count(".") if number else 0
    larger = block.size >= _LARGER * body
    sentence = text.endswith(".") and len(text) > 60
    if larger and not sentence:
        return (round(block.size), block.bold, depth)
    alone = i + 1 < len(blocks) and blocks[i + 1].kind != "row" and not _style_of_text(blocks[i + 1], block)
    least = _SMALLER if number or text.isupper() else _AS_LARGE
    if block.bold and block.size >= least * body and len(block.lines) <= 2 and not text.endswith(".") and alone:
        return (round(block.size), True, depth)
    return None


def _style_of_text(other: Block, block: Block) -> bool:
    """Whether the next block looks the same and goes on as text: then the bold is no heading's."""
    return other.bold and other.size == block.size and len(other.text) > _LONGEST
