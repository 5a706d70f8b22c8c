"""Words of a PDF's page -> its lines, each a stretch of text on one baseline that a reader takes in at once."""

import re
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from cydqa.documents.markdown import BULLET
from cydqa.documents.pdf.characters import Word

ADDED = -1  # index of a character that the extraction put there
_SAME_LEVEL = 0.45  # of the size: words of a line stand at most so much higher or lower
_LIFTED = 0.7  # the same for a superscript
_WIDE = 1.3  # of the size: a wider gap separates columns or cells
_NEAR = 0.38  # the same for words that the file does not draw one after the other
_RAISED = (0.85, 0.15)  # a superscript is smaller and higher than that, in parts of the line's size
_MARK = re.compile(r"(?:\d{1,3}(?:[,–-]\d{1,3})*|[*†‡§¶]{1,3}|[ivx]{1,4}|[a-e])[,.;]?$")
_UNITS = frozenset(("m", "km", "cm", "mm", "ft"))
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
MARKER = re.compile(
    r"(?:[•◦▪▫●○■□‣⁃∙·◆◇►▶➢➤✓✔–—*-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\.?)$"
)
LABEL = re.compile(r"\[[\w+:.–-]{1,12}\]$")  # of an entry of a bibliography
_LABEL_PARTS = 3  # words that a file may draw it as: its brackets and what they hold
_BULLETS = frozenset("•◦▪▫●○■□‣⁃∙·◆◇►▶➢➤✓✔–—*-")
_INITIAL = re.compile(r"[“\"‘]?[^\W\d_]$")
_LARGE = 1.8  # times the size of the text: so large are initials
_GLUED_NUMBER = re.compile(r"(?:\d{1,3}|[*†‡§])(?=[^\W\d_]|[“‘\"(])")


@dataclass(frozen=True, slots=True)
class Line:
    """Text on one baseline, or a row of a table whose cells are joined by CELL."""

    page: int
    text: str
    indices: "array[int]"  # PDFium's character of each character of the text, or ADDED
    left: float
    right: float
    base: float
    size: float  # of most of its characters
    bold: bool  # all of it
    opening: float  # width of its first word
    number: str = ""  # the footnote mark that it begins with
    trailing: int = ADDED  # PDFium's space after its last character
    row: bool = False
    dotted: bool = False  # a row in which dots led from one cell to the next


def lines_of(page: int, words: Sequence[Word]) -> list[Line]:
    """The lines of a page in the order in which the file draws them."""
    pieces: list[list[Word]] = []
    for word in words:
        if pieces and _goes_on(pieces[-1], word, _WIDE):
            pieces[-1].append(word)
        else:
            pieces.append([word])
    _attach_initials(pieces)
    return [line for piece in _gathered(pieces) if (line := _line(page, piece)).text]


def _goes_on(piece: Sequence[Word], word: Word, gap: float) -> bool:
    last = piece[-1]
    size = max(last.size, word.size, max(other.size for other in piece[-3:]))
    if len(piece) == 1 and _INITIAL.match(last.text) and last.size > _LARGE * word.size:
        return False
    if not any(_is_level(word, other) for other in piece[-3:]):
        return False
    opens = "".join(other.text for other in piece) if len(piece) <= _LABEL_PARTS else ""
    if ((len(piece) == 1 and MARKER.match(opens)) or LABEL.match(opens)) and word.left > last.right:
        gap = 6.0  # from a bullet, number or label to its text
    if _is_right_to_left(word.text):
        return -0.5 * size < last.left - word.right < gap * size
    return -0.5 * size < word.left - last.right < gap * size and word.left > last.left - 0.1 * size


def _is_level(word: Word, other: Word) -> bool:
    """Whether two words stand on one baseline, or one is a superscript of the other's line."""
    small, large = sorted((word, other), key=lambda one: one.size)
    lift = _LIFTED if small.size < _RAISED[0] * large.size and small.base > large.base else _SAME_LEVEL
    return abs(small.base - large.base) <= lift * large.size


def _is_right_to_left(text: str) -> bool:
    return any("\u0590" <= letter <= "\u08ff" or "\ufb1d" <= letter <= "\ufefc" for letter in text)


