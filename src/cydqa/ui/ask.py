"""The page for asking: question in, answer with numbered quotes and a card for each citation."""

from dataclasses import dataclass
from itertools import islice

import streamlit as st

from cydqa.assistant import Assistant
from cydqa.errors import CydqaError
from cydqa.types import Answer
from cydqa.ui import render
from cydqa.ui.visit import Visit

_TURNS = "turns"
_EXAMPLES = 3
_LOOKED_THROUGH = 50  # documents, for example questions
_REMEMBERED = 10  # answers that a follow-up is read with


@dataclass(slots=True)
class _Turn:
    """A question and, once it is there, what was said to it."""

    question: str
    answer: Answer | None = None
    error: str = ""
    literal: bool = False  # taken as it was typed, without the turns before it


def draw(visit: Visit, assistant: Assistant) -> None:
    """Draw the conversation and the input; a new question is answered at once."""
    turns: list[_Turn] = st.session_state.setdefault(_TURNS, [])
    documents = assistant.documents()
    st.title("Cyber diplomacy, quoted")
    st.write(
        f"Ask a question. The answer is quoted word for word from {len(documents)} documents,"
        " and each quote shows the passage it comes from."
    )
    question = st.chat_input("Ask about cyber diplomacy")
    if not turns and not question:
        question = _draw_examples(assistant, documents)
    if question:
        turns.append(_Turn(question))
    for number, turn in enumerate(turns, 1):
        with st.chat_message("user"):
            st.html(render.question(turn.question, number))
        # Also a question whose answering was cut short, because the visitor asked the next one meanwhile.
        if turn.answer is None and not turn.error:
            with st.spinner("Looking through the documents"):
                _answer(assistant, turn, turns[: number - 1])
        with st.chat_message("assistant"):
            if turn.answer is None:
                st.error(render.plain(turn.error))
            else:
                if turn.answer.read_as:
                    st.html(render.reading(turn.answer.read_as))
                    st.button("Ask it literally", key=f"literal-{number}", on_click=_ask_literally, args=(turn,))
                st.html(render.answer(turn.answer, number))
    if question:
        st.html(render.scroll_to_question(len(turns)), unsafe_allow_javascript=True)


def _answer(assistant: Assistant, turn: _Turn, before: list[_Turn]) -> None:
    history = () if turn.literal else [earlier.answer for earlier in before if earlier.answer][-_REMEMBERED:]
    try:
        turn.answer = assistant.ask(turn.question, history=history)
    except CydqaError as error:
        turn.error = f"{error} {error.hint}"


def _ask_literally(turn: _Turn) -> None:
    """Forget how a question was read; it is answered anew when the page is drawn."""
    turn.literal = True
    turn.answer = None


def _draw_examples(assistant: Assistant, documents: list[str]) -> str | None:
    """Buttons with questions that the documents themselves suggest; the one that was pressed."""
    asked = (
        question for name in documents[:_LOOKED_THROUGH] for question in assistant.document(name).metadata.questions[:1]
    )
    place = st.empty()
    with place.container():
        pressed = [
            question for question in islice(dict.fromkeys(asked), _EXAMPLES) if st.button(render.plain(question))
        ]
    if not pressed:
        return None
    place.empty()
    return pressed[0]
