"""What is erased is gone from every file, and a file of another version is brought up to date or refused."""

import contextlib
import random
import sqlite3
import stat
from dataclasses import replace

import pytest

from cydqa.errors import StateError
from cydqa.saved import ConversationStore, schema

ME, OTHER = "issuer me", "issuer other"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def store(folder):
    return ConversationStore(folder)


@pytest.fixture
def newer(monkeypatch):
    """From now on the program is the next version."""

    def newer(*statements):
        monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, statements))

    return newer


def on_disk(folder, text):
    """The names of the files in the folder that hold a text."""
    return [path.name for path in folder.iterdir() if text.encode() in path.read_bytes()]


def ask(store, conversation, question, answer=None, owner=ME):
    turn = store.add_turn(owner, conversation.id, question, None)
    if answer:
        store.answer(owner, turn.id, answer=answer, literal=False)
    return turn.id


def test_a_deleted_conversation_is_gone_from_the_disk(store, folder, assistant):
    answer = assistant.ask("How long is annual leave?")
    kept, erased = store.create(ME, "title-kept"), store.create(ME, "title-erased")
    ask(store, kept, "question-kept")
    store.rate(ME, ask(store, erased, "question-erased", answer), False, "note-erased")
    assert on_disk(folder, "thirty days of annual leave")
    store.delete(ME, erased.id)
    for text in ("title-erased", "question-erased", "note-erased", erased.id, "thirty days of annual leave"):
        assert on_disk(folder, text) == []
    assert on_disk(folder, "question-kept") == ["conversations.sqlite"]
    assert [each.title for each in store.conversations(ME)] == ["title-kept"]
    with pytest.raises(StateError):
        store.delete(ME, erased.id)


def test_deleting_all_leaves_what_others_have(store, folder):
    for owner in (ME, ME, OTHER):
        ask(store, store.create(owner, f"title of {owner}"), f"question of {owner}", owner=owner)
    assert store.delete_all(ME) == 2
    assert on_disk(folder, ME) == []
    assert len(store.conversations(OTHER)) == 1
    assert store.delete_all(ME) == 0


def test_no_trace_is_left_of_rows_that_were_moved_about(store, folder):
    """Without writing the file anew, pages that were filled, split and emptied keep some."""
    chance = random.Random(1)  # noqa: S311
    marks, gone = iter(range(10**6)), set()
    conversations, turns = [], {}
    for _ in range(500):
        step = chance.random()
        mark = f"mark{next(marks):06}x"
        if step < 0.15 or not turns:
            conversations.append(store.create(ME, mark))
            turns[ask(store, conversations[-1], mark * chance.randint(1, 40))] = conversations[-1]
        elif step < 0.4:
            conversation = chance.choice(conversations)
            turns[ask(store, conversation, mark * chance.randint(1, 40))] = conversation
        elif step < 0.92:
            store.rate(ME, chance.choice(list(turns)), True, mark * chance.randint(1, 40))
        elif len(conversations) > 1:
            erased = conversations.pop(chance.randrange(len(conversations)))
            for turn in store.turns(ME, erased.id):
                gone |= {turn.question[:11], turn.note[:11]} - {""}
                del turns[turn.id]
            gone.add(erased.title)
            store.delete(ME, erased.id)
    whole = (folder / "conversations.sqlite").read_bytes()
    assert len(gone) > 50
    assert [mark for mark in sorted(gone) if mark.encode() in whole] == []


def test_what_quotes_a_document_is_counted_and_erased(store, folder, assistant):
    leave, laptops = (assistant.ask(q) for q in ("How long is annual leave?", "How often is a laptop replaced?"))
    assert {each.document_id for each in laptops.citations} == {"laptops.md"}
    laptops = replace(laptops, explanation=None)  # it names every passage that was looked at
    only, mixed, empty = store.create(ME, "only"), store.create(ME, "mixed"), store.create(ME, "empty")
    ask(store, only, "How long?", leave)
    ask(store, mixed, "How often?", laptops)
    ask(store, mixed, "And how long?", leave)
    ask(store, store.create(OTHER, "theirs"), "How long?", leave, owner=OTHER)
    assert store.quoting(ME, ["leave.md"]) == 2
    assert store.quoting(ME, ["leave.md", "laptops.md"]) == 3
    assert store.quoting(ME, ["leave", "leave%", ""]) == store.quoting(ME, []) == 0
    assert store.erase_quoting(ME, ["leave.md"]) == 2
    assert [each.title for each in store.conversations(ME)] == ["mixed", "empty"]
    assert [turn.question for turn in store.turns(ME, mixed.id)] == ["How often?"]
    assert store.quoting(OTHER, ["leave.md"]) == 1
    assert store.erase_quoting(None, ["leave.md"]) == 1
    assert store.conversations(OTHER) == []
    assert on_disk(folder, "thirty days of annual leave") == []
    assert on_disk(folder, "replaced every four years")
    assert store.conversation(ME, empty.id).turns == 0


