"""A tree of HTML or XHTML -> blocks of reading text -> text and sections.

The walk never recurses: a hostile page may nest as deep as its parser lets it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from cydqa.documents.extracted import TextBuilder
from cydqa.documents.markdown import BULLET, CELL
from cydqa.documents.web.elements import (
    HEADINGS,
    collapsed,
    has_blocks,
    heading_level,
    integer,
    is_raised,
    lays_out,
    local_name,
    names_box,
    shown,
)
from cydqa.types import Section

_MOST_HEADING = 300  # characters; a longer one is a paragraph in large type
_LISTS = {"ul", "ol", "menu", "dir", "dl"}
BREAKS = {
    *HEADINGS,
    *_LISTS,
    *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div"),
    *("dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "legend", "li", "main"),
    *("nav", "option", "p", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead"),
    "tr",
}
_LINE, _PARAGRAPH = "\x0b", "\x0c"  # a <br> in the run of text, and an empty line made of two
_PARAGRAPHS = re.compile(rf"{_LINE}\s*{_LINE}|{_PARAGRAPH}")
_NUMBER = re.compile(r"\d{1,3}")
_NOTE = re.compile(r"\W*(?:(\d{1,3})\W*)?")
_OPENING = re.compile(rf"{BULLET}|\d+\. |.*\n")  # of a list or a table, or of text with a number of its own
_MOST_LINKS = 20  # of a note, among which one leads back
_WRITTEN_BULLET = re.compile(r"^[•·▪◦‣●○■]\.?\s*")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list or table of reading text."""

    text: str
    level: int  # of a heading, from 1; 0 of anything else
    element: Any  # the smallest lxml element that holds it
    linked: int = 0  # characters that are links


def flatten(root: Any) -> list[Block]:
    """The blocks of a tree without invisible elements, in its order."""
    from lxml import etree

    flattener = _Flattener()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = local_name(element)
        if event == "start":
            flattener.open(element, tag)
            flattener.say(element.text)
        else:
            flattener.close(element, tag)
            flattener.say(element.tail if element is not root else None)
    flattener.flush(root)
    return list(_with_whole_notes(flattener.blocks))


def sectioned(blocks: Iterable[Block], title: str | None) -> tuple[str, tuple[Section, ...]]:
    """The reading text of blocks, and its sections; the first heading that is the title leads no path."""
    builder = TextBuilder()
    path: list[tuple[int, str]] = []
    for block in blocks:
        if not block.level:
            builder.add(block.text)
            continue
        path = [(above, name) for above, name in path if above < block.level]
        if title is not None and block.text.casefold() == title.casefold():
            title = None
        else:
            path.append((block.level, block.text))
        builder.open_section(tuple(name for _, name in path), block.text)
    return builder.finish()


def _with_whole_notes(blocks: list[Block]) -> Iterator[Block]:
    """The blocks, with the number of a note in one block with the note, and without the signs that lead back."""
    number = ""
    for block in blocks:
        mark = _NOTE.fullmatch(block.text)
        if mark and not block.level and block.linked and _leads_back(block.element):
            number = mark[1] or number
            continue
        whole = not number or block.level or _OPENING.match(block.text)
        yield block if whole else replace(block, text=f"{number}. {block.text}")
        number = ""


def _leads_back(element: Any) -> bool:
    return any("#" in link.get("href", "") for link in islice(element.iter("{*}a"), _MOST_LINKS))


class _List:
    """An open list: how its items are marked. One that lays out a page has no marks: its items are its blocks."""

    def __init__(self, element: Any, tag: str, *, layout: bool) -> None:
        self._marked = tag != "dl" and not layout
        self._ordered = tag == "ol"
        self._style = element.get("type", "1")
        self._next = integer(element.get("start"), 1)

    def mark(self, item: Any) -> str:
        if not self._marked or not self._ordered:
            return BULLET if self._marked else ""
        number = integer(item.get("value"), self._next)
        self._next = number + 1
        return f"{_numeral(number, self._style)}. "


