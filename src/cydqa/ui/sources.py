"""The documents: what there is, adding, removing, rebuilding."""

import streamlit as st

from cydqa.ui.visit import Visit


def draw(visit: Visit) -> None:
    """Draw the page."""
    st.title("Sources")
