"""The choice of documents to search in."""

from collections.abc import Sequence

import streamlit as st

from cydqa.assistant import Assistant
from cydqa.types import DocumentSummary
from cydqa.ui import render

_KINDS, _DOCUMENTS = "scope-kinds", "scope-documents"  # in the session, as the widgets keep them
_KEPT = "scope"  # in the session: both, which outlive the widgets when another page is drawn


def draw(assistant: Assistant) -> None:
    """Draw the choice."""
    documents = assistant.overview().documents
    kinds = sorted({document.metadata.kind for document in documents if document.metadata.kind})
    kept: dict[str, list[str]] = st.session_state.setdefault(_KEPT, {_KINDS: [], _DOCUMENTS: []})
    titles = {document.id: document.title for document in documents}
    for name, possible in ((_KINDS, set(kinds)), (_DOCUMENTS, titles.keys())):
        st.session_state.setdefault(name, kept[name])
        st.session_state[name] = [each for each in st.session_state[name] if each in possible]
    found = chosen(assistant)
    label = (
        "Searching in all documents" if found is None else f"Searching in {len(found)} of {len(documents)} documents"
    )
    with st.popover(label, icon=":material/filter_list:", type="tertiary"):
        if len(kinds) > 1:
            st.pills("Kinds", kinds, selection_mode="multi", key=_KINDS, format_func=render.plain, on_change=_keep)
        st.multiselect(
            "Documents",
            list(titles),
            key=_DOCUMENTS,
            format_func=titles.__getitem__,
            placeholder="All",
            on_change=_keep,
        )
        st.caption("What is chosen here holds for the questions that you ask from now on.")


def chosen(assistant: Assistant) -> list[str] | None:
    """The ids of the documents to search in; None for all."""
    kept: dict[str, list[str]] = st.session_state.get(_KEPT, {})
    kinds, ids = kept.get(_KINDS, []), kept.get(_DOCUMENTS, [])
    if not kinds and not ids:
        return None
    return [document.id for document in assistant.overview().documents if _fits(document, kinds, ids)]


def _fits(document: DocumentSummary, kinds: Sequence[str], ids: Sequence[str]) -> bool:
    """Documents are named one by one or by their kind."""
    return document.id in ids or document.metadata.kind in kinds


def _keep() -> None:
    st.session_state[_KEPT] = {name: list(st.session_state.get(name) or []) for name in (_KINDS, _DOCUMENTS)}
