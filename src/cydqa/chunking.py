"""A document -> its passages: whole sentences of one section that fit the encoder's window with their heading.

The splitting is langchain-text-splitters': whole paragraphs while they fit, else whole sentences, else clauses and
words of a sentence too long for any window. Its pieces, one after the other, are the section again, so every span
follows by addition and no text is ever searched for.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, Protocol

from langchain_text_splitters import RecursiveCharacterTextSplitter, TextSplitter

from cydqa.sentences import split_sentences, trim
from cydqa.types import Chunk, Document, Section, Span

VERSION = 1
HEADING_TOKENS = 48  # title and section path together, at most, in front of each passage
_SPECIAL_TOKENS = 4  # the model's own, at both ends, and the line break after the heading
_CHARACTERS_PER_TOKEN = 8  # English has under five; more is text that the tokenizer has no words for
_STRETCH = 100_000  # characters of a section that are cut at a time: the splitters make lists of everything in it


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

    count = lru_cache(maxsize=4096)(tokenizer.count)  # the splitters ask for the same short pieces again and again

    def length(text: str) -> int:
        # To WordPiece a word of over 100 characters is one unknown token, however long it is.
        # And white space or a combining accent is none, but a splitter would repeat a piece of no length.
        at_least = max(len(text) // _CHARACTERS_PER_TOKEN, min(len(text), 1))
        return at_least if at_least > chunk_tokens else max(count(text), at_least)

    splitter = _PassageSplitter(length, chunk_tokens, document.metadata.language or "en")
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


def _stretches(text: str, start: int, end: int) -> Iterator[Span]:
    """Spans of at most 100,000 characters that cover a section, each up to the end of a paragraph if there is one."""
    while end - start > _STRETCH:
        stop = start + _STRETCH
        cuts = (text.rfind(mark, start, stop) + len(mark) for mark in ("\n\n", "\n", ". ", " "))
        cut = next((cut for cut in cuts if cut > start), stop)
        yield start, cut
        start = cut
    yield start, end


class _PassageSplitter:
    def __init__(self, length: Callable[[str], int], size: int, language: str) -> None:
        # Whatever the pieces are, they must be the text again: nothing stripped, separators kept, no overlap.
        exact: dict[str, Any] = {
            "chunk_size": size,
            "chunk_overlap": 0,
            "length_function": length,
            "strip_whitespace": False,
            "keep_separator": "end",
        }
        self._language = language
        self._length = length
        self._size = size
        self._paragraphs = RecursiveCharacterTextSplitter(separators=["\n\n"], **exact)
        self._sentences = _SentenceSplitter(self._cut_into_sentences, **exact)
        self._clauses = RecursiveCharacterTextSplitter(separators=["\n", "; ", ", ", " ", ""], **exact)

    def passages(
        self, text: str, section: Section, between: Callable[[], None]
    ) -> Iterator[tuple[int, int, tuple[Span, ...]]]:
        """Start, end and sentence spans of each passage of a section."""
        for start, end in _stretches(text, section.start, section.end):
            between()
            yield from self._passages(text[start:end], start)

    def _passages(self, body: str, offset: int) -> Iterator[tuple[int, int, tuple[Span, ...]]]:
        pieces = list(self._split(body))
        if "".join(pieces) != body:
            raise AssertionError("the pieces of a section must be the section again")
        ends = list(accumulate(map(len, pieces)))
        cuts = sorted({0, *ends, *(end for _, end in split_sentences(body, self._language))})
        inside: list[list[Span]] = [[] for _ in pieces]
        for cut in pairwise(cuts):
            first, last = trim(body, cut)
            if first < last:
                inside[bisect_right(ends, cut[0])].append((offset + first, offset + last))
        for piece, end, sentences in zip(pieces, ends, inside, strict=True):
            if sentences:
                stop = offset + end
                yield stop - len(piece.lstrip()), stop - len(piece) + len(piece.rstrip()), tuple(sentences)

    def _fits(self, text: str) -> bool:
        return self._length(text) <= self._size

    def _split(self, text: str) -> Iterator[str]:
        for piece in self._paragraphs.split_text(text):
            if self._fits(piece):
                yield piece
            else:
                yield from self._sentences.split_text(piece)

    def _cut_into_sentences(self, text: str) -> Iterator[str]:
        """The sentences of `text`; one too long for any passage comes in pieces."""
        for start, end in split_sentences(text, self._language):
            if self._fits(text[start:end]):
                yield text[start:end]
            else:
                yield from self._clauses.split_text(text[start:end])


class _SentenceSplitter(TextSplitter):
    """Cuts with the function it is given and joins neighbours up to the chunk size."""

    def __init__(self, cut: Callable[[str], Iterator[str]], **options: Any) -> None:
        super().__init__(**options)
        self._cut = cut

    def split_text(self, text: str) -> list[str]:
        """Pieces of at most the chunk size."""
        return self._merge_splits(self._cut(text), "")
