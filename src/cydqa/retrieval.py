"""Question -> ranked passages: two retrievers propose, one sum of features decides.

Dense and lexical search each propose candidates. Every candidate then gets the same features: the cosines of the
whole passage and of its best sentence and its BM25 score, each on a common scale; the share of the question's words
that it has, and that one sentence of it has; and how many neighbours in the question are neighbours in it. Adding
scores keeps what ranks throw away: with equal weights by rank (reciprocal rank fusion) the weaker retriever drags the
better one down.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cydqa.embedding import Matrix
from cydqa.index import Rows, Scores
from cydqa.index.forward import Units
from cydqa.index.lexical import best
from cydqa.index.store import Generation
from cydqa.question import Concept, Question
from cydqa.types import Hit
from cydqa.weights import RANKING

_RARE = 10.0  # standard deviations that the best lexical hit has at most, where the sample lacks the question's words

_DEEPER = 4  # times as many passages are looked through for a definition

Presence = npt.NDArray[np.float32]


class RankFeatures(NamedTuple):
    """What a passage's score is the weighted sum of."""

    passage: float  # cosine of the question and the passage, in standard deviations
    sentence: float  # cosine of the question and the passage's best sentence, in standard deviations
    lexical: float  # BM25, in standard deviations
    coverage: float  # share of the question's words, weighted by idf, that the passage has, with its headings
    sentence_coverage: float  # the same of its best sentence alone
    adjacency: float  # share of the question's pairs of neighbouring words that are neighbours in the passage


_WEIGHTS = np.array([RANKING[name] for name in RankFeatures._fields], np.float32)


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found, with what its score and the choice of quotes rest on."""

    hit: Hit
    features: RankFeatures
    cosine: float  # of the question and the passage
    sentence_cosines: Scores  # (sentences,)
    present: (
        Presence  # (concepts,), 0 to 1: how much of each concept of the question the passage has, with its headings
    )
    present_in: Presence  # (sentences, concepts), the same of each sentence


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a search found, with all that is needed to choose quotes and to judge them."""

    question: Question
    found: tuple[Found, ...]
    sentence_mean: float  # of the best sentence's cosine over the sample of passages
    sentence_std: float

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The passages, best first."""
        return tuple(found.hit for found in self.found)


def standardise(scores: Scores, *, mean: float, std: float) -> Scores:
    """Put one retriever's scores on a common scale, so that two retrievers can be added.

    Args:
        scores: (n,) float32, higher is better.
        mean, std: of this retriever's scores over a fixed sample of passages, in the same unit; the sample is the
            index's, not the query's candidates, so that a score means the same for every question.
    Returns:
        (n,) float32, in standard deviations. Empty in, empty out.
    Raises:
        ValueError: if std is not positive.
    """
    if std <= 0:
        raise ValueError(f"std must be positive, got {std}")
    return np.asarray((scores - mean) / std, np.float32)


def coverage(present: Presence, concepts: tuple[Concept, ...]) -> Scores:
    """Share of the question's words that texts have, each weighted by its idf.

    Args:
        present: (..., concepts), 0 to 1.
    Returns:
        (...), 0 to 1; 0 for no concepts.
    """
    weights = np.array([concept.weight for concept in concepts], np.float32)
    total = weights.sum()
    if not total:
        return np.zeros(present.shape[:-1], np.float32)
    return np.asarray((present * weights).sum(axis=-1) / total, np.float32)


def retrieve(
    generation: Generation,
    question: Question,
    vector: Matrix,
    *,
    k: int,
    candidates: int,
    rows: Rows | None = None,
    definitions: bool = False,
) -> Retrieval:
    """The k best passages for a question, best first, ties by passage id.

    Args:
        generation: the index to search.
        question: the words, for the lexical side.
        vector: (dim,) float32 unit vector of `question.embedded`.
        k: passages wanted; fewer come where fewer are found.
        candidates: how many each retriever proposes, at least k.
        rows: search only these passages; None for all.
        definitions: where something is to be defined, passages of lower ranks that do so come along.
    """
    candidates = max(candidates, k)
    words = question.term_weights()
    dense_rows, _ = generation.dense.search(vector, candidates, rows)
    bm25 = generation.lexical.scores(words)
    lexical_rows, _ = best(bm25, candidates, rows)
    union = np.unique(np.concatenate([dense_rows, lexical_rows]))
    sample = generation.sample

    cosines = _cosines(generation.dense.vectors(union), vector)
    sentence_cosines, starts = generation.sentence_cosines(union, vector)
    sample_best = _best(_cosines(sample.sentence_vectors, vector), sample.first_sentences)
    sample_bm25 = bm25[sample.rows]
    rare = float(bm25.max(initial=0)) / _RARE  # of all passages, so that a restriction changes no score
    units = generation.lexical.forward.units(union)
    in_passage, in_sentence = _present(units, question, generation)
    features = np.column_stack(
        [
            _standardised(cosines, _cosines(sample.vectors, vector)),
            _standardised(_best(sentence_cosines, starts), sample_best),
            standardise(bm25[union], mean=_mean(sample_bm25), std=max(_std(sample_bm25, 0.0), rare) or 1.0),
            coverage(in_passage, question.concepts),
            _best(coverage(in_sentence, question.concepts), starts),
            _adjacency(units, len(union), question, generation),
        ]
    )
    scores = (features * _WEIGHTS).sum(axis=1)  # not by `@`, which rounds equal rows differently

    first = _first(scores, union, k * _DEEPER if definitions and question.subject else k, generation)
    stored = generation.passages.chunks(union[first])
    dense_ranks = {row: rank for rank, row in enumerate(dense_rows.tolist(), 1)}
    lexical_ranks = {row: rank for rank, row in enumerate(lexical_rows.tolist(), 1)}
    ends = np.append(starts[1:], len(sentence_cosines))
    return Retrieval(
        question=question,
        found=tuple(
            Found(
                hit=Hit(
                    chunk=passage.chunk,
                    title=passage.title,
                    rank=rank,
                    score=float(scores[i]),
                    dense_rank=dense_ranks.get(passage.row),
                    lexical_rank=lexical_ranks.get(passage.row),
                ),
                features=RankFeatures(*features[i].tolist()),
                cosine=float(cosines[i]),
                sentence_cosines=sentence_cosines[starts[i] : ends[i]],
                present=in_passage[i],
                present_in=in_sentence[starts[i] : ends[i]],
            )
            for rank, (i, passage) in enumerate(zip(first, stored, strict=True), 1)
            if rank <= k or any(question.is_defined_by(passage.chunk.slice(*span)) for span in passage.chunk.sentences)
        ),
        sentence_mean=_mean(sample_best),
        sentence_std=_std(sample_best),
    )


def _first(scores: Scores, rows: Rows, k: int, generation: Generation) -> list[int]:
    """Positions of the k best scores, best first; where scores are equal, by the passages' ids."""
    order = np.argsort(-scores, kind="stable")
    least = scores[order[min(k, len(order)) - 1]] if len(order) else 0.0
    among = order[scores[order] >= least]
    if len(np.unique(scores[among])) == len(among):
        return [int(i) for i in among]
    ids = generation.passages.chunk_ids(rows[among])
    return sorted(among.tolist(), key=lambda i: (-scores[i], ids[int(rows[i])]))[:k]


