"""Follow-up questions: what a person means who asks "and Denmark?", "who led it?" or "when was that?".

The earlier questions, as they were read, hold the topic; the quotes of the last answer hold the persons that it
introduced. What refers back is replaced by the phrase that it stands for (the subject before the rest, names before
other words; centering: Grosz, Joshi and Weinstein 1995), a fragment takes the place of its counterpart, and a question
that is only short of its topic gets it in brackets, as in query resolution by terms (Voskarides et al., "Query
resolution for conversational search with limited supervision", 2020). A question with names of its own that refers to
nothing is left alone: a new subject dragged into the old one is worse than a follow-up that is missed.
"""

from collections.abc import Sequence

from cydqa.conversation.antecedents import definite, looks_like_person, topic_phrase
from cydqa.conversation.ellipsis import completed, kind_of
from cydqa.conversation.grammar import (
    AUXILIARIES,
    BE,
    COMPLETE_ALONE,
    CONNECTIVES,
    COUNTED,
    CUES,
    EVERYWHERE,
    FUNCTION_WORDS,
    ORDINALS,
    QUESTION_WORDS,
    RELATIONAL,
    VERBS,
)
from cydqa.conversation.past import Past, continued
from cydqa.conversation.phrases import Phrase, Word, looks_like_verb, noun_phrases, split, stems
from cydqa.conversation.referring import resolved, speaks_of_person
from cydqa.types import Answer
from cydqa.words import terms

_LONGEST = 400  # characters; who writes more says what is meant
_MOST_TOPICS = 3


def read_as(question: str, history: Sequence[Answer]) -> str | None:
    """The complete question that a follow-up means, or None for a question that stands alone.

    Args:
        question: as it was typed.
        history: the earlier answers of the conversation, oldest first.
    """
    if not history or not question.strip() or len(question) > _LONGEST:
        return None
    past = continued(history)
    if past is None or len(past.question) > _LONGEST:
        return None
    words = split(question)
    phrases = noun_phrases(question, past.names)
    read = completed(question, past)
    if read is None:
        read = resolved(question, words, phrases, past)
        if read is not None:
            read = _with_name(read, past)
    of_nobody = past.asks_who and speaks_of_person(words, phrases)  # and nobody was found
    if read is None and (of_nobody or _lacks_topic(question, words, phrases, past)):
        read = _with_topic(question, phrases, past)
    if read is None or read == question:
        return None
    return read if read.islower() else read[0].upper() + read[1:]


def _with_name(read: str, past: Past) -> str:
    """A question about "the members", with the name whose members they are."""
    if any(phrase.is_named for phrase in noun_phrases(read, past.names)):
        return read
    topic = topic_phrase(past, named=True)
    if topic is None or topic.text.lower() in read.lower():
        return read
    return f"{read} ({definite(topic.text)})"


def _with_topic(question: str, phrases: Sequence[Phrase], past: Past) -> str | None:
    """The question with what the earlier one was about in brackets."""
    held = set(terms(question))
    topics = [phrase for phrase in past.phrases if not phrase.is_year and not set(terms(phrase.text)) <= held]
    own = {kind_of(phrase) for phrase in phrases if phrase.is_named}
    named = [phrase for phrase in topics if phrase.is_named]
    named = [phrase for phrase in named if kind_of(phrase) not in own] or named  # "has China joined, too?"
    chosen = (named or topics)[:_MOST_TOPICS]
    about = topic_phrase(past.before) if past.before is not None else None
    if about is not None and chosen and all(looks_like_person(phrase) for phrase in chosen):
        chosen = [*chosen, about]  # the post, of which the turn before spoke
    if not chosen:
        return None
    return f"{question.strip()} ({', '.join(definite(phrase.text) for phrase in chosen)})"


