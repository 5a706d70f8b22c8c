"""Building the index on the page: at the first start, and where the index can't be used."""

import time

import streamlit as st

from cydqa.errors import CydqaError, IndexBusyError, IndexCorruptError, IndexMismatchError, IndexNotBuiltError
from cydqa.index.build import build_index
from cydqa.settings import Settings
from cydqa.types import Progress
from cydqa.ui import render
from cydqa.ui.visit import Visit

_FAILED = "failed"  # in the session: what the build could not read, by document id
_WAITING = "waiting"  # in the session: somebody else is building
_POLL_SECONDS = 2.0


def draw_remedy(visit: Visit, error: CydqaError) -> None:
    """Say why there is no index to ask, and what to do."""
    if isinstance(error, IndexNotBuiltError):
        _draw_first_build(visit.settings)
    elif isinstance(error, (IndexMismatchError, IndexCorruptError)):
        _draw_rebuild(visit.settings, error)
    else:
        st.error(render.plain(f"{error} {error.hint}"))


def _draw_first_build(settings: Settings) -> None:
    """Build the index that is not there yet, then show the chat."""
    st.title("Preparing the documents")
    st.write("There is no index yet. It is being built from the documents; this happens once.")
    _build(settings, rebuild=False)


def _draw_rebuild(settings: Settings, error: CydqaError) -> None:
    """Say why the index can't be used, and rebuild it on the visitor's word."""
    st.title("The index has to be rebuilt")
    st.error(render.plain(str(error)))
    if st.button("Rebuild the index", type="primary"):
        _build(settings, rebuild=True)


def draw_failed() -> None:
    """Name the files that the build of this visit could not read."""
    failed: dict[str, str] = st.session_state.get(_FAILED, {})
    if failed:
        lines = "\n".join(f"- {render.plain(f'{name}: {reason}')}" for name, reason in failed.items())
        st.warning(f"Left out, because they could not be read:\n{lines}")


def _build(settings: Settings, *, rebuild: bool) -> None:
    waiting = "Another window or program is building it; waiting for it to finish"
    bar = st.progress(0.0, text=waiting if st.session_state.get(_WAITING) else "Reading the documents")

    def on_progress(step: Progress) -> None:
        share = step.done / step.total if step.total else 0.0
        bar.progress(share, text=f"{step.stage.capitalize()}: {step.done} of {step.total}")

    try:
        report = build_index(settings.corpus, settings.index, settings=settings, progress=on_progress, rebuild=rebuild)
        st.session_state[_FAILED] = report.failed
    except IndexBusyError:
        st.session_state[_WAITING] = True
        bar.progress(0.0, text=waiting)
        time.sleep(_POLL_SECONDS)
    st.rerun()
