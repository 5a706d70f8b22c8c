"""The HTML of an answer: its quotes, a card for each citation, how sure it is and why."""

from collections.abc import Callable
from html import escape
from urllib.parse import urlencode

from cydqa.answering import DECLINED, notes
from cydqa.explaining import doubts
from cydqa.markers import find_markers
from cydqa.references import citation_url, place
from cydqa.types import Answer, Citation, Explanation, Metadata, Reference
from cydqa.ui.render import away, note
from cydqa.ui.render.document_text import NO_ITEM, is_web

_SURENESS = (
    (0.8, "These quotes very likely answer the question."),
    (0.6, "These quotes probably answer the question."),
    (0.4, "These quotes may answer the question; check them."),
    (0.0, "It is uncertain whether these quotes answer the question; check them."),
)
_FEATURES = {  # of the confidence, in words
    "bias": "where every estimate begins",
    "sentence_cosine": "nearness of the best sentence to the question",
    "passage_cosine": "nearness of the best passage",
    "margin": "how far the best passage is above the next",
    "quote_margin": "how far the best sentence is above the fourth",
    "lexical": "words shared with the best passage",
    "names": "share of the question’s names that the quoted passages have",
    "focus_missing": "no passage has the word that says what is asked for",
    "number_missing": "a number of the question is missing",
    "kind_missing": "no quote has the kind of thing asked for",
    "negation_differs": "only one of question and sentence says “not”",
    "name_count": "names in the question",
}
_STALE = "The file has changed or gone since it was indexed; a rebuild brings the index up to date."


def quotes(given: Answer, turn: int, metadata_of: Callable[[str], Metadata]) -> str:
    """The quotes with their markers, and what a reader should know besides.

    Args:
        turn: tells the anchors of several answers on one page apart.
        metadata_of: a document's, for the markers inside its quotes.
    """
    cited = {citation.number: citation for citation in given.citations}
    paragraphs = "".join(
        '<p class="cyd-answer" dir="auto">'
        f"“<bdi>{_with_markers(part.text, metadata_of(cited[part.citation].document_id))}</bdi>” "
        f'<a class="cyd-marker" href="#t{turn}-c{part.citation}" aria-label="Source {part.citation}">'
        f"[{part.citation}]</a></p>"
        for part in given.parts
    )
    said = "".join(map(note, notes(given)))
    return f'<div class="cyd-quotes">{paragraphs}</div>{said}{_sureness(given)}'


def declined(given: Answer, documents: int) -> str:
    """That there is no answer, what was looked for, and what speaks against the nearest passages."""
    read = given.read_as or given.question
    short = read if len(read) <= 200 else f"{read[:200]}…"
    where = f"{documents} document{'s' * (documents != 1)}"
    reasons = [*notes(given), *(doubts(given.explanation) if given.explanation else [])]
    needed = f", below the {given.explanation.threshold:.0%} that an answer needs" if given.explanation else ""
    related = note("The nearest passages, which may be related:") if given.nearest else ""
    return (
        f'<div class="cyd-declined"><p class="cyd-answer">{escape(DECLINED)}</p>'
        + note(
            f"Looked for “{short}” in {where}. The best sentences answer it with an estimated probability of"
            f" {given.confidence:.0%}{needed}."
        )
        + "".join(map(note, reasons))
        + f"</div>{related}"
    )


def card(citation: Citation, anchor: str, reference: str, *, mark: bool) -> str:
    """What a citation rests on: its place and its passage, with the quote marked in it if `mark`."""
    origin = " · ".join(part for part in (citation.publisher, citation.published) if part)
    number = f'<span class="cyd-marker">[{citation.number}]</span> ' if mark else ""
    lines = "".join(f'<p class="cyd-path" dir="auto">{escape(line)}</p>' for line in (place(citation), origin) if line)
    stale = f'<p class="cyd-stale">{_STALE}</p>' if citation.stale else ""
    url = citation_url(citation)
    original = f"{away(url, 'Original')} · " if url else ""
    copies = f'<button type="button" class="cyd-copy" data-text="{escape(reference)}">Copy reference</button>'
    return (
        f'<article class="cyd-card" id="{anchor}" tabindex="-1">'
        f'<h3 class="cyd-title" dir="auto">{number}{escape(citation.title)}</h3>{lines}{stale}'
        f'<p class="cyd-passage" dir="auto">{_passage(citation, mark=mark)}</p>'
        f'<p class="cyd-meta">{original}{copies}</p></article>'
    )