def test_passages_shown_as_nearest_or_in_an_explanation_count_as_quoted(store, assistant):
    declined = assistant.ask("Who won the football match?", min_confidence=1)
    assert declined.declined
    assert declined.nearest
    shown = {each.document_id for each in declined.nearest}
    conversation = store.create(ME, "x")
    ask(store, conversation, "?", replace(declined, explanation=None))
    assert store.quoting(ME, shown) == 1
    ask(store, conversation, "?", replace(declined, nearest=()))
    assert store.quoting(ME, {each.document_id for each in declined.explanation.passages}) == 2


def test_a_new_version_brings_the_file_up_to_date_after_copying_it(store, folder, newer):
    ask(store, store.create(ME, "Old"), "question-old")
    before = (folder / "conversations.sqlite").read_bytes()
    newer("ALTER TABLE turns ADD COLUMN mood TEXT", "UPDATE turns SET mood = 'calm'")
    store = ConversationStore(folder)
    copy = folder / "conversations.v1.sqlite"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(on_disk(folder, "question-old")) == ["conversations.sqlite", "conversations.v1.sqlite"]
    with (
        contextlib.closing(sqlite3.connect(copy)) as old,
        contextlib.closing(sqlite3.connect(folder / "conversations.sqlite")) as new,
    ):
        assert old.execute("SELECT question FROM turns").fetchall() == [("question-old",)]
        assert old.execute("PRAGMA user_version").fetchone() == (1,)
        assert new.execute("SELECT question, mood FROM turns").fetchall() == [("question-old", "calm")]
        assert new.execute("PRAGMA user_version").fetchone() == (2,)
    assert (folder / "conversations.sqlite").read_bytes() != before
    assert store.conversations(ME, "question-old")[0].title == "Old"


def test_versions_are_passed_one_by_one(store, folder, newer):
    store.create(ME, "Old")
    newer("ALTER TABLE turns ADD COLUMN mood TEXT")
    newer("ALTER TABLE turns RENAME COLUMN mood TO tone")
    ConversationStore(folder)
    with contextlib.closing(sqlite3.connect(folder / "conversations.sqlite")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (3,)
        assert connection.execute("SELECT tone FROM turns").fetchall() == []


def test_an_update_that_fails_changes_nothing(store, folder, newer):
    ask(store, store.create(ME, "Old"), "question-old")
    before = (folder / "conversations.sqlite").read_bytes()
    newer("ALTER TABLE turns ADD COLUMN mood TEXT", "UPDATE nowhere SET mood = 1")
    for _ in range(2):
        with pytest.raises(StateError):
            ConversationStore(folder)
    assert (folder / "conversations.sqlite").read_bytes() == before


def test_erasing_reaches_the_copy_of_an_older_version(store, folder, newer):
    conversation = store.create(ME, "Old")
    ask(store, conversation, "question-old")
    newer("ALTER TABLE turns ADD COLUMN mood TEXT")
    store = ConversationStore(folder)
    assert on_disk(folder, "question-old") != ["conversations.sqlite"]
    with pytest.raises(StateError):
        store.delete(OTHER, conversation.id)
    assert len(on_disk(folder, "question-old")) == 2  # nothing was erased
    store.delete(ME, conversation.id)
    assert on_disk(folder, "question-old") == []


def test_a_file_of_a_newer_version_is_refused_and_left_alone(store, folder, newer, monkeypatch):
    conversation = store.create(ME, "New")
    with monkeypatch.context() as later:
        later.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("ALTER TABLE turns ADD COLUMN mood TEXT",)))
        ConversationStore(folder)
    before = (folder / "conversations.sqlite").read_bytes()
    for use in (
        lambda: ConversationStore(folder),
        lambda: store.conversations(ME),
        lambda: store.rename(ME, conversation.id, "x"),
        lambda: store.delete(ME, conversation.id),
    ):
        with pytest.raises(StateError, match="newer version") as refused:
            use()
        assert "Update cydqa" in refused.value.hint
    assert (folder / "conversations.sqlite").read_bytes() == before


def test_a_file_in_use_by_another_program_is_an_error_that_says_so(store, folder, monkeypatch):
    monkeypatch.setattr(schema, "_BUSY_SECONDS", 0.1)
    with contextlib.closing(sqlite3.connect(folder / "conversations.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StateError) as refused:
            store.create(ME, "x")
    assert "try again" in refused.value.hint
    assert store.create(ME, "x").title == "x"
