"""The Sources page and the ways to an index, through Streamlit's own test runner with the fake encoder."""

import time
from dataclasses import replace

import pytest
import streamlit as st
from conftest import ROOT, ids, write_corpus
from filelock import FileLock
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from cydqa import build_index, jobs
from cydqa.access import Visitor
from cydqa.errors import AccessError, ModelUnavailableError
from cydqa.library.adding import Added
from cydqa.settings import load_settings
from cydqa.ui import sources_curating as curating
from cydqa.ui.visit import Visit

SECONDS = 60
HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:alert(2)) **b**.md"


@pytest.fixture
def places(tmp_path, corpus, fake_encoder, monkeypatch):
    """The page's folders, in the environment."""
    for name in ("corpus", "index", "state"):
        monkeypatch.setenv(f"CYDQA_{name.upper()}", str(tmp_path / name))
    st.cache_resource.clear()
    return tmp_path


@pytest.fixture
def page(places, builds_at_once):
    """The Sources page."""
    return opened("sources")


@pytest.fixture
def built(places, corpus, fake_encoder, parsers):
    """Bring the index up to date, as somebody else would."""

    def built():
        return build_index(corpus, places / "index", settings=load_settings(), embedder=fake_encoder, parsers=parsers)

    built()
    return built


def opened(name):
    """A page of the app, not yet drawn."""
    return turned_to(name, AppTest.from_file(str(ROOT / "app.py"), default_timeout=30))


def turned_to(name, app):
    """The same visit, on another page; `switch_page` knows only pages that are files."""
    app._page_hash = calc_hash(name)
    return app


def said(app):
    """Everything that the page says, as it is written down."""
    kinds = (app.title, app.header, app.markdown, app.caption, app.info, app.warning, app.error, app.success)
    return "\n".join(
        [
            *(element.value for kind in kinds for element in kind),
            *(element.proto.body for element in app.get("html")),
            *(expander.label for expander in app.expander),
        ]
    )


def titles(app):
    """The documents that lead to the Read page, in their order, with where they lead."""
    return {link.proto.label: link.proto.query_string for link in app.get("page_link")}


def button(app, label):
    (found,) = [button for button in app.button if button.label == label]
    return found


def labels(app):
    return [button.label for button in app.button]


def upload(app, **files):
    app.file_uploader[0].set_value([(name, content, "text/plain") for name, content in files.items()])
    return app.run()


def find(app, text):
    next(box for box in app.text_input if box.label == "Find documents").set_value(text)
    return app.run()


def test_without_an_index_documents_are_listed_and_it_can_be_built(page):
    page.run()
    assert "There is no index yet." in said(page)
    assert said(page).count("cyd-state-new") == 3 + 1  # the style names it, too
    button(page, "Build the index").click().run()
    assert not page.exception
    assert "The index is up to date" in said(page)
    assert "Added: 3 documents" in said(page)


def test_each_indexed_document_leads_to_its_text_and_tells_what_it_is(page, built):
    page.run()
    links = titles(page)
    assert links["Annual leave"] == "document=leave.md"
    assert links["invoices"] == "document=notes%2Finvoices.txt"
    shown = said(page)
    assert "3 documents and 5 passages in the index" in shown
    assert "with the encoder words" in shown
    assert "<span>Markdown</span>" in shown
    assert ">2 passages</span>" in shown


def test_what_changed_since_the_last_build_is_said_and_rebuilding_brings_it_in(page, built, corpus):
    (corpus / "leave.md").write_text("# Annual leave\n\nTwenty days.")
    (corpus / "laptops.md").unlink()
    (corpus / "new.txt").write_text("Something new.")
    page.run()
    assert "Since then: 1 new, 1 changed, 1 removed." in said(page)
    assert button(page, "Rebuild the index").proto.type == "primary"
    assert "Choose laptops" not in str([box.label for box in page.checkbox])
    button(page, "Rebuild the index").click().run()
    assert "The index is up to date" in said(page)
    assert "Laptops" not in titles(page)
    for told in ("Added: 1 document", "Changed: 1 document", "Removed: 1 document"):
        assert told in said(page)
    button(page, "Dismiss this report").click().run()
    assert "The last build" not in said(page)


def test_an_index_of_other_settings_is_said_to_need_a_rebuild(page, built, monkeypatch):
    monkeypatch.setenv("CYDQA_CHUNK_TOKENS", "64")
    page.run()
    assert "built with other settings" in said(page)


def test_a_file_that_can_not_be_read_and_what_was_left_aside_have_their_reasons(page, corpus):
    write_corpus(corpus, {"broken.txt": b"\xff\0", "picture.jpg": b"x"})
    page.run()
    button(page, "Build the index").click().run()
    shown = said(page)
    assert "1 file could not be read" in shown
    assert "- **broken\\.txt**: it is not valid UTF" in shown
    assert "unknown type" in shown
    assert "cyd-state-failed" in shown


