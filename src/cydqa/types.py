"""The vocabulary of cydqa: plain, immutable records that are made once and passed along.

All offsets are Unicode code points in `Document.text`; a span is half open, `text[start:end]`.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of a document's own list of references."""

    number: int
    title: str
    url: str | None = None
    document: str | None = None  # id of the corpus document it corresponds to


@dataclass(frozen=True, slots=True)
class Source:
    """A work that a document's facts come from."""

    title: str
    url: str | None = None
    publisher: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says about itself; everything is optional, dates are ISO 8601 or words like "n.d."."""

    url: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    accessed: str | None = None
    kind: str | None = None
    language: str | None = None
    references: tuple[Reference, ...] = ()
    sources: tuple[Source, ...] = ()
    questions: tuple[str, ...] = ()  # examples of what the document answers


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading, without the heading itself and without what stands under its subheadings.

    `path` holds the headings that lead to it, outermost first; it is empty for text before the first heading.
    """

    path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the corpus as reading text. `id` is its path inside the corpus, with forward slashes."""

    id: str
    title: str
    text: str
    sections: tuple[Section, ...]
    pages: tuple[int, ...]  # offset at which each page or slide starts; empty for formats without them
    metadata: Metadata
    sha256: str  # of the file's bytes


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document of the index, without its text."""

    id: str
    title: str
    metadata: Metadata
    pages: int  # 0 for formats without them
    words: int  # about: spaces and line breaks are counted
    passages: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What an index holds."""

    created: str  # ISO 8601, UTC
    documents: tuple[DocumentSummary, ...]  # in the order of their ids
    passages: int


@dataclass(frozen=True, slots=True)
class CharacterRun:
    """Where a stretch of a PDF's text stands: `text[start : start + length]` are the characters `first`, `first + 1`,
    ... of page `page`, which counts from 1, as PDFium numbers them. What stands between runs is on no page: spaces and
    line breaks that the extraction put there.
    """

    start: int
    length: int
    page: int
    first: int


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page, counted from 1, as a PNG, and the boxes marked on it, in pixels: left, top, right, bottom."""

    page: int
    png: bytes
    marks: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: whole sentences of one section, short enough for the encoder's window."""

    id: str  # hash of document id, span and text: same corpus, same ids
    document_id: str
    section: tuple[str, ...]
    start: int
    end: int
    text: str  # always document.text[start:end]
    page: int | None
    sentences: tuple[Span, ...]  # in document.text, without surrounding white space

    def slice(self, start: int, end: int) -> str:
        """`document.text[start:end]`, for a span inside the passage."""
        return self.text[start - self.start : end - self.start]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found by a search. Rank counts from 1; a rank is None where that retriever did not find it."""

    chunk: Chunk
    title: str
    rank: int
    score: float
    dense_rank: int | None
    lexical_rank: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """A slice of a document that answers the question: one sentence, or neighbours that belong together."""

    document_id: str
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote with everything needed to check it in its source."""

    number: int
    document_id: str
    title: str
    url: str | None
    publisher: str | None
    published: str | None
    section: tuple[str, ...]
    page: int | None
    start: int
    end: int
    quote: str
    passage_start: int
    passage_end: int
    passage: str
    score: float
    stale: bool  # the source file changed since it was indexed


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an answer and the number of the citation that it rests on."""

    text: str
    citation: int


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word of the question as the search read it: its stem, and what says the same."""

    term: str
    weight: float  # the rarer in the documents, the higher
    named: bool  # a name or a number
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A passage that was found, and what each feature adds to its score."""

    rank: int
    document_id: str
    title: str
    section: tuple[str, ...]
    start: int
    end: int
    score: float
    dense_rank: int | None
    lexical_rank: int | None
    adds: dict[str, float]


@dataclass(frozen=True, slots=True)
class RankedSentence:
    """A sentence that was looked at for a quote, what each feature adds to its score, and what became of it."""

    document_id: str
    start: int
    end: int
    text: str
    score: float
    fate: str
    adds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A feature of the confidence, and what it adds to the logarithm of the odds."""

    name: str
    value: float
    adds: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an answer is what it is: how the question was read, what ranked where, what was dropped, how sure it is."""

    embedded: str  # what the encoder read
    corrections: tuple[tuple[str, str], ...]  # a word as it was typed, and as it was read
    words: tuple[ReadWord, ...]
    expects: str  # kind of answer: who, when, how many, where, why, other
    passages: tuple[RankedPassage, ...]
    sentences: tuple[RankedSentence, ...]  # best first
    evidence: tuple[Evidence, ...]
    threshold: float  # below this confidence the question is declined


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Citations whose quotes give different numbers or years for what was asked."""

    about: str  # what is counted, as the first quote writes it, or "year"
    values: tuple[tuple[str, int], ...]  # a slice of a quote, and the number of its citation


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says to a question: cited quotes, or, when declined, only the nearest passages."""

    question: str
    read_as: str | None
    declined: bool
    confidence: float  # probability that the quotes answer the question
    mode: str
    generation: str
    answer: str
    parts: tuple[Part, ...]
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]
    took_ms: float
    disagreements: tuple[Disagreement, ...] = ()
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `done` of `total` units of `stage`."""

    stage: str  # "reading documents", "embedding", ...
    done: int
    total: int
    documents: int = 0  # read so far
    passages: int = 0  # cut so far
    seconds_left: float | None = None  # of this stage; None where there is nothing yet to go by


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: document ids by what happened to them; reasons for those left out."""

    generation: str = ""  # name of the one that is live now
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)  # of documents that are in the index all the same
    passages: int = 0
    embedded: int = 0  # passages and sentences that went through the encoder
    published: bool = True  # False where nothing had changed
    seconds: float = 0.0
