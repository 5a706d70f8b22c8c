"""Ways from a document back to the answer that cites it, and on to the answer's other citations."""

from collections.abc import Sequence

import streamlit as st

from cydqa.types import Citation
from cydqa.ui.read_address import Address, parameters_of
from cydqa.ui.talk import citations_of
from cydqa.ui.visit import Visit


def draw_ways(visit: Visit, address: Address) -> None:
    """Draw the links above a document."""
    citations = citations_of(visit, address.carried.get("conversation"), address.carried.get("turn"))
    here = _position(citations, address)
    with st.container(horizontal=True, vertical_alignment="center", key="cyd-ways"):
        if "conversation" in address.carried:
            st.page_link(
                visit.pages["ask"],
                label="Back to the answer",
                icon=":material/arrow_back:",
                query_params=dict(address.carried),
            )
        if here is not None:
            _draw_neighbours(visit, address, citations, here)
        st.page_link(visit.pages["read"], label="All documents", icon=":material/library_books:")


def _draw_neighbours(visit: Visit, address: Address, citations: Sequence[Citation], here: int) -> None:
    st.markdown(f"Citation {citations[here].number} of {len(citations)}", width="content")
    for label, icon, other in (
        ("Previous citation", ":material/keyboard_arrow_left:", here - 1),
        ("Next citation", ":material/keyboard_arrow_right:", here + 1),
    ):
        if 0 <= other < len(citations):
            where = {**parameters_of(citations[other]), **address.carried}
            st.page_link(visit.pages["read"], label=label, icon=icon, query_params=where)


def _position(citations: Sequence[Citation], address: Address) -> int | None:
    """Which of the citations the address names, from 0."""
    wanted = {"document": address.document, "start": address.start, "end": address.end}
    return next((i for i, citation in enumerate(citations) if parameters_of(citation) == wanted), None)
