"""Words as the lexical index and the choice of quotes see them."""

import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from unicodedata import combining, normalize

import Stemmer

VERSION = 1
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_YEARS = re.compile(r"\b(1\d|20)(\d\d)[/–-](\d\d)\b(?![/–-])")  # of one century
_CONTRACTED = re.compile(r"(?:n't|'(?:s|m|d|re|ve|ll))$")
# Endings that differ between British and American English. The rules go too far (exercise, source), which does no harm:
# they change the words of questions and of documents alike.
_SPELLINGS = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"(?<=\w{3})is(?=(?:e|ed|es|er|ers|ing|ation|ations|ational)$)", "iz"),
        (r"(?<=\w{3})ys(?=(?:e|ed|es|er|ers|ing)$)", "yz"),
        (r"(?<=\w{2})our(?=(?:s|ed|ing|ite|ites|able|al|hood|ly)?$)", "or"),
        (r"(?<=[a-z])tre(?=s?$)", "ter"),
        (r"amme(?=s?$)", "am"),
        (r"ence(?=s?$)", "ense"),
        (r"ogue(?=s?$)", "og"),
        (r"([aeiouy][^aeiouy]+[aeiouy])ll(?=(?:ed|ing|er|ers)$)", r"\1l"),
    )
)
_SHORT = 4  # letters that a word must have more of, for its ending to say how it is spelled
_STATE = threading.local()  # a PyStemmer object must not be shared between threads

# Function words of English, and words that people wrap a question in ("give me an example of ..."): they carry no
# subject, so they neither match nor count as unanswered. "ca", "wo" and "sha" are what is left of can't, won't, shan't.
STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any anybody anyone anything are as at be because been before
    being below between both but by ca can cannot could did do does doing done down during each ever everybody everyone
    everything few for from further get gets getting give given gives got had happen happened happens has have having he
    her here hers herself him himself his how however i if in into is it its itself just let like many me mean means
    meant might more most much must my myself no nobody nor not now of off on once one only or other our ours ourselves
    out over own please same say says said sha shall she should so some somebody someone something such tell than that
    the their theirs them themselves then there these they thing things this those though through to too under until up
    upon us very was way we were what when where whether which while who whom whose why will with within without wo
    would yet you your yours yourself yourselves describe example examples explain
    """.split()  # noqa: SIM905
)


def words(text: str) -> list[str]:
    """The words of `text` as they are written, but that U.S. is US, and 2012/13 is 2012 and 2013."""
    plain = text if text.isascii() else normalize("NFKC", text)
    if "." in plain:  # looking first is much faster than replacing nothing
        plain = _DOTTED.sub(lambda match: match[0].replace(".", ""), plain)
    if "/" in plain or "-" in plain or "–" in plain:
        plain = _YEARS.sub(r"\1\2 \1\3", plain)
    return _WORD.findall(plain)


def is_shouted(text: str) -> bool:
    """Whether all of `text` is in capitals, so that they mean nothing; a word alone is rather an abbreviation (WHO)."""
    return text.isupper() and len(text.split()) > 1


def content_words(text: str, *, shouted: bool | None = None) -> list[str]:
    """The words of `text` in lower case and in their order, without function words.

    A word in capitals is an abbreviation, not a function word (WHO, US), unless everything is in capitals; `shouted`
    says so where `text` is only a part.
    """
    capitals_matter = not (is_shouted(text) if shouted is None else shouted)
    kept = []
    for word in words(text):
        lowered = word.lower().replace("’", "'")
        if "'" in lowered:
            lowered = _CONTRACTED.sub("", lowered)
        if lowered not in STOP_WORDS or (capitals_matter and len(word) > 1 and word.isupper()):
            kept.append(lowered)
    return kept


def stems(content: Sequence[str]) -> list[str]:
    """Of each word in lower case, the stem that all its forms and spellings share (Porter's English stemmer).

    Accents are dropped, and British spellings become American ones; what is spelled alike by that was no other word.
    Source: Porter, "Snowball: A language for stemming algorithms", 2001.
    """
    return [_stem(word) for word in content]


def terms(text: str, *, shouted: bool | None = None) -> list[str]:
    """The stems of the content words of `text`, in their order; `shouted` as for `content_words`."""
    return stems(content_words(text, shouted=shouted))


@lru_cache(maxsize=2**16)
def _stem(word: str) -> str:
    stemmer = getattr(_STATE, "stemmer", None)
    if stemmer is None:
        stemmer = _STATE.stemmer = Stemmer.Stemmer("english")
    stem: str = stemmer.stemWord(_spelled(word))
    return stem


def _spelled(word: str) -> str:
    if not word.isascii():
        word = "".join(character for character in normalize("NFKD", word) if not combining(character))
    if len(word) > _SHORT:
        for british, american in _SPELLINGS:
            word = british.sub(american, word)
    return word
