"""Blocks of an Office document, headings, paragraphs and list items, put together as reading text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cydqa.documents.extracted import TextBuilder

_SHARED = re.compile(r"•|\d{1,3}[.)]")  # labels that mark a line as a list item, wherever it stands
_ITEM_CHARACTERS = 300  # a numbered item that is longer is a numbered paragraph


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text that stands by itself; of a list, an item, whose label is not in `text`."""

    text: str
    heading: int | None = None  # its level: 0 the title, 1 a chapter, ...
    label: str = ""
    bold: bool = False  # all of it, and no list item or table
    drawn: bool = False  # it is in a chart or a diagram

    @property
    def line(self) -> str:
        """The text as it is read, label first."""
        return f"{self.label} {self.text}" if self.label else self.text


def add_text(builder: TextBuilder, blocks: Iterable[Block]) -> None:
    """Add blocks to the section at hand, headings or not; neighbouring items of a list become one block."""
    items: list[str] = []
    for block in blocks:
        if _shares_lines(block):
            items.append(block.line)
            continue
        builder.add("\n".join(items))
        items = []
        builder.add(block.line)
    builder.add("\n".join(items))


def _shares_lines(block: Block) -> bool:
    if not _SHARED.fullmatch(block.label):
        return False
    return not block.label[0].isdigit() or len(block.text) <= _ITEM_CHARACTERS
