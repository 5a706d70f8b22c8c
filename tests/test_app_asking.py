"""Conversations on the page: what is kept, found again, rated, written out, erased, stopped, restricted."""

import json
from dataclasses import replace

import pytest
import streamlit as st
from conftest import ROOT, write_corpus
from streamlit.testing.v1 import AppTest
from test_app import LEAVE, app, button, html  # noqa: F401  a fixture

from cydqa import build_index

INVOICE = "Who checks every invoice?"


def another(path="app.py"):
    """The page in another browser, or in the same one after the server was started again."""
    st.cache_resource.clear()
    return AppTest.from_file(str(ROOT / path), default_timeout=30)


def ask(app, question):  # noqa: F811
    app.chat_input[0].set_value(question).run()
    assert not app.exception
    return app


def titles(app):  # noqa: F811
    return [each.label for each in app.sidebar.button if each.key and each.key.startswith("open-")]


def test_a_conversation_comes_back_by_its_address(app):  # noqa: F811
    ask(ask(app.run(), LEAVE), INVOICE)
    address = app.query_params["conversation"]
    later = another()
    later.query_params["conversation"] = address
    later.run()
    assert "thirty days of annual leave" in html(later)
    assert "The accountant checks every invoice twice." in html(later)
    ask(later, "Which bird builds its nest in Patagonia?")
    assert titles(later) == ["How many days of annual leave does every employee have?"]


def test_conversations_are_listed_searched_opened_and_begun_anew(app):  # noqa: F811
    ask(app.run(), LEAVE)
    button(app, "New conversation").click().run()
    assert "annual leave" not in html(app)
    ask(app, INVOICE)
    assert titles(app) == ["Who checks every invoice?", "How many days of annual leave does every employee have?"]
    app.text_input(key="find-conversation").set_value("THIRTY days").run()
    assert titles(app) == ["How many days of annual leave does every employee have?"]
    button(app, "How many days").click().run()
    assert "thirty days of annual leave" in html(app)
    assert "accountant" not in html(app)


def test_an_unknown_address_begins_anew(app):  # noqa: F811
    app.query_params["conversation"] = "nobody's"
    app.run()
    assert not app.exception
    assert app.toast[0].value == "There is no such conversation any more."
    assert "conversation" not in app.query_params


def test_a_conversation_is_renamed_and_deleted(app):  # noqa: F811
    ask(app.run(), LEAVE)
    app.sidebar.text_input[0].set_value("About *leave*")
    button(app, "Rename").click().run()
    assert titles(app) == ["About \\*leave\\*"]
    button(app, "Delete this conversation").click().run()
    assert titles(app)  # it asks first
    next(each for each in app.button if each.label == "Delete").click().run()
    assert not titles(app)
    assert "thirty days" not in html(app)


def test_all_conversations_are_erased_from_the_folder(app, tmp_path):  # noqa: F811
    ask(app.run(), LEAVE)
    button(app, "Erase all conversations").click().run()
    next(each for each in app.button if each.label == "Erase all").click().run()
    assert not titles(app)
    assert b"annual" not in b"".join(file.read_bytes() for file in (tmp_path / "state").glob("*.sqlite*"))


def test_an_answer_is_rated_and_the_rating_comes_back(app):  # noqa: F811
    ask(app.run(), LEAVE)
    (thumbs,) = app.feedback
    thumbs.set_value(1).run()
    app.main.text_input[0].set_value("exactly").run()
    later = another()
    later.query_params["conversation"] = app.query_params["conversation"]
    later.run()
    assert later.feedback[0].value == 1
    assert later.main.text_input[0].value == "exactly"


def test_a_question_is_asked_of_some_documents_only(app):  # noqa: F811
    app.run()
    app.multiselect(key="scope-documents").set_value(["laptops.md"]).run()
    ask(app, LEAVE)
    assert "Searched only in: Laptops" in html(app)
    assert "thirty days" not in html(app)
    app.multiselect(key="scope-documents").set_value([]).run()
    ask(app, LEAVE)
    assert "thirty days" in html(app)


def test_a_kind_of_documents_is_searched(app, corpus):  # noqa: F811
    write_corpus(
        corpus,
        {
            "one.md": "---\nkind: treaty\n---\nThe fee is nine euros.\n",
            "two.md": "---\nkind: report\n---\nThe fee is ten euros.\n",
        },
    )
    app.run()
    app.pills(key="scope-kinds").set_value(["treaty"]).run()
    ask(app, "How much is the fee in euros?")
    assert "Searched only in: one" in html(app)
    assert "nine euros" in html(app)
    assert "ten euros" not in html(app)


