"""Words as the lexical index and the choice of quotes see them."""

import re
import threading
from unicodedata import normalize

import Stemmer

VERSION = 1
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_CONTRACTED = re.compile(r"(?:n't|'(?:s|m|d|re|ve|ll))$")
_STATE = threading.local()  # a PyStemmer object must not be shared between threads

# Function words of English, and words that people wrap a question in ("give me an example of ..."): they carry no
# subject, so they neither match nor count as unanswered. "ca", "wo" and "sha" are what is left of can't, won't, shan't.
STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any anybody anyone anything are as at be because been before
    being below between both but by ca can cannot could did do does doing done down during each ever everybody everyone
    everything few for from further get gets getting give given gives got had happen happened happens has have having he
    her here hers herself him himself his how however i if in into is it its itself just let like me mean means meant
    might more most much must my myself no nobody nor not now of off on once one only or other our ours ourselves out
    over own please same say says said sha shall she should so some somebody someone something such tell than that the
    their theirs them themselves then there these they thing things this those though through to too under until up upon
    us very was way we were what when where whether which while who whom whose why will with within without wo would yet
    you your yours yourself yourselves describe example examples explain
    """.split()  # noqa: SIM905
)


def words(text: str) -> list[str]:
    """The words of `text` as they are written; dots inside an abbreviation are dropped (U.S. is US)."""
    return _WORD.findall(_DOTTED.sub(lambda match: match[0].replace(".", ""), normalize("NFKC", text)))


def terms(text: str, *, shouted: bool | None = None) -> list[str]:
    """Lower-case stems of the words of `text` in their order, without function words (Porter's English stemmer).

    A word in capitals is an abbreviation, not a function word (WHO, US), unless everything is in capitals; `shouted`
    says so where `text` is only a part.
    Source: Porter, "Snowball: A language for stemming algorithms", 2001.
    """
    capitals_matter = not (text.isupper() if shouted is None else shouted)
    kept = []
    for word in words(text):
        lowered = _CONTRACTED.sub("", word.lower().replace("’", "'"))
        if lowered not in STOP_WORDS or (capitals_matter and len(word) > 1 and word.isupper()):
            kept.append(lowered)
    stemmer = getattr(_STATE, "stemmer", None)
    if stemmer is None:
        stemmer = _STATE.stemmer = Stemmer.Stemmer("english")
    stems: list[str] = stemmer.stemWords(kept)
    return stems
