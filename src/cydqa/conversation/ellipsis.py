"""Questions that leave out what the earlier one said: "and Denmark?", "why?", "in 2022?", "the second edition?"."""

import re
from collections.abc import Sequence

from cydqa.conversation.antecedents import definite, topic_phrase
from cydqa.conversation.grammar import (
    AUXILIARIES,
    COUNTRIES,
    DO,
    FUNCTION_WORDS,
    MODAL,
    ORDINALS,
    PERSONS,
    PREPOSITIONS,
    QUESTION_WORDS,
    UNIONS,
)
from cydqa.conversation.past import Past
from cydqa.conversation.phrases import Phrase, Word, looks_like_verb, noun_phrases, split
from cydqa.words import terms

_LEADS = re.compile(
    r"^(?:(?:and|or|but|so|ok|okay|then|also|well|yes|no|right|sure|thanks|thank you|hm+|now|plus)\b[\s,.!–—-]*)+", re.I
)
_ABOUT = re.compile(r"^(?:what|how) (?:about|of)\s+|^as for\s+|^(?:the )?same (?:question )?for\s+", re.I)
_WHY = re.compile(
    r"^(why|when|where|how|since when|until when|in which (?:year|country|city)|how (?:long|often)"
    r"|(?:by|with|from|to|for|against) whom|(?:by|with|from|to|for|in|at|on|under) (?:which|what) \w+)"
    r"(?: exactly| so| come| precisely)?"
    r"(?:,? (?:is|was|are|were|did|does|do) (?:(?:that|this)(?: happen| come about| take place| so| the case)?"
    r"|(?:it|they|he|she|we) do (?:that|this|it|so)))?$",
    re.I,
)
_WHICH = re.compile(r"^(?:which(?: ones)?|who|who exactly|which exactly|like (?:which|who|what)|such as)$", re.I)
_MORE = re.compile(
    r"^(?:(?:can|could|would|will) you |please )*(?:(?:tell|give|show) me )?(?:some |a bit |a little )?"
    r"(?:more|more (?:details?|information|info)|further details|go on|continue|elaborate|expand|details|explain)"
    r"(?: (?:on|about) (?:it|that|this|them))?(?: please)?$",
    re.I,
)
_ONE = re.compile(r"\s+ones?$", re.I)
_OWNER = ("'s", "’s")
_LONGEST = 7  # words of a fragment


def completed(question: str, past: Past) -> str | None:
    """The earlier question with the fragment in it, or None where the question is no fragment."""
    typed = question.strip().rstrip("?.! ")
    rest = _LEADS.sub("", typed)
    connected = len(rest) < len(typed)
    if not rest:
        return None
    bare = _question_word(rest, past) or _same_predicate(rest, past)
    if bare:
        return bare
    about = _ABOUT.match(rest)
    fragment = rest[about.end() :] if about else rest
    words = split(fragment)
    if not words or not _is_fragment(words, bool(about) or connected, question):
        return None
    return _in_place(fragment, words, past, joined=connected and not about)


def _question_word(rest: str, past: Past) -> str | None:
    """What "why?", "when was that?", "which ones?" and "tell me more" ask."""
    if _MORE.match(rest):
        topics = [definite(phrase.text) for phrase in past.phrases[:3] if not phrase.is_year]
        return f"Tell me more about {', '.join(topics)}" if topics else None
    asks = past.asks
    if re.match(r"how many$", rest, re.I) and len(asks) > 3 and asks[0].lower in {"which", "what"}:
        return f"How many{past.question[asks[0].end :]}" if asks[1].lower not in AUXILIARIES else None
    if _WHICH.match(rest) and len(asks) > 3 and [w.lower for w in asks[:2]] in (["how", "many"], ["how", "much"]):
        return f"Which{past.question[asks[1].end :]}"
    word = _WHY.match(rest)
    if not word or len(asks) < 2:
        return None
    if past.is_polar:
        return f"{word[1].capitalize()} {past.question[0].lower()}{past.question[1:]}"
    auxiliary = next((w for w in asks[1:] if w.lower in AUXILIARIES), None)
    adverbial = asks[0].lower in {"when", "where", "why", "how"} and asks[1].lower in AUXILIARIES
    if auxiliary is not None and adverbial:
        return f"{word[1].capitalize()} {past.question[auxiliary.start :]}"
    asked = next((phrase for phrase in past.phrases if phrase.role == "asked"), None)
    if auxiliary is not None and asked is not None and asked.end < auxiliary.start and auxiliary.lower in DO | MODAL:
        return f"{word[1].capitalize()} {past.bare_question[auxiliary.start :]} {asked.text}?"
    return f"{word[1].capitalize()}: {past.question[0].lower()}{past.question[1:]}" if len(rest.split()) < 3 else None