def _lacks_topic(question: str, words: Sequence[Word], phrases: Sequence[Phrase], past: Past) -> bool:
    """Whether a question that refers to nothing in so many words still can't be understood alone."""
    lowers = [word.lower for word in words if not word.is_mark]
    if not lowers:
        return False
    own = terms(" ".join(word.text for word in words if word.lower not in FUNCTION_WORDS and not word.is_mark))
    topic = topic_phrase(past)
    if topic is not None and set(terms(topic.text)) <= set(own):
        return False  # it says what it is about
    if _is_definition(lowers, phrases):
        return False
    connected = lowers[0] in CONNECTIVES
    cued = connected or any(lower in CUES for lower in lowers)
    names = {word.lower for phrase in phrases for word, name in zip(phrase.words, phrase.named, strict=True) if name}
    rest = [
        word.lower
        for word in words
        if not word.is_mark and word.lower not in FUNCTION_WORDS | ORDINALS | names | CUES and terms(word.text)
    ]
    asks = lowers[0] in QUESTION_WORDS or connected
    if lowers[-2:] == ["in", "between"] and not names and not {"i", "you", "we"} & set(lowers):
        return True
    if names:
        known = set(terms(" ".join(names))) <= past.known
        if cued and known:
            return True
        open_verbs = all(_is_open(word) for word in rest) and len(rest) <= 1
        subject = any(phrase.is_named and phrase.role == "subject" for phrase in phrases)
        if known and subject and len(phrases) == 1:
            return len(rest) == 1 and open_verbs  # "Did the US sign?"
        return connected and len(rest) <= 1 and subject and bool({"who", "what", "which"} & set(lowers))
    if not own:
        return any(lower in QUESTION_WORDS for lower in lowers) and not {"i", "you", "me", "we"} & set(lowers)
    familiar = sum(term in past.known for term in own) / len(own)
    if cued and (len(own) <= 1 or familiar >= 0.5):
        return True
    if asks and len(own) <= 2 and not any(lower in AUXILIARIES for lower in lowers) and familiar > 0:
        return True  # "How many members?"
    if lowers[0] == "how" and lowers[1:2] in (["many"], ["much"]) and lowers[2:3] and lowers[2] in AUXILIARIES:
        return True  # "How many are there in all?"
    if asks and len(rest) <= 2 and all(looks_like_verb(Word(word, 0, 0)) or word == "part" for word in rest):
        return True  # "How many abstained?", "Who can take part?"
    asked = [phrase for phrase in phrases if not phrase.is_year and phrase.text != "part"]
    if asked and all(phrase.role == "asked" for phrase in asked) and len(rest) <= 3:
        counted = {word.lower for phrase in asked for word in phrase.words} - COUNTED
        return set(terms(" ".join(counted))) <= past.known  # "How many countries signed?"
    if any(_points_back(phrase, past) for phrase in phrases):
        return True
    return asks and len(own) <= 3 and familiar == 1


def _is_open(word: str) -> bool:
    """Whether a verb, in any form, leaves open what it is about."""
    return bool(stems(word) & VERBS) and not stems(word) & COMPLETE_ALONE


def _is_definition(lowers: Sequence[str], phrases: Sequence[Phrase]) -> bool:
    """Whether a question asks what something is that it names: "what is phishing?"."""
    lowers = [lower for lower in lowers if lower not in CONNECTIVES]
    if len(lowers) < 3 or lowers[0] not in {"what", "who"} or lowers[1] not in BE:
        return False
    return (
        len(phrases) == 1
        and not (lowers[0] == "who" and looks_like_verb(phrases[0].words[0]))
        and (phrases[0].is_named or phrases[0].determiner.lower() in {"", "a", "an"})
    )


def _points_back(phrase: Phrase, past: Past) -> bool:
    """Whether "the report" must be a report that was spoken of: definite, and of nothing in particular."""
    nouns = [word.lower for word in phrase.words if word.lower not in ORDINALS and not word.text.isdigit()]
    if phrase.determiner.lower() in {"this", "these", "those"} and not phrase.is_named:
        return True
    if phrase.determiner.lower() != "the" or len(nouns) > 1 or phrase.is_named or set(nouns) & EVERYWHERE:
        return False
    return bool(set(nouns) & RELATIONAL) or set(terms(" ".join(nouns))) <= past.known
