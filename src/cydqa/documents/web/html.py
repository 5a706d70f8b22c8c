"""A saved web page -> the text of its main content, without navigation, banners and the like. Nothing is fetched."""

import codecs
import re
from typing import Any

from cydqa.documents import kinds
from cydqa.documents.decoding import decode
from cydqa.documents.extracted import Extracted
from cydqa.documents.web.boilerplate import main_blocks
from cydqa.documents.web.markup import Block, sectioned
from cydqa.documents.web.page_metadata import page_metadata, without_site
from cydqa.documents.web.visibility import remove_unseen
from cydqa.errors import DocumentError

VERSION = 1
KIND = kinds.TEXT
_DECLARED = re.compile(
    rb"""<(?:meta\b[^>]{0,300}?charset|\?xml\b[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I
)
_HEAD = 10_000  # bytes within which a page declares its encoding
_ENCODINGS = re.compile(
    r"(?:utf-?8|iso-?8859|latin|us-ascii|windows-|cp\d|koi8|mac|gb|big5|euc|shift_jis|sjis|x-sjis|tis)"
)
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}
_MOST_BROKEN = 1000  # one character in so many may be damaged before the declaration is not believed
_MOST_ATTRIBUTES = 5_000  # the parser compares each with all before it
_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{20000,}")
_ATTRIBUTE = re.compile(rb"\s[\w:.-]{1,99}\s*=")
_PRINT = "Open it in a browser, and save its text or print it to a PDF."
_EMBEDDED = re.compile(rb"data:[\w.+-]{1,60}/[\w.+-]{1,60};base64,[A-Za-z0-9+/=]{100,}")


def extract(content: bytes) -> Extracted:
    """Find the main content, and flatten it.

    Raises:
        DocumentError: if it is no text, or its elements are nested more deeply than any page's.
    """
    content = _EMBEDDED.sub(b"", content)
    if any(len(_ATTRIBUTE.findall(tag[0])) > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(content)):
        raise DocumentError("it has an element with more attributes than any page does.", hint=_PRINT)
    text, warnings = page_characters(content)
    root = parse_html(text)
    title, metadata = page_metadata(root, text)
    remove_unseen(root)
    body = root.find("body")
    blocks = main_blocks(root if body is None else body)
    headline = _headline(blocks)
    if title and headline and title != headline and title.endswith(headline):  # which names the site, then
        blocks = [block for block in blocks if block.text != headline]
        title, headline = without_site(title, (headline,), metadata.url), None
    elif headline and (title is None or title.startswith(headline)):
        title = headline
    reading_text, sections = sectioned(blocks, headline or title)
    return Extracted(title, reading_text, sections, metadata, warnings=warnings)


def parse_html(text: str) -> Any:
    """The root element of a page, however malformed.

    Raises:
        DocumentError: if its elements are nested too deeply: the parser would lose what is inside.
    """
    from lxml import etree, html

    parser = html.HTMLParser(huge_tree=True, encoding="utf-8")  # else it stops at a depth of 256
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except etree.ParserError as error:
        raise DocumentError("it holds no text.", hint="Add text to the file, or remove it.") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise DocumentError(
            "it nests its elements more deeply than any page does.",
            hint=_PRINT,
        )
    return root


def page_characters(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The characters of a page in the encoding that it declares, and a warning where that is not quite true.

    Raises:
        DocumentError: if it is no text.
    """
    declared = _DECLARED.search(content[:_HEAD])
    name = declared[1].decode().lower() if declared else ""
    marked = content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if marked or b"\0" in content or not content.strip() or not _ENCODINGS.match(name):
        return decode(content)
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        return decode(content)
    text = content.decode(_WIDER.get(encoding, encoding), "replace")
    broken = text.count("\ufffd")
    if broken * _MOST_BROKEN > len(text) or _is_utf8(content):
        return decode(content)
    warning = f"{broken} of its characters are damaged: they are not valid {encoding.upper()}."
    return text, (warning,) if broken else ()


def _is_utf8(content: bytes) -> bool:
    """Whether letters beyond ASCII are UTF-8, which no text in another encoding is by chance."""
    try:
        return not content.isascii() and bool(content.decode())
    except UnicodeDecodeError:
        return False


def _headline(blocks: list[Block]) -> str | None:
    """The first-level heading of a page that has just one."""
    top = [block.text for block in blocks if block.level == 1]
    return top[0] if len(top) == 1 else None
