"""The documents: what there is, adding, removing, rebuilding."""

import streamlit as st

from cydqa.ui.building import errors_in_words
from cydqa.ui.render import plain
from cydqa.ui.render.sources import STYLE
from cydqa.ui.sources_adding import draw_adding
from cydqa.ui.sources_building import draw_index
from cydqa.ui.sources_overview import overview
from cydqa.ui.sources_table import draw_left_aside, draw_table
from cydqa.ui.visit import Visit


def draw(visit: Visit) -> None:
    """Draw the page."""
    st.html(STYLE)
    st.title("Sources", anchor=False)
    seen = overview(visit.settings)
    with errors_in_words():
        draw_index(visit, seen)
    if visit.visitor.curates:
        draw_adding(visit)
    else:
        st.info(plain(visit.visitor.reason))
    draw_table(visit, seen)
    draw_left_aside(seen)
