"""The part of the Sources page about the index: what changed, the rebuild, its progress and its report."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from cydqa import jobs
from cydqa.errors import IndexBusyError, ModelUnavailableError
from cydqa.types import BuildReport
from cydqa.ui import building, render
from cydqa.ui.render.sources import counted, moment, names, reasons, size
from cydqa.ui.sources_curating import dismiss_report, start_build
from cydqa.ui.sources_overview import Overview
from cydqa.ui.visit import Visit

_MOST_NAMES = 50


def draw_index(visit: Visit, seen: Overview) -> None:
    """Draw the state of the index and, for whom may, how to bring it up to date."""
    st.write(_summary(seen))
    if seen.problem:
        st.error(render.plain(f"{seen.problem} {seen.problem.hint}"))
    job = jobs.current(visit.settings)
    if job and job.running:
        with st.container(border=True):
            st.header("The index is being built", anchor=False)
            if seen.created:
                st.write("Asking goes on meanwhile, with the index that is there.")
            building.draw_running(visit)
        return
    st.write(_difference(seen))
    if not visit.visitor.curates:
        return
    if not isinstance(seen.problem, ModelUnavailableError):
        _draw_button(visit, seen)
    if job:
        _draw_report(visit, job)


def time_zone() -> tzinfo:
    """The visitor's, as the browser tells it."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _summary(seen: Overview) -> str:
    there = sum(row.in_corpus for row in seen.rows)
    if seen.created is None:
        return f"{counted(there, 'document')} ({size(seen.corpus_bytes)})."
    return (
        f"{counted(seen.indexed, 'document')} and {counted(seen.passages, 'passage')} in the index"
        f" ({size(seen.index_bytes)}, from {size(seen.corpus_bytes)} of documents), built on"
        f" {moment(seen.created, time_zone())} with the encoder {render.plain(seen.encoder)}."
    )


def _difference(seen: Overview) -> str:
    if seen.created is None:
        return "" if seen.problem else "There is no index yet."
    if not seen.needs_build:
        return ":material/check: The index is up to date."
    changes = [f"{count} {state}" for state in ("new", "changed", "removed") if (count := seen.count(state))]
    said = f"Since then: {', '.join(changes)}. A rebuild brings that into the answers." if changes else ""
    if not seen.same_recipe:
        said += " The index was built with other settings, another encoder, parser or folder of documents."
    return said.strip() or "Some files could not be read and have changed; a rebuild tries them again."


def _draw_button(visit: Visit, seen: Overview) -> None:
    first = seen.created is None and seen.problem is None
    pressed = st.button(
        "Build the index" if first else "Rebuild the index",
        type="primary" if seen.needs_build else "secondary",
        help=None if seen.needs_build else "Nothing changed: everything would be read and embedded again.",
    )
    if not pressed:
        return
    try:
        # Where nothing changed, whoever presses it all the same wants everything made anew.
        start_build(visit, rebuild=seen.problem is not None or not seen.needs_build)
    except IndexBusyError as error:
        st.info(render.plain(f"{error} {error.hint}"))
        return
    st.rerun()


def _draw_report(visit: Visit, job: jobs.Job) -> None:
    with st.container(border=True, key="cyd-report"):
        st.header("The last build", anchor=False)
        st.write(f":small[Started on {moment(job.started, time_zone())}.]")
        if job.report:
            _draw_done(job.report)
        elif job.state == "cancelled":
            st.info("It was cancelled. The index is as it was before.")
        else:
            st.error(building.how_it_ended(job))
        if st.button("Dismiss this report"):
            dismiss_report(visit)
            st.rerun()


def _draw_done(report: BuildReport) -> None:
    there = len(report.added) + len(report.changed) + len(report.unchanged)
    done = "Published" if report.published else "Nothing had changed"
    seconds = counted(max(round(report.seconds), 1), "second")
    st.write(f"{done}: {counted(there, 'document')}, {counted(report.passages, 'passage')}, in {seconds}.")
    happened: dict[str, tuple[str, ...]] = {
        "Added": report.added,
        "Changed": report.changed,
        "Removed": report.removed,
    }
    for what, document_ids in happened.items():
        if document_ids:
            with st.expander(f"{what}: {counted(len(document_ids), 'document')}"):
                st.markdown(names(document_ids, _MOST_NAMES))
    said = {"could not be read": report.failed, "left aside": report.skipped}
    for what, found in said.items():
        if found:
            files = counted(len(found), "file")
            with st.expander(f"{files} {what}", expanded=found is report.failed, icon=":material/warning:"):
                st.markdown(reasons(found, _MOST_NAMES))
    if report.warnings:
        with st.expander(f"{counted(len(report.warnings), 'document')} to read with care", icon=":material/info:"):
            st.markdown(reasons(report.warnings, _MOST_NAMES))
