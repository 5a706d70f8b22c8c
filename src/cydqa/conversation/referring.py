"""Words that refer back: which of them stand for something said before, and what is put in their place."""

from collections.abc import Sequence

from cydqa.conversation.antecedents import (
    counted_noun,
    definite,
    last_two,
    referent,
    same_head,
    speaks_of_several,
    year_of,
)
from cydqa.conversation.grammar import (
    ADJECTIVES,
    AFTER_SUBJECT,
    AUXILIARIES,
    BE,
    BOUNDARIES,
    CONJUNCTIONS,
    CONNECTIVES,
    DETERMINERS,
    DO,
    DUMMY,
    FUNCTION_WORDS,
    GROUPS,
    HAVE,
    MODAL,
    ORDINALS,
    PAST,
    PERSONS,
    POSSESSIVE,
    PREPOSITIONS,
    QUESTION_WORDS,
    THINGS,
    TOUGH,
)
from cydqa.conversation.past import Past
from cydqa.conversation.phrases import Phrase, Word, is_plural, looks_like_verb


def resolved(question: str, words: Sequence[Word], phrases: Sequence[Phrase], past: Past) -> str | None:
    """The question with what refers back replaced, or None where nothing does or nothing is there to refer to."""
    changes: list[tuple[int, int, str]] = []
    done: set[str] = set()
    for place in range(len(words)):
        found = _replacement(words, place, phrases, past)
        if found is None:
            continue
        first, last, text = found
        if any(text.lower().removesuffix("’s").removesuffix("’") in other for other in done):
            continue  # a second "it" is understood
        done.add(text.lower())
        if not changes or words[first].start >= changes[-1][1]:
            changes.append((words[first].start, words[last].end, text))
    for start, end, text in reversed(changes):
        question = question[:start] + text + question[end:]
    return question if changes else None


def _replacement(
    words: Sequence[Word], place: int, phrases: Sequence[Phrase], past: Past
) -> tuple[int, int, str] | None:
    """(first word, last word, what they stand for), if the word at this place refers back."""
    word = words[place]
    lower = word.lower
    after = words[place + 1] if place + 1 < len(words) else None
    following = after.lower if after is not None and not after.is_mark else ""
    before = words[place - 1].lower if place else ""
    pronoun, _, contracted = lower.partition("'")
    if word.text.isupper() and len(word.text) > 1:
        return None  # an abbreviation (IT), or somebody who shouts
    if lower in {"one", "ones"}:
        counted = place > 1 and before in ORDINALS and words[place - 2].lower == "the"
        return _one(words, place, past) if counted or _stands_for_noun(before, following) else None
    if (
        lower in ORDINALS
        and before in {"the", "this", "that"}
        and (not following or following in FUNCTION_WORDS - {"one", "ones", "of"} or following in AFTER_SUBJECT)
    ):
        head = counted_noun(past, ordinal=True)
        return (place, place, f"{word.text} {head}") if head else None
    if lower in {"this", "that", "these", "those"} and following and following not in FUNCTION_WORDS:
        if following in {"year", "time", "day", "month"}:
            year = year_of(past)
            return (place - (before == "in"), place + 1, f"in {year}") if year else None
        described = before in BE and (following in ADJECTIVES | PAST or following.endswith(("ed", "ly")))
        same = same_head(following, past)
        predicate = not same and (described or (before in DO | MODAL and looks_like_verb(Word(following, 0, 0))))
        if not is_demonstrative(before):
            return None
        if not predicate:
            return (place, place + 1, same) if same else None
    elif lower in {"this", "that", "these", "those"} and not (
        (not following or following in AUXILIARIES | PREPOSITIONS | DETERMINERS | CONJUNCTIONS)
        and (before in AUXILIARIES | PREPOSITIONS | CONJUNCTIONS or looks_like_verb(words[place - 1]) or not place)
    ):
        return None
    if lower in {"then", "there"}:
        return _time_or_place(words, place, past)
    if lower in {"former", "latter"} and before == "the":
        stands_alone = not following or following in FUNCTION_WORDS or looks_like_verb(words[place + 1])
        both = last_two(past) if stands_alone else None
        return (place - 1, place, definite(both[lower == "latter"])) if both else None
    if pronoun not in PERSONS | GROUPS | THINGS:
        return None
    if pronoun == "it" and _is_dummy(words, place):
        return None
    if _is_bound(words, place, pronoun, following, phrases):
        return None
    if pronoun in GROUPS and any(other.lower in {"it", "its"} for other in words) and not speaks_of_several(past):
        return None  # "how do they enforce it?": of one thing, "it" is said
    text = referent(pronoun, past, acting=before in AUXILIARIES - BE and _has_object(words[place], phrases))
    if not text:
        return None
    if pronoun in POSSESSIVE and not (pronoun == "her" and (not following or following in FUNCTION_WORDS)):
        last = text.split()[-1]
        several = is_plural(last.lower()) and (last.islower() or text.lower().startswith("the "))
        text += "’" if several else "’s"
    return place, place, text + {"s": " is", "re": " are"}.get(contracted, "")


