"""The kind of answer that a question asks for, and whether a sentence holds one.

Question words say much about the answer (Li and Roth, "Learning question classifiers", COLING 2002). Only the kinds are
told apart that can be seen in a sentence without knowing the world: a name, a date, a number, a place, a reason.
"""

import re
from collections.abc import Set
from enum import StrEnum

from cydqa.words import terms

NUMBER_WORDS = (  # a pattern
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundreds? thousands? millions? billions?"
    " trillions? half dozens? twice once"
).replace(" ", "|")
_MONTHS = "January February March April May June July August September October November December".replace(" ", "|")


class AnswerType(StrEnum):
    """What is asked for; OTHER where the question does not tell."""

    PERSON = "who"
    TIME = "when"
    NUMBER = "how many"
    PLACE = "where"
    REASON = "why"
    OTHER = "other"


_ASKS = (
    (AnswerType.PERSON, r"\b(?:who|whom|whose)\b"),
    (
        AnswerType.TIME,
        r"\bwhen\b|\bsince when\b|\b(?:what|which) (?:year|date|day|month|century|decade|time)\b|\bhow long ago\b",
    ),
    (
        AnswerType.NUMBER,
        r"\bhow (?:many|much|long|old|far|tall|large|big|high|often|fast|wide|deep)\b"
        r"|\b(?:what|which) (?:percentage|number|amount|share|proportion|age|size|cost|price|sum|budget|salary)\b",
    ),
    (
        AnswerType.PLACE,
        r"\bwhere\b"
        r"|\b(?:what|which) (?:country|countries|city|region|place|state|continent|town|county|area|location)\b",
    ),
    (AnswerType.REASON, r"\bwhy\b|\bwhat (?:is|was|were|are) the reasons?\b"),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _ASKS)
# A name: capitals inside a sentence, not where one begins.
_NAME = re.compile(r"(?<![.!?:“\"•] )(?<!^)\b[A-Z][\w’'-]+")
_DATE = re.compile(
    r"\b1\d{3}\b|\b20\d\d\b|\b\d{1,4} ?(?:BCE?|AD|CE)\b|\bcentur(?:y|ies)\b|\b\d0s\b|\bdecades?\b"
    rf"|\b(?:{_MONTHS})\b"
)
_NUMBER = re.compile(rf"\d|\b(?:{NUMBER_WORDS})\b", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:in|at|from|to|near|of|between|into|through|around|across|outside) (?:the )?[A-Z]\w+")
_REASON = re.compile(
    r"\b(?:because|due to|since|in order to|so that|as a result|therefore|caused?|led to|reasons?|thus|to \w+)\b",
    re.IGNORECASE,
)


def expected(question: str) -> AnswerType:
    """The kind of answer that a question asks for."""
    return next((kind for kind, pattern in _PATTERNS if pattern.search(question)), AnswerType.OTHER)


def holds(kind: AnswerType, sentence: str, asked: Set[str]) -> bool:
    """Whether a sentence holds something of this kind; always for OTHER.

    Args:
        asked: the terms of the question: who asks about Casper Klynge is not answered by that name.
    """
    match kind:
        case AnswerType.PERSON:
            return any(set(terms(name)) - asked for name in _NAME.findall(sentence))
        case AnswerType.TIME:
            return bool(_DATE.search(sentence))
        case AnswerType.NUMBER:
            return bool(_NUMBER.search(sentence))
        case AnswerType.PLACE:
            return bool(_PLACE.search(sentence))
        case AnswerType.REASON:
            return bool(_REASON.search(sentence))
        case _:
            return True