def _same_predicate(rest: str, past: Past) -> str | None:
    """ "Did Norway?" after "Did Sweden sign the treaty?"."""
    words = split(rest)
    if not past.is_polar or len(words) < 2 or words[0].lower not in AUXILIARIES or not words[1].text[0].isalnum():
        return None
    phrases = noun_phrases(rest, past.names)
    subject = next((phrase for phrase in past.phrases if phrase.role == "subject"), None)
    if len(phrases) != 1 or phrases[0].end != len(rest) or phrases[0].start != words[1].start or subject is None:
        return None
    if any(looks_like_verb(word) for word in phrases[0].words) or not phrases[0].is_named:
        return None
    return past.question[: subject.start] + rest[words[1].start :] + past.question[subject.end :]


def _is_fragment(words: Sequence[Word], connected: bool, question: str) -> bool:
    """Whether these words are a phrase and no sentence, and were meant to be added to what was asked."""
    real = [word for word in words if not word.is_mark]
    lowers = [word.lower for word in real]
    if not real or len(real) > _LONGEST or any(lower in AUXILIARIES | QUESTION_WORDS for lower in lowers):
        return False
    if any(lower in PERSONS or lower in {"it", "its", "they", "them", "their", "that", "this"} for lower in lowers):
        return False
    if connected:
        return not (len(real) > 2 and any(looks_like_verb(word) for word in real[1:-1]))
    if not question.rstrip().endswith("?"):
        return False
    content = [lower for lower in lowers if lower not in FUNCTION_WORDS]
    return len(content) <= 2 and (lowers[0] in PREPOSITIONS | {"the"} or (real[0].text[0].isupper() and len(real) <= 3))


def _in_place(fragment: str, words: Sequence[Word], past: Past, *, joined: bool) -> str | None:
    """The earlier question, with the fragment in the place of its counterpart."""
    preposition = words[0].lower if words[0].lower in PREPOSITIONS else ""
    inner = fragment[words[1].start :] if preposition and len(words) > 1 else fragment
    inner, ones = _ONE.subn("", inner)
    found = noun_phrases(f"with {inner}", past.names)  # so that a capital at its beginning tells a name
    if not found:
        return _ordinal(inner, past)
    own = found[0]
    if own.text.lower() in past.question.lower() and own.is_named:
        return None
    before = past.bare_question
    brackets = past.question[len(before) :].strip("? ")
    if own.is_year:
        year = next((word for word in split(before) if re.match(r"\d{4}\b", word.text)), None)  # 2012, 2012/13
        if year is None:
            return _asked(f"{before} {preposition or 'in'} {inner}", brackets)
        text = before[: year.start] + own.words[0].text + before[year.end :]
        return _asked(text, brackets)
    by_number = _ordinal(inner, past)
    if by_number:
        return by_number
    counterpart = _counterpart(own, preposition, past)
    if counterpart is not None:
        start, end = counterpart
        text = inner if before[start:end].endswith(_OWNER) else inner.removesuffix("'s").removesuffix("’s")
        return _asked(before[:start] + text + before[end:], brackets)
    if own.is_named and kind_of(own) == "place" and preposition in {"in", "at", "for"}:
        return _asked(f"{before} {preposition} {inner}", brackets)
    if own.is_named and joined and past.asked_subject and kind_of(own) == "place":
        return _asked(before, f"({inner})")  # "Who supports it?" "And China?"
    several = [
        phrase for phrase in past.phrases if len(phrase.words) > 1 and (phrase.is_plural or phrase.role == "subject")
    ]
    if ones and len(own.words) == 1 and not own.is_named and several:
        first = several[0].words[0]  # "medium-risk ones" after "high-risk uses"
        return _asked(before[: first.start] + inner + before[first.end :], brackets)
    content = terms(inner)
    if content and set(content) <= past.known:
        topic = topic_phrase(past)
        if own.is_named:
            return _asked(before, f"({inner})")
        return f"What about {inner}? ({topic.text})" if topic else None
    return None