def _one(words: Sequence[Word], place: int, past: Past) -> tuple[int, int, str] | None:
    before = words[place - 1]
    if before.lower == "which" and any(word.lower == "or" for word in words[place:]):
        return None  # "Which one is better, this or that?"
    ordinal = before.lower in ORDINALS
    if before.lower in AUXILIARIES - HAVE and any(looks_like_verb(word) for word in words[place + 1 :]):
        return None  # "How does one become a pilot?"
    head = counted_noun(
        past,
        ordinal=ordinal,
        without_adjective=before.text[0].isupper() and place > 1,
        plural=words[place].lower == "ones",
    )
    if head and (looks_like_verb(before) or before.lower in HAVE):
        if head.istitle() or head.isupper():
            return None  # there is no second Norway
        head = f"{'an' if head[0] in 'aeiou' else 'a'} {head}"  # "who appoints one?"
    return (place, place, head) if head else None


def _time_or_place(words: Sequence[Word], place: int, past: Past) -> tuple[int, int, str] | None:
    lower = words[place].lower
    before = words[place - 1].lower if place else ""
    rest = [word for word in words[place + 1 :] if not word.is_mark]
    if lower == "then":
        year = year_of(past)
        if place == 0 or rest or not year:
            return None
        return (place, place, year) if before in PREPOSITIONS else (place, place, f"in {year}")
    if before in BE and (rest or before.endswith("n't")):
        return None  # "are there ..."
    if not place or (rest and rest[0].lower in BE | AUXILIARIES):
        return None
    places = [phrase for phrase in past.phrases if phrase.preposition in {"in", "at"} and not phrase.is_year]
    named = [phrase for phrase in places or past.phrases if phrase.is_named]
    if not named:
        return None
    text = named[0].text
    return (place, place, text) if before in PREPOSITIONS else (place, place, f"in {text}")


def _is_dummy(words: Sequence[Word], place: int) -> bool:
    """Whether this "it" stands for nothing: "is it true that ...", "how long does it take to ..."."""
    rest = [word.lower for word in words[place + 1 :] if not word.is_mark]
    if rest[:1] in (["comes"], ["came"]) and "to" in rest[1:2]:
        return True  # "when it comes to ..."
    links = [i for i, lower in enumerate(rest[:6]) if lower in {"to", "that", "whether", "if", "for", "when", "who"}]
    if place and words[place - 1].lower == "is" and not rest:
        return any(word.lower == "time" for word in words)
    if links and rest[links[0]] == "that" and links[0] and looks_like_verb(Word(rest[links[0] - 1], 0, 0)):
        return True  # "it was reported that ..."
    if not links or not any(lower in DUMMY or lower.endswith("ier") for lower in rest[: links[0]]):
        return False
    # "Is it hard to remove?" asks of a thing, "is it hard to remove viruses?" does not.
    bare_infinitive = rest[links[0]] == "to" and len(rest) == links[0] + 2
    return not (bare_infinitive and any(lower in TOUGH for lower in rest[: links[0]]))


def speaks_of_person(words: Sequence[Word], phrases: Sequence[Phrase]) -> bool:
    """Whether a "he" or "she" stands for nobody in the question itself."""
    for place, word in enumerate(words):
        following = next((after.lower for after in words[place + 1 : place + 2] if not after.is_mark), "")
        if word.lower in PERSONS and not _is_bound(words, place, word.lower, following, phrases):
            return True
    return False


