"""Blocks of a PDF -> reading text: lines joined, hyphens at their ends resolved, the place of every character kept."""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

from cydqa.documents.pdf.lines import ADDED, Line
from cydqa.types import CharacterRun

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*(?:-[^\W\d_]+)*")
_HEAD = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$")
_TAIL = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.|doi\.org/|/\w+/)\S*[/_=?&%#.-]$", re.IGNORECASE)  # or the path of a file
_GOES_ON = re.compile(r"[a-z]|\w+[./]\w")  # after a full stop at a line end
_WHOLE = 3  # letters; the parts of a compound have at least so many
_PREFIXES = frozenset(
    (
        "con",
        "counter",
        "dis",
        "inter",
        "mis",
        "non",
        "out",
        "over",
        "per",
        "pre",
        "pro",
        "sub",
        "super",
        "trans",
        "under",
    )
)


def vocabulary_of(lines: Iterable[Iterable[Line]]) -> Counter[str]:
    """How often each word stands in a document, but for those that line ends may cut."""
    words: Counter[str] = Counter()
    cut = False
    for page in lines:
        for line in page:
            found = _WORD.findall(line.text.lower())[cut:]
            cut = line.text.endswith("-")
            found = found[:-1] if cut else found
            words.update(found)
            words.update(part for word in found if "-" in word for part in word.split("-"))
    return words


class Places:
    """The runs of a text's characters, collected in the order of the text."""

    def __init__(self) -> None:
        self.runs: list[CharacterRun] = []
        self.starts: dict[int, int] = {}  # of each page, the offset of its first character
        self._open: tuple[int, int, int, int] | None = None

    def add(self, offset: int, page: int, indices: Iterable[int]) -> None:
        """Characters of a page, the first of which stands at `offset` of the text."""
        self.starts.setdefault(page, offset)
        for at, index in enumerate(indices, offset):
            if index == ADDED:
                continue
            if self._open is not None:
                start, length, of, first = self._open
                if of == page and start + length == at and first + length == index:
                    self._open = (start, length + 1, of, first)
                    continue
                self.runs.append(CharacterRun(start, length, of, first))
            self._open = (at, 1, page, index)

    def finish(self) -> tuple[CharacterRun, ...]:
        """All runs."""
        if self._open is not None:
            start, length, page, first = self._open
            self.runs.append(CharacterRun(start, length, page, first))
            self._open = None
        return tuple(self.runs)


def joined(lines: Sequence[Line], words: Counter[str]) -> tuple[str, list[tuple[int, "array[int]"]]]:
    """The lines of a block as one text, and its characters' places: for each stretch its page and PDFium's numbers."""
    text = ""
    stretches: list[tuple[int, array[int]]] = []
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        letters, indices = line.text, line.indices
        if following is not None:
            glue = _glue(letters, following.text, words)
            if glue == "-":
                letters, indices = letters[:-1], indices[:-1]
            elif glue == " ":
                letters, indices = letters + " ", indices + array("q", [line.trailing])
        text += letters
        stretches.append((line.page, indices))
    return text, stretches


def _glue(text: str, following: str, words: Counter[str]) -> str:
    """How two lines of a paragraph join: with a space, with nothing, or with nothing and without the hyphen ("-")."""
    if text.endswith("-"):
        head, tail = _HEAD.search(text), _TAIL.match(following)
        if not head or not tail:
            return "" if text[-2:-1].strip() and following[0].isalnum() else " "
        if _ADDRESS.search(text.rsplit(" ", 1)[-1]):
            return ""
        return "-" if _is_one_word(head[1], tail[0], words) else ""
    if _ADDRESS.search(text.rsplit(" ", 1)[-1]) and (
        _GOES_ON.match(following) or not (following[0].isupper() or text.endswith("."))
    ):
        return ""
    if text[-1] in "—/" and text[-2:-1].isalpha() and following[0].isalpha():
        return ""
    return "" if _is_ideograph(text[-1]) and _is_ideograph(following[0]) else " "


def _is_one_word(head: str, tail: str, words: Counter[str]) -> bool:
    """Whether a word cut at a line end is written without the hyphen, as far as the rest of the document tells."""
    if not tail[0].islower():
        return head.isupper() and tail.isupper() and len(head) > 1 and words[f"{head}-{tail}".lower()] == 0
    head, tail = head.lower(), tail.lower()
    whole, compound = words[head + tail], words[f"{head}-{tail}"]
    if whole or compound:
        return whole >= compound
    last = head.rsplit("-", 1)[-1]
    both = words[last] and words[tail] and min(len(last), len(tail)) >= _WHOLE
    return not both or last in _PREFIXES


def _is_ideograph(letter: str) -> bool:
    return "\u2e80" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or "\uff00" <= letter <= "\uffef"
