"""What can be referred back to: the things, groups and persons of the turns before, and which of them is meant."""

import re

from cydqa.conversation.grammar import (
    COMES_NEXT,
    DO,
    FUNCTION_WORDS,
    GROUPS,
    IMPERSONAL,
    MAKING,
    MODAL,
    ORDINALS,
    PERSONS,
    QUESTION_WORDS,
)
from cydqa.conversation.past import Past
from cydqa.conversation.phrases import Phrase, split, stems

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d(?:[/–-]\d{2,4})?\b")  # 2012, 2012/13


def definite(text: str) -> str:
    """A phrase as it is taken up again: "a report" becomes "the report"."""
    return re.sub(r"^(?:an?|some|any|its|their|his|her|every|each|another|this|that)\s", "the ", text, flags=re.I)


def singular(noun: str) -> str:
    """One of what a regular plural names."""
    return f"{noun[:-3]}y" if noun.endswith("ies") else noun.removesuffix("s")


def topic_phrase(past: Past, *, single: bool = False, named: bool = False) -> Phrase | None:
    """The phrase that the earlier question is most likely about, of all or those of one thing or with a name."""
    candidates = [phrase for phrase in past.phrases if not phrase.is_year and phrase.is_named >= named]
    candidates = [phrase for phrase in candidates if not (single and phrase.is_plural)]
    return max(candidates, key=_weight, default=None)  # the first of equals


def _weight(phrase: Phrase) -> float:
    """How much speaks for a thing that is referred back to as "it"."""
    return (
        4 * phrase.is_named
        + 2 * (phrase.determiner.lower() == "the")
        + 2 * (phrase.role == "subject")
        + (not phrase.preposition)
        - 2 * (phrase.role == "asked")
        - 3 * (phrase.is_plural and phrase.role != "subject")
        - 6 * (phrase.preposition == "to" and phrase.is_named and not phrase.determiner)
        - 2 * (phrase.preposition in {"in", "at"})
        - 3 * looks_like_person(phrase)
    )


def looks_like_person(phrase: Phrase) -> bool:
    """Two or three capitalised words without an article or an abbreviation."""
    return (
        2 <= len(phrase.words) <= 3
        and not phrase.determiner
        and phrase.preposition not in {"in", "at", "from"}
        and all(phrase.named)
        and not any(word.text.isupper() or word.lower in FUNCTION_WORDS | IMPERSONAL for word in phrase.words)
    )


def referent(pronoun: str, past: Past, *, acting: bool = False) -> str:
    """What a pronoun stands for in the turns before, the last turn first; "" for nothing.

    Args:
        acting: whether it is the subject of a verb with an object, as the subject of the earlier question was.
    """
    turn: Past | None = past
    while turn is not None:
        if pronoun in PERSONS:
            text = _person(turn)
        else:
            text = _group(turn) if pronoun in GROUPS else _thing(turn, acting=acting)
        if text:
            return definite(text)
        turn = turn.before
    topic = topic_phrase(past)
    return definite(topic.text) if topic is not None and pronoun not in PERSONS else ""


def _is_clause(subject: str) -> bool:
    """Whether "who leads what comes after the panel" has a question in it, too deep to be said of anybody."""
    return any(word.lower in QUESTION_WORDS for word in split(subject)[1:])


def _person(turn: Past) -> str:
    found = turn.persons() if turn.asks and turn.asks[0].lower not in {"when", "where"} else []
    if turn.asked_subject and turn.asks_who and found:
        return found[0]
    named = next((phrase.text for phrase in turn.phrases if looks_like_person(phrase)), "")
    if named and not (turn.asked_subject and turn.asks_who):
        return named
    if found:
        return found[0]
    if _is_clause(turn.asked_subject):
        return ""
    if turn.asked_subject and turn.asks_who:
        return f"the person {turn.asked_subject[0].lower()}{turn.asked_subject[1:]}"
    described = (phrase for phrase in turn.phrases if phrase.role == "subject" and not phrase.is_plural)
    return next((phrase.text for phrase in described), "") if turn.asks_who else ""


def _group(turn: Past) -> str:
    asked = turn.asked_subject
    if asked and turn.asks[0].lower == "who":
        return f"those {asked[0].lower()}{asked[1:]}"
    first = next((phrase for phrase in turn.phrases if phrase.role == "asked"), None)
    if asked and first is not None and first.is_plural:
        rest = asked[first.end :].strip()
        return f"the {first.text} that {rest}"
    plurals = [phrase for phrase in turn.phrases if phrase.is_plural and not phrase.is_year]
    plurals.sort(key=lambda phrase: (phrase.role != "subject", phrase.preposition != ""))
    if plurals:
        chosen = plurals[0]
        return chosen.text if chosen.determiner else f"the {chosen.text}"
    topic = topic_phrase(turn)
    is_body = topic is not None and all(topic.named) and not topic.determiner  # a firm, a state
    return topic.text if topic is not None and is_body else ""


