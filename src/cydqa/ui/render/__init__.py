"""The only place that makes HTML. Whatever comes from documents, file names or visitors is escaped here."""

from html import escape

from cydqa.answering import DECLINED, notes
from cydqa.types import Answer, Citation

# Colours are mixed from the theme's own text colour, so that one sheet serves light and dark.
STYLE = """
<style>
.cyd-answer { font-size: 1.06rem; line-height: 1.65; margin: 0 0 0.9rem; overflow-wrap: anywhere; }
.cyd-marker { font-weight: 600; white-space: nowrap; }
.cyd-answer a, .cyd-card a { color: inherit; text-underline-offset: 0.2em; }
.cyd-note { opacity: 0.75; font-size: 0.9rem; margin: 0 0 0.9rem; }
.cyd-card { border: 1px solid color-mix(in srgb, currentColor 22%, transparent); border-radius: 0.6rem;
            padding: 0.8rem 1rem; margin: 0 0 0.8rem; overflow-wrap: anywhere; scroll-margin-top: 5rem; }
.cyd-card:target { border-color: color-mix(in srgb, currentColor 70%, transparent); }
.cyd-title { font-weight: 600; margin: 0; }
.cyd-path, .cyd-meta { opacity: 0.75; font-size: 0.88rem; margin: 0.1rem 0 0; }
.cyd-passage { line-height: 1.6; margin: 0.6rem 0 0; white-space: pre-line; }
.cyd-passage mark { background: rgba(255, 196, 0, 0.32); color: inherit; padding: 0.05em 0; border-radius: 0.15em; }
.cyd-question { max-height: 9.5rem; overflow-y: auto; overflow-wrap: anywhere; white-space: pre-line;
                scroll-margin-top: 5rem; }
</style>
"""
# Streamlit glides to the end of a new answer, but its beginning is read first: wait until the page is still, go there.
_SCROLL = """
<script>
(() => {
  const question = document.getElementById("question-%d");
  let last = null, still = 0;
  const settle = () => {
    const top = question.getBoundingClientRect().top;
    still = top === last ? still + 1 : 0;
    last = top;
    if (still < 20) requestAnimationFrame(settle);
    else question.scrollIntoView({ block: "start", behavior: "instant" });
  };
  if (question) settle();
})();
</script>
"""
_MARKDOWN = str.maketrans({character: f"\\{character}" for character in r"\`*_{}[]()#+-.!|<>~$:"})


def plain(text: str) -> str:
    """Text for a Streamlit element that reads Markdown, so that it shows as it was typed."""
    return " ".join(text.split()).translate(_MARKDOWN)


def question(text: str, turn: int) -> str:
    """What the visitor asked; `turn` counts the questions of the page."""
    return f'<div class="cyd-question" id="question-{turn}">{escape(text)}</div>'


def reading(read_as: str) -> str:
    """What a follow-up was taken to mean."""
    return f'<p class="cyd-note">Read as: {escape(read_as)}</p>'


def scroll_to_question(turn: int) -> str:
    """A script, free of anything that a visitor or a document says, which brings a question to the top."""
    return _SCROLL % turn


def answer(given: Answer, turn: int) -> str:
    """An answer with its cards; `turn` tells the anchors of several answers on one page apart."""
    said = "".join(f'<p class="cyd-note">{escape(note)}</p>' for note in notes(given))
    if given.declined:
        nearest = "".join(_card(citation, f"t{turn}-n{citation.number}", mark=False) for citation in given.nearest)
        related = '<p class="cyd-note">The nearest passages, which may be related:</p>' if nearest else ""
        return f'{said}<p class="cyd-answer">{escape(DECLINED)}</p>{related}{nearest}'
    quotes = " ".join(
        f'“{escape(part.text)}” <a class="cyd-marker" href="#t{turn}-c{part.citation}">[{part.citation}]</a>'
        for part in given.parts
    )
    cards = "".join(_card(citation, f"t{turn}-c{citation.number}", mark=True) for citation in given.citations)
    return (
        f'<p class="cyd-answer">{quotes}</p>{said}'
        f'<p class="cyd-note">Confidence that this answers the question: {given.confidence:.0%}</p>{cards}'
    )


def _card(citation: Citation, anchor: str, *, mark: bool) -> str:
    path = " › ".join(citation.section)
    origin = " · ".join(part for part in (citation.publisher, citation.published) if part)
    page = f"page {citation.page}" if citation.page is not None else ""
    place = " · ".join(part for part in (path, page) if part)
    stale = (
        "The file has changed or gone since it was indexed; `cydqa index` brings the index up to date."
        if citation.stale
        else ""
    )
    number = f'<span class="cyd-marker">[{citation.number}]</span> ' if mark else ""
    return (
        f'<div class="cyd-card" id="{anchor}"><p class="cyd-title">{number}{escape(citation.title)}</p>'
        + "".join(f'<p class="cyd-path">{escape(line)}</p>' for line in (place, origin, stale) if line)
        + f'<p class="cyd-passage">{_passage(citation, mark=mark)}</p>{_link(citation.url)}</div>'
    )


def _passage(citation: Citation, *, mark: bool) -> str:
    if not mark:
        return escape(citation.passage)
    start, end = citation.start - citation.passage_start, citation.end - citation.passage_start
    before, quote, after = citation.passage[:start], citation.passage[start:end], citation.passage[end:]
    return f"{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}"


def _link(url: str | None) -> str:
    """A link to the original, for addresses of the web only."""
    if url is None or not url.startswith(("https://", "http://")):
        return ""
    link = f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(url)}</a>'
    return f'<p class="cyd-meta">Original: {link}</p>'
