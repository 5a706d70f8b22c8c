"""The pages of a PDF as pictures, beside its text."""

from bisect import bisect_right

import streamlit as st

from cydqa.assistant import Assistant
from cydqa.errors import DocumentError
from cydqa.types import Document, PageImage, Span
from cydqa.ui import render
from cydqa.ui.render import document as html

_WIDTH = 1200  # pixels; shown smaller, and sharp on fine screens
_KEPT = 60  # pictures


def draw_page(assistant: Assistant, document: Document, mark: Span | None) -> None:
    """Draw a page and the choice of another; first the one on which the marked slice begins."""
    marked = pages_of(document, mark) if mark else range(1, 1)
    page = _chosen_page(document, marked)
    start, end = mark if mark and page in marked else (0, 0)
    try:
        with st.spinner(f"Drawing page {page}"):
            image = _image(assistant, document.id, document.sha256, page, start, end)
    except DocumentError as error:
        st.info(render.plain(f"Page {page} can't be shown: {error} {error.hint}"))
        return
    if image is None:
        st.info("There is no picture of this page.")
        return
    said = f"Page {page} of {document.title}" + (", with the quote marked" if image.marks else "")
    st.image(image.png, alt=said, width="stretch")


def pages_of(document: Document, span: Span) -> range:
    """The pages that a slice of the text, which is not empty, stands on."""
    return range(max(1, bisect_right(document.pages, span[0])), bisect_right(document.pages, span[1] - 1) + 1)


def _chosen_page(document: Document, marked: range) -> int:
    count = len(document.pages)
    if count == 1:
        return 1
    first = marked.start if marked else 1
    # A place of its own for each quote: the choice starts anew where the reader arrives anew.
    page = st.number_input(
        f"Page (of {count})", min_value=1, max_value=count, value=first, key=f"page {document.sha256} {marked}"
    )
    if marked:
        pages = f"page {first}" if len(marked) == 1 else f"pages {first} to {marked[-1]}"
        st.html(html.facts_line([f"The quote is on {pages}."]))
    return int(page)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _image(_assistant: Assistant, document_id: str, sha256: str, page: int, start: int, end: int) -> PageImage | None:
    return _assistant.page_image(document_id, page, start=start, end=end, width=_WIDTH)
