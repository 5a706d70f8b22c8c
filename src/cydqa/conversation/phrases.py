"""The noun phrases of a question, found from function words and the shape of words alone.

There is no tagger: what stands between function words is a run, and what stands before the run (a question word, an
auxiliary, a preposition) says whether a verb begins or ends it. That is chunking in the sense of Abney, "Parsing by
chunks", 1991, for the few shapes that questions have. A wrong cut costs a clumsy phrase, never a wrong quote.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cydqa.conversation.grammar import (
    ADJECTIVES,
    ADVERBS,
    AUXILIARIES,
    BE,
    DETERMINERS,
    DO,
    FUNCTION_WORDS,
    HAVE,
    MODAL,
    PAST,
    PREPOSITIONS,
    VERBS,
)

_TOKEN = re.compile(r"\w+(?:[-–'’./&+]\w+)*|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a mark of punctuation, and where it stands in its text."""

    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        """In lower case, with a straight apostrophe."""
        return self.text.lower().replace("’", "'")

    @property
    def is_mark(self) -> bool:
        """Whether it is punctuation."""
        return not self.text[0].isalnum()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase of `text[start:end]`, with the determiner it has."""

    text: str
    words: tuple[Word, ...]  # without the determiner
    determiner: str  # "" for none
    preposition: str  # that stands before it, or ""
    role: str  # "asked" (which ..., how many ...), "subject" or "other"
    named: tuple[bool, ...]  # for each word

    @property
    def start(self) -> int:
        """Where it begins, with its determiner."""
        return self.words[0].start - (len(self.determiner) + 1 if self.determiner else 0)

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.words[-1].end

    @property
    def core(self) -> tuple[Word, ...]:
        """The words before a complement: "rule" of "a rule of international law"."""
        places = [i for i, word in enumerate(self.words) if i and word.lower in PREPOSITIONS and not self.named[i]]
        return self.words[: places[0]] if places else self.words

    @property
    def head(self) -> str:
        """The noun that the rest describes, in lower case."""
        return self.core[-1].lower

    @property
    def is_named(self) -> bool:
        """Whether a name is in it."""
        return any(self.named)

    @property
    def is_year(self) -> bool:
        """Whether it is nothing but numbers."""
        return all(word.text[0].isdigit() for word in self.words)

    @property
    def is_plural(self) -> bool:
        """Whether its head looks like a plural and is no name."""
        return is_plural(self.head) and not self.named[len(self.core) - 1]


def is_plural(word: str) -> bool:
    """Whether a lower-case noun looks like a plural."""
    irregular = word in {"people", "men", "women", "children", "criteria", "police"}
    return irregular or (word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3)


def stems(verb: str) -> set[str]:
    """What a verb may be a form of, itself included."""
    return {verb, *(verb.removesuffix(ending) for ending in ("s", "es", "ed", "d", "ing"))}


def split(text: str) -> tuple[Word, ...]:
    """Words and marks in their order."""
    return tuple(Word(match[0], *match.span()) for match in _TOKEN.finditer(text))


def is_name(word: Word, place: int) -> bool:
    """Whether a word is written as a name: with a capital that no sentence gave it."""
    lower = word.lower.removesuffix("'s")
    if sum(map(str.isupper, word.text)) > (not word.text[0].isdigit()):
        return True  # UN, LadyBird, 5G
    return place > 0 and word.text[0].isupper() and lower not in FUNCTION_WORDS


def looks_like_verb(word: Word) -> bool:
    """A lower-case word that is a common verb in any form, or has the ending of a past."""
    lower = word.text
    return bool(stems(lower) & VERBS) or lower in PAST or (lower.endswith("ed") and len(lower) > 4)


def noun_phrases(text: str, names: Collection[str] = ()) -> list[Phrase]:
    """The noun phrases of a question in their order.

    Args:
        names: lower-case words that are names; they count in a text without capitals.
    """
    words = split(text)
    sentence_start = {0} | {i + 1 for i, word in enumerate(words) if word.text in ".?!:;"}
    shouted = text.isupper()
    places = [0 if i in sentence_start else i for i in range(len(words))]
    named = [is_name(word, place) for word, place in zip(words, places, strict=True)]
    if text.islower():  # typed in haste
        named = [word.lower.removesuffix("'s") in names for word in words]
    found: list[Phrase] = []
    place, expects = 0, ""
    while place < len(words):
        word = words[place]
        if word.is_mark or (word.lower in FUNCTION_WORDS and not (named[place] and not shouted)):
            expects = _expected(words, place, expects)
            place += 1
            continue
        stop = _run_end(words, named, place)
        first = place
        determiner = words[place - 1] if place and words[place - 1].lower in DETERMINERS else None
        if determiner and determiner.lower == "that" and place > 1 and words[place - 2].lower not in FUNCTION_WORDS:
            determiner = None  # "a rule that applies"
        single = determiner is not None and determiner.lower in {"a", "an", "each", "every"}
        verb = single and stop - first > 1 and is_plural(words[stop - 1].text) and not named[stop - 1]
        before = words[place - 2 if determiner else place - 1] if place > (determiner is not None) else None
        preposition = before.lower if before is not None and before.lower in PREPOSITIONS else ""
        for start, end, role in _cut(
            words, named, first, stop - verb, "" if preposition else expects, bool(determiner)
        ):  # without the verb of "a ship sinks"
            own = determiner.text if determiner and start == first else ""
            begin = words[start].start - (words[start].start - determiner.start if own and determiner else 0)
            found.append(
                Phrase(
                    text=text[begin : words[end - 1].end],
                    words=words[start:end],
                    determiner=own,
                    preposition=preposition if start == first else "",
                    role=role,
                    named=tuple(named[start:end]),
                )
            )
        place, expects = stop, ""
    return found


def _expected(words: Sequence[Word], place: int, before: str) -> str:
    """What a run after this function word begins or ends with."""
    word = words[place].lower
    if word in BE | HAVE:
        return "be"
    if word in DO | MODAL:
        return "do"
    if word in {"which", "whose", "many", "much"}:
        return "asked"
    if word in {"who", "what", "that", "to"}:
        return "what" if word == "what" else "verb"
    return before if word in DETERMINERS | ADVERBS else ""


def _run_end(words: Sequence[Word], named: Sequence[bool], place: int) -> int:
    """The end of a run: of words that are no function words, over "of the" and over what joins capitals."""
    stop = place + 1
    while stop < len(words):
        word = words[stop]
        after = words[stop + 1] if stop + 1 < len(words) else None
        if not word.is_mark and (word.lower not in FUNCTION_WORDS or named[stop]):
            stop += 1
        elif word.lower == "of" and after is not None and not after.is_mark:
            skip = 2 if after.lower in DETERMINERS else 1
            if stop + skip >= len(words) or words[stop + skip].lower in FUNCTION_WORDS:
                break
            stop += skip + 1
        elif (
            word.lower in {"and", "for", "on", "in", "at", "&"}
            and after is not None
            and named[stop - 1]
            and named[stop + 1]
            and not (word.lower in {"in", "at", "on"} and words[stop - 1].text.isupper())
        ):
            stop += 2
        else:
            break
    return stop


def _cut(
    words: Sequence[Word], named: Sequence[bool], first: int, stop: int, expects: str, determined: bool
) -> list[tuple[int, int, str]]:
    """The phrases of a run, as (start, end, role), without the verb that is expected in it."""
    followed_by_auxiliary = stop < len(words) and words[stop].lower in AUXILIARIES
    if expects == "what" and stop - first == 1 and not followed_by_auxiliary and looks_like_verb(words[first]):
        return []
    if expects == "verb" and not determined and not named[first]:
        return [(first + 1, stop, "other")] if stop - first > 1 else []
    if expects in {"asked", "what"} and not determined:
        verb = _verb(words, named, first, stop, last=False)
        if followed_by_auxiliary or stop - first == 1:
            return [(first, stop, "asked")]
        verb = verb if verb is not None else stop - 1
        rest = [(verb + 1, stop, "other")] if verb + 1 < stop else []
        return [(first, verb, "asked"), *rest] if verb > first else rest
    if expects == "do" and stop < len(words) and words[stop].lower in HAVE | BE:
        return [(first, stop, "subject")]
    if expects == "do":
        verb = _verb(words, named, first, stop, last=True)
        if verb is None and stop - first > 1:
            capitals = [i for i in range(first, stop) if named[i]]
            verb = capitals[-1] + 1 if capitals and capitals[-1] + 1 < stop else None if capitals else stop - 1
        if verb is None:
            return [(first, stop, "subject")]
        rest = [(verb + 1, stop, "other")] if verb + 1 < stop else []
        return [(first, verb, "subject"), *rest]
    if expects == "be":
        if stop - first == 1 and not determined and (words[first].text in PAST or words[first].text.endswith("ed")):
            return []  # "how many were hit?"
        ends = (
            i
            for i in range(first + 1, stop)
            if not named[i]
            and words[i - 1].lower not in PREPOSITIONS
            and words[i].text.endswith(("ed", "ful", "ous", "able", "ible")) | (words[i].text in PAST | ADJECTIVES)
        )
        end = next(ends, stop)
        rest = [(end + 1, stop, "other")] if end + 1 < stop else []
        return [(first, end, "subject"), *rest]
    return _whole(first, stop, named, words)


def _whole(first: int, stop: int, named: Sequence[bool], words: Sequence[Word] = ()) -> list[tuple[int, int, str]]:
    """A run as one phrase, without a verb that opens it before a name ("shutting Emotet down")."""
    opens = stop - first > 1 and words and not named[first] and named[first + 1] and words[first].text.endswith("ing")
    return [(first + bool(opens), stop, "other")]


def _verb(words: Sequence[Word], named: Sequence[bool], first: int, stop: int, *, last: bool) -> int | None:
    """Where the verb of a run is, after at least one other word."""
    places = [
        i
        for i in range(first + 1, stop)
        if not named[i] and looks_like_verb(words[i]) and words[i - 1].lower not in PREPOSITIONS
    ]
    return (places[-1] if last else places[0]) if places else None
