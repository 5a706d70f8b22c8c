"""The markers by which a document's own text points into its list of references: [3], [1, 2], [4.1].

They are the document's and never ours: the numbers of an answer's citations stand outside its quotes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cydqa.types import Reference

# At most three digits: a year in brackets is no marker.
_NUMBER = r"[0-9]{1,3}(?:\.[0-9]{1,3})*"
_MARKERS = re.compile(rf"\[\s?{_NUMBER}(?:\s?[,;–-]\s?{_NUMBER})*\s?\]")
_EACH = re.compile(_NUMBER)


@dataclass(frozen=True, slots=True)
class Marker:
    """A place of a text that names an entry of a list of references.

    The span is that of the number; where it stands alone in its brackets, they are part of it.
    """

    start: int
    end: int
    label: str  # the number as it is written: "3", "3.1"
    reference: Reference | None  # None where the list has no entry of that number


def find_markers(text: str, references: Sequence[Reference]) -> list[Marker]:
    """The markers of a text, in order, each with the entry of the list that it names.

    A document without a list of references has no markers: what looks like one may mean anything.
    """
    return list(_markers(text, references)) if references else []


def _markers(text: str, references: Sequence[Reference]) -> Iterator[Marker]:
    numbered = {str(reference.number): reference for reference in reversed(references)}
    for bracket in _MARKERS.finditer(text):
        numbers = list(_EACH.finditer(text, *bracket.span()))
        for number in numbers:
            start, end = bracket.span() if len(numbers) == 1 else number.span()
            yield Marker(start, end, number.group(), numbered.get(number.group()))