class _Flattener:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._run: list[str] = []  # text since the last break
        self._linked = 0  # characters of links in the run, or in the group
        self._anchors = 0
        self._superscripts: list[int] = []  # where in the run each open one begins
        self._preformatted = 0
        self._heading: Any = None
        self._groups: list[Any] = []  # open lists and tables that become one block
        self._lists: list[_List] = []
        self._lines: list[str] = []  # of the groups
        self._mark = ""  # of the item whose text comes next
        self._row: list[str] = []
        self._cell: list[str] | None = None

    def say(self, text: str | None) -> None:
        if text:
            text = shown(text)
            self._run.append(text)
            if self._anchors:
                self._linked += len(text.strip())

    def open(self, element: Any, tag: str) -> None:
        if tag in BREAKS:
            self.flush(element.getparent())
        if tag in _LISTS or tag == "table":
            layout = lays_out(element) if tag == "table" else has_blocks(element, tag)
            if tag in _LISTS:
                self._lists.append(_List(element, tag, layout=layout))
            if not layout:
                self._groups.append(element)
        elif tag == "li":
            self._mark = self._lists[-1].mark(element) if self._lists else ""
        elif tag in {"td", "th"} and self._in_table():
            self._cell = []
        elif tag == "br":
            self._run.append("\n" if self._preformatted else _LINE)
        elif tag == "a":
            self._anchors += 1
        if is_raised(element, tag):
            self._superscripts.append(len(self._run))
        elif tag == "pre":
            self._preformatted += 1
        elif tag == "q":
            self._run.append("“")
        if self._heading is None and self._level(element, tag):
            self.flush(element.getparent())
            self._heading = element

    def close(self, element: Any, tag: str) -> None:
        if element is self._heading:
            self._heading = None
            self.flush(element, self._level(element, tag))
        elif tag in BREAKS:
            self.flush(element)
        if is_raised(element, tag):
            self._raise(self._superscripts.pop(), element)
        if tag == "a":
            self._anchors -= 1
        elif tag == "pre":
            self._preformatted -= 1
        elif tag == "q":
            self._run.append("”")
        elif tag in {"td", "th"} and self._cell is not None:
            self._row.append(" ".join(self._cell))
            self._cell = None
        elif tag == "tr" and self._in_table():
            if any(self._row):
                alone = sum(map(bool, self._row)) == 1  # beside cells of pictures
                self._lines.append("".join(self._row) if alone else CELL.join(self._row))
            self._row = []
        elif tag in _LISTS:
            self._lists.pop()
            self._mark = ""
        if self._groups and self._groups[-1] is element:
            self._groups.pop()
            if not self._groups:
                self._emit("\n".join(self._lines), 0, element)
                self._lines = []

    def flush(self, element: Any, level: int = 0) -> None:
        """End the run of text: it is a block of `element`, or a line of the open list, or a part of the open cell."""
        if self._heading is not None:
            self._run.append(" ")  # a break inside a heading does not end it
            return
        run, self._run = "".join(self._run), []
        self._superscripts = [0] * len(self._superscripts)
        if self._preformatted:
            pieces = [_preformatted(run)]
        else:
            pieces = [collapsed(run)] if level else [collapsed(piece) for piece in _PARAGRAPHS.split(run)]
        for piece in filter(None, pieces):
            if self._cell is not None:
                self._cell.append(self._mark + " ".join(piece.split()))
            elif self._groups:
                self._lines.append(self._mark + _unmarked(piece, self._mark))
            else:
                self._emit(piece, level if len(piece) <= _MOST_HEADING else 0, element)
            self._mark = ""

    def _emit(self, text: str, level: int, element: Any) -> None:
        if text:
            self.blocks.append(Block(text, level, element, self._linked))
        self._linked = 0

    def _level(self, element: Any, tag: str) -> int:
        """Level of a heading, 0 of one that names a box, after which the text goes on; the first is the page's."""
        level = heading_level(element, tag)
        return 0 if level and self.blocks and names_box(element) else level

    def _in_table(self) -> bool:
        return bool(self._groups) and local_name(self._groups[-1]) == "table"

    def _raise(self, start: int, element: Any) -> None:
        """Write a raised number so that it does not run into the word before it: a note's in brackets, as elsewhere."""
        number = "".join(self._run[start:]).strip()
        if _NUMBER.fullmatch(number):
            noted = self._anchors or any(local_name(child) == "a" for child in element)
            self._run[start:] = [f"[{number}]" if noted else number.translate(_RAISED)]


def _preformatted(text: str) -> str:
    lines = [line.rstrip() for line in text.replace(_LINE, "\n").expandtabs(8).splitlines()]
    return "\n".join(lines).strip("\n")


def _unmarked(text: str, mark: str) -> str:
    """An item without the mark that some programs write into its text as well."""
    if mark == BULLET:
        return _WRITTEN_BULLET.sub("", text)
    return text.removeprefix(mark.strip()).lstrip() if mark else text


def _numeral(number: int, style: str) -> str:
    """A number in the style that the `type` of a list names."""
    if style in {"a", "A"} and 1 <= number <= 26:
        letters = chr(ord("a") + number - 1)
    elif style in {"i", "I"} and 1 <= number < 400:
        letters = ""
        for value, sign in _ROMAN:
            letters += sign * (number // value)
            number %= value
    else:
        return str(number)
    return letters.upper() if style.isupper() else letters
