"""The conversation of a visit: in the session and, where conversations are kept, in the store."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import streamlit as st

from cydqa.errors import StateError
from cydqa.saved import Conversation, ConversationStore, Turn, title_of
from cydqa.types import Answer, Citation
from cydqa.ui.render import plain
from cydqa.ui.visit import Visit

Kept = TypeVar("Kept")
PARAMETER = "conversation"  # of the address
_TALK = "talk"  # in the session
_GONE = "There is no such conversation any more."


@dataclass(slots=True)
class Talk:
    """The turns on the page. Every change is kept at once, so that nothing is lost with the tab."""

    store: ConversationStore | None  # None where nothing is kept
    owner: str
    conversation: Conversation | None = None  # None before the first question, and where nothing is kept
    turns: list[Turn] = field(default_factory=list)

    def ask(self, question: str, documents: Sequence[str] | None) -> None:
        """Add a question; `documents` are the ids to search in, None for all."""
        restriction = None if documents is None else tuple(documents)
        kept = self._keep(lambda store: self._kept_turn(store, question, restriction))
        new = Turn(secrets.token_urlsafe(), question, restriction, False, None, "", None, "", datetime.now(UTC))
        self.turns.append(kept or new)

    def answer(self, turn: Turn, answer: Answer) -> None:
        """Keep what was said to a question."""
        self._replace(turn, answer=answer, error="", good=None, note="")
        self._keep(lambda store: store.answer(self.owner, turn.id, answer=answer, literal=turn.literal))

    def fail(self, turn: Turn, message: str) -> None:
        """Keep why a question has no answer."""
        self._replace(turn, answer=None, error=message)
        self._keep(lambda store: store.fail(self.owner, turn.id, message))

    def stop(self, turn: Turn, message: str) -> None:
        """Say on this page that a question was stopped; it is asked again when the conversation is opened anew."""
        self._replace(turn, answer=None, error=message)

    def ask_again(self, turn: Turn, *, literal: bool | None = None) -> None:
        """Forget what was said; the question is answered anew when the page is drawn."""
        literal = turn.literal if literal is None else literal
        self._replace(turn, answer=None, error="", literal=literal, good=None, note="")

    def rate(self, turn: Turn, good: bool | None, note: str) -> None:
        """Keep whether an answer was good, and why."""
        self._replace(turn, good=good, note=note)
        self._keep(lambda store: store.rate(self.owner, turn.id, good, note))

    def rename(self, title: str) -> None:
        """Give the conversation another title."""
        if self.conversation is not None:
            conversation_id = self.conversation.id
            self._keep(lambda store: store.rename(self.owner, conversation_id, title))

    def refresh(self) -> bool:
        """Take over what another tab added or erased; False if the conversation is gone."""
        if self.store is None or self.conversation is None:
            return True
        try:
            now = self.store.conversation(self.owner, self.conversation.id)
            if (now.changed, now.turns) != (self.conversation.changed, self.conversation.turns):
                self.turns = self.store.turns(self.owner, now.id)
        except StateError:
            return False
        self.conversation = now
        return True

    def before(self, turn: Turn) -> list[Answer]:
        """The answers that a question is read with, oldest first."""
        return [each.answer for each in self.turns[: self._place(turn)] if each.answer is not None]

    def as_conversation(self) -> Conversation:
        """The conversation, also where it is not kept: then it has the first question's title."""
        if self.conversation is not None:
            return self.conversation
        first = self.turns[0]
        return Conversation("", title_of(first.question), first.asked, self.turns[-1].asked, len(self.turns))

    def _kept_turn(self, store: ConversationStore, question: str, documents: Sequence[str] | None) -> Turn:
        if self.conversation is None:
            self.conversation = store.create(self.owner, title_of(question))
        return store.add_turn(self.owner, self.conversation.id, question, documents)

    def _keep(self, change: Callable[[ConversationStore], Kept]) -> Kept | None:
        """Change the store; where that fails, say so, and go on: what is on the page is not lost."""
        if self.store is None:
            return None
        try:
            kept = change(self.store)
            if self.conversation is not None:
                self.conversation = self.store.conversation(self.owner, self.conversation.id)
        except StateError as error:
            st.toast(plain(f"This is not kept. {error} {error.hint}"))
            return None
        return kept

    def _place(self, turn: Turn) -> int:
        return next(i for i, each in enumerate(self.turns) if each.id == turn.id)

    def _replace(self, turn: Turn, **changes: object) -> None:
        place = self._place(turn)
        self.turns[place] = replace(self.turns[place], **changes)  # type: ignore[arg-type]


def talk_of(visit: Visit) -> Talk:
    """The conversation that the address names or, where it names none, the one of this session.

    Raises:
        StateError: if conversations can't be read.
    """
    owner = visit.visitor.owner
    talk: Talk | None = st.session_state.get(_TALK)
    if talk is None or talk.owner != (owner or ""):
        talk = start(visit)
    wanted = st.query_params.get(PARAMETER)
    if wanted and (talk.conversation is None or talk.conversation.id != wanted):
        talk = _opened(visit, wanted) or talk
    elif not talk.refresh():
        st.toast(_GONE)
        talk = start(visit)
    show_address(talk)
    return talk


def start(visit: Visit) -> Talk:
    """Begin anew."""
    owner = visit.visitor.owner
    talk = Talk(store_of(visit), owner or "")
    st.session_state[_TALK] = talk
    return talk


def show_address(talk: Talk) -> None:
    """Let the address name the conversation, so that it comes back with the page."""
    wanted = {} if talk.conversation is None else {PARAMETER: talk.conversation.id}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)  # without what the page for reading left there


def store_of(visit: Visit) -> ConversationStore | None:
    """Where conversations are kept, or None where nothing is: asking needs no store."""
    return None if visit.visitor.owner is None or why_not_kept(visit) else _store(visit.settings.state)


def why_not_kept(visit: Visit) -> str:
    """Why conversations that should be kept can't be; "" where they can."""
    try:
        _store(visit.settings.state)
    except StateError as error:
        return f"Conversations can't be kept. {error} {error.hint}"
    return ""


def citations_of(visit: Visit, conversation_id: str | None, turn_id: str | None) -> tuple[Citation, ...]:
    """The citations of an answer of this session or of a kept conversation; none if there is no such answer."""
    talk: Talk | None = st.session_state.get(_TALK)
    turns = talk.turns if talk is not None else []
    if all(turn.id != turn_id for turn in turns):
        store, owner = store_of(visit), visit.visitor.owner
        try:
            turns = store.turns(owner, conversation_id) if store and owner and conversation_id else []
        except StateError:
            return ()  # somebody else's, or erased meanwhile: the document can be read all the same
    answers = (turn.answer for turn in turns if turn.id == turn_id and turn.answer is not None)
    return next((answer.citations or answer.nearest for answer in answers), ())


def _opened(visit: Visit, conversation_id: str) -> Talk | None:
    store, owner = store_of(visit), visit.visitor.owner
    if store is None or owner is None:
        return None
    try:
        conversation = store.conversation(owner, conversation_id)
    except StateError:
        st.toast(_GONE)
        return None
    talk = Talk(store, owner, conversation, store.turns(owner, conversation_id))
    st.session_state[_TALK] = talk
    return talk


@st.cache_resource(show_spinner=False)
def _store(folder: Path) -> ConversationStore:
    return ConversationStore(folder)
