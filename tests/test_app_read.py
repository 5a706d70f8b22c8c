"""The page for reading: its addresses, its list, the ways to other citations, the pages of a PDF."""

import shutil
from dataclasses import replace

import pytest
import streamlit as st
from conftest import ROOT, write_corpus
from streamlit.testing.v1 import AppTest

from cydqa import build_index, open_assistant
from cydqa.saved import ConversationStore

QUOTE = "Every employee has thirty days of annual leave."


@pytest.fixture
def index(tmp_path, corpus, fake_encoder, settings, parsers):
    """Build the index of the corpus (again) and open it."""

    def index():
        build_index(corpus, tmp_path / "index", settings=settings, embedder=fake_encoder, parsers=parsers)
        return open_assistant(tmp_path / "index", settings=settings, embedder=fake_encoder)

    return index


@pytest.fixture
def read(tmp_path, corpus, index, monkeypatch):
    """Open an address of the page for reading."""
    monkeypatch.setenv("CYDQA_CORPUS", str(corpus))
    monkeypatch.setenv("CYDQA_INDEX", str(tmp_path / "index"))
    st.cache_resource.clear()
    st.cache_data.clear()
    index()

    def read(**address):
        app = AppTest.from_function(_page, default_timeout=30)
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return read


def _page():
    import streamlit as st

    from cydqa.settings import load_settings
    from cydqa.ui import read
    from cydqa.ui.opening import opened_assistant
    from cydqa.ui.visit import Visit, visitor_of

    settings = load_settings()
    visit = Visit(settings, visitor_of(settings), {})
    pages = {
        "ask": st.Page(lambda: None, title="Ask", url_path="ask"),
        "read": st.Page(
            lambda: read.draw(visit, opened_assistant(settings)), title="Read", url_path="read", default=True
        ),
    }
    visit.pages.update(pages)
    st.navigation(list(pages.values()), position="hidden").run()


def html(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def links(app):
    return {link.proto.label: link.proto.query_string for link in app.get("page_link")}


def span(text, quote):
    start = text.index(quote)
    return {"start": str(start), "end": str(start + len(quote))}


@pytest.fixture
def leave(index):
    return index().document("leave.md")


def test_an_address_shows_the_document_with_the_place_marked(read, leave):
    app = read(document="leave.md", **span(leave.text, QUOTE))
    assert f'<mark id="quote" tabindex="-1">{QUOTE}</mark>' in html(app)
    assert '<h1 dir="auto">Annual leave' in html(app)
    assert "1 May 2024" in html(app)
    assert 'href="https://example.org/leave"' in html(app)
    assert '<h2 dir="auto" id="section-0">Applying</h2>' in html(app)
    assert 'href="#section-0"' in html(app)
    assert not app.warning


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("x", "9", "must be numbers"),
        ("-4", "9", "must be numbers"),
        ("1_0", "99", "must be numbers"),
        ("٣", "9", "must be numbers"),
        ("9" * 400, "9", "must be numbers"),
        ("3", None, "must be numbers"),
        (None, "3", "must be numbers"),
        ("9", "3", "is not before its end"),
        ("3", "3", "is not before its end"),
        ("3", "99999999", "the text has only"),
        ("12", "14", "nothing but white space"),
    ],
)
def test_an_address_that_names_no_place_says_so_and_shows_the_document(read, start, end, words):
    named = {name: value for name, value in (("start", start), ("end", end)) if value is not None}
    app = read(document="leave.md", **named)
    assert words in app.warning[0].value
    assert "thirty days" in html(app)
    assert "<mark" not in html(app)


def test_an_unknown_address_is_not_repeated_and_all_documents_are_offered(read):
    app = read(document="https://example.org")
    assert "There is no document of that address" in app.warning[0].value
    assert "example" not in app.warning[0].value
    assert links(app)["Laptops"] == "document=laptops.md"


def test_the_list_can_be_searched(read):
    app = read()
    assert list(links(app)) == ["Annual leave", "invoices", "Laptops"]
    assert "3 documents" in html(app)
    app.text_input[0].set_value("may 2024 LEAVE").run()
    assert list(links(app)) == ["Annual leave"]
    assert "1 of 3 documents" in html(app)
    app.text_input[0].set_value("nothing like it").run()
    assert not links(app)
    assert "No document has these words" in html(app)


