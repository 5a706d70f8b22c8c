"""Where sentences begin and end.

A list item and a table row are sentences of their own; inside everything else the boundaries are sentencex's, less
those after an abbreviation that it does not know.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import sentencex

from cydqa.types import Span

# A paragraph ends at a blank line; a list item or a row of a table is one line.
_BLANK = re.compile(r"\n\s*\n+")
_MARKER = re.compile(r"\s*(?:[•*–—-]|\d{1,3}[.)])\s+(?=\S)")
_ABBREVIATION = re.compile(r"(?:^|[\s(“\"])(?:[Aa]mb|[Aa]pprox|Res|Reps|Sens|[Pp]aras?|Arts?|[Cc]h|eds?|transl)\.\s+$")
_PIECE = 4_000  # characters of a block that sentencex sees at once: the time it takes grows with their square
_LOOK_BACK = 20  # characters in which an abbreviation at a boundary must lie


def split_sentences(text: str, language: str = "en") -> list[Span]:
    """Spans that follow one another without a gap and cover `text`: each a sentence with the white space after it."""
    ends = sorted({match.end() for match in _BLANK.finditer(text)} | set(_line_blocks(text)) | {len(text)})
    spans: list[Span] = []
    start = 0
    for end in ends:
        spans.extend(_split_block(text, start, end, language))
        start = end
    return spans


def trim(text: str, span: Span) -> Span:
    """The span without white space at its ends and without a list marker; empty if nothing else is in it."""
    start, end = span
    piece = text[start:end]
    marker = _MARKER.match(piece)
    offset = marker.end() if marker else len(piece) - len(piece.lstrip())
    return min(start + offset, end), start + max(len(piece.rstrip()), min(offset, len(piece)))


def is_row(line: str) -> bool:
    """Whether a line, or a sentence, is a row of a table."""
    return " | " in line


def _line_blocks(text: str) -> Iterator[int]:
    """Where a line ends that is a sentence of its own, or that has such a line after it."""
    row_before, start = False, 0
    for line in text.split("\n"):
        row = is_row(line)
        if start and (row_before or row or _MARKER.match(line)):
            yield start
        row_before, start = row, start + len(line) + 1


def _split_block(text: str, start: int, end: int, language: str) -> list[Span]:
    marker = _MARKER.match(text, start, end)
    body = marker.end() if marker else start  # sentencex does not look past a list marker
    boundaries = [start]
    for cut in _ends(text, body, end, language):
        if cut < end and not _ABBREVIATION.search(text[max(boundaries[-1], cut - _LOOK_BACK) : cut]):
            boundaries.append(cut)
    boundaries.append(end)
    return [(first, last) for first, last in pairwise(boundaries) if first < last]


def _ends(text: str, start: int, end: int, language: str) -> Iterator[int]:
    """Where sentencex finds the sentences of a block to end."""
    while start < end:
        stop = min(start + _PIECE, end)
        found = [
            start + boundary["end_index"] for boundary in sentencex.get_sentence_boundaries(language, text[start:stop])
        ]
        if stop < end:  # the last one may go on
            found = found[:-1] or [_gap(text, start, stop)]
        yield from found
        start = found[-1] if found else end


def _gap(text: str, start: int, stop: int) -> int:
    """Where to cut a sentence longer than a piece: after its last white space, if it has any."""
    return max(text.rfind(" ", start, stop), text.rfind("\n", start, stop)) + 1 or stop