def test_uploads_are_stored_and_each_is_accounted_for(page, built, corpus):
    same = (corpus / "laptops.md").read_text()
    page.run()
    upload(page, **{"memo.md": b"A memo.", "leave.md": b"Other.", "copy.md": same.encode(), "program.exe": b"MZ"})
    assert not page.exception
    shown = said(page)
    assert "Added: memo\\.md" in shown
    assert "copy\\.md is the same as laptops\\.md" in shown
    assert "Not added yet: leave\\.md. There is another document of that name." in shown
    assert "Refused: program\\.exe" in shown
    assert ids(corpus) == {"laptops.md", "leave.md", "notes/invoices.txt", "memo.md"}
    assert not page.file_uploader[0].value
    before = (corpus / "leave.md").read_text()
    button(page, "Replace leave\\.md").click().run()
    assert "Replaced: leave\\.md" in said(page)
    assert "Added: memo\\.md" in said(page)
    assert "Not added yet" not in said(page)
    assert (corpus / "leave.md").read_text() == "Other." != before
    button(page, "Close this list").click().run()
    assert "Replaced" not in said(page)


def test_an_address_is_fetched_and_its_outcome_said(page, built, monkeypatch):
    asked = []

    def add_url(corpus_dir, url, *, replace, index_dir):
        asked.append((url, replace))
        taken = "there is another document of that name. Pass --replace to replace it, or rename yours."
        return Added(replaced=("report.pdf",)) if replace else Added(failed={url: taken})

    monkeypatch.setattr(curating, "add_url", add_url)
    page.run()
    page.text_input[0].set_value(" https://example.org/report.pdf ")
    button(page, "Fetch it").click().run()
    next(each for each in page.button if each.label.startswith("Replace https")).click().run()
    assert asked == [("https://example.org/report.pdf", False), ("https://example.org/report.pdf", True)]
    assert "Replaced: report\\.pdf" in said(page)


def test_an_address_in_the_own_network_is_refused(page, built):
    page.run()
    page.text_input[0].set_value("http://127.0.0.1:9/secret.md")
    button(page, "Fetch it").click().run()
    assert not page.exception
    assert "Refused: http" in said(page)


def test_chosen_documents_are_removed_after_being_named(page, built, corpus):
    page.run()
    assert button(page, "Remove documents").disabled
    for name in ("Annual leave", "invoices"):
        next(box for box in page.checkbox if box.label.startswith(f"Choose {name}")).check().run()
    button(page, "Remove 2 documents").click().run()
    assert "Annual leave \\(leave\\.md\\)" in said(page)
    assert "until it is rebuilt" in said(page)
    assert ids(corpus) == {"laptops.md", "leave.md", "notes/invoices.txt"}


def test_saved_conversations_that_quote_what_is_removed_can_be_erased(places, corpus, monkeypatch):
    erased = []

    class Store:
        def __init__(self, folder):
            self.folder = folder

        def erase_quoting(self, owner, document_ids):
            erased.append((self.folder, owner, document_ids))

    monkeypatch.setattr(curating, "ConversationStore", Store)
    settings = load_settings()
    visit = Visit(settings, Visitor("local", curates=True), {})
    curating.remove(visit, ["leave.md"])
    assert erased == []
    curating.remove(visit, ["laptops.md"], forget=True)
    assert erased == [(settings.state, None, ("laptops.md",))]


def test_documents_are_found_sorted_and_leafed_through(page, corpus, built):
    write_corpus(corpus, {f"note-{number:02}.md": f"# Note {number:02}\n\nWord {number}." for number in range(30)})
    built()
    page.run()
    assert len(titles(page)) == 25
    page.pagination[0].set_value(2).run()
    assert len(titles(page)) == 8
    find(page, "NOTE 07")
    assert list(titles(page)) == ["Note 07"]
    find(page, "nothing of the kind")
    assert "No document matches." in said(page)
    find(page, "")
    page.selectbox[0].set_value("Most passages").run()
    assert list(titles(page))[:2] == ["Annual leave", "Laptops"]


def test_names_made_to_mislead_are_shown_as_they_are(page, corpus):
    reversed_name, long_name = "report\u202efdp.md", "a" * 240 + ".md"
    write_corpus(corpus, {reversed_name: "One.", long_name: "Two."})
    (corpus / HOSTILE).write_text("Three.")
    page.run()
    shown = said(page)
    assert "\u202e" not in shown
    assert "report\\u202efdp.md" in shown
    assert "<img" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    assert "a" * 240 not in shown
    for box in page.checkbox:
        assert "[x](" not in box.label
        assert "\u202e" not in box.label
    button(page, "Build the index").click().run()
    assert not page.exception
    assert "[x](javascript" not in "".join(element.value for element in page.markdown)


