"""Ranked passages -> the sentences that answer, as exact slices of their documents."""

from collections.abc import Iterable
from dataclasses import dataclass

from cydqa.retrieval import Retrieval, coverage, passage_terms, standardise
from cydqa.types import Hit, Quote, Span
from cydqa.words import terms

# Weights of a sentence's score: its passage's fused score, its own cosine (both in standard deviations over the index's
# sample), and the share of the question's words that it has, weighted by idf. Words that only its passage or heading
# has count, too, but less: the sentence that answers need not repeat the subject.
_PASSAGE, _COSINE, _COVERAGE = 0.5, 0.7, 4.0
_SURROUNDINGS = 0.3
_MOST_QUOTES = 4
_DROP = 4.0  # a sentence this much weaker than the best one is left out
_SAME = 0.7  # two sentences that share this much of their words say the same


@dataclass(frozen=True, slots=True)
class _Sentence:
    hit: Hit
    span: Span
    score: float
    terms: frozenset[str]

    @property
    def text(self) -> str:
        return self.hit.chunk.slice(*self.span)


def choose_quotes(retrieval: Retrieval, *, most_words: int) -> tuple[Quote, ...]:
    """One to four quotes, best first, of at most `most_words` words together unless the best alone is longer.

    Sentences are taken by score while there is room; near-duplicates are left out, and neighbours become one quote.
    No hits, no quotes.
    """
    ranked = sorted(_sentences(retrieval), key=lambda sentence: (-sentence.score, sentence.hit.rank, sentence.span))
    chosen: list[_Sentence] = []
    words = 0
    for sentence in ranked:
        length = len(sentence.text.split())
        if chosen and (words + length > most_words or sentence.score < chosen[0].score - _DROP):
            continue
        if any(_alike(sentence, other) for other in chosen):
            continue
        chosen.append(sentence)
        words += length
        if len(chosen) == _MOST_QUOTES:
            break
    return tuple(_joined(chosen))


def _sentences(retrieval: Retrieval) -> Iterable[_Sentence]:
    for hit, cosines in zip(retrieval.hits, retrieval.sentence_cosines, strict=True):
        standard = standardise(cosines, mean=retrieval.sentence_mean, std=retrieval.sentence_std)
        around = coverage(passage_terms(hit), retrieval.idf)
        for span, cosine in zip(hit.chunk.sentences, standard.tolist(), strict=True):
            own = frozenset(terms(hit.chunk.slice(*span)))
            covered = (1 - _SURROUNDINGS) * coverage(own, retrieval.idf) + _SURROUNDINGS * around
            score = _PASSAGE * hit.score + _COSINE * cosine + _COVERAGE * covered
            yield _Sentence(hit, span, score, own)


def _alike(one: _Sentence, other: _Sentence) -> bool:
    """Jaccard similarity of the two sentences' terms."""
    either = one.terms | other.terms
    return not either or len(one.terms & other.terms) / len(either) >= _SAME


def _joined(chosen: list[_Sentence]) -> Iterable[Quote]:
    """Quotes in the order of their best sentence; sentences that follow one another in a passage are one quote."""
    runs: list[list[_Sentence]] = []
    for sentence in sorted(chosen, key=lambda sentence: (sentence.hit.rank, sentence.span)):
        if runs and _neighbours(runs[-1][-1], sentence):
            runs[-1].append(sentence)
        else:
            runs.append([sentence])
    for run in sorted(runs, key=lambda run: min(map(chosen.index, run))):
        chunk = run[0].hit.chunk
        start, end = run[0].span[0], run[-1].span[1]
        score = max(sentence.score for sentence in run)
        yield Quote(chunk.document_id, start, end, chunk.slice(start, end), score)


def _neighbours(one: _Sentence, other: _Sentence) -> bool:
    """Whether `other` follows `one` in a line of text; items of a list and rows of a table stand alone."""
    chunk = one.hit.chunk
    if chunk.id != other.hit.chunk.id or chunk.sentences.index(other.span) - chunk.sentences.index(one.span) != 1:
        return False
    between = chunk.slice(one.span[1], other.span[0])
    return between.isspace() and "\n\n" not in between and " | " not in one.text + other.text
