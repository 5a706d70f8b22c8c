"""Texts as they are kept and searched."""

import unicodedata

_TITLE_LENGTH = 60


def title_of(question: str) -> str:
    """A title for the conversation that a question begins: the question, cut at a word, 60 characters at most."""
    text = storable(" ".join(question.split()))
    if len(text) <= _TITLE_LENGTH:
        return text or "Conversation"
    head = text[:_TITLE_LENGTH]  # one more than stays, to see whether a word ends there
    return (head.rpartition(" ")[0] or head[:-1]).rstrip(" ,;:–-") + "…"


def folded(text: str) -> str:
    """Text as it is searched: capitals, ways to write a letter, and white space make no difference."""
    return " ".join(storable(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())).split())


def storable(text: str) -> str:
    """Text without halves of surrogate pairs, which no UTF-8 file can hold."""
    return text.encode("utf-8", "replace").decode()
