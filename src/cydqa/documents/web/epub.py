"""An EPUB -> the text of its chapters, in the order in which they are read."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html.entities import name2codepoint
from typing import Any
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

from cydqa.documents import kinds
from cydqa.documents.archive import open_archive, parse_xml, read_entry
from cydqa.documents.extracted import Extracted
from cydqa.documents.web.elements import EPUB_TYPE, drop, local_name, one_line, remove_invisible, visible_text
from cydqa.documents.web.html import page_characters, parse_html
from cydqa.documents.web.markup import Block, flatten, sectioned
from cydqa.documents.web.page_metadata import iso_date, web_address
from cydqa.errors import DocumentError
from cydqa.types import Metadata

VERSION = 1
KIND = kinds.EPUB
_PAGES = {"application/xhtml+xml", "text/html", "text/x-oeb1-document"}
_NCX = "application/x-dtbncx+xml"
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONT_LOCKS = {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
_FONTS = (".otf", ".ttf", ".woff", ".woff2")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_ENTITY = re.compile(rb"&(\w{2,10});")
_NO_TEXT = {"toc", "pagebreak", "doc-pagebreak", "doc-toc"}  # what the book's program repeats, or prints in a margin
_FETCH_AGAIN = "Fetch it again, or make it again in the program that made it."


@dataclass(frozen=True, slots=True)
class _Item:
    name: str  # in the archive
    media_type: str
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the table of contents: what it leads to, and how deep it stands."""

    name: str
    fragment: str
    title: str
    depth: int


def extract(content: bytes) -> Extracted:
    """Flatten the chapters one after the other; one without a heading has its title from the table of contents.

    Raises:
        DocumentError: if it is damaged, protected against copying, or lacks what makes it a book.
    """
    archive = open_archive(content)
    _refuse_protection(archive)
    place = _package_name(archive)
    package = parse_xml(read_entry(archive, place), doctype=True)
    items = _items(package, place)
    reading = _reading_order(package, items)
    present = set(archive.namelist())
    missing = [item.name for item in reading if item.name not in present]
    if len(missing) == len(reading):
        raise DocumentError("it holds none of the chapters that it lists.", hint=_FETCH_AGAIN)
    chapters = {item.name: _page(read_entry(archive, item.name)) for item in reading if item.name in present}
    tables = _tables(package)
    flat = {name: flatten(root) for name, root in chapters.items()}
    blocks = {name: flat[name] for name in flat if not (posixpath.basename(name) in tables and _is_links(flat[name]))}
    top = min((block.level for chapter in blocks.values() for block in chapter if block.level), default=1)
    for name, entries in _contents(archive, package, items).items():
        if name in blocks:
            blocks[name] = _headed(chapters[name], blocks[name], entries, top)
    title, metadata = _metadata(package)
    text, sections = sectioned((block for chapter in blocks.values() for block in chapter), title)
    names = ", ".join(missing)[:200]
    warnings = (f"It lacks {len(missing)} of its {len(reading)} parts: {names}.",) if missing else ()
    return Extracted(title, text, sections, metadata, warnings=warnings)


def _refuse_protection(archive: ZipFile) -> None:
    """Raise DocumentError if anything but a font is encrypted."""
    if _ENCRYPTION not in archive.namelist():
        return
    for locked in parse_xml(read_entry(archive, _ENCRYPTION)).iter("{*}EncryptedData"):
        methods = {method.get("Algorithm") for method in locked.iter("{*}EncryptionMethod")}
        names = [reference.get("URI", "") for reference in locked.iter("{*}CipherReference")]
        if not methods & _FONT_LOCKS and not all(name.lower().endswith(_FONTS) for name in names):
            raise DocumentError(
                "it is protected against copying (DRM).",
                hint="Ask the publisher for a copy without protection, or add another edition.",
            )


def _package_name(archive: ZipFile) -> str:
    """Where the package document stands, which lists all others."""
    container = parse_xml(read_entry(archive, _CONTAINER), doctype=True)
    for rootfile in container.iter("{*}rootfile"):
        if name := _resolve("", rootfile.get("full-path", "")):
            return name
    raise DocumentError("it does not say where its contents are.", hint=_FETCH_AGAIN)


def _resolve(beside: str, reference: str) -> str:
    """Name in the archive of what a part refers to; empty where that lies outside."""
    try:
        parts = urlsplit(reference.strip())
    except ValueError:
        return ""
    name = posixpath.normpath(posixpath.join(posixpath.dirname(beside), unquote(parts.path)))
    outside = parts.scheme or parts.netloc or not parts.path or name.startswith(("/", ".."))
    return "" if outside else name


def _items(package: Any, place: str) -> dict[str, _Item]:
    """The parts of a book by their id."""
    return {
        item.get("id", ""): _Item(
            _resolve(place, item.get("href", "")),
            item.get("media-type", "").lower(),
            tuple(item.get("properties", "").split()),
        )
        for item in package.iterfind("{*}manifest/{*}item")
    }


def _reading_order(package: Any, items: dict[str, _Item]) -> list[_Item]:
    """The chapters, without the navigation document and what stands outside of the order."""
    found: dict[str, _Item] = {}
    for reference in package.iterfind("{*}spine/{*}itemref"):
        item = items.get(reference.get("idref", ""))
        if item is None or item.media_type not in _PAGES or not item.name or reference.get("linear") == "no":
            continue
        if "nav" not in item.properties:
            found.setdefault(item.name, item)
    if not found:
        raise DocumentError("it lists no chapters.", hint=_FETCH_AGAIN)
    return list(found.values())


