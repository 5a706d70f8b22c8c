"""One question and what was said to it."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from cydqa.assistant import Assistant
from cydqa.references import reference
from cydqa.saved import Turn
from cydqa.types import Answer, Citation, Metadata
from cydqa.ui import asking, render
from cydqa.ui.opening import known_metadata
from cydqa.ui.read_address import parameters_of
from cydqa.ui.render import answers
from cydqa.ui.talk import Talk
from cydqa.ui.visit import Visit

_THUMBS = {True: 1, False: 0, None: None}  # what st.feedback calls them


def draw(visit: Visit, assistant: Assistant, talk: Talk, turn: Turn, number: int) -> None:
    """Draw a turn; a question that has no answer yet is answered now."""
    if number > 1:
        st.divider()
    st.html(render.question(turn.question, number))
    if turn.documents is not None:
        titles = {document.id: document.title for document in assistant.overview().documents}
        searched = "; ".join(titles.get(name, name) for name in turn.documents)
        st.html(render.note(f"Searched only in: {searched or 'nothing, since the documents chosen are gone'}"))
    if turn.answer is None and not turn.error:
        asking.answer(assistant, talk, turn)
        turn = talk.turns[number - 1]
    if turn.answer is None:
        st.error(render.plain(turn.error))
        st.button("Ask it again", key=f"again-{turn.id}", on_click=talk.ask_again, args=(turn,))
        return
    _draw_reading(talk, turn, turn.answer)
    _draw_answer(visit, assistant, talk, turn, turn.answer, number)
    _draw_afterwards(talk, turn, turn.answer)


def _draw_reading(talk: Talk, turn: Turn, answer: Answer) -> None:
    """How a follow-up was read, and the way to ask it as it was typed, or back."""
    if answer.read_as:
        st.html(render.note(f"Read as: {answer.read_as}"))
        label, literal = "Ask it literally", True
    elif turn.literal:
        st.html(render.note("Taken literally, without the questions before it."))
        label, literal = "Read it with the questions before it", False
    else:
        return
    st.button(label, key=f"literal-{turn.id}", on_click=_ask_again, args=(talk, turn, literal))


def _ask_again(talk: Talk, turn: Turn, literal: bool) -> None:
    talk.ask_again(turn, literal=literal)
    for widget in ("good", "note"):  # the rating was of what was said before
        st.session_state.pop(f"{widget}-{turn.id}", None)


def _draw_answer(visit: Visit, assistant: Assistant, talk: Talk, turn: Turn, answer: Answer, number: int) -> None:
    metadata_of = partial(known_metadata, assistant)
    if answer.declined:
        searched = len(assistant.documents()) if turn.documents is None else len(turn.documents)
        st.html(answers.declined(answer, searched))
    else:
        st.html(answers.quotes(answer, number, metadata_of))
    came_from = {"turn": turn.id} | ({"conversation": talk.conversation.id} if talk.conversation else {})
    for citation in answer.nearest if answer.declined else answer.citations:
        _draw_card(visit, citation, number, came_from, metadata_of, mark=not answer.declined)


def _draw_card(
    visit: Visit,
    citation: Citation,
    number: int,
    came_from: Mapping[str, str],
    metadata_of: Callable[[str], Metadata],
    *,
    mark: bool,
) -> None:
    anchor = f"t{number}-{'c' if mark else 'n'}{citation.number}"
    with st.container(border=True, key=f"card-{anchor}", gap="xsmall"):
        text = reference(citation, metadata=metadata_of(citation.document_id))
        st.html(answers.card(citation, anchor, text, mark=mark))
        st.page_link(
            visit.pages["read"],
            label="Open in source",
            icon=":material/menu_book:",
            query_params={**parameters_of(citation), **came_from},
        )


def _draw_afterwards(talk: Talk, turn: Turn, answer: Answer) -> None:
    """Rating, and why."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"after-{turn.id}"):
        st.markdown("Was this right?", width="content")
        key = f"good-{turn.id}"
        st.session_state.setdefault(key, _THUMBS[turn.good])
        st.feedback("thumbs", key=key, on_change=_rate, args=(talk, turn))
    if turn.good is not None:
        note = f"note-{turn.id}"
        st.session_state.setdefault(note, turn.note)
        st.text_input(
            "What was good, or missing? (optional)", key=note, max_chars=2000, on_change=_rate, args=(talk, turn)
        )
    if answer.explanation is not None:
        shown = st.expander("Why this answer", key=f"why-{turn.id}", on_change="rerun")
        if shown.open:
            shown.html(answers.why(answer.explanation, answer.confidence))


def _rate(talk: Talk, turn: Turn) -> None:
    thumb = st.session_state.get(f"good-{turn.id}")
    talk.rate(turn, None if thumb is None else bool(thumb), st.session_state.get(f"note-{turn.id}") or "")
