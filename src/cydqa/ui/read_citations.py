"""Ways from a document back to the answer that cites it, and on to the answer's other citations."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from cydqa.ui.read_address import Address
from cydqa.ui.visit import Visit

# In the session: the citations of the answer that the reader came from, in order, each a dict with
# "document", "start", "end", "number", "conversation" and "turn".
CITATIONS = "citations"


def draw_ways(visit: Visit, address: Address) -> None:
    """Draw the links above a document."""
    citations: Sequence[Mapping[str, Any]] = st.session_state.get(CITATIONS) or ()
    here = _position(citations, address)
    with st.container(horizontal=True, vertical_alignment="center", key="cyd-ways"):
        if "conversation" in address.carried:
            st.page_link(
                visit.pages["ask"],
                label="Back to the answer",
                icon=":material/arrow_back:",
                query_params={"conversation": address.carried["conversation"]},
            )
        if here is not None:
            _draw_neighbours(visit, citations, here)
        st.page_link(visit.pages["read"], label="All documents", icon=":material/library_books:")


def _draw_neighbours(visit: Visit, citations: Sequence[Mapping[str, Any]], here: int) -> None:
    st.markdown(f"Citation {citations[here]['number']} of {len(citations)}", width="content")
    for label, icon, other in (
        ("Previous citation", ":material/keyboard_arrow_left:", here - 1),
        ("Next citation", ":material/keyboard_arrow_right:", here + 1),
    ):
        if 0 <= other < len(citations):
            st.page_link(visit.pages["read"], label=label, icon=icon, query_params=_address_of(citations[other]))


def _address_of(citation: Mapping[str, Any]) -> dict[str, str]:
    names = ("document", "start", "end", "conversation", "turn")
    return {name: str(citation[name]) for name in names if citation.get(name) is not None}


def _position(citations: Sequence[Mapping[str, Any]], address: Address) -> int | None:
    """Which of the citations the address names, from 0."""
    wanted = {"document": address.document, "start": address.start, "end": address.end, **address.carried}
    for i, citation in enumerate(citations):
        if _address_of(citation) == wanted:
            return i
    return None