def why(explanation: Explanation, confidence: float) -> str:
    """How the question was read, what was looked at, and what the confidence rests on."""
    words = "".join(
        f"<li>{escape(word.term)}{' (a name or number)' if word.named else ''}"
        f"{escape(' – also: ' + ', '.join(word.alternatives)) if word.alternatives else ''}</li>"
        for word in explanation.words
    )
    sentences = "".join(
        f'<li dir="auto">“<bdi>{escape(sentence.text)}</bdi>”'
        f' <span class="cyd-aside">{escape(sentence.fate)}</span></li>'
        for sentence in explanation.sentences
    )
    passages = "".join(
        f'<li dir="auto"><bdi>{escape(" › ".join((passage.title, *passage.section)))}</bdi>'
        f' <span class="cyd-aside">score {passage.score:.1f}</span></li>'
        for passage in explanation.passages
    )
    evidence = "".join(
        f"<tr><td>{_FEATURES.get(each.name, escape(each.name))}</td><td>{each.value:.2f}</td>"
        f"<td>{each.adds + 0.0:+.2f}</td></tr>"
        for each in explanation.evidence
        if each.adds or each.value
    )
    return (
        '<div class="cyd-why">'
        f"<h3>The question’s words, by their stems</h3><ul>{words}</ul>"
        f"<p>It asks for: {escape(explanation.expects)}.</p>"
        f"<h3>Passages, best first</h3><ol>{passages}</ol>"
        f"<h3>Their sentences, best first, and what became of them</h3><ol>{sentences}</ol>"
        "<h3>What the estimate rests on</h3><table><thead>"
        "<tr><th>What</th><th>Value</th><th>Adds to the log odds</th></tr></thead>"
        f"<tbody>{evidence}</tbody></table>"
        f"<p>Together {confidence:.0%}; a question is answered from {explanation.threshold:.0%} on.</p></div>"
    )


def _sureness(given: Answer) -> str:
    words = next(words for least, words in _SURENESS if given.confidence >= least)
    return (
        f'<details class="cyd-note"><summary>{words}</summary>The estimated probability is {given.confidence:.0%}.'
        " Of all answers with such an estimate, about as many in a hundred hold what was asked for.</details>"
    )


def _passage(citation: Citation, *, mark: bool) -> str:
    if not mark:
        return escape(citation.passage)
    start, end = citation.start - citation.passage_start, citation.end - citation.passage_start
    before, quote, after = citation.passage[:start], citation.passage[start:end], citation.passage[end:]
    return f"{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}"


def _with_markers(text: str, metadata: Metadata) -> str:
    """A quote in which the document's own markers say what they stand for."""
    written, place_ = [], 0
    for marker in find_markers(text, metadata.references):
        written += [escape(text[place_ : marker.start]), _marker(text[marker.start : marker.end], marker.reference)]
        place_ = marker.end
    return "".join([*written, escape(text[place_:])])


def _marker(text: str, reference: Reference | None) -> str:
    if reference is None:
        said = f'<span class="cyd-hidden"> ({NO_ITEM})</span>'
        return f'<span class="cyd-unresolved" title="{NO_ITEM}">{escape(text)}{said}</span>'
    name = f"Reference {reference.number}: {reference.title}"
    url = f"read?{urlencode({'document': reference.document})}" if reference.document else reference.url
    if not url or not (reference.document or is_web(url)):
        return f'<span title="{escape(name)}">{escape(text)}</span>'
    return away(url, text, name)
