"""The web page. `run()` draws it once; Streamlit calls it again at every interaction."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from cydqa.assistant import Assistant
from cydqa.errors import (
    CydqaError,
    IndexCorruptError,
    IndexMismatchError,
    IndexNotBuiltError,
    ModelUnavailableError,
)
from cydqa.settings import load_settings
from cydqa.ui import ask, building, read, render, sources
from cydqa.ui.opening import opened_assistant
from cydqa.ui.visit import Visit, visitor_of


def run() -> None:
    """Draw the page that the address names or, where there is no index that can be used, the way to one."""
    st.set_page_config(page_title="cydqa – cyber diplomacy questions", page_icon="🕊️")
    st.html(render.STYLE)
    st.html(render.COPY, unsafe_allow_javascript=True)
    try:
        settings = load_settings()
    except CydqaError as error:
        st.error(render.plain(f"{error} {error.hint}"))
        return
    pages: dict[str, st.Page] = {}
    visit = Visit(settings, visitor_of(settings), pages)
    pages["ask"] = st.Page(partial(_with_index, ask.draw, visit), title="Ask", url_path="ask", default=True)
    pages["sources"] = st.Page(partial(_shown, sources.draw, visit), title="Sources", url_path="sources")
    pages["read"] = st.Page(partial(_with_index, read.draw, visit), title="Read", url_path="read")
    st.navigation(list(pages.values()), position="top").run()


def _with_index(draw: Callable[[Visit, Assistant], None], visit: Visit) -> None:
    """Draw a page that needs an index or, where there is none that can be used, the way to one."""

    def draw_either(visit: Visit) -> None:
        try:
            assistant = opened_assistant(visit.settings)
        except (IndexNotBuiltError, IndexMismatchError, IndexCorruptError, ModelUnavailableError) as error:
            building.draw_remedy(visit, error)
        else:
            building.draw_failed(visit)
            draw(visit, assistant)

    _shown(draw_either, visit)


def _shown(draw: Callable[[Visit], None], visit: Visit) -> None:
    """Draw a page; an error is shown in words."""
    try:
        draw(visit)
    except CydqaError as error:
        st.error(render.plain(f"{error} {error.hint}"))
