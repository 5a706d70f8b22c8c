"""What a slide takes from its layout and its master: where a placeholder stands and whether its lines have bullets."""

from collections.abc import Iterator
from dataclasses import dataclass

from cydqa.documents.office.package import Package, Relation
from cydqa.documents.office.xml import Element, find, full, integer

_BODIES = {"body", "obj", "subTitle"}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """The role of a shape ("title", "body", "obj"), and the number by which layouts know it."""

    kind: str
    index: int


class Layout:
    """The placeholders that the shapes of a slide inherit from."""

    def __init__(self, package: Package, relations: dict[str, Relation]) -> None:
        layout = _part(relations, "slideLayout")
        master = None if layout is None else package.related(layout, "slideMaster")
        self._layout = [] if layout is None else _placeholders(package.root(layout))
        root = None if master is None else package.root(master)
        self._master = _placeholders(root)
        self._body_style = find(root, "p:txStyles/p:bodyStyle")

    def offset(self, place: Placeholder | None) -> tuple[int, int]:
        """Where a placeholder stands, in EMU from the left and from the top; (0, 0) where nothing says it."""
        for shape in self._above(place):
            if (offset := find(shape, "p:spPr/a:xfrm/a:off")) is not None:
                return integer(offset.get("x")) or 0, integer(offset.get("y")) or 0
        return 0, 0

    def list_styles(self, place: Placeholder | None) -> tuple[Element, ...]:
        """What says how the paragraphs of a placeholder look, level by level; the nearest first."""
        styles = [find(shape, "p:txBody/a:lstStyle") for shape in self._above(place)]
        if place is not None and place.kind in _BODIES:
            styles.append(self._body_style)
        return tuple(style for style in styles if style is not None)

    def _above(self, place: Placeholder | None) -> Iterator[Element]:
        """The placeholders that one inherits from: of the layout by number, of the master by role."""
        if place is None:
            return
        above = next((found for found in self._layout if found[0].index == place.index), None) or next(
            (found for found in self._layout if found[0].kind == place.kind), None
        )
        if above is not None:
            yield above[1]
        role = _role(above[0].kind if above else place.kind)
        yield from (shape for found, shape in self._master if _role(found.kind) == role)


def placeholder_of(shape: Element) -> Placeholder | None:
    """The role of a shape that fills a placeholder."""
    found = shape.find(f"*/{full('p:nvPr')}/{full('p:ph')}")
    return None if found is None else Placeholder(found.get("type") or "obj", integer(found.get("idx")) or 0)


def _placeholders(root: Element | None) -> list[tuple[Placeholder, Element]]:
    shapes = [] if root is None else root.iterfind(f"{full('p:cSld')}/{full('p:spTree')}/{full('p:sp')}")
    return [(place, shape) for shape in shapes if (place := placeholder_of(shape)) is not None]


def _role(kind: str) -> str:
    return "body" if kind in _BODIES else kind.replace("ctrTitle", "title")


def _part(relations: dict[str, Relation], kind: str) -> str | None:
    return next((relation.part for relation in relations.values() if relation.kind == kind), None)
