"""The page for asking: questions in, answers with numbered quotes and a card for each citation."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import streamlit as st

from cydqa.assistant import Assistant
from cydqa.types import Overview
from cydqa.ui import render, scope, sidebar, turns
from cydqa.ui.talk import Talk, show_address, talk_of
from cydqa.ui.visit import Visit

_EXAMPLES = 4
_SHOWN = 10  # latest turns; earlier ones come on demand
_PRESSED = "pressed"  # in the session: the suggested question that was pressed
_ALL_SHOWN = "all-shown"  # in the session: the conversation whose earlier turns were asked for
_LONGEST = 20_000  # characters of a question


def draw(visit: Visit, assistant: Assistant) -> None:
    """Draw the conversation and the input; a new question is answered at once."""
    from_source = st.query_params.get("turn")  # the way back from a document names the turn that it was opened from
    talk = talk_of(visit)
    typed = st.chat_input("Ask about cyber diplomacy", key="question", max_chars=_LONGEST, submit_mode="stop")
    question = typed or st.session_state.pop(_PRESSED, None)
    if question:
        talk.ask(question, scope.chosen(assistant))
        show_address(talk)
    place = st.empty()  # so that the start goes at once, and not only when the first question is answered
    if talk.turns:
        place.empty()
    else:
        with place.container():
            _draw_start(visit, assistant)
    ids = [turn.id for turn in talk.turns]
    back = ids.index(from_source) + 1 if from_source in ids else 0
    if 0 < back <= len(ids) - _SHOWN:
        st.session_state[_ALL_SHOWN] = ids[0]
    for number, turn in islice(enumerate(talk.turns, 1), _hidden(talk), None):
        turns.draw(visit, assistant, talk, turn, number)
    scope.draw(assistant)
    sidebar.draw(visit, assistant, talk)  # after the answers, which it offers to save
    if question or back:
        st.html(render.scroll_to_question(back or len(talk.turns)), unsafe_allow_javascript=True)


def _hidden(talk: Talk) -> int:
    """How many turns at the beginning are left out, with a button for them."""
    hidden = len(talk.turns) - _SHOWN
    name = talk.turns[0].id if talk.turns else ""
    if hidden <= 0 or st.session_state.get(_ALL_SHOWN) == name:
        return 0
    if st.button(f"Show {hidden} earlier question{'s' * (hidden != 1)}", icon=":material/history:"):
        st.session_state[_ALL_SHOWN] = name
        st.rerun()
    return hidden


def _draw_start(visit: Visit, assistant: Assistant) -> None:
    """What this is, what it holds, and questions to begin with."""
    overview = assistant.overview()
    st.title("Cyber diplomacy, quoted", anchor=False)
    st.html(render.welcome(len(overview.documents), overview.passages, datetime.fromisoformat(overview.created)))
    with st.container(gap="small", key="examples"):
        for question in _examples(overview):
            st.button(render.plain(question), on_click=st.session_state.__setitem__, args=(_PRESSED, question))
    st.page_link(visit.pages["sources"], label="See the documents", icon=":material/library_books:")
    st.html(render.FOCUS, unsafe_allow_javascript=True)


def _examples(overview: Overview) -> Iterator[str]:
    """Questions that the documents themselves suggest, the first of each document first."""
    suggested = [document.metadata.questions for document in overview.documents]
    longest = max(map(len, suggested), default=0)
    ordered = (questions[n] for n in range(longest) for questions in suggested if n < len(questions))
    return islice(dict.fromkeys(ordered), _EXAMPLES)
