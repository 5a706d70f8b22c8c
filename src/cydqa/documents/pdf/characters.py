"""The words of a PDF's pages and where each of their characters stands.

PDFium is not thread-safe: whoever uses it holds the one lock of this module, which `opened` takes.
"""

import ctypes
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from cydqa.documents.pdf.styles import Style, Styles, turned
from cydqa.errors import DocumentError

PDFIUM = threading.RLock()
_TAIL = 16_384  # bytes at the end of a file in which its end mark must stand
_GLUED = 0.18  # of the size: a wider gap between two characters is a space
_LEVEL = 0.15  # of the size: characters of a word are at most so much higher or lower than its first
_OVERLAP = 0.6  # of the size: a character further back than this begins something else
_TWICE = 0.15  # of the size: so near to each other the same words are one
_SYMBOL_BULLETS = "\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf02d\uf0e0\uf06e\uf0a8"  # of Symbol and Wingdings
_HYPHENS = "\x02\xad\u2010\u2011"  # PDFium's own for one at the end of a line, soft, and two of Unicode


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without a space between them, of one size; the page is turned so that most of its text is upright."""

    text: str
    indices: tuple[int, ...]  # PDFium's character of each character of the text
    left: float
    right: float
    base: float  # height of the baseline, upwards
    size: float  # points
    bold: bool
    glued: bool  # no space before it
    space: int = -1  # PDFium's character of the space after it, -1 where there is none in the file


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page, in the order in which the file draws it."""

    number: int  # from 1
    words: tuple[Word, ...]
    top: float
    bottom: float
    scanned: bool  # pictures and no text
    unmapped: int  # characters that the file gives no letters for
    characters: int


@contextmanager
def opened(content: bytes) -> Iterator[Any]:
    """PDFium's document of a file's bytes; holds the lock.

    Raises:
        DocumentError: if the file is locked, damaged or cut short.
    """
    import pypdfium2
    from pypdfium2 import raw

    damaged = DocumentError("it is damaged or cut short.", hint="Download or export the file again.")
    if b"%%EOF" not in content[-_TAIL:]:
        raise damaged
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
                raise DocumentError("it is protected by a password.", hint="Save it without a password.") from error
            raise damaged from error
        try:
            yield document
        finally:
            document.close()


@contextmanager
def page_of(document: Any, number: int) -> Iterator[tuple[Any, Any]]:
    """A page, from 1, and its text page, as PDFium's objects."""
    import pypdfium2

    try:
        page = document[number - 1]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise DocumentError(
            f"it is damaged: page {number} can't be read.", hint="Download or export the file again."
        ) from error
    try:
        yield page, text_page
    finally:
        text_page.close()
        page.close()


