"""What a question says to a search: its words and what else says the same, what it asks for, what the encoder reads."""

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

from cydqa.answer_types import AnswerType, expected
from cydqa.index.abbreviated import Phrase
from cydqa.index.lexical import LexicalIndex
from cydqa.index.lexicon import Lexicon
from cydqa.sentences import split_sentences
from cydqa.words import content_words, is_shouted, stems, terms, words

_LONG = 60  # words from which a question is a story with a question in it
_BACKGROUND = 0.3  # weight of a word of the story, beside those of the question itself
_ASKS_FOR = re.compile(r"\b(?:what|which|who|whose|how (?:many|much|long|old))\b", re.IGNORECASE)
_NEGATION = re.compile(r"\b(?:not|never|no|none|nobody|nothing|without|nor|neither|cannot)\b|n['’]t\b", re.IGNORECASE)
_THING = r"(?:the |an? )?(?P<{}>[\w'’ -]{{1,120}}?)"
_BEGINS = r"^\W*(?:and |so |but |please |can you |could you )?"
_DEFINITION = re.compile(
    rf"{_BEGINS}what(?:['’]s| (?:is|are|was|were)) the (?:exact )?(?:definition|meaning) of {_THING.format('of')}\W*$"
    rf"|{_BEGINS}(?:what|who)(?: exactly)?(?:['’]s| (?:is|are|was|were)) (?:exactly )?{_THING.format('be')}\W*$"
    rf"|\bwhat (?:does|do|did) {_THING.format('does')} (?:mean|stand for)\b"
    rf"|{_BEGINS}how (?:is|are|was|were) {_THING.format('how')} (?:officially |usually )?defined\b"
    rf"|{_BEGINS}define {_THING.format('define')}\W*$|\bdefinition of {_THING.format('definition')}\W*$"
    rf"|\bmeant by {_THING.format('by')}\W*$",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\b(?:list|name|enumerate) (?:the|all|some|every|a few)\b|\b(?:what|who|which) (?:are|were)\b"
    r"|\b(?:which|what) (?:\w+ ){0,2}?\w{3,}[^s\W]s\b",
    re.IGNORECASE,
)
# What stands between a thing and what it is: "is a", "means", or the comma of an apposition.
_IS = re.compile(
    r"\b(?:is|are|was|were) (?:also |generally |usually |commonly )?(?:an?|the|one|any)\b|\bare (?!not\b|to\b)[a-z]"
    r"|\b(?:means?|refers? to|denotes?|stands? for|describes?)\b|, (?:an?|the) [a-z]"
)
_IN_PARENTHESES = re.compile(r"\([^()]*\)")
_DEFINED_WITHIN = 90  # characters of a definition before that, at most
_MOST_CORRECTED = 20  # unknown words that are looked up: each is compared with every word of the documents
_LONGEST_SUBJECT = 5  # terms of what can be defined


