"""Asking in the background, so that a question can be stopped, and is not lost when the page is drawn anew."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait

import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from cydqa.assistant import Assistant
from cydqa.errors import CydqaError
from cydqa.saved import Turn
from cydqa.types import Answer
from cydqa.ui.talk import Talk

STOPPED = "You stopped this question before it was answered."
FAILED = "Something went wrong while this was answered; the server's log says what. Ask it again, or otherwise."
_LOG = logging.getLogger(__name__)
_PENDING = "pending"  # in the session: what is being asked, by the id of its turn
_REMEMBERED = 10  # answers that a follow-up is read with
_THREADS = 4
_POLL_SECONDS = 0.05


def answer(assistant: Assistant, talk: Talk, turn: Turn) -> None:
    """Answer a question, with a word while it takes long; where somebody presses stop, say that."""
    pending: dict[str, Future[Answer]] = st.session_state.setdefault(_PENDING, {})
    if turn.id not in pending:
        history = () if turn.literal else talk.before(turn)[-_REMEMBERED:]
        pending[turn.id] = _threads().submit(assistant.ask, turn.question, documents=turn.documents, history=history)
    try:
        _await(pending[turn.id], assistant)
    except StopException:  # also where the tab was closed or loaded anew
        pending.pop(turn.id)
        talk.stop(turn, STOPPED)
        raise
    try:
        said = pending.pop(turn.id).result()
    except CydqaError as error:
        talk.fail(turn, f"{error} {error.hint}")
    except Exception:
        _LOG.exception("a question could not be answered")
        talk.fail(turn, FAILED)
    else:
        talk.answer(turn, said)


def _await(future: "Future[Answer]", assistant: Assistant) -> None:
    """Wait; each word to the browser lets Streamlit stop here."""
    if wait([future], _POLL_SECONDS).done:
        return
    words = (
        "Looking through the documents" if assistant.is_warm else "The encoder is being loaded; your question is next"
    )
    with st.spinner(words):
        place = st.empty()
        while not wait([future], _POLL_SECONDS).done:
            place.empty()


@st.cache_resource(show_spinner=False)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="asking")
