"""The text of a document as HTML: every character once, in order and escaped, with a slice of it marked."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from urllib.parse import urlencode

from cydqa.documents.markdown import CELL
from cydqa.markers import Marker, find_markers
from cydqa.types import Document, Reference, Span
from cydqa.ui.read_blocks import ITEM, Block, Kind

_SPACE = " \t\n\r\f"  # what HTML takes for white space
_DEEPEST = 4
# A browser takes seconds to find where a word of 50,000 characters can be broken, unless it is told.
_LONG = re.compile(r"\S{200}")
NO_ITEM = "The document’s list has no such item"


def address(document_id: str, **more: str | int) -> str:
    """The address of a document on this page, relative to any address of it."""
    return "?" + urlencode({"document": document_id, **more})


def is_web(url: str | None) -> bool:
    """Whether an address may become a link: those of the web only."""
    return url is not None and url.lower().startswith(("https://", "http://"))


class TextWriter:
    """Writes blocks of one document.

    What is written beside the text, such as the numbers of pages, has the class `cyd-added`.
    """

    def __init__(
        self, document: Document, mark: Span | None, known: frozenset[str], carried: Mapping[str, str], *, named: bool
    ) -> None:
        """`known` are ids of documents that can be linked to, `carried` what every such link says besides.

        `named` says that the mark's beginning, which the page scrolls to, is written elsewhere.
        """
        self._named = named
        self._text = document.text
        self._mark = mark or (0, 0)
        self._known = known
        self._carried = carried
        self._markers = find_markers(document.text, document.metadata.references)
        self._marker_ends = [marker.end for marker in self._markers]
        self._pages = document.pages if len(document.pages) > 1 else ()
        self._page = "Slide" if document.id.lower().endswith(".pptx") else "Page"
        self._level = 1  # of the last heading
        self._hides = False  # while what stands between cells is written

    def blocks(self, blocks: Sequence[Block], first_heading: int) -> Iterator[str]:
        """The HTML of each block; headings are numbered from `first_heading` on, for links to them."""
        number = first_heading
        for block in blocks:
            if page := self._page_starting(block.start):
                yield f'<div class="cyd-page cyd-added">{page}</div>'
            yield self._block(block, number)
            number += block.kind is Kind.HEADING

    def title(self, block: Block) -> str:
        """A block as it stands inside a heading of the page."""
        return self._outer(block.start, block.end, lambda start, end: self._inline(start, end))

    def _block(self, block: Block, number: int) -> str:
        match block.kind:
            case Kind.HEADING | Kind.TITLE:
                self._level = min(block.depth + 1, self._level + 1, _DEEPEST)
                return self._element(f"h{self._level}", block, f' id="section-{number}"')
            case Kind.PROSE:
                return self._element("p", block)
            case Kind.LINES | Kind.CODE:
                return self._element("p", block, f' class="cyd-{block.kind.value}"')
            case Kind.LIST:
                return f'<ul role="list">{"".join(map(self._item, block.row_spans()))}</ul>'
            case Kind.TABLE:
                rows = "".join(map(self._row, block.row_spans()))
                return (
                    f'<div class="cyd-table" role="group" aria-label="Table" tabindex="0"><table>{rows}</table></div>'
                )

    def _element(self, tag: str, block: Block, attributes: str = "") -> str:
        def write(start: int, end: int) -> str:
            return f'<{tag} dir="auto"{attributes}>{self._inline(start, end)}</{tag}>'

        return self._outer(block.start, block.end, write)

    def _item(self, row: Span) -> str:
        def write(start: int, end: int) -> str:
            marker = ITEM.match(self._text, start, end)
            body = marker.end() if marker else start
            bullet = f'<span class="cyd-bullet">{self._inline(start, body)}</span>' if body > start else ""
            return f'<li dir="auto">{bullet}{self._inline(body, end)}</li>'

        return self._outer(*row, write)

    def _row(self, row: Span) -> str:
        return self._outer(*row, lambda start, end: f"<tr>{''.join(self._cells(start, end))}</tr>", strip="\n\r")

    def _cells(self, start: int, end: int) -> Iterator[str]:
        """The cells of a row; what stands between two of them is kept, but not shown."""
        while start <= end:
            cut = self._text.find(CELL, start, end)
            stop = cut if cut >= 0 else end
            between = min(stop + len(CELL), end)
            cell = self._inline(start, stop)
            self._hides = True
            separator = f'<span class="cyd-separator">{self._inline(stop, between)}</span>' if between > stop else ""
            self._hides = False
            yield f'<td dir="auto">{cell}{separator}</td>'
            start = between if cut >= 0 else end + 1

    def _outer(self, start: int, end: int, write: Callable[[int, int], str], strip: str = _SPACE) -> str:
        """A stretch in its element, less the white space around, which stays outside of it."""
        piece = self._text[start:end]
        first = start + len(piece) - len(piece.lstrip("\n\r"))
        last = max(first, start + len(piece.rstrip(strip)))
        return f"{escape(self._text[start:first])}{write(first, last)}{escape(self._text[last:end])}"

    def _inline(self, start: int, end: int) -> str:
        """A stretch of running text with its marks, page numbers and markers."""
        if start == end:
            return ""
        cuts = {start, end, *(place for place in self._mark if start < place < end)}
        cuts.update(self._pages[bisect_right(self._pages, start) : bisect_left(self._pages, end)])
        for marker in self._markers_in(start, end):
            cuts.update(place for place in (marker.start, marker.end) if start < place < end)
        return "".join(self._piece(first, last, start) for first, last in pairwise(sorted(cuts)))

    def _piece(self, start: int, end: int, line: int) -> str:
        """A stretch that no mark, page or marker begins or ends in."""
        text = _escaped(self._text[start:end])
        for marker in self._markers_in(start, end):
            text = self._reference(marker, text)
        page = self._page_starting(start) if start > line else ""
        label = f'<span class="cyd-page cyd-added">{page}</span>' if page else ""
        first, last = self._mark
        if not first <= start < end <= last:
            return label + text
        if self._named or self._hides:
            text = f"<mark>{text}</mark>"
        else:
            self._named = True
            text = f'{_hidden("Quote: ")}<mark id="quote" tabindex="-1">{text}</mark>'
        return label + text + (_hidden(" End of the quote.") if end == last else "")

    def _markers_in(self, start: int, end: int) -> Sequence[Marker]:
        first = bisect_right(self._marker_ends, start)
        last = first
        while last < len(self._markers) and self._markers[last].start < end:
            last += 1
        return self._markers[first:last]

    def _page_starting(self, offset: int) -> str:
        """What the page is called that starts at an offset, if one does; pages before it may be without text."""
        number = bisect_right(self._pages, offset)
        return f"{self._page} {number}" if number and self._pages[number - 1] == offset else ""

    def _reference(self, marker: Marker, text: str) -> str:
        if marker.reference is None:
            return f'<span class="cyd-unresolved" title="{NO_ITEM}">{text}{_hidden(f" ({NO_ITEM})")}</span>'
        title = escape(marker.reference.title)
        link = reference_link(marker.reference, self._known, self._carried)
        return f'<a href="{escape(link)}" title="{title}" aria-label="{text} {title}">{text}</a>'


def reference_link(reference: Reference, known: frozenset[str], carried: Mapping[str, str]) -> str:
    """Where an entry of a list of references leads: its document here, else its address, else the entry itself."""
    if reference.document in known and reference.document is not None:
        return address(reference.document, **carried)
    return reference.url if reference.url and is_web(reference.url) else f"#reference-{reference.number}"


def _escaped(text: str) -> str:
    """The text as HTML that can be broken anywhere."""
    cuts = [0, *(match.end() for match in _LONG.finditer(text)), len(text)]
    return "<wbr>".join(escape(text[start:end]) for start, end in pairwise(cuts))


def _hidden(words: str) -> str:
    """Words for those who hear the page."""
    return f'<span class="cyd-added cyd-hidden">{words}</span>'
