"""What was said before: the earlier question as it was read, its phrases, and the names in its answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cydqa.conversation.grammar import (
    AUXILIARIES,
    BEFORE_PERSON,
    BEFORE_PLACE,
    FUNCTION_WORDS,
    IMPERSONAL,
    PREPOSITIONS,
    QUESTION_WORDS,
    TITLES,
)
from cydqa.conversation.phrases import Phrase, Word, noun_phrases, split
from cydqa.types import Answer
from cydqa.words import terms

_TURNS = 6  # that a topic is looked for in
_BRACKETS = re.compile(r"\(([^()]+)\)\s*\??$")
_CAPITALS = re.compile(r"\b[A-Z][\w'’-]+(?: (?:von|van|der|den|de|del|da|la|bin|al)\b)?(?: [A-Z][\w'’-]+)+")


@dataclass(frozen=True)
class Past:
    """A turn of the conversation, the one before it, and what can be referred back to."""

    answer: Answer
    before: "Past | None"

    @property
    def question(self) -> str:
        """The question as it was read."""
        return self.answer.read_as or self.answer.question

    @cached_property
    def _words(self) -> tuple[frozenset[str], frozenset[str]]:
        """Words, in lower case, that the passages shown write with a capital inside sentences, and with a small one."""
        capital: set[str] = set()
        small: set[str] = set()
        for citation in self.answer.citations or self.answer.nearest:
            words = split(citation.passage)
            for last, word in zip((None, *words), words, strict=False):
                if word.text[0].islower():
                    small.add(word.lower)
                elif word.text[0].isupper() and last is not None and last.text not in ".?!:;-•":
                    capital.add(word.lower.removesuffix("'s"))
        return frozenset(capital), frozenset(small)

    @property
    def names(self) -> frozenset[str]:
        """Words, in lower case, that the passages shown write with a capital only."""
        capital, small = self._words
        return capital - small - FUNCTION_WORDS

    @cached_property
    def known(self) -> frozenset[str]:
        """Terms of the question and of the passages shown."""
        shown = self.answer.citations or self.answer.nearest
        texts = [self.question, *(" ".join((each.title, *each.section, each.passage)) for each in shown)]
        return frozenset(terms(" ".join(texts)))

    @cached_property
    def phrases(self) -> list[Phrase]:
        """The noun phrases of the question as it was read."""
        return noun_phrases(self.question, self.names)

    @property
    def bare_question(self) -> str:
        """The question without what was put in brackets behind it, and without its question mark."""
        return _BRACKETS.sub("", self.question).strip().rstrip("?.! ")

    @property
    def asks(self) -> tuple[Word, ...]:
        """The words of the bare question."""
        return split(self.bare_question)

    @property
    def is_polar(self) -> bool:
        """Whether it can be answered with yes or no."""
        return bool(self.asks) and self.asks[0].lower in AUXILIARIES

    @property
    def asks_who(self) -> bool:
        """Whether it asks for a person."""
        return bool(self.asks) and self.asks[0].lower in {"who", "whom", "who's"}

    @property
    def asked_subject(self) -> str:
        """The question without its mark where it asks who or what did something: "who led the group"."""
        words = self.asks
        if len(words) < 3 or words[0].lower not in {"who", "what", "which"}:
            return ""
        if words[0].lower == "which":
            place = next((p.words[-1] for p in self.phrases if p.role == "asked"), None)
            follower = next((w for w in words if place and w.start > place.start), None)
        else:
            follower = words[1]
        if follower is None or follower.lower in AUXILIARIES | QUESTION_WORDS | PREPOSITIONS:
            return ""
        return self.bare_question.split(",")[0]

    def persons(self) -> list[str]:
        """Names of persons in quotes that speak of what was asked, the likeliest first: those near to most of it."""
        asked = frozenset(terms(self.question))
        names = set(terms(" ".join(w.text for p in self.phrases for w, n in zip(p.words, p.named, strict=True) if n)))
        _, small = self._words
        scores: dict[str, float] = {}
        for number, citation in enumerate(self.answer.citations):
            if 2 * len(names - set(terms(" ".join((citation.title, *citation.section, citation.quote))))) > len(names):
                continue  # it speaks of another body
            for start, end in _sentences(citation.quote):
                sentence = citation.quote[start:end]
                for found in _CAPITALS.finditer(sentence):
                    name, score = _person(sentence, found.start(), found[0])
                    if not name or name.lower() in self.question.lower() or small & set(name.lower().split()):
                        continue
                    shared = asked & frozenset(terms(sentence))
                    score += 12 * len(shared) / max(1, len(asked)) - 0.1 * number
                    score -= min(2.0, _distance(sentence, found.end(), shared) / 100)
                    scores[name] = max(score, scores.get(name, 0))
        return sorted((name for name, score in scores.items() if score > 2), key=lambda name: -scores[name])


def _person(text: str, start: int, found: str) -> tuple[str, float]:
    """The name without titles, and how much speaks for a person; "" for what is none."""
    words = found.split()
    titles = max((i for i, word in enumerate(words, 1) if word.lower().strip(".") in TITLES), default=0)
    words = words[titles:]  # "French President Ann Lee"
    words = [re.sub(r"['’]s?$", "", word) for word in words]
    if not 2 <= len(words) <= 4 or any(w.isupper() or w.lower() in FUNCTION_WORDS | IMPERSONAL for w in words):
        return "", 0
    before = text[:start].rstrip().rsplit(" ", 1)[-1].strip("(,").lower()
    if not titles and before in BEFORE_PLACE:
        return "", 0
    after = text[start + len(found) :][:4]
    if found.endswith(("'s", "’s")):
        return " ".join(words), 0
    score = 1 + bool(titles) + 2 * (before in BEFORE_PERSON) + after.startswith((",", " of ", " as"))
    return " ".join(words), score


def _sentences(text: str) -> list[tuple[int, int]]:
    """Rough sentences of a quote: none is ever shown."""
    ends = [match.end() for match in re.finditer(r"(?<=[a-z0-9)][.!?])\s+(?=[A-Z])", text)]
    return list(zip([0, *ends], [*ends, len(text)], strict=True))


def _distance(sentence: str, end: int, shared: frozenset[str]) -> int:
    """Characters from the name to the nearest word of the question behind it, or all that follow."""
    for word in split(sentence[end:]):
        if not word.is_mark and shared & frozenset(terms(word.text)):
            return word.start
    return len(sentence)


def continued(history: Sequence[Answer]) -> Past | None:
    """The turn that a follow-up goes on from: the last one, unless it led astray.

    It did where nothing was found for it, though something was for the one before, with which it has no name in common.
    """
    past = None
    for answer in history[-_TURNS:]:
        turn = Past(answer, past)
        named = [word for phrase in turn.phrases for word in phrase.words if phrase.is_named]
        astray = not named or (past is not None and not set(terms(" ".join(w.text for w in named))) & past.known)
        if past is None or past.answer.declined or not (answer.declined and answer.read_as is None and astray):
            past = turn
    return past
