"""The kind of answer that a question asks for, and whether a sentence holds one.

Question words say much about the answer (Li and Roth, "Learning question classifiers", COLING 2002). Only the kinds are
told apart that can be seen in a sentence without knowing the world: a name, a date, a number, a sum of money, a place.
Some leave marks that no answer is without: where nothing of these is quoted, the question is hardly answered.
"""

import re
from collections.abc import Set
from enum import StrEnum
from functools import lru_cache

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
    AMOUNT = "how much"
    MONEY = "how much money"
    SHARE = "what share"
    DURATION = "how long"
    AGE = "how old"
    TELEPHONE = "telephone number"
    EMAIL = "e-mail address"
    PLACE = "where"
    REASON = "why"
    OTHER = "other"


MARKED = frozenset(  # an answer of these kinds has a digit, a month, a currency or the like in it
    {
        *(AnswerType.TIME, AnswerType.NUMBER, AnswerType.MONEY, AnswerType.SHARE, AnswerType.DURATION),
        *(AnswerType.AGE, AnswerType.TELEPHONE, AnswerType.EMAIL),
    }
)
_SUM = r"(?:salary|salaries|wage|budget|cost|price|fee|fine(?! arts?)|revenue|turnover|expenditure|sum)(?![\w-])"
_AFTER_SUM = "of|for|per|in|to|at|on|by|from|that|which|paid|spent|set|given|he|she|it|they|each"
_BE = r"(?:['’]s| is| was| are| were| will be| would be)"
_AUXILIARY = r"(?:did|does|do|is|was|were|are|has|have|had|will|would|can|could|should|shall|must|may|might)\b"
_QUANTITIES = (  # the first that is found counts
    (
        AnswerType.TELEPHONE,
        r"\b(?:tele)?(?:phone|fax|mobile|hotline) (?:number|no)\b"
        r"|\bwhat number (?:do|can|could|should|must|shall|to)\b.{0,60}\b(?:call|dial|ring)\b",
    ),
    (AnswerType.EMAIL, r"\be-?mail address\b"),
    (
        AnswerType.MONEY,
        rf"\bwhat{_BE} [^.?!]{{0,40}}?\b{_SUM}(?= (?:{_AFTER_SUM})\b|\W*$)|\b(?:what|which) (?:\w+ )?{_SUM}"
        r"|\bwhat (?:did|does|do|will|would) [^.?!]{0,60}?\bcost\b"
        rf"|\bhow (?:high|big|large) (?:is|was|are|were) [^.?!]{{0,30}}?\b{_SUM}"
        r"|\bhow much\b.{0,80}\b(?:costs?|pays?|paid|spen[dt]|worth|earns?|loses?|lost|money|funding|dollars|euros)\b",
    ),
    (
        AnswerType.SHARE,
        r"\b(?:what|which|how (?:high|large|big)) (?:\w+ )?(?:percentage|per ?cent|proportion|fraction)\b"
        r"|\bwhat share\b|\bhow (?:high|large|big) a share\b",
    ),
    (AnswerType.AGE, r"\bhow old\b|\bwhat (?:is|was) the age of\b|\b(?:at|of) what age\b"),
    (AnswerType.TIME, r"\bhow long ago\b"),
    (AnswerType.DURATION, r"\bhow long\b"),
    (AnswerType.NUMBER, r"\bhow many\b|\b(?:what|which) number\b|^\W*(?:the )?number of\b"),
    (
        AnswerType.AMOUNT,  # which words may say, too: "every year", "a little"
        r"\bhow (?:much|far|tall|large|big|high|often|fast|wide|deep)\b|\b(?:what|which) (?:amount|size)\b",
    ),
)
_OTHERS = (  # the one that is found first in the question counts
    (AnswerType.PERSON, r"\b(?:who|whom|whose)\b"),
    (
        AnswerType.TIME,  # "when" that asks: not "what happens when ...", nor "when a state attacks, ..."
        rf"^\W*(?:(?:and|so|but|since|until|by|from) )?when(?:['’]s| exactly| and where)?(?: {_AUXILIARY}|\W*$)"
        r"|\b(?:know|me|say) when\b|\b(?:what|which) (?:year|date|day|month|century|decade|time)s?\b",
    ),
    (
        AnswerType.PLACE,
        r"\bwhere\b"
        r"|\b(?:what|which) (?:country|countries|city|region|place|state|continent|town|county|area|location)\b",
    ),
    (AnswerType.REASON, r"\bwhy\b|\bwhat (?:is|was|were|are) the reasons?\b"),
)
_QUANTITY_PATTERNS, _OTHER_PATTERNS = (
    tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in asks) for asks in (_QUANTITIES, _OTHERS)
)
# A name: capitals inside a sentence, not where one begins.
_NAME = re.compile(r"(?<![.!?:“\"•] )(?<!^)\b[A-Z][\w’'-]+")
_HOURS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midnight|dawn|dusk"
_DATE = re.compile(
    r"\b(?:1\d|20)\d\ds?\b|\b[3-9]\d\d\b|\b\d{1,4} ?(?:BCE?|AD|CE)\b|\b\d0s\b"
    rf"|\b(?:{_MONTHS})\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b"
    r"|(?i:\b(?:\w+(?:st|nd|rd|th)|first) centur(?:y|ies)\b|\b(?:during|since|until|as soon as)\b"
    rf"|\bat (?:{_HOURS})\b(?=\W*$|[,.;:)]| (?:in|on|and|or|every|each)\b)|\bat \d{{1,2}}:\d\d\b"
    r"|\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b|\bo['’]clock\b|\b(?:once|twice) an? (?:day|week|month|year)\b"
    r"|\bevery (?:\w+ )?(?:day|week|month|year)s?\b|\b(?:daily|weekly|monthly|annually|yearly)\b)"
)
# Not a year, a part of a longer number, or of a word: A/RES/75 and 2-day are no counts.
_NUMBER = re.compile(
    rf"(?<![\w.,/-])(?!(?:1[5-9]|20)\d\d\b)\d+(?:[.,]\d+)*(?![\w/-])"
    rf"|\b(?:{NUMBER_WORDS}|single|couple|pair|both|zero)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[$€£¥]|\b(?:dollars?|euros?|pounds?|yen|yuan|francs?|rou?bles?|kroner?|kronor|USD|EUR|GBP|cents?|millions?|billions?"
    r"|trillions?)\b|\bfree of charge\b|\b(?:is|are) free\b|\bno (?:fees?|costs?|charges?)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    rf"%|\bper ?cent|\b(?:half|thirds?|quarters?|fifths?|tenths?|majority|minority)\b"
    rf"|\b(?:{NUMBER_WORDS}|\d+) (?:in|out of|of) (?:every |the )?(?:{NUMBER_WORDS}|\d+)\b",
    re.IGNORECASE,
)
_UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(?:y|ies))"
_SOME = rf"(?:\d[\d.,]{{0,20}}|{NUMBER_WORDS}|an?|several|few|couple)"
_DURATION = re.compile(
    rf"\b{_SOME}(?: \w+)?[ -]{_UNIT}(?![\w-])|\b(?:decades|years)\b"
    r"|\b(?:since|until|between|from)\b.{0,80}\d{4}|\d{4} ?[–-] ?\d{2,4}"
    r"|\d ?(?:km|m|feet|ft|miles|kilomet(?:re|er)s|met(?:re|er)s)\b",
    re.IGNORECASE,
)
_AGE = re.compile(rf"\bage[ds]?\b|\b{_SOME}[ -]years?\b|\bborn\b", re.IGNORECASE)
_TELEPHONE = re.compile(r"\+?\d[\d ()/-]{5,}\d")
_EMAIL = re.compile(r"\S@\S")
_PLACE = re.compile(r"\b(?:in|at|from|to|near|of|between|into|through|around|across|outside) (?:the )?[A-Z]\w+")
_REASON = re.compile(
    r"\b(?:because|due to|since|in order to|so that|as a result|therefore|caused?|led to|reasons?|thus|to \w+)\b",
    re.IGNORECASE,
)


