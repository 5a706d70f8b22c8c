"""The conversations that are kept: choose, search, rename, write out, delete."""

from contextlib import suppress
from functools import partial
from itertools import chain

import streamlit as st

from cydqa.assistant import Assistant
from cydqa.errors import StateError
from cydqa.references import bibtex, csl_json
from cydqa.saved import Conversation, ConversationStore, conversation_markdown
from cydqa.types import Citation
from cydqa.ui import render
from cydqa.ui.opening import known_metadata
from cydqa.ui.talk import PARAMETER, Talk, start, why_not_kept
from cydqa.ui.visit import Visit

_LISTED = 30


def draw(visit: Visit, assistant: Assistant, talk: Talk) -> None:
    """Draw the sidebar."""
    with st.sidebar:
        _draw_signing_in(visit)
        st.button("New conversation", icon=":material/add:", width="stretch", on_click=_begin, args=(visit,))
        if talk.turns:
            _draw_current(visit, assistant, talk)
        if talk.store is None:
            why = why_not_kept(visit) if visit.visitor.owner is not None else ""
            if why:
                st.warning(render.plain(why))
            st.caption("Conversations are not kept here: this one ends with the tab.")
        else:
            _draw_list(visit, assistant, talk, talk.store)


def _draw_signing_in(visit: Visit) -> None:
    if not visit.visitor.can_sign_in:
        return
    if visit.visitor.owner is None:
        st.button("Sign in", width="stretch", on_click=st.login)
    else:
        st.button("Sign out", width="stretch", on_click=st.logout)


def _begin(visit: Visit) -> None:
    start(visit)
    st.query_params.pop(PARAMETER, None)


def _open(conversation_id: str) -> None:
    st.query_params[PARAMETER] = conversation_id


def _draw_list(visit: Visit, assistant: Assistant, talk: Talk, store: ConversationStore) -> None:
    wanted = st.text_input(
        "Search conversations", placeholder="Words of a question or a quote", key="find-conversation"
    )
    found = store.conversations(talk.owner, wanted)
    if wanted and not found:
        st.caption("No conversation has these words.")
    with st.container(gap="xxsmall", key="conversations"):
        for conversation in found[:_LISTED]:
            current = talk.conversation is not None and talk.conversation.id == conversation.id
            st.button(
                render.plain(conversation.title),
                key=f"open-{conversation.id}",
                type="secondary" if current else "tertiary",
                width="stretch",
                help=f"{conversation.changed:%-d %B %Y}, questions: {conversation.turns}",
                on_click=_open,
                args=(conversation.id,),
            )
    if len(found) > _LISTED:
        st.caption(f"{len(found) - _LISTED} more; search for them.")
    if found or wanted:
        _draw_all(visit, assistant, talk, store)


def _draw_current(visit: Visit, assistant: Assistant, talk: Talk) -> None:
    with st.popover("This conversation", icon=":material/more_horiz:", width="stretch"):
        citations = list(chain.from_iterable(turn.answer.citations for turn in talk.turns if turn.answer is not None))
        _draw_exports(assistant, talk, citations)
        if talk.conversation is not None and talk.store is not None:
            with st.form("rename", border=False):
                title = st.text_input("Title", value=talk.conversation.title, max_chars=200)
                if st.form_submit_button("Rename") and title.strip():
                    talk.rename(title.strip())
                    st.rerun()
            if st.button("Delete this conversation", icon=":material/delete:"):
                _confirm_deletion(visit, talk, talk.conversation, talk.store)


def _draw_exports(assistant: Assistant, talk: Talk, citations: list[Citation]) -> None:
    conversation = talk.as_conversation()
    cited = dict.fromkeys(citation.document_id for citation in citations)
    metadata = {document_id: known_metadata(assistant, document_id) for document_id in cited}
    written = [
        ("Save as Markdown", partial(conversation_markdown, conversation, talk.turns), "md", "text/markdown"),
    ]
    if citations:
        written += [
            ("References as BibTeX", partial(bibtex, citations), "bib", "text/x-bibtex"),
            ("References as CSL-JSON", partial(csl_json, citations), "json", "application/vnd.citationstyles.csl+json"),
        ]
    name = render.file_name(conversation.title)
    for label, write, suffix, mime in written:
        st.download_button(label, partial(write, metadata=metadata), f"{name}.{suffix}", mime, on_click="ignore")


def _draw_all(visit: Visit, assistant: Assistant, talk: Talk, store: ConversationStore) -> None:
    with st.popover("All conversations", icon=":material/folder_open:", width="stretch"):
        st.download_button(
            "Rated answers as judged questions",
            partial(store.judged_questions, talk.owner),
            "judged.jsonl",
            "application/jsonl",
            help="For `cydqa eval`.",
            on_click="ignore",
        )
        st.download_button(
            "Answers found wanting, still to judge",
            partial(store.questions_to_judge, talk.owner),
            "to-judge.jsonl",
            "application/jsonl",
            on_click="ignore",
        )
        gone = store.documents(talk.owner) - set(assistant.documents())
        if gone:
            st.button(
                f"Erase answers that show removed documents ({store.quoting(talk.owner, gone)})",
                icon=":material/delete:",
                help=render.plain(", ".join(sorted(gone))),
                on_click=_erase_quoting,
                args=(talk, store, sorted(gone)),
            )
        if st.button("Erase all conversations", icon=":material/delete_forever:"):
            _confirm_erasing(visit, talk, store)


@st.dialog("Delete this conversation?")
def _confirm_deletion(visit: Visit, talk: Talk, conversation: Conversation, store: ConversationStore) -> None:
    st.write(f"“{render.plain(conversation.title)}” and its answers are erased. This can’t be undone.")
    if st.button("Delete", type="primary", on_click=_delete, args=(visit, talk, conversation, store)):
        st.rerun()


def _delete(visit: Visit, talk: Talk, conversation: Conversation, store: ConversationStore) -> None:
    with suppress(StateError):  # gone already, from another tab
        store.delete(talk.owner, conversation.id)
    _begin(visit)


@st.dialog("Erase all conversations?")
def _confirm_erasing(visit: Visit, talk: Talk, store: ConversationStore) -> None:
    st.write("All your conversations, their answers and your ratings are erased. This can’t be undone.")
    if st.button("Erase all", type="primary", on_click=_erase_all, args=(visit, talk, store)):
        st.rerun()


def _erase_quoting(talk: Talk, store: ConversationStore, document_ids: list[str]) -> None:
    store.erase_quoting(talk.owner, document_ids)


def _erase_all(visit: Visit, talk: Talk, store: ConversationStore) -> None:
    store.delete_all(talk.owner)
    _begin(visit)
