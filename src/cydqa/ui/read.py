"""A document, whole, with the place of a citation marked; without one, the list of all documents to choose from."""

from collections.abc import Mapping

import streamlit as st

from cydqa.assistant import Assistant
from cydqa.errors import DocumentError
from cydqa.types import Document, Metadata, Span
from cydqa.ui import read_citations, read_pages, render
from cydqa.ui.read_address import Address, address_of, place_of
from cydqa.ui.read_blocks import blocks_of, part_at, parts_of
from cydqa.ui.render import document as html
from cydqa.ui.visit import Visit

_MOST = 400_000  # characters drawn at once: a browser sets about a million in a second
_LISTED = 100  # documents of the list


def draw(visit: Visit, assistant: Assistant) -> None:
    """Draw the document that the address names, or the list."""
    st.html(html.STYLE)
    # A link to the page that is open already leaves the browser's address as it was, unless it is told.
    st.query_params.from_dict(st.query_params.to_dict())
    address = address_of(st.query_params.to_dict())
    if address.document is None:
        _draw_list(visit, assistant)
        return
    try:
        document = assistant.document(address.document)
    except DocumentError:
        _draw_list(visit, assistant, "There is no document of that address. Choose one of these.")
        return
    _draw_document(visit, assistant, document, address)


def _draw_document(visit: Visit, assistant: Assistant, document: Document, address: Address) -> None:
    st.set_page_config(page_title=f"{document.title} – cydqa", layout="wide")
    read_citations.draw_ways(visit, address)
    mark, complaint = place_of(address, document.text)
    if complaint:
        st.warning(render.plain(complaint))
    if assistant.is_stale(document.id):
        st.warning("The file has changed since it was indexed, or it has gone. This is the text as it was indexed.")
    sheet = _sheet(assistant, document, address, mark)
    st.html(html.head(sheet, _facts(document)))
    if not (document.id.lower().endswith(".pdf") and document.pages):
        _draw_text(visit, sheet, address)
        return
    picture, text = st.columns([5, 6], gap="large")
    with text:  # before the picture, which takes a moment
        _draw_text(visit, sheet, address)
    with picture, st.container(key="cyd-page"):
        read_pages.draw_page(assistant, document, mark)


def _sheet(assistant: Assistant, document: Document, address: Address, mark: Span | None) -> html.Sheet:
    parts = parts_of(blocks_of(document), _MOST)
    part = part_at(parts, mark[0]) if mark else 0
    if address.part is not None and 1 <= address.part <= len(parts):
        part = address.part - 1
    return html.Sheet(document, parts, part, mark, frozenset(assistant.documents()), address.carried)


def _draw_text(visit: Visit, sheet: html.Sheet, address: Address) -> None:
    _draw_parts(visit, sheet, address, "above")
    st.html(html.text(sheet))
    _draw_parts(visit, sheet, address, "below")
    if sheet.mark or len(sheet.parts) > 1:
        st.html(html.scroll_to_place(sheet), unsafe_allow_javascript=True)


def _draw_parts(visit: Visit, sheet: html.Sheet, address: Address, where: str) -> None:
    """Of a long document, links to the part before and the part after."""
    count = len(sheet.parts)
    if count == 1:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"cyd-parts-{where}"):
        st.markdown(f"Part {sheet.part + 1} of {count}", width="content")
        for label, part in (("Previous part", sheet.part - 1), ("Next part", sheet.part + 1)):
            if 0 <= part < count:
                st.page_link(visit.pages["read"], label=label, query_params=address.of_part(part + 1))
        if sheet.mark and (quoted := part_at(sheet.parts, sheet.mark[0])) != sheet.part:
            st.page_link(visit.pages["read"], label="To the quote", query_params=address.of_part(quoted + 1))


def _facts(document: Document) -> Mapping[str, str]:
    facts = document.metadata
    return {
        "Kind": facts.kind or "",
        "Published": html.date(facts.published),
        "Publisher": facts.publisher or "",
        "Authors" if len(facts.authors) > 1 else "Author": ", ".join(facts.authors),
        "Language": facts.language or "",
        "Read on": html.date(facts.accessed),
        "File": document.id,
    }


def _draw_list(visit: Visit, assistant: Assistant, complaint: str = "") -> None:
    st.title("Read")
    if complaint:
        st.warning(render.plain(complaint))
    titles = {each.id: (each.title, each.metadata) for each in assistant.overview().documents}
    wanted = st.text_input("Find a document", placeholder="Words of its title, kind, publisher or date")
    words = wanted.casefold().split()
    found = [name for name, (title, facts) in titles.items() if _says(words, name, title, facts)]
    found.sort(key=lambda name: titles[name][0].casefold())
    st.html(html.facts_line([_count(len(found), len(titles))]))
    for name in found[:_LISTED]:
        title, facts = titles[name]
        with st.container(gap=None, key=f"cyd-found-{name}"):
            st.page_link(visit.pages["read"], label=render.plain(title), query_params={"document": name})
            st.html(html.facts_line((facts.kind, html.date(facts.published), name)))


def _says(words: list[str], name: str, title: str, facts: Metadata) -> bool:
    """Whether a document's title or one of its facts has each of the words."""
    said = " ".join(filter(None, (title, name, facts.kind, facts.publisher, facts.published, *facts.authors)))
    said = f"{said} {html.date(facts.published)}".casefold()
    return all(word in said for word in words)


def _count(found: int, all_there_are: int) -> str:
    if not found:
        return "No document has these words. Its text is searched by asking."
    some = f"{found} of {all_there_are} documents" if found < all_there_are else f"{found} document{'s' * (found != 1)}"
    return some if found <= _LISTED else f"{some}; the first {_LISTED} are shown."