def test_a_document_that_changed_since_it_was_indexed_says_so(read, corpus):
    (corpus / "leave.md").write_text("Another text altogether.")
    app = read(document="leave.md")
    assert "has changed since it was indexed" in app.warning[0].value
    assert "thirty days" in html(app)


@pytest.fixture
def kept(index, tmp_path):
    """A kept answer with three citations: what their addresses say of it."""
    answer = index().ask("How many days of annual leave does every employee have?", min_confidence=0)
    places = (("leave.md", 14, 61), ("laptops.md", 9, 30), ("leave.md", 20, 40))
    citations = tuple(
        replace(answer.citations[0], document_id=name, start=start, end=end, number=number)
        for number, (name, start, end) in enumerate(places, 1)
    )
    store = ConversationStore(tmp_path / "state")
    conversation = store.create("local", "Leave")
    turn = store.add_turn("local", conversation.id, answer.question, None)
    store.answer("local", turn.id, answer=replace(answer, citations=citations), literal=False)
    return {"conversation": conversation.id, "turn": turn.id}


def test_one_goes_from_citation_to_citation_and_back_to_the_answer(read, kept):
    said = f"conversation={kept['conversation']}&turn={kept['turn']}"
    app = read(document="laptops.md", start="9", end="30", **kept)
    assert links(app) == {
        "Back to the answer": said,
        "Previous citation": f"document=leave.md&start=14&end=61&{said}",
        "Next citation": f"document=leave.md&start=20&end=40&{said}",
        "All documents": "",
    }
    assert any("Citation 2 of 3" in text.value for text in app.markdown)
    assert "Next citation" not in links(read(document="leave.md", start="20", end="40", **kept))


@pytest.mark.parametrize("other", [{"start": "10"}, {"turn": "1"}, {"conversation": "other", "turn": "1"}])
def test_without_the_answer_there_are_no_ways_to_its_citations(read, kept, other):
    app = read(**{"document": "laptops.md", "start": "9", "end": "30", **kept, **other})
    assert {"Previous citation", "Next citation"}.isdisjoint(links(app))
    assert list(links(read(document="laptops.md"))) == ["All documents"]


def test_a_pdf_shows_the_page_of_the_quote_marked_and_other_pages(read, index, corpus):
    shutil.copy(ROOT / "tests" / "files" / "lighthouse.pdf", corpus / "lighthouse.pdf")
    text = index().document("lighthouse.pdf").text
    app = read(document="lighthouse.pdf", **span(text, "The table shows the mean tides."))
    assert app.number_input[0].value == 2
    assert images(app) == ["Page 2 of Keeping the Lighthouse, with the quote marked"]
    assert "The quote is on page 2." in html(app)
    assert "Page 3</" in html(app)
    app.number_input[0].set_value(3).run()
    assert images(app) == ["Page 3 of Keeping the Lighthouse"]


def images(app):
    return [image.alt for element in app.get("image") for image in element.proto.imgs]


def test_a_page_that_can_not_be_drawn_says_why_beside_the_text(read, index, corpus):
    shutil.copy(ROOT / "tests" / "files" / "lighthouse.pdf", corpus / "lighthouse.pdf")
    index()
    (corpus / "lighthouse.pdf").unlink()
    app = read(document="lighthouse.pdf")
    assert "Page 1 can't be shown\\: it can't be read" in app.info[0].value
    assert "harbour authority" in html(app)


def test_a_long_document_is_shown_in_parts(read, index, corpus):
    chapters = "\n\n".join(f"## Chapter {number}\n\n" + "Words of a chapter. " * 3000 for number in range(12))
    write_corpus(corpus, {"long.md": f"# A long one\n\n{chapters}\n"})
    text = index().document("long.md").text
    start = text.index("Chapter 9")
    address = {"document": "long.md", "start": str(start), "end": str(start + 9)}
    app = read(**address)
    assert any("Part 2 of 2" in text.value for text in app.markdown)
    assert '<mark id="quote" tabindex="-1">Chapter 9</mark>' in html(app)
    assert links(app)["Previous part"] == f"document=long.md&start={start}&end={start + 9}&part=1"
    other = read(**address, part="1")
    assert links(other)["To the quote"].endswith("part=2")
    assert "<mark" not in html(other)
    for nonsense in ("0", "x", "99"):
        assert any("Part 2 of 2" in text.value for text in read(**address, part=nonsense).markdown)