@dataclass(frozen=True, slots=True)
class Concept:
    """A word of the question, and what says the same."""

    term: str
    weight: float  # its idf, less in the story around a question
    named: bool  # a name or a number
    share: float  # 1, or less in the story around a question
    alternatives: tuple[Phrase, ...]  # each says it where all its terms are; the first is the word itself


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was read."""

    text: str
    embedded: str  # what the encoder reads
    concepts: tuple[Concept, ...]
    neighbours: frozenset[tuple[str, str]]  # pairs of terms that follow each other
    expects: AnswerType
    focus: str | None  # the term that says what is asked for: the *salary* of the ambassador
    subject: tuple[Concept, ...]  # what is to be defined; nothing for other questions
    several: bool  # whether it asks for several things
    negated: bool
    corrections: tuple[tuple[str, str], ...]  # a word as it was typed, and as it was read

    def term_weights(self) -> dict[str, float]:
        """What each term counts in a lexical search; the terms of a phrase share the weight of the word it says."""
        weights: dict[str, float] = {}
        for concept in self.concepts:
            for phrase in concept.alternatives:
                for term in phrase:
                    weights[term] = max(weights.get(term, 0.0), concept.share / len(phrase))
        return weights

    def is_defined_by(self, text: str) -> bool:
        """Whether a sentence says what that is which is to be defined; more of its name may come, and nothing else."""
        link = _IS.search(text) if self.subject else None
        if link is None or link.start() > _DEFINED_WITHIN:
            return False
        before = words(_IN_PARENTHESES.sub("", text[: link.start()]))
        named = [(word, own) for word in before if (own := terms(word, shouted=False))]
        held = {term for _, own in named for term in own}
        if not all(any(held.issuperset(phrase) for phrase in concept.alternatives) for concept in self.subject):
            return False
        subject = {term for concept in self.subject for phrase in concept.alternatives for term in phrase}
        return subject.issuperset(named[0][1]) and all(
            word[0].isupper() or subject.issuperset(own) for word, own in named
        )


class _Token(NamedTuple):
    word: str  # in lower case
    term: str
    named: bool


def read_question(text: str, lexical: LexicalIndex, lexicon: Lexicon) -> Question:
    """Read a question with the vocabulary of the documents it is asked of."""
    corrections = _corrections(text, lexicon)
    corrected = text
    for typed, meant in corrections:
        corrected = re.sub(rf"\b{re.escape(typed)}\b", meant, corrected)
    asked, story = _asked(corrected)
    tokens = _tokens(asked)
    concepts = _concepts(tokens, 1.0, lexical, lexicon)
    subject = _subject(asked)
    known = {token.term for token in tokens}
    background = [token for token in _tokens(story) if token.term not in known]
    after = _ASKS_FOR.search(asked)
    rest = terms(asked[after.end() :], shouted=is_shouted(asked)) if after else []
    return Question(
        text=text,
        embedded=f"{asked} {story}" if story else corrected,
        concepts=(*concepts, *_concepts(background, _BACKGROUND, lexical, lexicon)),
        neighbours=frozenset(pairwise(token.term for token in tokens)),
        expects=expected(asked),
        focus=rest[0] if rest else None,
        subject=tuple(concept for concept in concepts if concept.term in subject),
        several=bool(_SEVERAL.search(asked)),
        negated=is_negated(asked),
        corrections=corrections,
    )


def is_negated(text: str) -> bool:
    """Whether a text says that something is not so."""
    return bool(_NEGATION.search(text))


def _corrections(text: str, lexicon: Lexicon) -> tuple[tuple[str, str], ...]:
    """Words that no document has, which are likely a slip for one that some have."""
    unknown = (
        word
        for word in dict.fromkeys(words(text))
        if (own := terms(word)) and not any(map(lexicon.knows, own)) and not lexicon.parts(word.lower())
    )
    meant = ((word, lexicon.correction(word.lower())) for word in islice(unknown, _MOST_CORRECTED))
    return tuple((word, other) for word, other in meant if other)


def _asked(text: str) -> tuple[str, str]:
    """The sentences that ask, and the story around them; a short text is all question."""
    if len(text.split()) < _LONG:
        return text, ""
    sentences = [text[start:end].strip() for start, end in split_sentences(text)]
    asking = [sentence for sentence in sentences if sentence.endswith("?")] or sentences[-1:]
    return " ".join(asking), " ".join(sentence for sentence in sentences if sentence not in asking)


def _tokens(text: str) -> list[_Token]:
    """The content words of a text; a word with a digit is a number, one with a capital inside a sentence a name."""
    capitals_matter = not is_shouted(text)
    found = []
    for start, end in split_sentences(text):
        for place, word in enumerate(words(text[start:end])):
            capital = bool(place) and capitals_matter and word[0].isupper()
            named = capital or any(character.isdigit() for character in word)
            for lowered in content_words(word, shouted=not capitals_matter):
                found.append(_Token(lowered, stems([lowered])[0], named))
    return found


def _concepts(tokens: list[_Token], share: float, lexical: LexicalIndex, lexicon: Lexicon) -> list[Concept]:
    alternatives: dict[str, list[Phrase]] = {token.term: [(token.term,)] for token in tokens}
    for token in tokens:
        alternatives[token.term] += lexicon.long_forms(token.term)
        if not lexicon.knows(token.term) and (parts := lexicon.parts(token.word)):
            alternatives[token.term].append(parts)
    for one, other in pairwise(tokens):
        (joined,) = stems([one.word + other.word])
        if lexicon.knows(joined):
            alternatives[one.term].append((joined,))
            alternatives[other.term].append((joined,))
    for phrase, abbreviations in lexicon.short_forms([token.term for token in tokens]):
        for term in phrase:
            alternatives[term] += [(short,) for short in abbreviations]
    named: dict[str, bool] = defaultdict(bool)
    for token in tokens:
        named[token.term] |= token.named
    idf = lexical.idf(term for phrases in alternatives.values() for phrase in phrases for term in phrase)
    return [
        Concept(
            term=term,
            weight=share * _weight(phrases, idf, lexicon),
            named=named[term],
            share=share,
            alternatives=tuple(dict.fromkeys(phrases)),
        )
        for term, phrases in alternatives.items()
    ]


def _weight(phrases: list[Phrase], idf: dict[str, float], lexicon: Lexicon) -> float:
    """The idf of a word; of one that no passage has, but says in other words, that of those."""
    term = phrases[0][0]
    if lexicon.knows(term) or len(phrases) == 1:
        return idf[term]
    return max(sum(idf[part] for part in phrase) / len(phrase) for phrase in phrases[1:])


def _subject(text: str) -> frozenset[str]:
    """The terms of what is to be defined."""
    match = _DEFINITION.search(text)
    found = terms(next(filter(None, match.groups())), shouted=is_shouted(text)) if match else []
    return frozenset(found) if len(found) <= _LONGEST_SUBJECT else frozenset()