def _present(units: Units, question: Question, generation: Generation) -> tuple[Presence, Presence]:
    """(passages, concepts) and (sentences, concepts): how much of each concept they have, as `_said` says it."""
    lexical = generation.lexical
    terms = {term for concept in question.concepts for phrase in concept.alternatives for term in phrase}
    columns = {term: column for term in terms if (column := lexical.column(term)) is not None}
    wanted = np.array(sorted(columns.values()), np.int32)
    place = {term: int(np.searchsorted(wanted, column)) for term, column in columns.items()}
    in_unit = np.zeros((len(units.passage), len(wanted) + 1), np.float32)  # the last one is of words in no passage
    if len(wanted):
        spot = np.minimum(np.searchsorted(wanted, units.terms), len(wanted) - 1)
        held = wanted[spot] == units.terms
        in_unit[units.unit[held], spot[held]] = 1.0
    in_passage = np.maximum.reduceat(in_unit, units.first, axis=0) if len(units.first) else in_unit
    return _said(in_passage, place, question), _said(in_unit[~_headings(units)], place, question)


def _said(present: Presence, place: dict[str, int], question: Question) -> Presence:
    """(n, concepts) from (n, terms): of two terms that stand for a concept together, one says half of it."""
    said: Presence = present.take([place.get(concept.term, -1) for concept in question.concepts], axis=1)
    for number, concept in enumerate(question.concepts):
        for phrase in concept.alternatives[1:]:
            share = present[:, [place.get(term, -1) for term in phrase]].mean(axis=1)
            said[:, number] = np.maximum(said[:, number], share)
    return said


def _headings(units: Units) -> npt.NDArray[np.bool_]:
    """(units,): which of them are headings."""
    headings = np.zeros(len(units.passage), bool)
    headings[units.first] = True
    return headings


def _adjacency(units: Units, count: int, question: Question, generation: Generation) -> Scores:
    """(passages,): share of the question's pairs of neighbours that follow each other in the text of each passage."""
    columns = [tuple(map(generation.lexical.column, pair)) for pair in sorted(question.neighbours)]
    shares = np.zeros(count, np.float32)
    if not columns or len(units.terms) < 2:
        return shares
    passage = units.passage[units.unit]
    neighbours = (passage[1:] == passage[:-1]) & ~_headings(units)[units.unit[:-1]]
    for first, second in columns:
        if first is not None and second is not None:
            at = neighbours & (units.terms[:-1] == first) & (units.terms[1:] == second)
            shares[np.unique(passage[:-1][at])] += 1 / len(columns)
    return shares


def _cosines(vectors: Matrix, vector: Matrix) -> Scores:
    """Of unit vectors with one. Not by `@`, whose threads wait for each other where another program has the cores."""
    return np.asarray(np.vecdot(vectors, vector), np.float32)


def _standardised(scores: Scores, sample: Scores) -> Scores:
    return standardise(scores, mean=_mean(sample), std=_std(sample))


def _best(values: Scores, starts: Rows) -> Scores:
    """The highest value of each run of sentences; every passage has at least one."""
    return np.maximum.reduceat(values, starts) if len(starts) else np.empty(0, np.float32)


def _mean(scores: Scores) -> float:
    return float(scores.mean()) if len(scores) else 0.0


def _std(scores: Scores, otherwise: float = 1.0) -> float:
    """Standard deviation, or `otherwise` where there is none (a sample of one passage, or of equal ones)."""
    deviation = float(scores.std()) if len(scores) else 0.0
    return deviation if deviation > 1e-6 else otherwise
