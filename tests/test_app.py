"""The page's logic, through Streamlit's own test runner with the fake encoder."""

import pytest
import streamlit as st
from conftest import ROOT, WordEmbedder, write_corpus
from streamlit.testing.v1 import AppTest

from cydqa import build_index

LEAVE = "How many days of annual leave does every employee have?"


@pytest.fixture
def app(tmp_path, corpus, fake_encoder, builds_at_once, monkeypatch):
    monkeypatch.setenv("CYDQA_CORPUS", str(corpus))
    monkeypatch.setenv("CYDQA_INDEX", str(tmp_path / "index"))
    monkeypatch.setenv("CYDQA_STATE", str(tmp_path / "state"))
    st.cache_resource.clear()
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)


def html(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def labels(app):
    """The buttons on the page itself."""
    return [each.label for each in app.main.button]


def button(app, label):
    return next(each for each in app.button if label in each.label)


def test_the_first_start_builds_the_index_and_then_asks(app, tmp_path):
    app.run()
    assert (tmp_path / "index" / "CURRENT").is_file()
    assert not app.exception
    assert app.chat_input[0].placeholder == "Ask about cyber diplomacy"


def test_quotes_that_give_different_numbers_are_named_below_the_answer(app, corpus):
    write_corpus(corpus, {"a.md": "The Reef Pact unites 74 countries.", "b.md": "The Reef Pact unites 80 countries."})
    app.run()
    app.chat_input[0].set_value("How many countries does the Reef Pact unite?").run()
    assert "The quotes differ: 74 countries [1], 80 countries [2]." in html(app)


def test_a_question_gets_numbered_quotes_and_a_card_for_each(app):
    app.run()
    app.chat_input[0].set_value(LEAVE).run()
    assert not app.exception
    shown = html(app)
    assert "“<bdi>Every employee has thirty days of annual leave." in shown
    assert 'href="#t1-c1" aria-label="Source 1">[1]</a>' in shown
    assert 'id="t1-c1"' in shown
    assert "<mark>Every employee has thirty days" in shown
    assert 'href="https://example.org/leave"' in shown
    assert 'data-text="Annual leave. Personnel office, 2024-05-01.' in shown
    (link,) = app.get("page_link")
    assert link.proto.label == "Open in source"
    for part in ("document=leave.md", "start=14", "end=61", "conversation=", "turn="):
        assert part in link.proto.query_string


def test_the_chat_keeps_its_turns(app):
    app.run()
    app.chat_input[0].set_value(LEAVE).run()
    app.chat_input[0].set_value("Which bird builds its nest in Patagonia?").run()
    app.run()
    shown = html(app)
    assert "thirty days" in shown
    assert "do not seem to answer" in shown
    assert "nearest passages" in shown
    assert shown.index("employee have?") < shown.index("thirty days") < shown.index("Patagonia")


def test_what_people_and_documents_write_is_shown_not_run(app, corpus):
    hostile = "<script>alert(1)</script> <img src=x onerror=alert(2)> annual leave <b>bold</b>"
    write_corpus(corpus, {"bad.txt": f"The annual leave of a hostile document: {hostile}.\n"})
    app.run()
    app.chat_input[0].set_value(f"annual leave of a hostile document {hostile}").run()
    shown = html(app)
    for tag in ("<script>alert", "<img", "<b>"):
        assert tag not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_examples_come_from_the_documents(app, corpus):
    write_corpus(
        corpus,
        {"a.md": "---\nquestions: ['How many *days* of leave?']\n---\nEvery employee has thirty days of leave.\n"},
    )
    app.run()
    assert labels(app) == ["How many \\*days\\* of leave?"]
    button(app, "How many").click().run()
    assert "How many *days* of leave?" in html(app)
    assert "How many \\*days\\* of leave?" not in labels(app)[1:]


def test_a_follow_up_shows_what_it_is_read_as_and_can_be_asked_literally(app, corpus):
    write_corpus(
        corpus, {"pact.txt": "The Help&Care Pact has nine principles. Ann Hill launched the Help&Care Pact.\n"}
    )
    app.run()
    app.chat_input[0].set_value("How many principles has the Help&Care Pact?").run()
    app.chat_input[0].set_value("Who launched it?").run()
    assert not app.exception
    assert "Read as: Who launched the Help&amp;Care Pact?" in html(app)
    button(app, "Ask it literally").click().run()
    assert "Read as" not in html(app)
    assert "Taken literally" in html(app)
    button(app, "Read it with the questions before it").click().run()
    assert "Read as: Who launched the Help&amp;Care Pact?" in html(app)


def test_two_documents_with_the_same_example_show_it_once(app, corpus):
    text = "---\nquestions: ['Who pays?']\n---\nThe office pays.\n"
    write_corpus(corpus, {"a.md": text, "a copy.md": text})
    app.run()
    assert not app.exception
    assert labels(app) == ["Who pays?"]


def test_the_page_never_asks_the_hub(app, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "cydqa.embedding.opening.open_encoder",
        lambda model, index_dir=None, *, may_download=False: asked.append(may_download) or WordEmbedder(),
    )
    app.run()
    assert asked
    assert not any(asked)


def test_an_index_of_another_encoder_offers_the_rebuild(app, corpus, tmp_path, fake_encoder):
    build_index(corpus, tmp_path / "index", embedder=fake_encoder)
    fake_encoder.fingerprint = "words-2"
    app.run()
    assert "was built with the encoder words" in app.error[0].value
    app.button[0].click().run()
    assert not app.error
    assert app.chat_input


def test_files_that_could_not_be_read_are_named_after_the_first_build(app, corpus):
    write_corpus(corpus, {"broken_[x].txt": b"\xff\0"})
    app.run()
    assert "could not be read: broken\\_\\[x\\]\\.txt" in app.warning[0].value
    assert app.get("page_link")[0].proto.label == "See why, on Sources"
    assert app.chat_input


def test_errors_are_words_with_advice(app, monkeypatch, tmp_path):
    monkeypatch.setenv("CYDQA_CORPUS", str(tmp_path / "nowhere"))
    app.run()
    assert not app.exception
    assert "There is no corpus folder" in app.error[0].value
