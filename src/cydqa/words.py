"""Words as the lexical index and the choice of quotes see them."""

import re
import threading
from unicodedata import normalize

import Stemmer

VERSION = 1
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_STATE = threading.local()  # a PyStemmer object must not be shared between threads

# Function words of English: they carry no subject, so they neither match nor count as unanswered.
STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are as at be because been before being below between
    both but by can could did do does doing down during each few for from further had has have having he her here hers
    herself him himself his how i if in into is it its itself just me might more most must my myself no nor not now of
    off on once only or other our ours ourselves out over own please same shall she should so some such tell than that
    the their theirs them themselves then there these they this those through to too under until up upon us very was
    we were what when where whether which while who whom whose why will with within without would you your yours
    yourself yourselves
    """.split()  # noqa: SIM905
)


def terms(text: str, *, shouted: bool | None = None) -> list[str]:
    """Lower-case stems of the words of `text` in their order, without function words (Porter's English stemmer).

    Dots inside an abbreviation are dropped (U.S. is US), and a word in capitals is an abbreviation, not a function
    word (WHO, US), unless everything is in capitals; `shouted` says so where `text` is only a part.
    Source: Porter, "Snowball: A language for stemming algorithms", 2001.
    """
    text = _DOTTED.sub(lambda match: match[0].replace(".", ""), normalize("NFKC", text))
    capitals_matter = not (text.isupper() if shouted is None else shouted)
    kept = []
    for word in _WORD.findall(text):
        lowered = word.lower().replace("’", "'").removesuffix("'s")
        if lowered not in STOP_WORDS or (capitals_matter and len(word) > 1 and word.isupper()):
            kept.append(lowered)
    stemmer = getattr(_STATE, "stemmer", None)
    if stemmer is None:
        stemmer = _STATE.stemmer = Stemmer.Stemmer("english")
    stems: list[str] = stemmer.stemWords(kept)
    return stems
