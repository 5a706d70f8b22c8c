"""How likely it is that the quotes found answer the question.

A logistic regression on features that can be read: how near question and sentences are, which names and numbers of
the question are there, and how far the best passage and sentence stand above the others. `tests/eval/fit_weights.py`
fits its weights, on questions of SQuAD 2.0 (Rajpurkar, Jia and Liang 2018) and on our own judged ones.
"""

import math
from typing import NamedTuple

import numpy as np

from cydqa.answer_types import MARKED
from cydqa.question import is_negated
from cydqa.quoting import Choice, Fate
from cydqa.retrieval import Retrieval, coverage
from cydqa.weights import CONFIDENCE

_NEXT = 3  # the sentence that the best one is compared with
_MOST_NAMES = 4  # names counted


class ConfidenceFeatures(NamedTuple):
    """What the estimate rests on."""

    sentence_cosine: float  # of the question and the sentence nearest to it
    passage_cosine: float  # of the question and the passage nearest to it
    margin: float  # by which the score of the best passage is above the second's
    quote_margin: float  # by which the score of the best sentence is above the fourth's
    lexical: float  # BM25 of the best passage, in standard deviations
    names: float  # share of the question's names and numbers, weighted by idf, that passages quoted have; 1 of none
    focus_missing: float  # 1 if no passage has what is asked for, as in "what is the *salary* of ...", else 0
    number_missing: float  # 1 if no passage that is quoted has a number of the question, else 0
    kind_missing: float  # 1 if the question asks for a date, a number, money, ... and no quote has one, else 0
    negation_differs: float  # 1 if only one of question and best sentence is negated, else 0
    name_count: float  # names and numbers in the question, at most four: each makes any passage on them look nearer


def features_of(retrieval: Retrieval, choice: Choice) -> ConfidenceFeatures:
    """The features of a retrieval, which must have found something, and of the sentences chosen from it."""
    question, found, ranked = retrieval.question, retrieval.found, choice.ranked
    top, best = found[0], ranked[0]
    concepts = question.concepts
    named = [i for i, concept in enumerate(concepts) if concept.named]
    focus = [i for i, concept in enumerate(concepts) if concept.term == question.focus]
    numbers = [i for i, concept in enumerate(concepts) if any(map(str.isdigit, concept.term))]
    quoted = [sentence for sentence, fate in zip(ranked, choice.fates, strict=True) if fate is Fate.QUOTED]
    passages = {sentence.hit.chunk.id for sentence in quoted}
    shown = [each for each in found if each.hit.chunk.id in passages]
    has_kind = question.expects not in MARKED or any(sentence.features.answer_type for sentence in quoted)
    in_shown = np.max([each.present for each in shown], axis=0)
    names = coverage(in_shown[named], tuple(concepts[i] for i in named))
    return ConfidenceFeatures(
        sentence_cosine=max(float(each.sentence_cosines.max()) for each in found),
        passage_cosine=max(each.cosine for each in found),
        margin=top.hit.score - found[1].hit.score if len(found) > 1 else 0.0,
        quote_margin=best.score - ranked[min(_NEXT, len(ranked) - 1)].score,
        lexical=top.features.lexical,
        names=float(names) if named else 1.0,
        focus_missing=float(any(not any(each.present[i] for each in found) for i in focus)),
        number_missing=float(any(not in_shown[i] for i in numbers)),
        kind_missing=float(not has_kind),
        negation_differs=float(question.negated != is_negated(best.text)),
        name_count=float(min(len(named), _MOST_NAMES)),
    )


def confidence(features: ConfidenceFeatures) -> float:
    """Probability that the quotes answer the question."""
    return (1 + math.tanh(sum(contributions(features).values()) / 2)) / 2  # the logistic function, without overflow


def contributions(features: ConfidenceFeatures) -> dict[str, float]:
    """What each feature adds to the logarithm of the odds, and "bias", which is there without any."""
    added = {name: CONFIDENCE[name] * value for name, value in zip(features._fields, features, strict=True)}
    return {"bias": CONFIDENCE["bias"], **added}