@pytest.mark.parametrize("how", ["StopException", "RerunException"])
def test_a_question_is_stopped_or_survives_that_the_page_is_drawn_anew(app, monkeypatch, how):  # noqa: F811
    from streamlit.runtime.scriptrunner import RerunData, RerunException, StopException

    interrupt = StopException() if how == "StopException" else RerunException(RerunData())
    interruptions = [interrupt]

    def interrupted(*_):
        if interruptions:
            raise interruptions.pop()

    app.run()
    monkeypatch.setattr("cydqa.ui.asking._await", interrupted)
    app.chat_input[0].set_value(LEAVE).run()
    app.run()
    if how == "StopException":
        assert "thirty days" not in html(app)
        assert "stopped" in app.error[0].value
        button(app, "Ask it again").click().run()
    assert "thirty days" in html(app)
    assert not app.error


@pytest.mark.parametrize(
    "question", ["   ", "?" * 5000, "leave " * 1000, "<b>leave</b> & **bold** $x$ [a](javascript:b)"]
)
def test_any_question_is_answered_in_words(app, question):  # noqa: F811
    ask(app.run(), question)
    assert app.error or "cyd-answer" in html(app)
    assert "<b>leave" not in html(app)


def test_the_same_question_may_be_asked_again(app):  # noqa: F811
    ask(ask(app.run(), LEAVE), LEAVE)
    assert html(app).count('class="cyd-question"') == 2
    assert html(app).count("<mark>") == 2


def test_a_declined_question_says_what_was_looked_for_and_why_it_is_declined(app):  # noqa: F811
    ask(app.run(), "What salary has the head of unit?")
    shown = html(app)
    assert 'class="cyd-declined"' in shown
    assert "Looked for “What salary has the head of unit?” in 3 documents." in shown
    assert "None of them has what is asked for: how much money." in shown
    assert "<mark>" not in shown


def test_why_an_answer_is_what_it_is_comes_on_demand(app):  # noqa: F811
    ask(app.run(), LEAVE)
    assert "What the estimate rests on" not in html(app)
    (turn,) = app.session_state["talk"].turns
    app.session_state[f"why-{turn.id}"] = True
    app.run()
    assert "What the estimate rests on" in html(app)
    assert "nearness of the best sentence to the question" in html(app)


def test_markers_of_the_document_say_what_they_stand_for(app, corpus):  # noqa: F811
    write_corpus(
        corpus,
        {
            "pact.md": "---\nreferences:\n  - {number: 3, title: The <Pact>, url: 'https://example.org/pact'}\n---\n"
            "The pact has nine principles [3] and a seat [3.1].\n"
        },
    )
    ask(app.run(), "How many principles has the pact?")
    assert 'title="Reference 3: The &lt;Pact&gt;"' in html(app)
    assert "The document’s list has no such item" in html(app)


def test_a_page_that_others_reach_without_signing_in_keeps_nothing(app, monkeypatch, tmp_path):  # noqa: F811
    app.run()
    monkeypatch.setattr("streamlit.get_option", lambda name: "0.0.0.0" if name == "server.address" else None)  # noqa: S104
    app = another().run()
    ask(app, LEAVE)
    assert "thirty days" in html(app)
    assert b"annual" not in b"".join(file.read_bytes() for file in (tmp_path / "state").glob("*.sqlite*"))
    assert "Conversations are not kept here" in app.sidebar.caption[0].value
    assert "conversation" not in app.query_params


def test_people_who_sign_in_have_their_own_conversations(app, monkeypatch):  # noqa: F811
    from cydqa.access import Visitor

    person = ["Ada"]
    monkeypatch.setattr("cydqa.ui.visitor_of", lambda _: Visitor(person[0], curates=False, can_sign_in=True))
    app.run()
    if not app.chat_input:  # the index is built by a curator
        monkeypatch.setattr("cydqa.ui.visitor_of", lambda _: Visitor(person[0], curates=True, can_sign_in=True))
        app.run()
    ask(app, LEAVE)
    assert titles(app)
    person[0] = "Bob"
    other = another()
    other.query_params["conversation"] = app.query_params["conversation"]
    other.run()
    assert not titles(other)
    assert "thirty days" not in html(other)
    assert other.sidebar.button[0].label == "Sign out"
    app.run()  # the same tab, with somebody else signed in
    assert "thirty days" not in html(app)


