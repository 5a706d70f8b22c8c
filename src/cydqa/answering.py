"""Hits -> an Answer made of quotes alone."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cydqa.types import Answer, Citation, Hit, Metadata, Part, Quote

MODE = "quotes"
DECLINED = "The documents do not seem to answer this question."


@dataclass(frozen=True, slots=True)
class Origin:
    """What a citation says of its document beyond the passage itself."""

    metadata: Metadata
    pages: tuple[int, ...]  # offset at which each page starts
    stale: bool


def cite(quotes: Sequence[Quote], hits: Sequence[Hit], origin_of: Callable[[str], Origin]) -> tuple[Citation, ...]:
    """Number the quotes from 1 and say where each stands; every quote must lie in the passage of one of the hits."""
    return tuple(
        _citation(number, quote, _passage_of(quote, hits), origin_of) for number, quote in enumerate(quotes, 1)
    )


def cite_passages(hits: Sequence[Hit], origin_of: Callable[[str], Origin]) -> tuple[Citation, ...]:
    """The passages themselves as citations, to be shown as related to a question that was declined."""
    return tuple(
        _citation(
            hit.rank,
            Quote(hit.chunk.document_id, hit.chunk.start, hit.chunk.end, hit.chunk.text, hit.score),
            hit,
            origin_of,
        )
        for hit in hits
    )


def compose(citations: Sequence[Citation]) -> tuple[str, tuple[Part, ...]]:
    """The answer's text, each quote in quotation marks with its marker outside, and its parts."""
    text = " ".join(f"“{citation.quote}” [{citation.number}]" for citation in citations)
    return text, tuple(Part(citation.quote, citation.number) for citation in citations)


def notes(answer: Answer) -> list[str]:
    """What a reader should know besides: words that were read as others, and quotes that give different values."""
    corrections = answer.explanation.corrections if answer.explanation else ()
    said = [f"“{typed}” was read as “{meant}”." for typed, meant in corrections]
    dates = {citation.number: citation.published for citation in answer.citations}
    for disagreement in answer.disagreements:
        values = (
            f"{value} [{number}]{f' ({dates[number]})' if dates[number] else ''}"
            for value, number in disagreement.values
        )
        said.append(f"The quotes differ: {', '.join(values)}.")
    return said


def _passage_of(quote: Quote, hits: Sequence[Hit]) -> Hit:
    for hit in hits:
        chunk = hit.chunk
        if chunk.document_id == quote.document_id and chunk.start <= quote.start and quote.end <= chunk.end:
            return hit
    raise ValueError(f"the quote {quote.start}-{quote.end} of {quote.document_id} is in none of the passages")


def _citation(number: int, quote: Quote, hit: Hit, origin_of: Callable[[str], Origin]) -> Citation:
    chunk = hit.chunk
    origin = origin_of(chunk.document_id)
    return Citation(
        number=number,
        document_id=chunk.document_id,
        title=hit.title,
        url=origin.metadata.url,
        publisher=origin.metadata.publisher,
        published=origin.metadata.published,
        section=chunk.section,
        page=bisect_right(origin.pages, quote.start) or None,  # the passage may begin on the page before
        start=quote.start,
        end=quote.end,
        quote=quote.text,
        passage_start=chunk.start,
        passage_end=chunk.end,
        passage=chunk.text,
        score=quote.score,
        stale=origin.stale,
    )
