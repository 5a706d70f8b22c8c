"""One assistant for all visitors, opened once."""

import threading

import streamlit as st

from cydqa.assistant import Assistant, open_assistant
from cydqa.errors import DocumentError
from cydqa.settings import Settings
from cydqa.types import Metadata


def opened_assistant(settings: Settings) -> Assistant:
    """The assistant for these settings; raises like `open_assistant`, also when the index has gone meanwhile."""
    assistant = _open(settings.model_dump_json())
    assistant.documents()  # looks at what is live now
    return assistant


def known_metadata(assistant: Assistant, document_id: str) -> Metadata:
    """What a document says about itself; nothing of one that was removed since it was quoted."""
    try:
        return assistant.metadata(document_id)
    except DocumentError:
        return Metadata()


@st.cache_resource(show_spinner=False)
def _open(settings_json: str) -> Assistant:
    settings = Settings.model_validate_json(settings_json)
    assistant = open_assistant(settings.index, corpus_dir=settings.corpus, settings=settings)
    # The encoder takes seconds to load; meanwhile the visitor is typing.
    threading.Thread(target=assistant.warm_up, daemon=True).start()
    return assistant
