"""Ranked passages -> the sentences that answer, as exact slices of their documents."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import mul
from typing import NamedTuple

import numpy as np

from cydqa.answer_types import AnswerType, holds
from cydqa.disagreement import differs, given_by
from cydqa.question import Question
from cydqa.retrieval import Found, Presence, Retrieval, coverage, standardise
from cydqa.sentences import is_row
from cydqa.types import Hit, Quote, Span
from cydqa.weights import QUOTING
from cydqa.words import terms

_MOST_QUOTES = 5
_DROP = 3.0  # a sentence this much weaker than the best one is left out
_DROP_IN_LISTS = 6.0  # where the question asks for several things
_SAME = 0.7  # two sentences that share this much of their words say the same
_MOST_DIFFERING = 2
_SLACK = 0.1  # coverage by which a passage may have less of the question than the best one, and yet speak of the same
# A sentence that opens with one of these speaks of what the sentence before it names.
_REFERS_BACK = re.compile(
    r"\W*(?:(?:but|and|so|yet|however|then|moreover|also|instead|later|thus|still),? )?"
    r"(?:this|these|those|that|they|it|he|she|its|their|his|her|such|both|the (?:latter|former|same))\b",
    re.IGNORECASE,
)


class SentenceFeatures(NamedTuple):
    """What a sentence's score is the weighted sum of."""

    sentence: float  # its cosine with the question, in standard deviations
    coverage: float  # share of the question's words, weighted by idf, that it has
    passage_coverage: float  # the same of its passage: the sentence that answers need not repeat the subject
    passage_score: float
    answer_type: float  # 1 if it holds the kind of thing that is asked for, else 0
    definition: float  # 1 if it says what that is which the question wants defined, else 0


_WEIGHTS = tuple(QUOTING[name] for name in SentenceFeatures._fields)


class Fate(StrEnum):
    """What became of a sentence that might have been quoted."""

    QUOTED = "quoted"
    ANTECEDENT = "quoted because the next sentence refers to it"
    REPEATS = "says the same as a quote"
    WEAK = "too weak beside the best one"
    DIFFERS = "quoted because it gives another number or year"
    NO_ROOM = "no room"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage that was found."""

    hit: Hit
    span: Span
    score: float
    features: SentenceFeatures

    @property
    def text(self) -> str:
        """The slice of the document."""
        return self.hit.chunk.slice(*self.span)


@dataclass(frozen=True, slots=True)
class Choice:
    """The quotes, and every sentence of the passages that were found, best first, with what became of it."""

    quotes: tuple[Quote, ...]
    ranked: tuple[Sentence, ...]
    fates: tuple[Fate, ...]


def choose_quotes(retrieval: Retrieval, *, most_words: int) -> Choice:
    """One to five quotes, best first, of at most `most_words` words together unless the best alone is longer.

    Sentences are taken by score while there is room and they are not much weaker than the best one, so a clear answer
    is short; near-duplicates are left out, a sentence that refers back takes the one before it along, and neighbours
    become one quote. At most two more come where passages give other numbers or years for what is asked. No hits, no
    quotes.
    """
    ranked = rank_sentences(retrieval)
    drop = _DROP_IN_LISTS if retrieval.question.several else _DROP
    chosen: list[Sentence] = []
    held: list[frozenset[str]] = []  # the terms of the chosen
    fates: dict[int, Fate] = {}
    taken: set[int] = set()  # places of the chosen
    used = 0  # words
    for number, sentence in enumerate(ranked):
        if number in taken:
            continue  # as the antecedent of another
        length = _words(sentence)
        if chosen and sentence.score < chosen[0].score - drop:
            fates[number] = Fate.WEAK
        elif chosen and (used + length > most_words or _quoted(fates) == _MOST_QUOTES):
            fates[number] = Fate.NO_ROOM
        elif held and _repeats(sentence, held):
            fates[number] = Fate.REPEATS
        else:
            fates[number] = Fate.QUOTED
            taken.add(number)
            chosen.append(sentence)
            held.append(_terms(sentence))
            used += length
            before = _antecedent(sentence, ranked)
            if before is not None and before not in taken and used + _words(ranked[before]) <= most_words:
                fates[before] = Fate.ANTECEDENT
                taken.add(before)
                chosen.append(ranked[before])
                held.append(_terms(ranked[before]))
                used += _words(ranked[before])
    for number in _differing(ranked, chosen, retrieval.question):
        fates[number] = Fate.DIFFERS
        chosen.append(ranked[number])
    return Choice(tuple(_joined(chosen)), tuple(ranked), tuple(fates[number] for number in range(len(ranked))))


def rank_sentences(retrieval: Retrieval) -> list[Sentence]:
    """Every sentence of the passages that were found, best first."""
    sentences = (sentence for found in retrieval.found for sentence in _sentences(found, retrieval))
    return sorted(sentences, key=lambda sentence: (-sentence.score, sentence.hit.rank, sentence.span))


def _sentences(found: Found, retrieval: Retrieval) -> Iterator[Sentence]:
    question, chunk = retrieval.question, found.hit.chunk
    asked = {concept.term for concept in question.concepts}
    cosines = standardise(found.sentence_cosines, mean=retrieval.sentence_mean, std=retrieval.sentence_std)
    covered = coverage(_with_head(found), question.concepts)
    for span, cosine, share in zip(chunk.sentences, cosines.tolist(), covered.tolist(), strict=True):
        text = chunk.slice(*span)
        features = SentenceFeatures(
            sentence=cosine,
            coverage=share,
            passage_coverage=found.features.coverage,
            passage_score=found.hit.score,
            answer_type=float(holds(question.expects, text, asked)),
            definition=float(question.is_defined_by(text)),
        )
        yield Sentence(found.hit, span, sum(map(mul, _WEIGHTS, features)), features)


def _with_head(found: Found) -> Presence:
    """What each sentence has of the question; a row of a table also has what the first row has, the columns' names."""
    chunk, present = found.hit.chunk, found.present_in.copy()
    head, end = None, 0
    for number, (start, stop) in enumerate(chunk.sentences):
        if not is_row(chunk.slice(start, stop)):
            head = None
        elif head is None or "\n\n" in chunk.slice(end, start):
            head = number
        else:
            present[number] = np.maximum(present[number], present[head])
        end = stop
    return present