_MARKS = {
    AnswerType.TIME: _DATE,
    AnswerType.NUMBER: _NUMBER,
    AnswerType.AMOUNT: _NUMBER,
    AnswerType.MONEY: _MONEY,
    AnswerType.SHARE: _SHARE,
    AnswerType.DURATION: _DURATION,
    AnswerType.AGE: _AGE,
    AnswerType.TELEPHONE: _TELEPHONE,
    AnswerType.EMAIL: _EMAIL,
    AnswerType.PLACE: _PLACE,
    AnswerType.REASON: _REASON,
    AnswerType.PERSON: _NAME,
}


def expected(question: str) -> AnswerType:
    """The kind of answer that a question asks for."""
    for kind, pattern in _QUANTITY_PATTERNS:
        if pattern.search(question):
            return kind
    found = [(match.start(), kind) for kind, pattern in _OTHER_PATTERNS if (match := pattern.search(question))]
    return min(found, key=lambda each: each[0])[1] if found else AnswerType.OTHER


def holds(kind: AnswerType, sentence: str, asked: Set[str]) -> bool:
    """Whether a sentence holds something of this kind; always for OTHER.

    Args:
        asked: the terms of the question: who asks about Casper Klynge is not answered by that name, nor who asks about
            2018 by that year.
    """
    if kind is AnswerType.OTHER:
        return True
    found = _MARKS[kind].finditer(sentence)
    return any(kind is AnswerType.PLACE or _adds(match[0], asked) for match in found)  # the Paris Call is of Paris


def _adds(found: str, asked: Set[str]) -> bool:
    """Whether this says anything that the question does not."""
    said = _terms(found)
    return not said or not said <= asked


@lru_cache(maxsize=4096)
def _terms(found: str) -> frozenset[str]:
    return frozenset(terms(found))  # names, dates and numbers come again and again
