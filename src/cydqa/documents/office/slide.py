"""One slide of a presentation -> its title and its blocks, in reading order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cydqa.documents.archive import nested_too_deeply
from cydqa.documents.markdown import CELL
from cydqa.documents.office.blocks import Block
from cydqa.documents.office.frame import read_frame
from cydqa.documents.office.graphics import Graphics
from cydqa.documents.office.layout import Layout, Placeholder, placeholder_of
from cydqa.documents.office.package import Package, Relation
from cydqa.documents.office.xml import Element, all_text, alternative, find, full, integer, short

_TITLES = {"title", "ctrTitle"}
_FURNITURE = {"dt", "ftr", "hdr", "sldNum", "sldImg"}
_ROW = 20  # shapes whose tops lie within this fraction of the height stand beside one another
_MOST_NESTED = 50  # groups in one another
_NOTES = "Notes: "


@dataclass(frozen=True, slots=True)
class Slide:
    """What a slide shows, and after it what its speaker has noted."""

    title: str | None
    shapes: tuple[tuple[Block, ...], ...]  # the blocks of each
    hidden: bool


def read_slide(package: Package, part: str, height: int) -> Slide:
    """Read a slide of a height in EMU."""
    root = package.root(part)
    hidden = (root.get("show") or "1").lower() in {"0", "false"}
    relations = package.relations(part)
    reader = _Reader(Graphics(package, part), Layout(package, relations), height // _ROW)
    shapes = list(reader.shapes(find(root, "p:cSld/p:spTree"), 0))
    heads = [shape for shape, place in shapes if place is not None and place.kind in _TITLES]
    title = " ".join(block.text for shape in heads for block in reader.blocks(shape, None)) or None
    said = [tuple(reader.blocks(shape, place)) for shape, place in shapes if shape not in heads]
    return Slide(title, (*said, tuple(_notes(package, relations))), hidden)


class _Reader:
    """Reads the shapes of one slide."""

    def __init__(self, graphics: Graphics, layout: Layout, row: int) -> None:
        self._graphics = graphics
        self._layout = layout
        self._row = row

    def shapes(self, tree: Element | None, depth: int) -> Iterator[tuple[Element, Placeholder | None]]:
        """Every shape that can hold text, from top to bottom and, side by side, from left to right; groups as one."""
        if depth > _MOST_NESTED:
            raise nested_too_deeply()
        for child in self._in_order(_visible(tree)):
            if child.tag == full("p:grpSp"):
                yield from self.shapes(child, depth + 1)
            else:
                place = placeholder_of(child)
                if place is None or place.kind not in _FURNITURE:
                    yield child, place

    def blocks(self, shape: Element, place: Placeholder | None) -> Iterator[Block]:
        """The text of a shape, a table, a chart or a diagram."""
        if (frame := find(shape, "p:txBody")) is not None:
            yield from read_frame(frame, self._layout.list_styles(place))
        elif (table := find(shape, "a:graphic/a:graphicData/a:tbl")) is not None:
            yield Block("\n".join(_rows(table)))
        elif (drawing := find(shape, "a:graphic/a:graphicData")) is not None:
            for reference in drawing:
                yield from self._graphics.blocks(reference)

    def _in_order(self, shapes: Iterable[Element]) -> Iterator[Element]:
        row: list[tuple[int, Element]] = []
        top = 0
        for (x, y), shape in sorted(
            ((self._offset(shape), shape) for shape in shapes), key=lambda placed: placed[0][1]
        ):
            if row and y > top + self._row:
                yield from _from_left(row)
                row = []
            top = top if row else y
            row.append((x, shape))
        yield from _from_left(row)

    def _offset(self, shape: Element) -> tuple[int, int]:
        for path in ("p:spPr/a:xfrm/a:off", "p:grpSpPr/a:xfrm/a:off", "p:xfrm/a:off"):
            if (offset := find(shape, path)) is not None:
                return integer(offset.get("x")) or 0, integer(offset.get("y")) or 0
        return self._layout.offset(placeholder_of(shape))


def _from_left(row: list[tuple[int, Element]]) -> Iterator[Element]:
    return (shape for _, shape in sorted(row, key=lambda placed: placed[0]))


def _visible(tree: Element | None) -> Iterator[Element]:
    """The shapes of a tree or a group; one that is there in several forms once."""
    for child in () if tree is None else tree:
        if child.tag == full("mc:AlternateContent"):
            yield from _visible(alternative(child))
        elif short(child.tag) in {"p:sp", "p:grpSp", "p:graphicFrame"} and not _is_hidden(child):
            yield child


def _is_hidden(shape: Element) -> bool:
    properties = shape.find(f"*/{full('p:cNvPr')}")
    return properties is not None and (properties.get("hidden") or "0").lower() in {"1", "true"}


def _rows(table: Element) -> Iterator[str]:
    """The rows of a table; of merged cells, which are all there, the first has the text."""
    for row in table.iterfind(full("a:tr")):
        cells = [
            "" if cell.get("vMerge") in {"1", "true"} else all_text(cell)
            for cell in row.iterfind(full("a:tc"))
            if cell.get("hMerge") not in {"1", "true"}
        ]
        if any(cells):
            yield CELL.join(cells)


def _notes(package: Package, relations: dict[str, Relation]) -> Iterator[Block]:
    part = next((relation.part for relation in relations.values() if relation.kind == "notesSlide"), None)
    tree = None if part is None else find(package.root(part), "p:cSld/p:spTree")
    opening = _NOTES
    for shape in _visible(tree):
        place = placeholder_of(shape)
        if place is not None and place.kind == "body" and (frame := find(shape, "p:txBody")) is not None:
            for block in read_frame(frame, ()):
                yield block if block.label else replace(block, text=opening + block.text)
                opening = ""