def test_rated_answers_are_written_out_as_judged_questions(app, tmp_path):  # noqa: F811
    from cydqa.saved import ConversationStore

    ask(app.run(), LEAVE)
    app.feedback[0].set_value(1).run()
    (line,) = ConversationStore(tmp_path / "state").judged_questions("local").splitlines()
    assert json.loads(line)["answers"][0]["document"] == "leave.md"


def test_a_damaged_file_of_conversations_stops_nobody_from_asking_and_is_left_alone(app, tmp_path):  # noqa: F811
    write_corpus(tmp_path / "state", {"conversations.sqlite": "no database"})
    app.run()
    assert "Conversations can't be kept" in app.sidebar.warning[0].value
    ask(app, LEAVE)
    assert "thirty days" in html(app)
    assert (tmp_path / "state" / "conversations.sqlite").read_text() == "no database"


def test_a_conversation_erased_in_another_tab_ends_here_too(app, tmp_path):  # noqa: F811
    from cydqa.saved import ConversationStore

    ask(app.run(), LEAVE)
    ConversationStore(tmp_path / "state").delete_all("local")
    app.run()
    assert app.toast[0].value == "There is no such conversation any more."
    assert "thirty days" not in html(app)
    assert "thirty days" in html(ask(app, LEAVE))


def test_what_is_asked_while_the_conversation_is_erased_is_answered_all_the_same(app, tmp_path, monkeypatch):  # noqa: F811
    from cydqa.saved import ConversationStore

    app.run()
    monkeypatch.setattr("cydqa.ui.asking._await", lambda *_: ConversationStore(tmp_path / "state").delete_all("local"))
    ask(app, LEAVE)
    assert "thirty days" in html(app)
    assert "This is not kept" in app.toast[0].value


def test_what_another_tab_asked_is_taken_over(app):  # noqa: F811
    ask(app.run(), LEAVE)
    other = another()
    other.query_params["conversation"] = app.query_params["conversation"]
    ask(other.run(), INVOICE)
    app.run()
    assert "The accountant checks every invoice twice." in html(app)


def test_a_rating_goes_with_the_answer_that_it_was_of(app):  # noqa: F811
    ask(ask(app.run(), LEAVE), "And who checks every invoice?")
    app.session_state["talk"].turns[1] = replace(app.session_state["talk"].turns[1], literal=True)
    app.run()
    app.feedback[1].set_value(1).run()
    button(app, "Read it with the questions before it").click().run()
    assert app.feedback[1].value is None


def test_chosen_documents_that_are_gone_are_not_silently_all(app, corpus, tmp_path, fake_encoder, parsers):  # noqa: F811
    app.run()
    app.multiselect(key="scope-documents").set_value(["laptops.md"]).run()
    (corpus / "laptops.md").unlink()
    build_index(corpus, tmp_path / "index", embedder=fake_encoder, parsers=parsers)
    ask(app, LEAVE)
    assert "Searched only in: nothing, since the documents chosen are gone" in html(app)
    assert "thirty days" not in html(app)


def test_answers_that_show_removed_documents_can_be_erased(app, corpus, tmp_path, fake_encoder, parsers):  # noqa: F811
    ask(ask(app.run(), LEAVE), "Which laptops may travel abroad?")
    (corpus / "laptops.md").unlink()
    build_index(corpus, tmp_path / "index", embedder=fake_encoder, parsers=parsers)
    app.run()
    assert "encrypted disk" in html(app)
    button(app, "Erase answers that show removed documents").click().run()
    assert "encrypted disk" not in html(app)
    assert not any("removed documents" in each.label for each in app.button)
    assert b"laptops.md" not in b"".join(file.read_bytes() for file in (tmp_path / "state").glob("*.sqlite*"))


def test_the_way_back_from_a_document_leads_to_its_turn(app):  # noqa: F811
    app.run()
    for _ in range(12):
        ask(app, LEAVE)
    assert 'getElementById("question-1")' not in html(app)
    app.query_params["turn"] = app.session_state["talk"].turns[0].id
    app.run()
    assert 'getElementById("question-1")' in html(app)
    assert 'id="question-1"' in html(app)


def test_a_slip_of_ours_is_said_in_words_once(app, monkeypatch):  # noqa: F811
    from cydqa.assistant import Assistant

    app.run()
    with monkeypatch.context() as broken:
        broken.setattr(Assistant, "ask", lambda *_, **__: 1 / 0)
        app.chat_input[0].set_value(LEAVE).run()
        assert "Something went wrong" in app.error[0].value
    app.run()
    assert "Something went wrong" in app.error[0].value