def _asked(text: str, brackets: str) -> str:
    return f"{text}? {brackets}".strip()


def _ordinal(fragment: str, past: Past) -> str | None:
    """ "The second edition?" after a question about "the first Tallinn Manual"."""
    words = split(fragment)
    own = next((word for word in words if word.lower in ORDINALS), None)
    if own is None:
        return None
    noun = [word.text for word in words if word.lower not in FUNCTION_WORDS and word is not own]
    for phrase in past.phrases:
        theirs = next((word for word in phrase.words if word.lower in ORDINALS), None)
        if theirs is None or theirs.lower == own.lower:
            continue
        held = {word.lower for word in phrase.words} | {"one", "ones"}
        new = [text for text in noun if text.lower() not in held]
        if (len(new) < len(noun) and noun and new == noun[: len(new)]) or not new:
            text = phrase.text.replace(theirs.text, " ".join([own.text, *new]))
        else:
            text = f"the {own.text} {' '.join(new)} of {phrase.text.replace(theirs.text + ' ', '')}"
        return past.question.replace(phrase.text, text)
    return None


def _counterpart(own: Phrase, preposition: str, past: Past) -> tuple[int, int] | None:
    """Where the phrase stands in the earlier question that this one takes the place of."""
    last = _swapped_before(past)
    if own.is_named and own.words[0].text.endswith(_OWNER) and len(own.words) > 1:
        owners = [w for phrase in past.phrases for w in phrase.words if w.text.endswith(_OWNER)]
        return (owners[0].start, owners[0].end) if owners else None
    phrases = [p for p in past.phrases if not p.is_year and p.end <= len(past.bare_question)]
    if preposition:
        phrases = [p for p in phrases if p.preposition == preposition]
    if own.is_named:
        kind = kind_of(own)
        alike = [p for p in phrases if p.is_named and all(p.named) and kind_of(p) == kind]
        shaped = [p for p in alike if _shape(p) == _shape(own)]
        if last and any(last == (p.start, p.end) for p in alike):
            return last
        for phrase in shaped or alike:
            return phrase.start, phrase.end
        for phrase in phrases:  # "the British" for "Danish" in "the Danish tech ambassador"
            words, named = phrase.words, phrase.named
            if named[0] and len(words) > 1 and not named[-1] and len(own.words) == 1 and words[0].text.istitle():
                return phrase.start, (words[0].end)
        return None
    same = [p for p in phrases if p.head == own.head]
    if same:
        return same[0].start, same[0].end
    if own.determiner or not own.is_plural or not set(terms(own.text)) <= past.known:
        return None
    plural = [p for p in phrases if p.is_plural and not p.is_named and not p.determiner]
    return (plural[0].start, plural[0].end) if plural else None


def _swapped_before(past: Past) -> tuple[int, int] | None:
    """Where the fragment stands that the earlier turn itself put in."""
    if past.answer.read_as is None:
        return None
    fragment = _ABOUT.sub("", _LEADS.sub("", past.answer.question.strip().rstrip("?.! ")))
    at = past.question.find(fragment)
    return (at, at + len(fragment)) if fragment and at >= 0 else None


def kind_of(phrase: Phrase) -> str:
    """What kind of name: of a place, a person or a firm; an abbreviation; or one with an article and several words."""
    words = [word for word, named in zip(phrase.words, phrase.named, strict=True) if named]
    lowers = {word.lower for word in words}
    if (len(words) == 1 and words[0].text.strip(".") in COUNTRIES) or lowers & UNIONS:
        return "place"
    if any(word.text.isupper() for word in words):
        return "body"
    if len(words) == 1 or not phrase.determiner:
        return "place"
    return "body"


def _shape(phrase: Phrase) -> tuple[bool, bool]:
    """How a name is written: with capitals inside, as an abbreviation."""
    text = phrase.words[0].text
    return (not text.istitle() and not text.isupper(), text.isupper())
