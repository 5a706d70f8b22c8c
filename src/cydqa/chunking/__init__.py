"""A document -> its passages: whole sentences of one section that fit the encoder's window with their heading.

`splitting.py` does the cutting; its libraries are imported when something is cut, since questions need none of it.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from cydqa.types import Chunk, Document, Span

VERSION = 1
HEADING_TOKENS = 48  # title and section path together, at most, in front of each passage
_SPECIAL_TOKENS = 4  # the model's own, at both ends, and the line break after the heading
_CHARACTERS_PER_TOKEN = 8  # English has under five; more is text that the tokenizer has no words for


class Tokenizer(Protocol):
    """The encoder's tokenizer, as far as lengths go."""

    def count(self, text: str) -> int:
        """Number of tokens of `text`, without special tokens."""

    def head(self, text: str, tokens: int) -> str:
        """The longest prefix of `text` of at most `tokens` tokens."""


def passage_tokens(wanted: int, window: int) -> int:
    """Tokens that a passage may have so that its heading and the special tokens fit the window, too."""
    return max(1, min(wanted, window - HEADING_TOKENS - _SPECIAL_TOKENS))


def chunk_document(
    document: Document, *, tokenizer: Tokenizer, chunk_tokens: int, between: Callable[[], None] = lambda: None
) -> list[Chunk]:
    """Cut a document into passages of at most `chunk_tokens` tokens, in the order of its text.

    A sentence that fits is never cut, a passage never crosses a section, and a heading is in none.

    Args:
        between: called every now and then; what it raises ends the cutting.
    """
    from cydqa.chunking.splitting import PassageSplitter

    count = lru_cache(maxsize=4096)(tokenizer.count)  # the splitters ask for the same short pieces again and again

    def length(text: str) -> int:
        # To WordPiece a word of over 100 characters is one unknown token, however long it is.
        # And white space or a combining accent is none, but a splitter would repeat a piece of no length.
        at_least = max(len(text) // _CHARACTERS_PER_TOKEN, min(len(text), 1))
        return at_least if at_least > chunk_tokens else max(count(text), at_least)

    splitter = PassageSplitter(length, chunk_tokens, document.metadata.language or "en")
    chunks = []
    for section in document.sections:
        for start, end, sentences in splitter.passages(document.text, section, between):
            chunks.append(
                Chunk(
                    id=_chunk_id(document.id, start, document.text[start:end]),
                    document_id=document.id,
                    section=section.path,
                    start=start,
                    end=end,
                    text=document.text[start:end],
                    page=bisect_right(document.pages, start) or None,
                    sentences=sentences,
                )
            )
    return chunks


def embedding_text(title: str | None, chunk: Chunk, tokenizer: Tokenizer) -> str:
    """What the encoder and the lexical index read of a passage: its title and section path, then its text."""
    heading = " › ".join(part for part in (title, *chunk.section) if part)
    return f"{tokenizer.head(heading, HEADING_TOKENS)}\n{chunk.text}" if heading else chunk.text


def sentence_text(title: str | None, chunk: Chunk, sentence: Span, tokenizer: Tokenizer) -> str:
    """What the encoder reads of a sentence: it, after the nearest heading, which often names what it is about."""
    nearest = chunk.section[-1] if chunk.section else title
    text = chunk.slice(*sentence)
    return f"{tokenizer.head(nearest, HEADING_TOKENS)}: {text}" if nearest else text


def _chunk_id(document_id: str, start: int, text: str) -> str:
    place = f"{document_id}\0{start}\0{text}".encode()
    return hashlib.blake2b(place, digest_size=12).hexdigest()
