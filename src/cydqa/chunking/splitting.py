"""Cutting a section with langchain-text-splitters: whole paragraphs while they fit, else whole sentences, else clauses
and words of a sentence too long for any window.

The pieces, one after the other, are the section again, so every span follows by addition and no text is searched for.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise
from typing import Any

from langchain_text_splitters import RecursiveCharacterTextSplitter, TextSplitter

from cydqa.sentences import split_sentences, trim
from cydqa.types import Section, Span

_STRETCH = 100_000  # characters of a section that are cut at a time: the splitters make lists of everything in it


def _stretches(text: str, start: int, end: int) -> Iterator[Span]:
    """Spans of at most 100,000 characters that cover a section, each up to the end of a paragraph if there is one."""
    while end - start > _STRETCH:
        stop = start + _STRETCH
        cuts = (text.rfind(mark, start, stop) + len(mark) for mark in ("\n\n", "\n", ". ", " "))
        cut = next((cut for cut in cuts if cut > start), stop)
        yield start, cut
        start = cut
    yield start, end


class PassageSplitter:
    """Cuts sections into passages of at most `size` by `length`; not shared between threads."""

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
