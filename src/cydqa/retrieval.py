"""Question -> ranked passages: two retrievers propose, one fusion of standardised scores decides.

Dense and lexical search each propose candidates. Every candidate then gets all three scores: the cosine of the whole
passage, the cosine of its best sentence, and BM25. Adding scores on a common scale keeps what the ranks throw away;
with equal weights by rank (reciprocal rank fusion) the weaker retriever drags the better one down.
"""

from dataclasses import dataclass

import numpy as np

from cydqa.embedding import Matrix
from cydqa.index import Rows, Scores
from cydqa.index.store import Generation
from cydqa.types import Hit
from cydqa.words import terms

DENSE_SHARE = 0.7  # of the fused score; the rest is lexical
SENTENCE_SHARE = 0.7  # of the dense score that is the best sentence's cosine; the rest is the passage's
_RARE = 10.0  # standard deviations that the best lexical hit has at most, where the sample lacks the question's words


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a search found, with all that is needed to choose quotes and to judge them."""

    hits: tuple[Hit, ...]
    passage_cosines: Scores  # (len(hits),)
    sentence_cosines: tuple[Scores, ...]  # for each hit, (sentences of its passage,)
    sentence_mean: float  # of the best sentence's cosine over the sample of passages
    sentence_std: float
    idf: dict[str, float]  # of each term of the question


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


def retrieve(
    generation: Generation,
    query: str,
    query_vector: Matrix,
    *,
    k: int,
    candidates: int,
    rows: Rows | None = None,
) -> Retrieval:
    """The k best passages for a query, best first, ties by passage id.

    Args:
        generation: the index to search.
        query: the words, for the lexical side.
        query_vector: (dim,) float32 unit vector of the same query.
        k: passages wanted; fewer come where fewer are found.
        candidates: how many each retriever proposes, at least k.
        rows: search only these passages; None for all.
    """
    query_terms = terms(query)
    candidates = max(candidates, k)
    dense_rows, _ = generation.dense.search(query_vector, candidates, rows)
    lexical_rows, _ = generation.lexical.search(query_terms, candidates, rows)
    union = np.unique(np.concatenate([dense_rows, lexical_rows]))
    sample = generation.sample

    cosines = generation.dense.vectors(union) @ query_vector
    sentence_vectors, starts = generation.sentence_vectors(union)
    sentence_cosines = sentence_vectors @ query_vector
    best_sentence = _best(sentence_cosines, starts)
    sample_best = _best(sample.sentence_vectors @ query_vector, sample.first_sentences)
    dense = SENTENCE_SHARE * best_sentence + (1 - SENTENCE_SHARE) * cosines
    sample_dense = SENTENCE_SHARE * sample_best + (1 - SENTENCE_SHARE) * (sample.vectors @ query_vector)

    lexical = _lexical_scores(generation, query_terms, union)
    sample_lexical = _lexical_scores(generation, query_terms, sample.rows)
    rare = float(lexical.max(initial=0)) / _RARE
    fused = DENSE_SHARE * standardise(dense, mean=_mean(sample_dense), std=_std(sample_dense))
    fused += (1 - DENSE_SHARE) * standardise(
        lexical, mean=_mean(sample_lexical), std=max(_std(sample_lexical, 0.0), rare) or 1.0
    )

    stored = generation.passages.chunks(union)
    order = sorted(range(len(union)), key=lambda i: (-fused[i], stored[i].chunk.id))[:k]
    dense_ranks = {row: rank for rank, row in enumerate(dense_rows.tolist(), 1)}
    lexical_ranks = {row: rank for rank, row in enumerate(lexical_rows.tolist(), 1)}
    by_passage = np.split(sentence_cosines, starts[1:]) if len(starts) else []
    return Retrieval(
        hits=tuple(
            Hit(
                chunk=stored[i].chunk,
                title=stored[i].title,
                rank=rank,
                score=float(fused[i]),
                dense_rank=dense_ranks.get(stored[i].row),
                lexical_rank=lexical_ranks.get(stored[i].row),
            )
            for rank, i in enumerate(order, 1)
        ),
        passage_cosines=cosines[order],
        sentence_cosines=tuple(by_passage[i] for i in order),
        sentence_mean=_mean(sample_best),
        sentence_std=_std(sample_best),
        idf=generation.lexical.idf(query_terms),
    )


def passage_terms(hit: Hit) -> frozenset[str]:
    """The terms of a passage with its title and headings."""
    return frozenset(terms(" ".join((hit.title, *hit.chunk.section, hit.chunk.text))))


def coverage(text_terms: frozenset[str], idf: dict[str, float]) -> float:
    """Share of the question's terms that a text has, each weighted by its idf; 0 to 1, and 0 for no terms."""
    total = sum(idf.values())
    return sum(weight for term, weight in idf.items() if term in text_terms) / total if total else 0.0


def _lexical_scores(generation: Generation, query_terms: list[str], rows: Rows) -> Scores:
    """BM25 of each of these rows, 0 where none of the terms occurs."""
    found, scores = generation.lexical.search(query_terms, len(rows), rows)
    by_row = dict(zip(found.tolist(), scores.tolist(), strict=True))
    return np.array([by_row.get(row, 0.0) for row in rows.tolist()], np.float32)


def _best(cosines: Scores, starts: Rows) -> Scores:
    """The highest cosine of each run of sentences; every passage has at least one."""
    return np.maximum.reduceat(cosines, starts) if len(starts) else np.empty(0, np.float32)


def _mean(scores: Scores) -> float:
    return float(scores.mean()) if len(scores) else 0.0


def _std(scores: Scores, otherwise: float = 1.0) -> float:
    """Standard deviation, or `otherwise` where there is none (a sample of one passage, or of equal ones)."""
    deviation = float(scores.std()) if len(scores) else 0.0
    return deviation if deviation > 1e-6 else otherwise