def _is_bound(words: Sequence[Word], place: int, pronoun: str, following: str, phrases: Sequence[Phrase]) -> bool:
    """Whether a pronoun takes up something in its own question.

    A pronoun does so across a clause boundary, a possessive also in its clause; an object never takes up the subject
    of its own clause (principle B of the binding theory; Chomsky 1981).
    """
    if pronoun == "it" and _has_relative_clause(words[:place]):
        return True
    contact = place > 1 and not words[place - 1].is_mark and words[place - 1].lower not in FUNCTION_WORDS
    if (
        contact and pronoun not in POSSESSIVE and looks_like_verb(Word(following or "-", 0, 0))
    ):  # "the addresses they found"
        return any(_fits(phrase, pronoun, words) for phrase in phrases if phrase.role == "subject")
    possessive = pronoun in POSSESSIVE and following and following not in FUNCTION_WORDS
    limits = [i for i, word in enumerate(words[:place]) if word.lower in BOUNDARIES or word.text in ",;:.?!–—"]
    # One that opens the question bounds nothing, and in "after him" there is no clause.
    opening = next((i for i, word in enumerate(words) if word.lower not in CONNECTIVES and not word.is_mark), 0)
    limits = [i for i in limits if i > opening and not (i == place - 1 and _is_object(pronoun, following))]
    if not possessive and not limits:
        return False
    limit = words[place].start if possessive else words[limits[-1]].start
    return any(_fits(phrase, pronoun, words) for phrase in phrases if phrase.end <= limit) or (
        pronoun in PERSONS | GROUPS and any(w.lower in {"who", "someone", "anyone"} for w in words[:place] if limits)
    )


def _has_relative_clause(before: Sequence[Word]) -> bool:
    """Whether the subject of the verb before "it" has a clause, which says what "it" is.

    "Why do firms that were robbed keep it secret?" has one, "who are the states that refused to sign it?" has none.
    """
    lowers = [word.lower for word in before]
    place = next((i for i, lower in enumerate(lowers) if lower in {"that", "who", "which"} and i > 1), 0)
    contents = len(lowers) > place + 3 and not {lowers[place - 1], *lowers[-2:]} & FUNCTION_WORDS
    return bool(place) and contents and any(lower in DO | MODAL for lower in lowers[:place])


def _is_object(pronoun: str, following: str) -> bool:
    """Whether a pronoun is no subject, by its form or by what follows."""
    return pronoun in {"him", "her", "them"} or not following or following in QUESTION_WORDS | PREPOSITIONS


def _has_object(word: Word, phrases: Sequence[Phrase]) -> bool:
    """Whether the verb after this word has an object: "does it have a seat?"."""
    return any(phrase.start > word.end and not phrase.preposition for phrase in phrases)


def _fits(phrase: Phrase, pronoun: str, words: Sequence[Word]) -> bool:
    """Whether a phrase of the same question can be what the pronoun stands for."""
    if phrase.is_year or (phrase.preposition and phrase.start <= words[0].end + 5):
        return False  # "In 2015, ...", "According to the press, ..."
    if pronoun in PERSONS:
        return phrase.is_named or bool(phrase.determiner)
    if pronoun in GROUPS:
        return phrase.is_plural or phrase.is_named
    return not phrase.is_plural


def _stands_for_noun(before: str, following: str) -> bool:
    """Whether "one" is "the second one" and not "one day", "no one" or "one of them"."""
    if before in {"no", "any", "every", "some", "day", "at", "than", "by", "from"} or following in {"of", "another"}:
        return False
    return bool(before) and (not following or following in FUNCTION_WORDS or looks_like_verb(Word(following, 0, 0)))


def is_demonstrative(before: str) -> bool:
    """Whether "that" before a noun points at it, after this word, and does not open a clause."""
    if before in {"say", "says", "said", "think", "know", "mean", "means", "show", "shows", "claim", "believe", "find"}:
        return False
    follows = before in AUXILIARIES | PREPOSITIONS | QUESTION_WORDS | CONJUNCTIONS
    return not before or follows or looks_like_verb(Word(before, 0, 0))