def speaks_of_several(past: Past) -> bool:
    """Whether a turn before can be taken up as "they"."""
    turn: Past | None = past
    while turn is not None:
        if _group(turn):
            return True
        turn = turn.before
    return False


def _thing(turn: Past, *, acting: bool) -> str:
    asked = turn.asked_subject
    if asked and turn.asks[0].lower == "which":
        first = next(phrase for phrase in turn.phrases if phrase.role == "asked")
        if not first.is_plural:
            return f"the {first.text} that {asked[first.end :].strip()}"
    if asked and turn.asks[1].lower in COMES_NEXT:
        return f"{asked[0].lower()}{asked[1:]}"
    made = None if acting else _made(turn)
    if made is not None and made.determiner.lower() in {"its", "their"}:
        subject = next(phrase for phrase in turn.phrases if phrase.role == "subject")
        return f"{subject.text}’s {made.text.split(maxsplit=1)[1]}"  # "when did the group finish its report?"
    phrase = made or topic_phrase(turn, single=True)
    return phrase.text if phrase is not None and (made or _weight(phrase) > 0) else ""


def _made(turn: Past) -> Phrase | None:
    """What the subject of the question made or has: the post that a state created."""
    subject = next((phrase for phrase in turn.phrases if phrase.role == "subject"), None)
    for phrase in turn.phrases:
        if subject is None or phrase.start < subject.end or phrase.preposition or phrase.is_plural or phrase.is_year:
            continue
        verbs = [word for word in turn.asks if subject.end < word.start < phrase.start]
        if phrase.determiner.lower() in {"its", "their"} or (
            phrase.determiner and any(stems(verb.lower) & MAKING for verb in verbs)
        ):
            return phrase
    return None


def counted_noun(past: Past, *, ordinal: bool = False, without_adjective: bool = False, plural: bool = False) -> str:
    """What is counted: "REAIM summit" of "the first REAIM summit", "principle" of "how many principles"."""
    asked = next((phrase for phrase in past.phrases if phrase.role == "asked" and phrase.is_plural), None)
    if asked is not None and plural:
        return asked.text
    phrase = _counted(past, ordinal=ordinal) or topic_phrase(past)
    if phrase is None:
        return ""
    if phrase.is_plural and not plural:
        last = phrase.core[-1]
        text = " ".join(word.text for word in phrase.words if word.start <= last.start and word.lower not in ORDINALS)
        return singular(text) + " ".join(["", *(word.text for word in phrase.words if word.start > last.start)])
    kept = [word for word in phrase.words if word.lower not in ORDINALS and not (ordinal and word.text.isdigit())]
    owners = [i for i, word in enumerate(kept) if word.lower.endswith(("'s", "s'"))]
    kept = kept[owners[-1] + 1 :] if owners and owners[-1] + 1 < len(kept) else kept
    if without_adjective and len(kept) > 1 and kept[0].text.istitle() and kept[-1].text.islower():
        kept = kept[1:]
    return " ".join(word.text for word in kept)


def _counted(past: Past, *, ordinal: bool) -> Phrase | None:
    """The last phrase of things that can be counted off, or with an ordinal."""
    turn: Past | None = past
    while turn is not None:
        for phrase in turn.phrases:
            # "How many articles does it have?" and "which rules are there?", not "how many states signed the pact?"
            behind = {word.lower for word in turn.asks if word.start > phrase.end}
            listed = phrase.role == "subject" and {word.lower for word in phrase.words} & {"of"}
            if phrase.is_plural and (listed or (phrase.role == "asked" and behind & (DO | MODAL | {"there"}))):
                return phrase
            if ordinal and any(word.lower in ORDINALS for word in phrase.words):
                return phrase
        turn = turn.before if ordinal else None
    return None


def same_head(noun: str, past: Past | None) -> str:
    """The phrase with this head in the turns before: "the first REAIM summit" for "that summit"."""
    while past is not None:
        for phrase in past.phrases:
            if noun.rstrip("s") in {word.lower.rstrip("s") for word in phrase.core}:
                return definite(phrase.text if phrase.determiner else f"the {phrase.text}")
        past = past.before
    return ""


def last_two(past: Past) -> tuple[str, str] | None:
    """The last two topics in their order: two names of the earlier question, or those of two questions."""
    named = [phrase.text for phrase in past.phrases if phrase.is_named]
    if len(named) > 1:
        return named[0], named[-1]
    last = topic_phrase(past)
    turn = past.before
    while turn is not None and last is not None:
        topic = topic_phrase(turn)
        if topic is not None and topic.text.lower() != last.text.lower():
            return topic.text, last.text
        turn = turn.before
    return None


def year_of(past: Past) -> str:
    """The year that the earlier question names, or else the first one in what was quoted for it."""
    for text in (past.question, *(citation.quote for citation in past.answer.citations[:1])):
        found = _YEAR.search(text)
        if found:
            return found[0]
    return ""
