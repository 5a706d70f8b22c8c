"""The language that a text is written in."""

from functools import cache
from typing import Any

_SAMPLES = 8  # pieces looked at, evenly spread: a text may quote another language, or list a program
_SAMPLE = 300  # characters of each
_ENOUGH = 200  # below it a text may be names and numbers
_SURE = 0.9


def language_of(text: str, declared: str | None) -> str | None:
    """ISO 639-1 code of the language of a text: that of most of it, or where that is not clear what the file declares.

    Files often declare the language of the program that made them. The method is a naive Bayes classifier over byte
    n-grams (Lui and Baldwin, "langid.py", ACL 2012).
    """
    step = max(_SAMPLE, len(text) // _SAMPLES)
    sample = " ".join(text[start : start + _SAMPLE] for start in range(0, len(text), step))
    spoken = "".join(letter if letter.isalpha() else " " for letter in sample)
    if len(spoken.replace(" ", "")) >= _ENOUGH:
        language, probability = load_identifier().classify(" ".join(spoken.split()))
        if probability >= _SURE:
            return str(language)
    return declared.lower().replace("_", "-").split("-")[0] or None if declared else None


@cache
def load_identifier() -> Any:
    """The classifier, which takes half a second to load."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