def _gathered(pieces: list[list[Word]]) -> list[list[Word]]:
    """Pieces of one line that the file draws apart, such as its links or bold words, put together.

    The line keeps the place of the piece that the file draws first.
    """
    order = sorted(range(len(pieces)), key=lambda i: (round(pieces[i][0].base / 3), pieces[i][0].left))
    home = {i: i for i in range(len(pieces))}
    for before, after in pairwise(order):
        a, b = pieces[home[before]], pieces[after]
        if not _is_right_to_left(a[-1].text) and _goes_on(a, b[0], _NEAR):
            a += b
            home[after] = home[before]
            pieces[after] = []
    return [piece for piece in pieces if piece]


def _attach_initials(pieces: list[list[Word]]) -> None:
    """Put a large initial that stands beside the first lines of a paragraph in front of the first of them."""
    for piece in [piece for piece in pieces if len(piece) == 1 and _INITIAL.match(piece[0].text)]:
        initial = piece[0]
        beside = [
            other
            for other in pieces
            if other  # not another initial, taken already
            and initial.size > _LARGE * other[0].size
            and -0.5 * other[0].size < other[0].left - initial.right < _WIDE * other[0].size
            and -0.3 * other[0].size < other[0].base - initial.base < initial.size
        ]
        if beside:
            first = max(beside, key=lambda other: other[0].base)
            letter = replace(initial, size=first[0].size, base=first[0].base, bold=first[0].bold)
            first[:1] = [letter, replace(first[0], glued=True)]
            piece.clear()
    pieces[:] = [piece for piece in pieces if piece]


def _line(page: int, words: Sequence[Word]) -> Line:
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[word.size] += len(word.text)
    size = sizes.most_common(1)[0][0]
    base = next(word.base for word in words if word.size == size)
    text, number = "", ""
    indices: array[int] = array("q")
    space = ADDED
    for i, word in enumerate(words):
        raised = word.size < _RAISED[0] * size and word.base > base + _RAISED[1] * size
        if raised and text and _is_mark(text, word.text):
            space = word.space
            continue
        letters, places = _without_unicode_marks(text, word)
        if text and (not word.glued or (i == 1 and number)):
            text += " "
            indices.append(space)
        if not text and (raised or not letters) and _MARK.match(word.text):
            number, letters, places = word.text, word.text, word.indices
        text += letters
        indices.extend(places)
        space = word.space
    text, indices = _with_plain_bullet(text, indices)
    return Line(
        page=page,
        text=text,
        indices=indices,
        left=min(word.left for word in words),
        right=max(word.right for word in words),
        base=base,
        size=size,
        bold=all(word.bold for word in words if any(letter.isalnum() for letter in word.text)),
        opening=words[0].right - words[0].left,
        number=number,
        trailing=space,
    )


def _is_mark(before: str, mark: str) -> bool:
    """Whether a superscript is the number of a note, which a quote is better without: not 10², m², 1st or CO₂."""
    word = before.rsplit(" ", 1)[-1]
    return bool(_MARK.match(mark)) and not word[-1].isdigit() and word.strip("(").lower() not in _UNITS


def _without_unicode_marks(before: str, word: Word) -> tuple[str, tuple[int, ...]]:
    """A word's characters but for note numbers written with superscript digits, and the places of those kept."""
    end = len(word.text.rstrip("⁰¹²³⁴⁵⁶⁷⁸⁹"))
    digits = "".join(_SUPERSCRIPTS[letter] for letter in word.text[end:])
    if not digits or not (before + word.text[:end]) or not _is_mark(before + word.text[:end], digits):
        return word.text, word.indices
    return word.text[:end], word.indices[:end]


def _with_plain_bullet(text: str, indices: "array[int]") -> tuple[str, "array[int]"]:
    if len(text) > 2 and text[0] in _BULLETS and text[1] == " ":
        return BULLET + text[2:], indices
    return text, indices


def with_number_set_off(line: Line) -> Line:
    """The first line of a note with a space after its number, which files often leave out."""
    found = _GLUED_NUMBER.match(line.text)
    if not found:
        return line
    at = found.end()
    indices = line.indices[:at] + array("q", [ADDED]) + line.indices[at:]
    return replace(line, text=f"{line.text[:at]} {line.text[at:]}", indices=indices)
