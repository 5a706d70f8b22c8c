"""A build of the index as the page shows it: on the way to the first one, where one is needed, and its progress."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from cydqa import jobs
from cydqa.errors import (
    CydqaError,
    IndexBusyError,
    IndexCorruptError,
    IndexMismatchError,
    IndexNotBuiltError,
    ModelUnavailableError,
)
from cydqa.index.publish import is_building, live_name
from cydqa.settings import Settings
from cydqa.ui import render
from cydqa.ui.render.sources import counted, label
from cydqa.ui.sources_curating import cancel_build, start_build
from cydqa.ui.visit import Visit

_LOOK_SECONDS = 1.0
_MOST_NAMED = 3
# What each stage is called, and where in the whole it begins and ends; the encoder takes most of the time.
_STAGES = {
    "starting": ("Starting", 0.0, 0.02),
    "preparing the encoder": ("Preparing the encoder", 0.0, 0.1),
    "reading documents": ("Reading and embedding the documents", 0.1, 0.8),
    "embedding": ("Embedding passages and sentences", 0.8, 0.93),
    "storing vectors": ("Storing vectors", 0.93, 0.95),
    "indexing words": ("Indexing words", 0.95, 0.98),
    "publishing the index": ("Publishing the index", 0.98, 1.0),
}


def draw_remedy(visit: Visit, error: CydqaError) -> None:
    """Say why there is no index to ask, and lead the way to one."""
    if isinstance(error, IndexNotBuiltError):
        st.title("Preparing the documents", anchor=False)
        st.write("There is no index yet. It is built from the documents once; then you can ask.")
        _draw_way(visit, "Build the index", rebuild=False, by_itself=True)
    elif isinstance(error, (IndexMismatchError, IndexCorruptError)):
        st.title("The index has to be rebuilt", anchor=False)
        st.error(render.plain(str(error)))
        _draw_way(visit, "Rebuild the index", rebuild=True, by_itself=False)
    else:
        st.title(
            "The encoder is missing" if isinstance(error, ModelUnavailableError) else "Something is wrong", anchor=False
        )
        st.error(render.plain(f"{error} {error.hint}"))
        st.button("Try again", type="primary")


def draw_failed(visit: Visit) -> None:
    """Say in one line which files the last build left out, as long as its report is not dismissed."""
    with errors_in_words():
        job = jobs.current(visit.settings) if visit.visitor.curates else None
        failed = list(job.report.failed) if job and job.report else []
        if failed:
            more = f" and {len(failed) - _MOST_NAMED} more" if len(failed) > _MOST_NAMED else ""
            named = ", ".join(map(label, failed[:_MOST_NAMED])) + more
            st.warning(f"Left out, because they could not be read: {named}.", icon=":material/warning:")
            st.page_link(visit.pages["sources"], label="See why, on Sources")


def draw_running(visit: Visit) -> None:
    """Follow the build that runs; when it has ended, the whole page is drawn again."""

    @st.fragment(run_every=_LOOK_SECONDS)
    def follow() -> None:
        with errors_in_words():
            job = jobs.current(visit.settings)
            if job is None or not job.running:
                st.rerun()
            _draw_progress(job)
            if visit.visitor.curates and st.button("Cancel the build", disabled=job.stopping):
                cancel_build(visit)
                st.rerun(scope="fragment")

    follow()


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Show an error in words and go on: for a part of a page, and for what Streamlit draws again by itself."""
    try:
        yield
    except CydqaError as error:
        st.error(render.plain(f"{error} {error.hint}"))


def how_it_ended(job: jobs.Job) -> str:
    """Why a build came to nothing, and what to do, in Markdown."""
    return label(f"{job.error} {job.hint}".strip())


def _draw_way(visit: Visit, button: str, *, rebuild: bool, by_itself: bool) -> None:
    job = jobs.current(visit.settings)
    if job and job.running:
        draw_running(visit)
        return
    if not visit.visitor.curates:
        st.info(render.plain(f"{visit.visitor.reason} As soon as it is built, this page goes on."))
        _draw_waiting(visit.settings, elsewhere=False)
        return
    try:
        stopped = job is not None and job.state != "done"
        if job and stopped:
            (st.info if job.state == "cancelled" else st.error)(how_it_ended(job))
        if (by_itself and not stopped) or st.button(button, type="primary"):
            start_build(visit, rebuild=rebuild)
            st.rerun()
    except IndexBusyError:
        st.info("Another program is building the index. As soon as it has finished, this page goes on.")
        _draw_waiting(visit.settings, elsewhere=True)


def _draw_waiting(settings: Settings, *, elsewhere: bool) -> None:
    """Wait, without drawing anything, until there is another index or, from elsewhere, no build any more."""
    before = _live(settings)

    @st.fragment(run_every=2 * _LOOK_SECONDS)
    def wait() -> None:
        with errors_in_words():
            job = jobs.current(settings)
            if _live(settings) != before or (job and job.running) or (elsewhere and not is_building(settings.index)):
                st.rerun()

    wait()


def _live(settings: Settings) -> str | None:
    try:
        return live_name(settings.index)
    except IndexCorruptError:
        return None


def _draw_progress(job: jobs.Job) -> None:
    name, begin, end = _STAGES.get(job.stage, (job.stage.capitalize(), 0.0, 1.0))
    share = begin + (end - begin) * (min(job.done / job.total, 1.0) if job.total else 0.0)
    st.progress(share, text="Stopping" if job.stopping else name)
    told = [counted(job.documents, "document"), counted(job.passages, "passage")] if job.documents else []
    if job.seconds_left is not None and job.seconds_left >= 1 and not job.stopping:
        told.append(f"about {_duration(job.seconds_left)} left in this step")
    st.write(f":small[{', '.join(told) or 'It goes on when you close this page'}.]")


def _duration(seconds: float) -> str:
    if seconds < 90:
        return counted(max(round(seconds), 1), "second")
    return counted(round(seconds / 60), "minute")
