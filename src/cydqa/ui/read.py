"""A document, whole, with the place of a citation marked."""

import streamlit as st

from cydqa.assistant import Assistant
from cydqa.ui.visit import Visit


def draw(visit: Visit, assistant: Assistant) -> None:
    """Draw the page."""
    st.title("Read")
