"""The body of a Word document -> its blocks, in the order in which they are read."""

from collections.abc import Iterator
from dataclasses import replace

from cydqa.documents.archive import nested_too_deeply
from cydqa.documents.markdown import CELL
from cydqa.documents.office.blocks import Block
from cydqa.documents.office.graphics import Graphics
from cydqa.documents.office.numbering import BULLET, Numbering
from cydqa.documents.office.paragraph import is_placeholder, read_paragraph
from cydqa.documents.office.styles import Styles, outline_level
from cydqa.documents.office.xml import Element, alternative, clean, find, full, short, value

_CONTAINERS = {"w:customXml", "w:ins", "w:moveTo", "w:smartTag", "w:sdt", "w:sdtContent"}
_MOST_NESTED = 50  # tables, text boxes and content controls in one another
_HEADING_CHARACTERS = 200  # contracts and resolutions give whole paragraphs a heading's style, for its number's sake
_PHRASE_CHARACTERS = 100  # a heading that is longer and ends in a full stop is a paragraph, too
_CELL_CHARACTERS = 600  # a table with more than this in a cell is there to place text


class Body:
    """Reads blocks, and remembers in `notes` the ids of the notes that they refer to, by kind."""

    def __init__(self, styles: Styles, numbering: Numbering, graphics: Graphics) -> None:
        self.notes: dict[str, list[str]] = {"footnote": [], "endnote": []}
        self._styles = styles
        self._numbering = numbering
        self._graphics = graphics
        self._carried = ""  # text of a paragraph that goes on in the next one

    def blocks(self, container: Element | None, depth: int = 0) -> Iterator[Block]:
        """The blocks inside an element. Each element may be read once, because its list items are counted."""
        if depth > _MOST_NESTED:
            raise nested_too_deeply()
        for child in () if container is None else container:
            name = short(child.tag)
            if name == "w:p":
                yield from self._paragraph(child, depth)
            elif name == "w:tbl":
                yield from self._table(child, depth)
            elif name == "mc:AlternateContent":
                yield from self.blocks(alternative(child), depth + 1)
            elif name in _CONTAINERS and not (name == "w:sdt" and _is_left_out(child)):
                yield from self.blocks(child, depth + 1)
        if rest := clean(self._carried):
            self._carried = ""
            yield Block(rest)

    def _paragraph(self, element: Element, depth: int) -> Iterator[Block]:
        properties = find(element, "w:pPr")
        style = self._styles.paragraph(value(properties, "w:pStyle"))
        paragraph = read_paragraph(element, style, self._styles)
        for kind, number in paragraph.notes:
            self.notes[kind].append(number)
        if _goes_on(properties):
            self._carried += paragraph.text
        elif not (style.contents or paragraph.contents):
            text, self._carried = clean(self._carried + paragraph.text), ""
            label = self._numbering.label(properties, style)
            level = outline_level(properties)
            heading = style.heading if level is None or style.heading == 0 else level or None
            if text and heading is not None and _is_heading(text):
                yield Block(text, heading, label.replace(BULLET, ""))
            elif text:
                yield Block(text, label=label, bold=paragraph.bold and not label)
        for box in paragraph.boxes:
            inside = self.blocks(box, depth + 1) if box.tag == full("w:txbxContent") else self._graphics.blocks(box)
            for block in inside:
                # A heading in a box is not one of the text that goes on around it.
                yield replace(block, heading=None) if block.heading else block

    def _table(self, table: Element, depth: int) -> Iterator[Block]:
        rows = [
            [list(self.blocks(cell, depth + 1)) for cell in _inside(row, "w:tc")]
            for row in _inside(table, "w:tr")
            if find(row, "w:trPr/w:del") is None
        ]
        cells = [[_text_of_cell(cell) for cell in row] for row in rows]
        lays_out = any(block.drawn for row in rows for cell in row for block in cell)
        lays_out |= any(len(text) > _CELL_CHARACTERS for row in cells for text in row)
        if lays_out or all(len(row) <= 1 for row in cells):
            for row in rows:
                for cell in row:
                    yield from cell
        else:
            yield Block("\n".join(CELL.join(row) for row in cells if any(row)))


def _is_left_out(control: Element) -> bool:
    gallery = value(control, "w:sdtPr/w:docPartObj/w:docPartGallery")
    return gallery == "Table of Contents" or is_placeholder(control)


def _goes_on(properties: Element | None) -> bool:
    """Whether the next paragraph is the rest of this one: its end was deleted, or it is a large first letter."""
    mark = find(properties, "w:rPr")
    deleted = find(mark, "w:del") is not None or find(mark, "w:moveFrom") is not None
    return deleted or value(properties, "w:framePr", "w:dropCap") in {"drop", "margin"}


def _is_heading(text: str) -> bool:
    if not any(character.isalnum() for character in text):
        return False
    return len(text) <= (_PHRASE_CHARACTERS if text.endswith(".") else _HEADING_CHARACTERS)


def _inside(element: Element, tag: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, those inside content controls too."""
    for child in element:
        name = short(child.tag)
        if name == tag:
            yield child
        elif name in _CONTAINERS:
            yield from _inside(child, tag)
        elif name == "mc:AlternateContent":
            yield from _inside(alternative(child), tag)


def _text_of_cell(cell: list[Block]) -> str:
    return " ".join(" ".join(block.line for block in cell).split())