def _differing(ranked: Sequence[Sentence], chosen: Sequence[Sentence], question: Question) -> Iterator[int]:
    """Sentences on the same that give another value for what is asked than the quotes; other documents come first."""
    giving = [(given, sentence) for sentence in chosen if (given := given_by(sentence.text, question))]
    if not giving:
        return
    given, best = list(giving[0][0]), giving[0][1].features
    documents = {sentence.hit.chunk.document_id for sentence in chosen}
    found = 0
    for number in sorted(range(len(ranked)), key=lambda i: (ranked[i].hit.chunk.document_id in documents, i)):
        sentence = ranked[number]
        own = given_by(sentence.text, question)
        enough = best.passage_coverage - _SLACK - _other_name(sentence, question)
        same = sentence.features.passage_coverage >= enough and (
            question.expects is AnswerType.NUMBER or sentence.features.coverage >= best.coverage - _SLACK
        )
        if same and sentence not in chosen and differs(own, given):
            yield number
            given += own
            found += 1
            if found == _MOST_DIFFERING:
                return


def _other_name(sentence: Sentence, question: Question) -> float:
    """The share of the question that a sentence lacks only because it counts the same under another name."""
    total = sum(concept.weight for concept in question.concepts)
    counted = sum(concept.weight for concept in question.concepts if concept.term == question.focus)
    return 0.0 if not total or question.focus in terms(sentence.text) else counted / total


def _quoted(fates: dict[int, Fate]) -> int:
    return sum(fate is Fate.QUOTED for fate in fates.values())


def _words(sentence: Sentence) -> int:
    return len(sentence.text.split())


def _repeats(sentence: Sentence, held: Sequence[frozenset[str]]) -> bool:
    own = _terms(sentence)
    return any(_alike(own, other) for other in held)


def _terms(sentence: Sentence) -> frozenset[str]:
    return _terms_of(sentence.text)


@lru_cache(maxsize=2048)
def _terms_of(text: str) -> frozenset[str]:
    return frozenset(terms(text))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sentences with these terms say the same, by their Jaccard similarity."""
    either = one | other
    return not either or len(one & other) / len(either) >= _SAME


def _antecedent(sentence: Sentence, ranked: Sequence[Sentence]) -> int | None:
    """Where the sentence stands that this one needs to make sense, if it refers back to one in its passage."""
    if not _REFERS_BACK.match(sentence.text):
        return None
    return next((i for i, other in enumerate(ranked) if _neighbours(other, sentence)), None)


def _joined(chosen: list[Sentence]) -> Iterable[Quote]:
    """Quotes in the order of their best sentence; sentences that follow one another in a passage are one quote."""
    runs: list[list[Sentence]] = []
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


def _neighbours(one: Sentence, other: Sentence) -> bool:
    """Whether `other` follows `one` in a line of text; items of a list and rows of a table stand alone."""
    chunk = one.hit.chunk
    if chunk.id != other.hit.chunk.id or chunk.sentences.index(other.span) - chunk.sentences.index(one.span) != 1:
        return False
    between = chunk.slice(one.span[1], other.span[0])
    return between.isspace() and "\n\n" not in between and not is_row(one.text) and not is_row(other.text)
