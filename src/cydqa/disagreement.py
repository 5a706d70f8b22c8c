"""Numbers and years that different passages give for the same thing.

A question "how many countries ..." is about counts of countries; "when ..." is about years. Passages that answer with
different ones are quoted together, and each is shown with the date of its document: it is the reader who decides.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from cydqa.answer_types import NUMBER_WORDS, AnswerType
from cydqa.question import Question
from cydqa.types import Citation, Disagreement
from cydqa.words import terms

# A number and the words after it, one of which may be what it counts.
_COUNT = re.compile(
    rf"(?<![\w.,/-])(?P<number>(?!(?:1\d|20)\d\d\b)\d+(?:[.,]\d+)*|(?:{NUMBER_WORDS})\b)"
    r"(?P<unit>(?:[ -][^\W\d][\w'’-]*){1,3})",
    re.IGNORECASE,
)
# After one of these the text speaks of something else: 300 companies *in* countries.
_ENDS = frozenset("across against and among as at between but by for from in inside on or per than to with".split())  # noqa: SIM905
_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
# What people count under several names.
_SAME = (
    frozenset(terms("countries states nations governments")),
    frozenset(terms("people persons individuals")),
    frozenset(terms("companies firms businesses enterprises")),
)


class Given(NamedTuple):
    """A value that a text gives."""

    value: str  # to compare: the number or the year
    text: str  # the slice of the text that gives it


def given_by(text: str, question: Question) -> list[Given]:
    """What a text gives as the number or the year that a question asks for; nothing for other questions."""
    match question.expects:
        case AnswerType.NUMBER:
            return list(_counts(text, question.focus))
        case AnswerType.TIME:
            return [Given(match[0], match[0]) for match in _YEAR.finditer(text)]
        case _:
            return []


def differs(one: Sequence[Given], other: Sequence[Given]) -> bool:
    """Whether two texts both give a value, and none that the other gives, too."""
    return bool(one) and bool(other) and not {given.value for given in one} & {given.value for given in other}


def disagreements(citations: Sequence[Citation], question: Question) -> tuple[Disagreement, ...]:
    """Where citations give different values for what a question asks for: at most one record, of all of them."""
    given = [(given_by(citation.quote, question), citation.number) for citation in citations]
    values = [value for all_, number in given for value in dict.fromkeys((each.text, number) for each in all_)]
    if not any(differs(one, other) for one, _ in given for other, _ in given):
        return ()
    about = values[0][0].split()[-1] if question.expects is AnswerType.NUMBER else "year"
    return (Disagreement(about, tuple(values)),)


def _counts(text: str, focus: str | None) -> Iterator[Given]:
    units = {focus} | next((same for same in _SAME if focus in same), frozenset())
    for match in _COUNT.finditer(text):
        for word in takewhile(lambda word: word.lower() not in _ENDS, match["unit"].split()):
            if set(terms(word)) & units:
                end = match.end("number") + match["unit"].index(word) + len(word)
                yield Given(match["number"].lower().replace(",", ""), text[match.start() : end])
                break
