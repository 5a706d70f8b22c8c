"""How likely it is that the quotes found answer the question.

A logistic regression on three features. Its weights are those that `tests/eval/fit_confidence.py` prints, fitted half
on questions of SQuAD 2.0 (Rajpurkar, Jia and Liang 2018; with the paragraph or the whole article that answers taken
away) and half on the judged questions in `tests/eval/questions.jsonl`.
"""

import math
import re
from dataclasses import dataclass

from cydqa.retrieval import Retrieval, coverage, passage_terms
from cydqa.words import terms

_BIAS, _COSINE, _COVERAGE, _MISSING = -5.42, 6.51, 3.86, -3.21
_WORD = re.compile(r"\w+(?:['’]\w+)?")


@dataclass(frozen=True, slots=True)
class Features:
    """What the estimate rests on."""

    cosine: float  # of the question and the sentence nearest to it
    coverage: float  # share of the question's words, weighted by idf, that the best passage has with its headings
    missing: float  # share of the names and numbers in the question that no passage found has


def features_of(question: str, retrieval: Retrieval) -> Features:
    """The features of a question and what was retrieved for it; it must have found something."""
    held = [passage_terms(hit) for hit in retrieval.hits]
    named = frozenset(terms(" ".join(_names(question))))
    return Features(
        cosine=max(float(cosines.max()) for cosines in retrieval.sentence_cosines),
        coverage=coverage(held[0], retrieval.idf),
        missing=len(named - frozenset().union(*held)) / len(named) if named else 0.0,
    )


def confidence(question: str, retrieval: Retrieval) -> float:
    """Probability that the passages answer the question; 0 where nothing was found."""
    if not retrieval.hits:
        return 0.0
    features = features_of(question, retrieval)
    logit = _BIAS + _COSINE * features.cosine + _COVERAGE * features.coverage + _MISSING * features.missing
    return 1 / (1 + math.exp(-logit))


def _names(question: str) -> list[str]:
    """Words with a digit, and words with a capital that do not open the question."""
    words = _WORD.findall(question)
    return [
        word
        for place, word in enumerate(words)
        if any(character.isdigit() for character in word) or (place and word[0].isupper())
    ]
