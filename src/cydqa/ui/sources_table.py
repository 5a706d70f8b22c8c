"""The documents on the Sources page: filtered, sorted, some at a time, and chosen to be removed."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence

import streamlit as st

from cydqa.ui import building
from cydqa.ui.render import sources as render
from cydqa.ui.sources_building import time_zone
from cydqa.ui.sources_curating import remove
from cydqa.ui.sources_overview import Overview, Row
from cydqa.ui.visit import Visit

_CHOSEN = "sources-chosen"  # in the session: ids of documents, also of those that are not drawn now
_AT_A_TIME = 25
_FIRST_FILTERED = 8  # documents; fewer are seen at a glance
_MOST_NAMES = 20
_URGENCY = ("failed", "removed", "changed", "new", "indexed")
_ORDERS: dict[str, Callable[[Row], object]] = {
    "Title": lambda row: row.title.casefold(),
    "Kind": lambda row: (row.kind.casefold(), row.title.casefold()),
    "Longest": lambda row: (-row.words, row.title.casefold()),
    "Most passages": lambda row: (-row.passages, row.title.casefold()),
    "Newest": lambda row: (-row.added.timestamp() if row.added else 0.0, row.title.casefold()),
    "State": lambda row: (_URGENCY.index(row.state), row.title.casefold()),
}


def draw_table(visit: Visit, seen: Overview) -> None:
    """Draw the documents; those who may can choose some and remove them."""
    st.header("Documents", anchor=False)
    if not seen.rows:
        st.write("There are no documents yet.")
        return
    rows = _wanted(seen)
    shown = rows[:_AT_A_TIME]
    if len(rows) > _AT_A_TIME:
        place = st.container()
    if visit.visitor.curates:
        _draw_removal(visit, seen)
    if not rows:
        st.write("No document matches.")
        return
    if len(rows) > _AT_A_TIME:
        with place:
            page = st.pagination(-(-len(rows) // _AT_A_TIME), key="sources-page")
        shown = rows[(page - 1) * _AT_A_TIME : page * _AT_A_TIME]
    with st.container(key="cyd-documents"):
        st.html(render.head())
        titles = Counter(row.title for row in seen.rows)
        for row in shown:
            _draw_row(visit, row, row.title if titles[row.title] == 1 else f"{row.title} ({row.id})")


def draw_left_aside(seen: Overview) -> None:
    """Name the files and folders that are no documents, or can't be looked into."""
    found = seen.failed_folders | seen.skipped
    if found:
        with st.expander(f"Left aside, because they are no documents: {len(found):,}"):
            st.markdown(render.reasons(found, _MOST_NAMES))


def _wanted(seen: Overview) -> list[Row]:
    if len(seen.rows) < _FIRST_FILTERED:
        return sorted(seen.rows, key=_ORDERS["Title"])  # type: ignore[arg-type]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = (
            st.text_input("Find documents", placeholder="Title, name, kind or state", key="sources-find", live=True)
            or ""
        )
        order = st.selectbox("Sort by", list(_ORDERS), key="sources-order", width=200)
    words = text.casefold().split()
    found = [
        row
        for row in seen.rows
        if all(word in f"{row.title} {row.id} {row.kind} {row.state}".casefold() for word in words)
    ]
    return sorted(found, key=_ORDERS[order])  # type: ignore[arg-type]


def _draw_row(visit: Visit, row: Row, title: str) -> None:
    key = hashlib.sha256(row.id.encode()).hexdigest()[:16]
    chosen: set[str] = st.session_state.setdefault(_CHOSEN, set())
    with st.container(key=f"cyd-row-{key}", horizontal=True):
        if visit.visitor.curates and row.in_corpus:
            st.checkbox(
                f"Choose {render.spoken(title)}",
                value=row.id in chosen,
                key=f"sources-choose-{key}",
                label_visibility="collapsed",
                on_change=_choose,
                args=(row.id, f"sources-choose-{key}"),
            )
        if row.in_index:
            link = {"document": row.id}
            st.page_link(visit.pages["read"], label=render.label(title), query_params=link)
        else:
            st.html(render.untitled(title))
        st.html(
            render.cells(
                kind=row.kind,
                length=_length(row),
                passages=render.counted(row.passages, "passage") if row.in_index else "",
                added=render.day(row.added, time_zone()) if row.added else "",
                state=row.state,
                note=row.note,
            )
        )


def _choose(document_id: str, key: str) -> None:
    (set.add if st.session_state[key] else set.discard)(st.session_state[_CHOSEN], document_id)


def _length(row: Row) -> str:
    if not row.in_index:
        return ""
    return render.counted(row.pages, "page") if row.pages else render.counted(row.words, "word")


def _draw_removal(visit: Visit, seen: Overview) -> None:
    there = {row.id: row.title for row in seen.rows if row.in_corpus}
    chosen: set[str] = st.session_state.setdefault(_CHOSEN, set())
    chosen &= there.keys()
    documents = {name: there[name] for name in sorted(chosen)}
    what = render.counted(len(documents), "document") if documents else "documents"
    if st.button(f"Remove {what}", disabled=not documents, help="Choose documents below first."):
        _confirm_removal(visit, documents)


@st.dialog("Remove documents")
def _confirm_removal(visit: Visit, documents: dict[str, str]) -> None:
    st.write("These files are deleted from the folder of documents:")
    st.markdown(
        render.names(
            tuple(name if title == name else f"{title} ({name})" for name, title in documents.items()), _MOST_NAMES
        )
    )
    st.write("The index keeps them, and answers quote them, until it is rebuilt.")
    forget = st.checkbox("Erase saved conversations that quote them, too")
    with st.container(horizontal=True), building.errors_in_words():
        if st.button("Remove", type="primary"):
            remove_chosen(visit, list(documents), forget=forget)
            st.rerun()
        if st.button("Keep them"):
            st.rerun()


def remove_chosen(visit: Visit, document_ids: Sequence[str], *, forget: bool) -> None:
    """Remove documents, which then are no longer chosen."""
    remove(visit, document_ids, forget=forget)
    st.session_state[_CHOSEN] = set()
