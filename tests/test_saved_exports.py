"""Titles, conversations as Markdown, and rated turns as judged questions."""

import html
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cydqa.errors import CydqaError
from cydqa.evaluation.questions import read_questions
from cydqa.evaluation.run import evaluate
from cydqa.saved import Conversation, ConversationStore, Turn, conversation_markdown, title_of
from cydqa.saved.markdown import escaped
from cydqa.types import Disagreement, Metadata

ME = "issuer me"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
READER = MarkdownIt("gfm-like", {"linkify": False, "html": True})
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=y> [a](javascript:b) ![i](http://evil.example/i.png)"
    " <https://evil.example> **b** _c_ `d` ~~e~~ | # f &lt; &amp;"
)


def turn(answer=None, **fields):
    usual = {"id": "t", "question": "How long?", "documents": None, "literal": False, "answer": answer, "error": ""}
    return Turn(**{**usual, "good": None, "note": "", "asked": NOON, **fields})


def markdown(*turns, title="Leave", **options):
    return conversation_markdown(Conversation("c", title, NOON, NOON, len(turns)), turns, **options)


def shown(text):
    """What a reader sees of Markdown, without tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", READER.render(text)))


@pytest.fixture
def leave(assistant):
    return assistant.ask("How long is annual leave?")


@pytest.fixture
def declined(assistant):
    return assistant.ask("Who won the football match?", min_confidence=1)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Who led it?", "Who led it?"),
        ("  Who\nled  it? ", "Who led it?"),
        ("", "Conversation"),
        ("word " * 30, "word " * 11 + "word…"),
        ("x" * 5000, "x" * 59 + "…"),
        ("a" * 60, "a" * 60),
        ("a" * 59 + " b", "a" * 59 + "…"),
        ("a" * 50 + ", " + "b" * 50, "a" * 50 + "…"),
    ],
)
def test_a_title_is_the_question_cut_at_a_word(question, title):
    assert title_of(question) == title
    assert len(title_of(question)) <= 60


@given(st.text(alphabet=st.sampled_from("\\`*_[]{}#-.+=<>&~$^@:!|()1 9a\nwx/\"'"), max_size=30) | st.text())
@example("1. a")
@example("12345678) a")
@example("- a")
@example("    code")
@example("===")
@example("www.example.org https://example.org a@b.c :smile: --- ...")
@example(HOSTILE)
def test_any_text_shows_as_it_is_in_markdown(text):
    line = " ".join(text.split()).replace("\0", "\ufffd")
    for before, tag in (("", "p"), ("> ", "blockquote"), ("# ", "h1"), ("3. ", "ol"), ("- ", "li")):
        drawn = READER.render(f"{before}{escaped(text)}\n")
        assert html.unescape(re.sub(r"<[^>]+>", "", drawn)).strip() == line
        assert set(re.findall(r"<(\w+)", drawn)) <= {"p", "blockquote", "h1", "ol", "ul", "li"}
        assert not line or f"<{tag}" in drawn


def test_addresses_in_a_text_do_not_become_links():
    """Viewers that link bare addresses look for these in the source."""
    text = escaped("See https://evil.example, www.evil.example, WWW.evil.example, ftp://evil.example")
    assert not re.search(r"://|www\.", text, re.IGNORECASE)


def test_a_conversation_reads_as_it_was_shown(leave):
    text = markdown(
        turn(leave),
        turn(replace(leave, read_as="How long is leave?"), question="And leave?", documents=("leave.md",)),
        turn(leave, literal=True),
        turn(error="The model is missing."),
        turn(),
    )
    read = shown(text)
    assert read.splitlines()[0] == "Leave"
    assert "Begun on 2026-05-01" in read
    assert f"“{leave.citations[0].quote}” [1]" in read
    assert f"Confidence that this answers the question: {leave.confidence:.0%}" in read
    assert "Read as: How long is leave?" in read
    assert "Asked of these documents only: leave.md" in read
    assert "Taken as it was typed" in read
    assert "Not answered. The model is missing." in read
    assert text.count("## Question") == 5
    assert READER.render(text).count("<blockquote>") == 5


def test_references_are_numbered_through_with_their_sections(leave, assistant):
    laptops = assistant.ask("How often is a laptop replaced?")
    known = {"leave.md": Metadata(authors=("Lee, Ann",), accessed="2026-11-23")}
    text = markdown(turn(laptops), turn(leave), turn(laptops), metadata=known)
    references = shown(text.partition("## References")[2]).strip().splitlines()
    assert references[0] == "Laptops. laptops.md"
    number = 1 + next(n for n, line in enumerate(references) if line.startswith("Lee, Ann. Annual leave."))
    assert f"“{leave.citations[0].quote}” [{number}]" in shown(text)
    assert shown(text).count(f"“{laptops.citations[0].quote}” [1]") == 2
    assert '<a href="https://example.org/leave">' in READER.render(text)


def test_quotes_that_differ_are_said_to_with_the_numbers_of_the_references(leave, assistant):
    laptops = assistant.ask("How often is a laptop replaced?")
    first = leave.citations[0]
    other = replace(first, number=2, section=("Other",))
    differing = replace(
        leave,
        citations=(first, other),
        parts=leave.parts[:1],
        disagreements=(Disagreement("days", (("thirty days", 1), ("20 days", 2))),),
    )
    read = shown(markdown(turn(laptops), turn(differing)))
    count = len(laptops.citations)
    assert f"The quotes differ: thirty days [{count + 1}] (2024-05-01), 20 days [{count + 2}] (2024-05-01)." in read


def test_a_declined_question_is_said_to_be_with_the_nearest_passages(declined):
    text = markdown(turn(declined, question="Who won?"))
    read = shown(text)
    assert "do not seem to answer this question" in read
    assert "may be related" in read
    for citation in declined.nearest:
        assert f"{citation.title}. " in read
    assert "Confidence" not in read
    assert "References" not in read
    assert declined.nearest[0].passage not in read


def test_nothing_hostile_becomes_markup_or_a_link(leave):
    bad = replace(
        leave.citations[0],
        title=HOSTILE,
        section=(HOSTILE,),
        quote=HOSTILE,
        url="javascript:alert(1)",
        publisher=HOSTILE,
    )
    hostile = replace(
        leave,
        citations=(bad,),
        parts=(replace(leave.parts[0], text=HOSTILE, citation=1),),
        read_as=HOSTILE,
        disagreements=(Disagreement(HOSTILE, ((HOSTILE, 1),)),),
    )
    text = markdown(
        turn(hostile, question=HOSTILE, documents=(HOSTILE,)),
        turn(replace(hostile, declined=True, nearest=(bad,))),
        turn(error=HOSTILE),
        title=HOSTILE,
    )
    drawn = READER.render(text)
    assert set(re.findall(r"<(\w+)", drawn)) == {"h1", "h2", "p", "blockquote", "ol", "ul", "li"}
    assert f"“{HOSTILE}” [1]" in shown(text)


def test_an_address_that_ends_a_link_early_stays_inside_it(leave):
    bad = replace(leave.citations[0], url="https://example.org/a>b<script>alert(1)</script> [x](y)")
    drawn = READER.render(markdown(turn(replace(leave, citations=(bad,), parts=leave.parts[:1]))))
    assert "<script" not in drawn
    assert drawn.count("<a ") == 1


@pytest.fixture
def rated(tmp_path, leave, declined):
    """A store with a conversation that was rated in every way, and one that was not."""
    store = ConversationStore(tmp_path / "state")
    conversation = store.create(ME, "Leave")
    ids = {}
    for name, question, answer, documents, good in (
        ("right", "How long is annual leave?", leave, None, True),
        ("unrated", "How long is the\u2028break?", leave, None, None),
        ("failed", "Who?", None, None, True),
        ("no answer", "Who won the football match?", declined, None, True),
        ("not in these", "Who won the cup?", declined, ["leave.md"], True),
        ("wrong", "When does it expire?", leave, None, False),
        ("missed", "Who approves it?", declined, None, False),
        ("follow-up", "And annual leave?", replace(leave, read_as="How long is annual leave?"), None, True),
    ):
        turn = store.add_turn(ME, conversation.id, question, documents)
        if answer:
            store.answer(ME, turn.id, answer=answer, literal=False)
        store.rate(ME, turn.id, good, f"note on {name}")
        ids[name] = f"rated-{turn.id}"
    other = store.create(ME, "Other")
    store.answer(ME, store.add_turn(ME, other.id, "Unrated?", None).id, answer=leave, literal=False)
    return store, ids


def test_what_was_rated_as_good_is_a_judged_question(rated, leave, tmp_path):
    store, ids = rated
    file = tmp_path / "judged.jsonl"
    file.write_text(store.judged_questions(ME), "utf-8")
    questions = {question.id: question for question in read_questions(file)}
    assert set(questions) == {ids["right"], ids["no answer"], ids["follow-up"]}
    right = questions[ids["right"]]
    assert [(each.document, each.section, each.quote) for each in right.answers] == [
        (each.document_id, each.section, each.quote) for each in leave.citations
    ]
    assert questions[ids["no answer"]].answers == ()
    assert questions[ids["follow-up"]].kind == "rated follow-up"
    assert questions[ids["no answer"]].history == ("How long is annual leave?", "How long is the\u2028break?")
    assert [json.loads(line)["note"] for line in file.read_text("utf-8").splitlines()] == [
        "note on right",
        "note on no answer",
        "note on follow-up",
    ]


def test_judged_questions_are_evaluated(rated, assistant, tmp_path):
    store, ids = rated
    file = tmp_path / "judged.jsonl"
    file.write_text(store.judged_questions(ME), "utf-8")
    outcomes = {outcome.question.id: outcome for outcome in evaluate(assistant, read_questions(file)).outcomes}
    assert outcomes[ids["right"]].right
    assert outcomes[ids["right"]].rank == 1
    assert len(outcomes) == 3


def test_what_was_rated_as_bad_waits_for_a_judgement(rated, leave, tmp_path):
    store, ids = rated
    lines = store.questions_to_judge(ME)
    records = {record["id"]: record for record in map(json.loads, lines.splitlines())}
    assert set(records) == {ids["wrong"], ids["missed"]}
    wrong, missed = records[ids["wrong"]], records[ids["missed"]]
    assert wrong["quoted"][0]["quote"] == leave.citations[0].quote
    assert (wrong["declined"], missed["declined"], missed["quoted"]) == (False, True, [])
    assert missed["nearest"]
    assert wrong["note"] == "note on wrong"
    file = tmp_path / "to-judge.jsonl"
    file.write_text(lines, "utf-8")
    with pytest.raises(CydqaError, match="answers"):
        read_questions(file)


def test_a_question_taken_literally_has_no_history(tmp_path, leave):
    store = ConversationStore(tmp_path / "state")
    conversation = store.create(ME, "Leave")
    for literal in (False, True):
        turn = store.add_turn(ME, conversation.id, "How long is annual leave?", None)
        store.answer(ME, turn.id, answer=leave, literal=literal)
        store.rate(ME, turn.id, True)
    assert [json.loads(line)["history"] for line in store.judged_questions(ME).splitlines()] == [[], []]
