"""The web page. `run()` draws it once; Streamlit calls it again at every interaction."""

import streamlit as st

from cydqa.errors import CydqaError, IndexCorruptError, IndexMismatchError, IndexNotBuiltError
from cydqa.settings import load_settings
from cydqa.ui import building, chat, render
from cydqa.ui.opening import opened_assistant


def run() -> None:
    """Draw the page that the state of the index asks for: a build, an error with its remedy, or the chat."""
    st.set_page_config(page_title="cydqa – cyber diplomacy questions", page_icon="🕊️")
    st.html(render.STYLE)
    try:
        settings = load_settings()
        try:
            assistant = opened_assistant(settings)
            building.draw_failed()
            chat.draw(assistant)
        except IndexNotBuiltError:
            building.draw_first_build(settings)
        except (IndexMismatchError, IndexCorruptError) as error:
            building.draw_rebuild(settings, error)
    except CydqaError as error:
        st.error(render.plain(f"{error} {error.hint}"))