@pytest.mark.parametrize("name", ["CYDQA_READ_ONLY", "CYDQA_CURATORS"])
def test_who_may_not_change_anything_sees_the_documents_and_why(page, built, monkeypatch, name):
    monkeypatch.setenv(name, "1")
    page.run()
    assert not page.exception
    assert "Annual leave" in titles(page)
    assert (labels(page), list(page.checkbox), list(page.file_uploader)) == ([], [], [])
    assert any("read only" in info.value or "curators" in info.value for info in page.info)


@pytest.mark.parametrize(
    "change",
    [
        lambda visit: curating.add_uploads(visit, [("memo.md", b"A memo.")]),
        lambda visit: curating.add_address(visit, "https://example.org/"),
        lambda visit: curating.remove(visit, ["leave.md"]),
        lambda visit: curating.start_build(visit),
        lambda visit: curating.cancel_build(visit),
        lambda visit: curating.dismiss_report(visit),
    ],
)
def test_the_functions_refuse_too(places, corpus, monkeypatch, change):
    for function in ("add_content", "add_url", "remove_documents"):
        monkeypatch.setattr(curating, function, lambda *_, **__: pytest.fail("it was done all the same"))
    for function in ("start", "cancel", "dismiss"):
        monkeypatch.setattr(jobs, function, lambda *_, **__: pytest.fail("it was done all the same"))
    with pytest.raises(AccessError, match="read only"):
        change(Visit(load_settings(), Visitor("local", curates=False, reason="This is read only."), {}))


def test_a_damaged_index_is_said_and_rebuilt(page, built, places):
    (places / "index" / "CURRENT").write_text("nonsense")
    page.run()
    assert not page.exception
    assert "is damaged" in page.error[0].value
    button(page, "Rebuild the index").click().run()
    assert not page.error
    assert "The index is up to date" in said(page)


def test_without_the_encoder_the_documents_are_there_and_the_reason(page, built, monkeypatch):
    def open_encoder(*_, **__):
        raise ModelUnavailableError("The encoder is gone.", hint="Bring it back.")

    monkeypatch.setattr("cydqa.embedding.opening.open_encoder", open_encoder)
    page.run()
    assert "The encoder is gone" in page.error[0].value
    assert "Rebuild the index" not in labels(page)
    assert len(page.checkbox) == 3
    turned_to("ask", page).run()
    assert "Bring it back" in page.error[0].value
    assert labels(page) == ["Try again"]


def test_a_running_build_is_found_followed_and_cancelled(places, corpus, fast_builds, monkeypatch):
    (places / "hold").touch()
    monkeypatch.setenv("TEST_HOLD", str(places / "hold"))
    jobs.start(load_settings())
    end = time.monotonic() + SECONDS
    while not (job := jobs.current(load_settings())).passages and time.monotonic() < end:
        time.sleep(0.05)
    assert job.running
    for name in ("sources", "ask"):
        app = opened(name)
        app.run()
        assert not app.exception
        assert "3 documents, 5 passages" in said(app)
    button(app, "Cancel the build").click().run()
    while jobs.current(load_settings()).running and time.monotonic() < end:
        time.sleep(0.05)
    (places / "hold").unlink()
    app.run()
    assert "The build was cancelled" in said(app)
    assert labels(app) == ["Build the index"]


def test_the_first_build_goes_on_by_itself_for_curators_only(places, builds_at_once, monkeypatch):
    app = opened("ask")
    monkeypatch.setenv("CYDQA_READ_ONLY", "1")
    app.run()
    assert "set to read only" in app.info[0].value
    assert not (places / "index").exists()
    monkeypatch.delenv("CYDQA_READ_ONLY")
    app.run()
    assert app.chat_input


def test_a_build_that_somebody_else_runs_is_waited_for(places, builds_at_once):
    (places / "index").mkdir()
    app = opened("ask")
    with FileLock(places / "index" / "build.lock"):
        app.run()
        assert "Another program is building the index" in app.info[0].value
        assert not app.error
    app.run()
    assert app.chat_input


def test_the_report_survives_a_failed_build(page, corpus, built):
    for path in list(corpus.rglob("*.*")):
        path.write_bytes(b"\xff\0")
    page.run()
    button(page, "Rebuild the index").click().run()
    assert "None of the documents" in page.error[0].value
    assert "Correct or replace the files" in page.error[0].value
    assert "3 documents and 5 passages in the index" in said(page)


def test_a_state_folder_that_can_not_be_used_stops_neither_asking_nor_the_list(page, built, places):
    (places / "state").write_text("")
    page.run()
    assert "CYDQA\\_STATE" in page.error[0].value
    assert "Annual leave" in titles(page)
    turned_to("ask", page).run()
    assert page.chat_input


def test_overview_is_read_again_when_a_file_or_the_index_changes(places, corpus, built):
    from cydqa.ui.sources_overview import overview

    settings = load_settings()
    first = overview(settings)
    assert overview(settings) is first
    (corpus / "new.txt").write_text("New.")
    assert overview(settings).count("new") == 1
    built()
    assert replace(overview(settings), rows=()) != replace(first, rows=())
    assert not overview(settings).needs_build
