"""Markdown (CommonMark with tables and front matter) -> reading text without markup.

Paragraphs, list items, table rows and code keep their order; a heading stands on its own line and opens a section.
Emphasis, link targets, comments and tags vanish; what a reader sees stays.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from cydqa.documents import kinds
from cydqa.documents.decoding import decode
from cydqa.documents.extracted import Extracted, TextBuilder
from cydqa.types import Metadata

if TYPE_CHECKING:
    from markdown_it.token import Token

VERSION = 1
KIND = kinds.TEXT
BULLET = "• "  # opens each item of a bullet list in the reading text
_HIDING = re.compile(r"</?(?:script|style)\b", re.IGNORECASE)
CELL = " | "  # stands between the cells of a table row


def extract(content: bytes) -> Extracted:
    """Parse and flatten. The title comes from the front matter, else from the only first-level heading.

    Raises:
        DocumentError: if the front matter is not valid.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.front_matter import front_matter_plugin

    from cydqa.documents.front_matter import parse_front_matter

    text, warnings = decode(content)
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").use(front_matter_plugin)
    tokens = parser.parse(text)
    title, metadata = None, Metadata()
    if tokens and tokens[0].type == "front_matter":
        title, metadata = parse_front_matter(tokens.pop(0).content)
    top = [
        _visible(tokens[i + 1]) for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h1"
    ]
    heading_title = top[0] if len(top) == 1 else None
    builder = TextBuilder()
    path: list[tuple[int, str]] = []
    for kind, level, block in _blocks(tokens):
        if kind == "heading":
            path = [(above, name) for above, name in path if above < level]
            path.append((level, block))
            names = tuple(name for above, name in path if not (above == 1 and name == heading_title))
            builder.open_section(names, block)
        else:
            builder.add(block)
    reading_text, sections = builder.finish()
    return Extracted(title or heading_title, reading_text, sections, metadata, warnings=warnings)


def _blocks(tokens: "list[Token]") -> Iterator[tuple[str, int, str]]:
    """The document's blocks as ("heading", level, text) or ("text", 0, text); a list or table is one block."""
    lines: list[str] = []  # of the list or table being read
    depth = 0
    numbers: list[int] = []  # of the next item, for each open list; -1 in a bullet list
    marker = ""  # of the item whose text comes next
    row: list[str] = []
    for i, token in enumerate(tokens):
        if token.type in {"bullet_list_open", "ordered_list_open", "table_open"}:
            depth += 1
            if token.type != "table_open":
                numbers.append(int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else -1)
        elif token.type in {"bullet_list_close", "ordered_list_close", "table_close"}:
            depth -= 1
            if token.type != "table_close":
                numbers.pop()
            if depth == 0:
                yield "text", 0, "\n".join(lines)
                lines, marker = [], ""
        elif token.type == "list_item_open":
            marker = BULLET if numbers[-1] < 0 else f"{numbers[-1]}. "
            numbers[-1] += numbers[-1] >= 0
        elif token.type == "tr_close":
            lines.append(CELL.join(row))
            row = []
        elif token.type in {"inline", "fence", "code_block", "html_block"}:
            block = _visible(token)
            before = tokens[i - 1].type
            if before == "heading_open":
                if block:
                    yield ("heading", int(tokens[i - 1].tag[1]), block) if depth == 0 else ("text", 0, block)
            elif before in {"th_open", "td_open"}:
                row.append(" ".join(block.split()))
            elif depth and block:
                lines.append(marker + block)
                marker = ""
            elif block:
                yield "text", 0, block


def _visible(token: "Token") -> str:
    """What a reader sees of a token that holds text."""
    if token.type == "inline":
        return "".join(_inline(token.children or [])).strip()
    if token.type == "html_block":
        return _text_of_html(token.content)
    return token.content.strip("\n")


def _inline(children: "list[Token]") -> Iterator[str]:
    hidden = False  # inside <script> or <style>
    for child in children:
        if child.type == "html_inline" and _HIDING.match(child.content):
            hidden = not child.content.startswith("</")
        if hidden:
            continue
        if child.type == "softbreak":
            yield " "
        elif child.type == "hardbreak" or (child.type == "html_inline" and child.content.startswith("<br")):
            yield "\n"
        elif child.type in {"text", "code_inline", "text_special", "image"}:  # of an image, its description
            yield child.content


class _TextOfHtml(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"script", "style"} and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)


def _text_of_html(markup: str) -> str:
    parser = _TextOfHtml()
    parser.feed(markup)
    parser.close()
    return "".join(parser.pieces).strip()
