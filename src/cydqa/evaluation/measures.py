"""The measures: of rankings by ir-measures, of calibration, and the intervals around their means."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
import numpy.typing as npt
from ir_measures import RR, R, nDCG
from scipy.stats import bootstrap

_RANKING = {"R@1": R @ 1, "R@5": R @ 5, "R@10": R @ 10, "MRR@10": RR @ 10, "nDCG@10": nDCG @ 10}
RANKING = tuple(_RANKING)
DEPTH = 10  # passages of a ranking that the measures read
_BINS = 10
_RESAMPLES = 2000
_SEED = 20261123  # the same questions and answers give the same intervals

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, or a calibration error, over some questions, with its 95 % bootstrap interval."""

    value: float
    low: float | None  # None for a single question
    high: float | None
    questions: int


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions whose confidence lies from `low` up to `high`; where there are none, the means are None."""

    low: float
    high: float
    questions: int
    confidence: float | None  # mean
    right: float | None  # share whose quotes hold a judged quote


def ranking_measures(relevant: Collection[str], ranked: Sequence[str]) -> dict[str, float]:
    """The measures of one question's ranking, by the names of RANKING.

    Recall (R) counts every relevant passage, so with two of them R@1 is at most a half; RR is the reciprocal rank of
    the first, nDCG the discounted gain of all (Järvelin and Kekäläinen 2002).

    Args:
        relevant: ids of the passages that answer; at least one.
        ranked: ids of the passages found, best first.
    """
    judgements = {"": dict.fromkeys(relevant, 1)}
    run = {"": {passage: -float(rank) for rank, passage in enumerate(ranked)}}
    found = ir_measures.calc_aggregate(_RANKING.values(), judgements, run)
    return {name: float(found[measure]) for name, measure in _RANKING.items()}


def mean(values: Sequence[float]) -> Estimate:
    """The mean with its percentile bootstrap interval over questions (Efron 1979).

    Where all values are equal, the interval has no width: it knows only the questions it has seen.

    Raises:
        ValueError: without any value.
    """
    if not values:
        raise ValueError("there is nothing to take the mean of")
    sample = np.array(values, np.float64)
    return _estimate(float(sample.mean()), (sample,), np.mean, vectorized=True)


def calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> Estimate:
    """Expected calibration error over ten bins of equal width (Naeini, Cooper and Hauskrecht 2015).

    Resampling adds noise of its own to each bin, so the interval lies a little high.

    Raises:
        ValueError: without any question.
    """
    if not confidences:
        raise ValueError("there is nothing to measure calibration on")
    sample = np.array(confidences, np.float64), np.array(right, np.float64)
    return _estimate(_calibration_error(*sample), sample, _calibration_error, vectorized=False)


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> tuple[Bin, ...]:
    """How often the questions of each confidence were right: the ten bins of the calibration error."""
    sample = np.array(confidences, np.float64), np.array(right, np.float64)
    counts, confidence, share = _binned(*sample)
    return tuple(
        Bin(
            low=place / _BINS,
            high=(place + 1) / _BINS,
            questions=int(count),
            confidence=float(confidence[place] / count) if count else None,
            right=float(share[place] / count) if count else None,
        )
        for place, count in enumerate(counts)
    )


def _binned(confidences: Values, right: Values) -> tuple[Values, Values, Values]:
    """For each bin: number of questions, sum of their confidences, number of right ones."""
    places = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    counts, confidence, share = (
        np.bincount(places, weights, minlength=_BINS).astype(np.float64) for weights in (None, confidences, right)
    )
    return counts, confidence, share


def _calibration_error(confidences: Values, right: Values) -> float:
    _, confidence, share = _binned(confidences, right)
    return float(np.abs(confidence - share).sum() / len(confidences))


def _estimate(value: float, sample: tuple[Values, ...], statistic: object, *, vectorized: bool) -> Estimate:
    questions = len(sample[0])
    if questions < 2:
        return Estimate(value, None, None, questions)
    interval = bootstrap(
        sample,
        statistic,
        paired=True,
        vectorized=vectorized,
        n_resamples=_RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return Estimate(value, float(interval.low), float(interval.high), questions)
