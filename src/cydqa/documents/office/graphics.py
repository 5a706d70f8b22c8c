"""Charts and diagrams, which stand in parts of their own -> their text."""

from collections.abc import Iterator

from cydqa.documents.office.blocks import Block
from cydqa.documents.office.charts import read_chart
from cydqa.documents.office.package import Package
from cydqa.documents.office.xml import Element, all_text, full, short, value

REFERENCES = {"c:chart": "r:id", "dgm:relIds": "r:dm"}  # what stands for them in a text, with the id of their part


class Graphics:
    """The charts and diagrams that one part of a document refers to; each is read where it stands first."""

    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        self._relations = package.relations(part)
        self._read: set[str] = set()

    def blocks(self, reference: Element) -> Iterator[Block]:
        """The text of what an element refers to, if it does: a diagram's items, or a chart's title and numbers."""
        name = short(reference.tag)
        relation = self._relations.get(value(reference, ".", REFERENCES[name]) or "") if name in REFERENCES else None
        if relation is None or relation.part in self._read:
            return
        self._read.add(relation.part)
        root = self._package.root(relation.part)
        yield from read_chart(root) if name == "c:chart" else _diagram(root)


def _diagram(root: Element) -> Iterator[Block]:
    for point in root.iterfind(f"{full('dgm:ptLst')}/{full('dgm:pt')}"):
        if (point.get("type") or "node") == "node" and (text := all_text(point)):
            yield Block(text, label="•", drawn=True)
