"""The HTML of the page for reading: a document's head, its outline, its text, and what it rests on."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from cydqa.types import Document, Reference, Source, Span
from cydqa.ui.read_blocks import Block, Kind
from cydqa.ui.render import away
from cydqa.ui.render.document_style import STYLE
from cydqa.ui.render.document_text import TextWriter, address, is_web, reference_link

__all__ = ["STYLE", "Sheet", "date", "facts_line", "head", "scroll_to_place", "text"]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DATE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-(\d\d))?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
# The text comes in before its fonts: wait until it stands still. A link to a heading of another part names it behind #.
_SCROLL = """
<script>
(() => {
  const place = "%s", named = location.hash.slice(1);
  const target = (/^section-\\d+$/.test(named) && document.getElementById(named))
    || document.getElementById("quote") || document.querySelector(".cyd-head");
  let last = null, still = 0;
  const settle = () => {
    const top = target.getBoundingClientRect().top;
    still = top === last ? still + 1 : 0;
    last = top;
    if (still < 6) { requestAnimationFrame(settle); return; }
    target.scrollIntoView({ block: target.id === "quote" ? "center" : "start", behavior: "instant" });
    if (target.id === "quote") target.focus({ preventScroll: true });
  };
  if (target) settle();
})();
</script>
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is shown of a document: one of its parts, most often the only one."""

    document: Document
    parts: Sequence[Sequence[Block]]
    part: int  # from 0
    mark: Span | None
    known: frozenset[str]  # ids of the documents that can be linked to
    carried: Mapping[str, str]  # what the addresses of other documents say besides


def head(sheet: Sheet, facts: Mapping[str, str]) -> str:
    """The title, which is the document's own first line where that says the same, and facts by what they are called."""
    first = _title_of(sheet)
    document = sheet.document
    shown = _writer(sheet, named=False).title(first) if first else _added_title(document)
    pairs = [f"<div><dt>{escape(name)}</dt><dd>{escape(fact)}</dd></div>" for name, fact in facts.items() if fact]
    url = document.metadata.url
    if url and is_web(url):
        pairs.append(f"<div><dt>Original</dt><dd>{away(url, url)}</dd></div>")
    added = f'<dl class="cyd-facts cyd-added">{"".join(pairs)}</dl>'
    return f'<header class="cyd-head"><h1 dir="auto">{shown}</h1>{added}</header>'


def facts_line(facts: Sequence[str | None]) -> str:
    """A quiet line that says facts, such as those of a document below its title in a list of documents."""
    return f'<p class="cyd-found">{escape(" · ".join(filter(None, facts)))}</p>'


def text(sheet: Sheet) -> str:
    """One part of the text with its outline before it and, after it, what the document names as its sources."""
    document = sheet.document
    blocks = [block for block in sheet.parts[sheet.part] if block.kind is not Kind.TITLE]
    before = sum(block.kind is Kind.HEADING for part in sheet.parts[: sheet.part] for block in part)
    title, mark = _title_of(sheet), sheet.mark
    in_title = title is not None and mark is not None and bool(document.text[mark[0] : title.end].strip())
    written = "".join(_writer(sheet, named=in_title).blocks(blocks, before))
    outline = _outline(sheet)
    language = document.metadata.language or ""
    lang = f' lang="{language}"' if _LANGUAGE.fullmatch(language) else ""
    return (
        f'<div class="cyd-reading"><div class="cyd-columns{" cyd-outlined" if outline else ""}">{outline}'
        f'<div><article class="cyd-text" aria-label="The document’s text"{lang}>{written}'
        f"</article>{_references(sheet)}{_sources(document.metadata.sources)}</div></div></div>"
    )


def scroll_to_place(sheet: Sheet) -> str:
    """A script that brings the quote, or the heading behind the # of the address, into view once; it says nothing that
    a document says, and differs from place to place, so that it runs at each."""
    place = f"{sheet.document.sha256[:12]} {sheet.part} {sheet.mark or ''}"
    return _SCROLL % re.sub(r"[^0-9a-f (),]", "", place)


def date(written: str | None) -> str:
    """A date as people write it: "4 April 2022", "July 2025"; what is no ISO date stays as it is."""
    found = _DATE.fullmatch(written or "")
    if not found:
        return written or ""
    year, month, day = found.groups()
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}" if day else f"{_MONTHS[int(month) - 1]} {year}"


def _writer(sheet: Sheet, *, named: bool) -> TextWriter:
    return TextWriter(sheet.document, sheet.mark, sheet.known, sheet.carried, named=named)


def _title_of(sheet: Sheet) -> Block | None:
    """The document's own title, where this part begins with it."""
    blocks = sheet.parts[sheet.part]
    return blocks[0] if blocks and blocks[0].kind is Kind.TITLE else None


def _added_title(document: Document) -> str:
    return f'<span class="cyd-added">{escape(document.title)}</span>'


def _outline(sheet: Sheet) -> str:
    """Links to the headings: beside the text where there is room, else behind a word before it."""
    entries = "".join(_entries(sheet))
    if not entries:
        return ""
    return (
        '<nav class="cyd-outline cyd-outline-wide cyd-added" aria-label="Outline"><p>Outline</p>'
        f"<ol>{entries}</ol></nav>"
        '<nav class="cyd-outline cyd-outline-narrow cyd-added" aria-label="Outline"><details><summary>Outline</summary>'
        f"<ol>{entries}</ol></details></nav>"
    )


def _entries(sheet: Sheet) -> Iterator[str]:
    number = 0
    for index, part in enumerate(sheet.parts):
        here = "" if index == sheet.part else address(sheet.document.id, part=index + 1, **sheet.carried)
        for block in part:
            if block.kind is Kind.HEADING:
                name = " ".join(sheet.document.text[block.start : block.end].split())
                level = min(block.depth + 1, 4)
                link = f"{here}#section-{number}"
                yield f'<li class="cyd-{level}"><a href="{escape(link)}" dir="auto">{escape(name)}</a></li>'
                number += 1


def _references(sheet: Sheet) -> str:
    entries = "".join(_entry(reference, sheet) for reference in sheet.document.metadata.references)
    return _notes("References of this document", "ol", entries)


def _entry(reference: Reference, sheet: Sheet) -> str:
    link = reference_link(reference, sheet.known, sheet.carried)
    title = escape(reference.title)
    if link.startswith("?"):
        title = f'<a href="{escape(link)}">{title}</a>'
        original = f" · {away(reference.url, 'original')}" if reference.url and is_web(reference.url) else ""
    else:
        title, original = (away(reference.url or "", reference.title) if is_web(reference.url) else title), ""
    number = f'<span class="cyd-number">[{reference.number}]</span>'
    return f'<li id="reference-{reference.number}">{number} {title}{original}</li>'


def _sources(sources: Sequence[Source]) -> str:
    return _notes("Sources of this document", "ul", "".join(map(_source, sources)))


def _source(source: Source) -> str:
    title = away(source.url, source.title) if source.url and is_web(source.url) else escape(source.title)
    more = [escape(part) for part in (source.publisher, date(source.published)) if part]
    return f"<li>{' · '.join([title, *more])}</li>"


def _notes(heading: str, tag: str, entries: str) -> str:
    if not entries:
        return ""
    return f'<section class="cyd-notes cyd-added"><h2>{heading}</h2><{tag} role="list">{entries}</{tag}></section>'