def read_page(document: Any, number: int) -> Page:
    """The words of one page, without those that are drawn twice, slant, or stand outside the page."""
    from pypdfium2 import raw

    with page_of(document, number) as (page, text_page):
        found, unmapped = _words(text_page.raw)
        letters: Counter[int] = Counter()
        for turn, word in found:
            letters[turn] += len(word.text)
        turn = letters.most_common(1)[0][0] if letters else 0
        left, bottom, right, top = turned(page.get_bbox(), turn)
        words = _once(
            word
            for way, word in found
            if way == turn and word.right > left and word.left < right and bottom < word.base < top
        )
        scanned = not words and any(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
        return Page(number, words, top, bottom, scanned, unmapped, sum(len(word.text) for word in words))


def _once(words: Iterator[Word]) -> tuple[Word, ...]:
    """The words without repetitions in the same place: bold by drawing twice, shadows, a text layer over text."""
    kept: list[Word] = []
    taken: dict[tuple[str, float], set[tuple[int, int]]] = {}
    for word in words:
        step = _TWICE * word.size
        across, up = round(word.left / step), round(word.base / step)
        same = taken.setdefault((word.text, word.size), set())
        if same and not same.isdisjoint((across + x, up + y) for x in (-1, 0, 1) for y in (-1, 0, 1)):
            continue
        same.add((across, up))
        kept.append(word)
    return tuple(kept)


def _words(text_page: Any) -> tuple[list[tuple[int, Word]], int]:
    """The upright words of a text page, each with its quarter turns, and how many characters have no letter.

    A call of PDFium costs about a microsecond, so a character gets two, and what holds for a word is asked once.
    """
    from pypdfium2 import raw

    unicode_of, box_of, generated = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox, raw.FPDFText_IsGenerated
    box = raw.FS_RECTF()
    at_box = ctypes.byref(box)
    styles = Styles(text_page)
    words: list[tuple[int, Word]] = []
    unmapped = 0
    text = ""
    indices: list[int] = []
    style, turn, glued = Style(1.0, False, 0), 0, False
    left = right = low = high = back = ahead = last = 0.0

    def close(space: int = -1) -> None:
        nonlocal text, indices
        if text and style.turn is not None:
            base = styles.baseline(indices[0], turn)
            words.append((turn, Word(text, tuple(indices), left, right, base, style.size, style.bold, glued, space)))
        text, indices = "", []

    for index in range(raw.FPDFText_CountChars(text_page)):
        code = unicode_of(text_page, index)
        shown = chr(code) if 32 < code < 127 else _shown(code, text_page, index)
        if shown == " ":
            close(index if code == 32 and not generated(text_page, index) else -1)
            glued = False
            continue
        if not shown:
            unmapped += code in (0, 0xFFFE, 0xFFFF)
            continue
        unmapped += code == 0xFFFD or (0xE000 <= code <= 0xF8FF and shown != "•")
        box_of(text_page, index, at_box)
        if turn:
            l, b, r, t = turned((box.left, box.bottom, box.right, box.top), turn)  # noqa: E741
        else:
            l, b, r, t = box.left, box.bottom, box.right, box.top  # noqa: E741
        level = _LEVEL * style.size  # a glyph that rises above its font's ascent has a higher box
        if (
            text
            and abs(b - low) < level
            and abs(t - high) < level
            and (
                -back < l - right < ahead or l == last  # the letters of one ligature share its box
            )
        ):
            last = l
            text += shown
            indices += [index] * len(shown)
            right = max(right, r)
            continue
        was, before = (left, right, low, high), turn
        joined = bool(text)
        close()
        style = styles.of(index)
        turn = style.turn or 0
        back, ahead = _OVERLAP * style.size, _GLUED * style.size
        if turn != before:
            l, b, r, t = turned((box.left, box.bottom, box.right, box.top), turn)  # noqa: E741
        touching = abs(l - was[1]) < _GLUED * style.size and b < was[3] and t > was[2]
        glued = joined and turn == before and touching
        text, indices = shown, [index] * len(shown)
        left, right, low, high, last = l, r, b, t, l
    close()
    return _with_whole_characters(words), unmapped


def _shown(code: int, text_page: Any, index: int) -> str:
    """What a reader sees of a character that is no plain letter; a space for white space, nothing for a control."""
    letter = chr(code)
    if letter in _HYPHENS:
        return "-" if letter != "\x02" or _is_hyphen(text_page, index) else ""
    if letter in _SYMBOL_BULLETS:
        return "•"
    if letter.isspace() or letter == "\u2028":
        return " "
    category = unicodedata.category(letter)
    if category in ("Cc", "Cf", "Cn"):
        return letter if letter in "\u200c\u200d" else ""
    if 0xFB00 <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFC:
        return unicodedata.normalize("NFKC", letter).replace(" ", "")
    return letter


def _is_hyphen(text_page: Any, index: int) -> bool:
    from pypdfium2 import raw

    return bool(raw.FPDFText_IsHyphen(text_page, index) == 1)


def _with_whole_characters(words: list[tuple[int, Word]]) -> list[tuple[int, Word]]:
    """The words with characters beyond U+FFFF, which PDFium may give as two halves, put together."""
    if not any("\ud800" <= letter <= "\udfff" for _, word in words for letter in word.text):
        return words
    whole = []
    for turn, word in words:
        text = ""
        indices: list[int] = []
        for letter, index in zip(word.text, word.indices, strict=True):
            if text and "\ud800" <= text[-1] <= "\udbff" and "\udc00" <= letter <= "\udfff":
                text = text[:-1] + (text[-1] + letter).encode("utf-16", "surrogatepass").decode("utf-16")
            else:
                text, indices = text + letter, [*indices, index]
        pairs = [(a, i) for a, i in zip(text, indices, strict=True) if not "\ud800" <= a <= "\udfff"]
        if pairs:
            whole.append((turn, replace(word, text="".join(a for a, _ in pairs), indices=tuple(i for _, i in pairs))))
    return whole
