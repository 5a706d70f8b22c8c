"""How likely it is that the quotes found answer the question.

A logistic regression on five features. Its weights are those that `tests/eval/fit_confidence.py` prints, fitted half
on questions of SQuAD 2.0 (Rajpurkar, Jia and Liang 2018; with the paragraph or the whole article that answers taken
away) and half on the split dev of the judged questions in `tests/eval/questions.jsonl`.
"""

import math
import re
from typing import NamedTuple

from cydqa.retrieval import Retrieval, coverage, passage_terms
from cydqa.words import terms, words

_BIAS = -3.67
# In the order of the fields of Features.
_WEIGHTS = (4.67, 1.11, 1.76, -1.63, -0.67)
_ASKS_FOR = re.compile(r"\b(?:what|which|who|whose|how (?:many|much|long|old))\b", re.IGNORECASE)


class Features(NamedTuple):
    """What the estimate rests on."""

    sentence_cosine: float  # of the question and the sentence nearest to it
    passage_cosine: float  # of the question and the passage nearest to it
    coverage: float  # share of the question's words, weighted by idf, that the best passage has with its headings
    missing: float  # share of the names and numbers in the question that no passage found has
    focus_missing: float  # 1 if no passage has what is asked for, as in "what is the *salary* of ...", else 0


def features_of(question: str, retrieval: Retrieval) -> Features:
    """The features of a question and what was retrieved for it; it must have found something."""
    held = [passage_terms(hit) for hit in retrieval.hits]
    anywhere = frozenset().union(*held)
    named = frozenset(terms(" ".join(_names(question)), shouted=question.isupper()))
    focus = _focus(question)
    return Features(
        sentence_cosine=max(float(cosines.max()) for cosines in retrieval.sentence_cosines),
        passage_cosine=float(retrieval.passage_cosines.max()),
        coverage=coverage(held[0], retrieval.idf),
        missing=len(named - anywhere) / len(named) if named else 0.0,
        focus_missing=float(focus is not None and focus not in anywhere),
    )


def confidence(question: str, retrieval: Retrieval) -> float:
    """Probability that the passages answer the question; 0 where nothing was found."""
    if not retrieval.hits:
        return 0.0
    features = features_of(question, retrieval)
    logit = _BIAS + sum(weight * value for weight, value in zip(_WEIGHTS, features, strict=True))
    return 1 / (1 + math.exp(-logit))


def _names(question: str) -> list[str]:
    """Words with a digit, and words with a capital that do not open the question (none where all have capitals)."""
    capitals_matter = not question.isupper()
    return [
        word
        for place, word in enumerate(words(question))
        if any(character.isdigit() for character in word) or (place and capitals_matter and word[0].isupper())
    ]


def _focus(question: str) -> str | None:
    """The term that says what is asked for: the first one after the question word (Moldovan et al., ACL 2000)."""
    asks = _ASKS_FOR.search(question)
    return next(iter(terms(question[asks.end() :], shouted=question.isupper())), None) if asks else None
