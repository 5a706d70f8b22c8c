"""One paragraph of a Word document -> what a reader sees of it, tracked changes accepted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cydqa.documents.office.graphics import REFERENCES
from cydqa.documents.office.styles import Style, Styles
from cydqa.documents.office.xml import Element, alternative, find, short, switch, value

_LEFT_OUT = {
    *("w:pPr", "w:rPr", "w:sdtPr", "w:sdtEndPr", "w:smartTagPr", "w:customXmlPr", "w:rubyPr", "w:rt"),
    *("w:del", "w:moveFrom", "m:ctrlPr", "m:rPr"),
}
_BOXES = {"w:txbxContent", *REFERENCES}
_PICTURES = {"w:drawing", "w:pict", "w:object"}
_CHARACTERS = {
    **dict.fromkeys(("w:tab", "w:ptab", "w:br", "w:cr"), " "),
    "w:noBreakHyphen": "-",
}
_CONTENTS_LINE = re.compile(r"\s*PAGEREF\s+_Toc")
_NOTES = {"w:footnoteReference": "footnote", "w:endnoteReference": "endnote"}
# The font Symbol puts the Greek alphabet where Latin letters are.
_GREEK = dict(zip("abcdefghiklmnopqrstuwxyz", "αβχδεφγηικλμνοπθρστυωξψζ", strict=True))
_SYMBOLS = {letter.upper(): greek.upper() for letter, greek in _GREEK.items()} | _GREEK
_SYMBOLS |= {
    "\xa3": "≤",
    "\xa5": "∞",
    "\xae": "→",
    "\xb0": "°",
    "\xb1": "±",
    "\xb3": "≥",
    "\xb4": "×",
    "\xb7": "•",
    "\xb9": "≠",
}


@dataclass(slots=True)
class _Seen:
    """What was seen so far of a paragraph, which is read from its first character to its last."""

    pieces: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    fields: list[bool] = field(default_factory=list)  # of the fields that are open: whether their result has begun
    plain: bool = False  # some of it is not bold
    contents: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What a reader sees of a paragraph; `text` has its white space as it stands in the file."""

    text: str
    bold: bool  # all of it
    boxes: tuple[Element, ...]  # content of the text boxes, and references to the graphics, that are anchored in it
    notes: tuple[tuple[str, str], ...]  # kind and id of the notes that it refers to
    contents: bool  # it is a line of a table of contents


def read_paragraph(element: Element, style: Style, styles: Styles) -> Paragraph:
    """Read a paragraph of a style."""
    seen = _Seen()
    _read(element, style, styles, seen)
    text = "".join(seen.pieces)
    bold = not seen.plain and bool(text.strip())
    return Paragraph(text, bold, tuple(seen.boxes), tuple(seen.notes), seen.contents)


def is_placeholder(control: Element) -> bool:
    """Whether a content control shows only what its author is to put there."""
    return switch(find(control, "w:sdtPr"), "w:showingPlcHdr") is True


def _read(parent: Element, style: Style, styles: Styles, seen: _Seen) -> None:
    for child in parent:
        name = short(child.tag)
        if name == "w:r":
            _read_run(child, style, styles, seen)
        elif name == "m:t":
            seen.pieces.append(child.text or "")
        elif name == "mc:AlternateContent":
            _read(alternative(child), style, styles, seen)
        elif name not in _LEFT_OUT and not (name == "w:sdt" and is_placeholder(child)):
            _read(child, style, styles, seen)


def _read_run(run: Element, style: Style, styles: Styles, seen: _Seen) -> None:
    properties = find(run, "w:rPr")
    own = styles.run(value(properties, "w:rStyle"))
    if _first(switch(properties, "w:vanish"), own.hidden, style.hidden):
        return
    bold = bool(_first(switch(properties, "w:b"), own.bold, style.bold))
    for child in _children(run):
        name = short(child.tag)
        if name == "w:fldChar":
            _follow_field(value(child, ".", "w:fldCharType"), seen.fields)
        elif name == "w:instrText":
            seen.contents |= bool(_CONTENTS_LINE.match(child.text or ""))
        elif name in _PICTURES:
            seen.boxes.extend(_boxes(child))
        elif not all(seen.fields):
            continue
        elif name in _NOTES:
            seen.notes.append((_NOTES[name], value(child, ".", "w:id") or ""))
        elif name == "w:ruby":
            _read(child, style, styles, seen)
        elif text := child.text or "" if name == "w:t" else _CHARACTERS.get(name) or _symbol(child, name):
            seen.pieces.append(text)
            seen.plain |= bool(text.strip()) and not bold


def _children(run: Element) -> Iterator[Element]:
    for child in run:
        if short(child.tag) == "mc:AlternateContent":
            yield from alternative(child)
        else:
            yield child


def _follow_field(step: str | None, fields: list[bool]) -> None:
    """A field is an instruction, which nobody sees, and from its separator on the result."""
    if step == "begin":
        fields.append(False)
    elif fields and step == "separate":
        fields[-1] = True
    elif fields and step == "end":
        fields.pop()


def _symbol(element: Element, name: str) -> str:
    if name != "w:sym":
        return ""
    try:
        character = chr(int(value(element, ".", "w:char") or "", 16))
    except (ValueError, OverflowError):
        return ""
    if not "\uf000" <= character <= "\uf0ff":
        return character
    return _SYMBOLS.get(chr(ord(character) - 0xF000), "") if value(element, ".", "w:font") == "Symbol" else ""


def _boxes(element: Element) -> Iterator[Element]:
    """The text boxes, charts and diagrams in a drawing; not those inside of another one."""
    for child in alternative(element) if short(element.tag) == "mc:AlternateContent" else element:
        if short(child.tag) in _BOXES:
            yield child
        else:
            yield from _boxes(child)


def _first(*said: bool | None) -> bool | None:
    return next((one for one in said if one is not None), None)
