"""Elements of HTML and XHTML as lxml has them: what they are to a reader, with or without a namespace."""

import re
from itertools import islice
from typing import Any

EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_NOTE_MARKS = {"noteref", "doc-noteref", "footnote-reference"}
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_INVISIBLE = (
    *("script", "style", "template", "noscript", "noframes", "head", "iframe", "object", "embed", "applet", "canvas"),
    *("audio", "video", "svg", "map", "select", "textarea", "input", "datalist", "annotation", "annotation-xml"),
    *("rp", "rt"),  # how to read a word aloud, in small letters above it
)
_BOX_ROLES = {"note", "doc-tip", "doc-notice"}
_BOXES = re.compile(
    r"(?:^|\s)(?:note|tip|hint|warning|caution|danger|attention|important|notice|admonition|alert|callout|sidebar)"
    r"-?(?:box|block|card)?(?:\s|$)",
    re.IGNORECASE,
)
_BOX = 5_000  # characters
_BOX_DEPTH = 5  # elements between a box and its heading
_LAYOUT_CELL = 600  # characters; a cell of that much is a column of a page


def _characters() -> dict[int, str | None]:
    """What each character is in reading text; None where it shows as nothing, or only in a font of icons."""
    shown: dict[int, str | None] = dict.fromkeys([*range(32), 0x7F, *range(0xE000, 0xF900)])
    del shown[ord("\t")], shown[ord("\n")], shown[ord("\r")]
    for code in range(0x80, 0xA0):  # browsers read numbers of control characters as Windows-1252
        shown[code] = bytes([code]).decode("cp1252", "ignore") or None
    marks = (0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xFFFE, 0xFFFF)
    shown.update(dict.fromkeys(marks))
    return shown | dict(zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))


_CHARACTERS = _characters()


def local_name(element: Any) -> str:
    """The tag without its namespace, in lower case."""
    return str(element.tag).rpartition("}")[2].lower()


def drop(element: Any) -> None:
    """Take an element out of its tree, and leave the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + (element.tail or "")
    else:
        before.tail = (before.tail or "") + (element.tail or "")
    parent.remove(element)


def remove_invisible(root: Any) -> None:
    """Take out of a tree what no reader reads: scripts, forms' fields, pictures, comments."""
    from lxml import etree

    tags = ("{*}" + tag for tag in _INVISIBLE)
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, *tags, with_tail=False)


def visible_text(element: Any) -> str:
    """All text of an element on one line."""
    return one_line("".join(element.itertext()))


def one_line(text: str) -> str:
    """Text as it shows on one line, whatever its white space and characters without a shape."""
    return collapsed(shown(text))


def shown(text: str) -> str:
    """Text without the characters that show as nothing, and with ligatures as letters."""
    return text.translate(_CHARACTERS)


def collapsed(text: str) -> str:
    """Text with each run of white space as one space, and none at its ends."""
    return " ".join(text.split())


def integer(value: str | None, default: int) -> int:
    """The number that an attribute gives."""
    return int(value) if value and re.fullmatch(r"-?\d{1,6}", value) else default


def heading_level(element: Any, tag: str) -> int:
    """Level of a heading, 0 of anything else."""
    if element.get("role") == "heading":
        return min(max(integer(element.get("aria-level"), 2), 1), 6)
    return HEADINGS.get(tag, 0)


def names_box(heading: Any) -> bool:
    """Whether a heading is the only one of a short box that interrupts the text: a note, a tip, a warning."""
    for above in islice(heading.iterancestors(), _BOX_DEPTH):
        named = f"{above.get('class', '')} {above.get('data-type', '')} {above.get(EPUB_TYPE, '')}"
        if above.get("role") in _BOX_ROLES or _BOXES.search(named):
            others = (one for one in above.iter(*("{*}" + name for name in HEADINGS)) if one is not heading)
            return next(others, None) is None and sum(map(len, above.itertext())) <= _BOX
    return False


def is_raised(element: Any, tag: str) -> bool:
    """Whether it is raised text, or the mark of a note, which some books raise by their style sheet alone."""
    if tag == "a":
        return bool(_NOTE_MARKS & {element.get(EPUB_TYPE), element.get("role"), *element.get("class", "").split()})
    return tag == "sup"


def has_blocks(element: Any, tag: str) -> bool:
    """Whether a list is a way to lay out sections, or definitions so long that each is text of its own."""
    inner = ("p", "div", "ul", "ol", "dl", "pre", "table", "blockquote") if tag == "dl" else ()
    found = element.iter(*("{*}" + name for name in (*HEADINGS, *inner)))
    return any(one is not element for one in found)


def lays_out(table: Any) -> bool:
    """Whether a table is there to place parts of a page rather than to be read by rows."""
    if table.get("role") in {"presentation", "none"}:
        return True
    for inner in table.iter(*("{*}" + name for name in ("table", *HEADINGS))):
        named = local_name(inner) != "table" and any(
            local_name(above) in {"caption", "th"} for above in inner.iterancestors()
        )
        if inner is not table and not named:
            return True
    rows = [[cell for cell in row if local_name(cell) in {"td", "th"}] for row in table.iter("{*}tr")]
    if all(len(row) <= 1 for row in rows):
        return True
    headed = any(local_name(cell) == "th" for row in rows for cell in row)
    return not headed and any(sum(map(len, cell.itertext())) > _LAYOUT_CELL for row in rows for cell in row)