def _tables(package: Any) -> set[str]:
    """The names of files that a book calls tables of contents; some books have one chapter, and call it that."""
    references = package.iterfind("{*}guide/{*}reference[@type='toc']")
    return {posixpath.basename(_resolve("", reference.get("href", ""))) for reference in references}


def _is_links(blocks: list[Block]) -> bool:
    return 2 * sum(block.linked for block in blocks) > sum(len(block.text) for block in blocks)


def _page(content: bytes) -> Any:
    """The tree of a chapter without what no reader sees, however malformed."""
    named = _ENTITY.sub(_number, content)
    try:
        root = parse_xml(named, doctype=True)
    except DocumentError:
        if b"<!ENTITY" in content:
            raise
        root = parse_html(page_characters(content)[0])
    remove_invisible(root)
    for element in list(root.iter("*")):
        roles = f"{element.get(EPUB_TYPE, '')} {element.get('role', '')} {element.get('class', '')}".split()
        if local_name(element) == "nav" or _NO_TEXT & set(roles):
            drop(element)
    return root


def _number(entity: re.Match[bytes]) -> bytes:
    """A named entity of HTML by its number, which XML knows without a document type."""
    name = entity[1].decode()
    known = name in name2codepoint and name not in _XML_ENTITIES
    return b"&#%d;" % name2codepoint[name] if known else entity[0]


def _contents(archive: ZipFile, package: Any, items: dict[str, _Item]) -> dict[str, list[_Entry]]:
    """The lines of the table of contents by the part that they lead to; none where there is no usable table."""
    present = set(archive.namelist())
    entries: list[_Entry] = []
    for item in items.values():
        if item.name in present and ("nav" in item.properties or item.media_type == _NCX) and not entries:
            table = parse_xml(_ENTITY.sub(_number, read_entry(archive, item.name)), doctype=True)
            entries = list(_ncx(table, item.name) if item.media_type == _NCX else _navigation(table, item.name))
    by_name: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, []).append(entry)
    return by_name


def _navigation(table: Any, place: str) -> Iterable[_Entry]:
    tables = [nav for nav in table.iter("{*}nav") if "toc" in nav.get(EPUB_TYPE, "").split()]
    for link in (link for nav in tables[:1] for link in nav.iter("{*}a")):
        depth = sum(1 for _ in link.iterancestors("{*}ol")) - 1
        yield _entry(place, link.get("href", ""), visible_text(link), depth)


def _ncx(table: Any, place: str) -> Iterable[_Entry]:
    for point in table.iter("{*}navPoint"):
        target, label = point.find("{*}content"), point.find("{*}navLabel")
        if target is not None and label is not None:
            depth = sum(1 for _ in point.iterancestors("{*}navPoint"))
            yield _entry(place, target.get("src", ""), visible_text(label), depth)


def _entry(place: str, reference: str, title: str, depth: int) -> _Entry:
    return _Entry(_resolve(place, reference), unquote(reference.partition("#")[2]), title, max(depth, 0))


def _headed(root: Any, blocks: list[Block], entries: list[_Entry], top: int) -> list[Block]:
    """A chapter with the headings that the table of contents has for it, where it begins without one of its own."""
    if not blocks or blocks[0].level:
        return _lowered(blocks, entries, top)
    if any(block.level for block in blocks):
        entries = [entry for entry in entries[:1] if not any(_alike(entry.title, block) for block in blocks[1:])]
    place = {element: position for position, element in enumerate(root.iter("*"))}
    named = {element.get("id"): position for element, position in place.items() if element.get("id")}
    headed = list(blocks)
    for entry in reversed([entry for entry in entries if entry.title]):
        target = named.get(entry.fragment, 0)
        at = next((i for i, block in enumerate(headed) if place.get(block.element, 0) >= target), 0)
        heading = Block(entry.title, min(top + entry.depth, 6), headed[at].element)
        headed[at : at + _alike(entry.title, headed[at])] = [heading]
    return headed


def _lowered(blocks: list[Block], entries: list[_Entry], top: int) -> list[Block]:
    """Blocks with no heading above its place in the table of contents: some books head everything alike."""
    lower = 0
    lowered = []
    for block in blocks:
        if block.level:
            entry = next((entry for entry in entries if _alike(entry.title, block)), None)
            lower = max(top + entry.depth - block.level, 0) if entry else lower
            block = replace(block, level=min(block.level + lower, 6))
        lowered.append(block)
    return lowered


def _alike(title: str, block: Block) -> bool:
    """Whether a line of the table of contents names a block, which may have a number in front."""
    return bool(title) and block.text.casefold().endswith(title.casefold())


def _metadata(package: Any) -> tuple[str | None, Metadata]:
    said: dict[str, list[str]] = {}
    for element in package.iterfind("{*}metadata//{http://purl.org/dc/elements/1.1/}*"):
        if value := one_line(element.text or ""):
            said.setdefault(element.tag.rpartition("}")[2].lower(), []).append(value)

    def first(name: str) -> str | None:
        return next(iter(said.get(name, ())), None)

    return first("title"), Metadata(
        url=next(filter(None, map(web_address, said.get("identifier", ()))), None),
        publisher=first("publisher"),
        authors=tuple(dict.fromkeys(said.get("creator", ()))),
        published=next(filter(None, map(iso_date, said.get("date", ()))), None),
        language=first("language"),
    )
