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
        start = self.hit.chunk.start
        return self.hit.chunk.text[self.span[0] - start : self.span[1] - start]


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
            own = frozenset(terms(hit.chunk.text[span[0] - hit.chunk.start : span[1] - hit.chunk.start]))
            covered = (1 - _SURROUNDINGS) * coverage(own, retrieval.idf) + _SURROUNDINGS * around
            score = _PASSAGE * hit.score + _COSINE * cosine + _COVERAGE * covered
            yield _Sentence(hit, span, score, own)


def _alike(one: _Sentence, other: _Sentence) -> bool:
    """Jaccard similarity of the two sentences' terms."""
    either = one.terms | other.terms
    return not either or len(one.terms & other.terms) / len(either) >= _SAME


def _joined(chosen: list[_Sentence]) -> Iterable[Quote]:
    """Quotes in the order of their best sentence; sentences that follow one another in a passage are one quote."""
    groups: list[list[_Sentence]] = []
    for sentence in chosen:
        near = [group for group in groups if any(_neighbours(sentence, member) for member in group)]
        merged = [member for group in near for member in group] + [sentence]
        groups = [group for group in groups if group not in near[1:]]
        if near:
            groups[groups.index(near[0])] = merged
        else:
            groups.append(merged)
    for group in groups:
        chunk = group[0].hit.chunk
        start, end = min(member.span[0] for member in group), max(member.span[1] for member in group)
        text = chunk.text[start - chunk.start : end - chunk.start]
        yield Quote(chunk.document_id, start, end, text, max(member.score for member in group))


def _neighbours(one: _Sentence, other: _Sentence) -> bool:
    """Whether two sentences follow one another in a line of text; items of a list and rows of a table stand alone."""
    chunk = one.hit.chunk
    if chunk.id != other.hit.chunk.id or abs(chunk.sentences.index(one.span) - chunk.sentences.index(other.span)) != 1:
        return False
    first, second = sorted((one.span, other.span))
    between = chunk.text[first[1] - chunk.start : second[0] - chunk.start]
    return between.isspace() and "\n\n" not in between and " | " not in one.text + other.text
