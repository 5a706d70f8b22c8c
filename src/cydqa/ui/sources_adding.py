"""Adding documents on the Sources page: files by drag and drop, or from the web, and what became of each."""

import dataclasses
from dataclasses import dataclass, field

import streamlit as st

from cydqa.documents import FORMATS
from cydqa.library.adding import Added, merge
from cydqa.library.shelf import NAME_TAKEN
from cydqa.ui import building
from cydqa.ui.render.sources import label
from cydqa.ui.sources_curating import add_address, add_uploads
from cydqa.ui.visit import Visit

_ROUND = "sources-round"  # in the session: counts what was dropped, so that each time there is an empty uploader
_OUTCOME = "sources-outcome"
_MOST_MEGABYTES = 200
_PAGE_MEGABYTES = 50  # of what is fetched


@dataclass(slots=True)
class _Outcome:
    """What became of what was added last, and what is kept to replace a document by."""

    added: Added
    files: dict[str, bytes] = field(default_factory=dict)  # uploads whose name is taken
    urls: list[str] = field(default_factory=list)  # addresses whose name is taken


def draw_adding(visit: Visit) -> None:
    """Draw the ways to add documents, and what became of the last ones."""
    st.header("Add documents", anchor=False)
    files, address = st.columns(2, gap="medium")
    with files:
        _draw_uploader(visit)
    with address:
        _draw_address(visit)
    outcome: _Outcome | None = st.session_state.get(_OUTCOME)
    if outcome:
        _draw_outcome(visit, outcome)


def _draw_uploader(visit: Visit) -> None:
    number = st.session_state.setdefault(_ROUND, 0)
    files = st.file_uploader(
        "Drop files here, many at once",
        accept_multiple_files=True,
        max_upload_size=_MOST_MEGABYTES,
        key=f"sources-upload-{number}",
    )
    st.write(
        f":small[Formats: {', '.join(sorted(suffix[1:] for suffix in FORMATS))}. At most {_MOST_MEGABYTES} MB each.]"
    )
    if files:
        uploads = [(file.name, file.getvalue()) for file in files]
        st.session_state[_ROUND] = number + 1
        _store(visit, uploads, replace=False)
        st.rerun()


def _draw_address(visit: Visit) -> None:
    with st.form("sources-address", clear_on_submit=True, border=False):
        url = st.text_input("Or fetch a page or file from the web", placeholder="https://example.org/report.pdf")
        sent = st.form_submit_button("Fetch it")
    st.write(f":small[It is fetched once, now: at most {_PAGE_MEGABYTES} MB, from a public server.]")
    if sent and url.strip():
        with st.spinner("Fetching it"):
            _fetch(visit, [url.strip()], replace=False)
        st.rerun()


def _store(visit: Visit, uploads: list[tuple[str, bytes]], *, replace: bool) -> None:
    added = add_uploads(visit, uploads, replace=replace)
    taken = {name: content for name, content in uploads if _is_taken(added, name)}
    st.session_state[_OUTCOME] = _Outcome(_after(added) if replace else added, files=taken)


def _fetch(visit: Visit, urls: list[str], *, replace: bool) -> None:
    (url,) = urls
    added = add_address(visit, url, replace=replace)
    taken = [url] if _is_taken(added, url) else []
    st.session_state[_OUTCOME] = _Outcome(_after(added) if replace else added, urls=taken)


def _after(added: Added) -> Added:
    """What became of everything, once documents whose names were taken have replaced others."""
    before: Added = st.session_state[_OUTCOME].added
    refused = {name: reason for name, reason in before.failed.items() if not _is_taken(before, name)}
    return merge([dataclasses.replace(before, failed=refused), added])


def _is_taken(added: Added, name: str) -> bool:
    return added.failed.get(name, "").startswith(NAME_TAKEN)


def _draw_outcome(visit: Visit, outcome: _Outcome) -> None:
    taken = [*outcome.files, *outcome.urls]
    what = label(taken[0]) if len(taken) == 1 else f"these {len(taken)} documents"
    with st.container(border=True, key="cyd-outcome"):
        st.markdown("\n".join(f"- {line}" for line in _lines(outcome.added)) or "Nothing was added.")
        with st.container(horizontal=True):
            if taken and st.button(f"Replace {what}", type="primary"):
                with building.errors_in_words():
                    if outcome.files:
                        _store(visit, list(outcome.files.items()), replace=True)
                    else:
                        _fetch(visit, outcome.urls, replace=True)
                    st.rerun()
            if st.button("Close this list"):
                del st.session_state[_OUTCOME]
                st.rerun()


def _lines(added: Added) -> list[str]:
    """What became of each, in Markdown."""
    lines = [f"Added: {label(name)}" for name in added.added]
    lines += [f"Replaced: {label(name)}" for name in added.replaced]
    lines += [
        f"{label(name)} is the same as {label(same)}, so not stored again." for name, same in added.duplicates.items()
    ]
    for name, reason in added.failed.items():
        if _is_taken(added, name):
            lines.append(f"Not added yet: {label(name)}. There is another document of that name.")
        else:
            lines.append(f"Refused: {label(name)}: {label(reason)}")
    return lines + [label(warning) for warning in added.warnings]
