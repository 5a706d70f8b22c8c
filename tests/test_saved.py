"""Conversations as they are kept, each owner's apart."""

import contextlib
import multiprocessing
import random
import sqlite3
import stat
import threading

import pytest

from cydqa.errors import StateError
from cydqa.saved import ConversationStore

ME, OTHER = "issuer me", "issuer other"
QUESTION = "How long is annual leave?"


@pytest.fixture
def store(tmp_path):
    return ConversationStore(tmp_path / "state")


@pytest.fixture
def answer(assistant):
    return assistant.ask(QUESTION)


def ask(store, conversation, question=QUESTION, answer=None, owner=ME):
    """A turn of a conversation, answered if there is an answer; its id."""
    turn = store.add_turn(owner, conversation.id, question, None)
    if answer:
        store.answer(owner, turn.id, answer=answer, literal=False)
    return turn.id


def test_what_was_asked_and_answered_is_there_after_a_restart(store, tmp_path, answer):
    conversation = store.create(ME, "Leave")
    turn = store.add_turn(ME, conversation.id, QUESTION, ["leave.md", "laptops.md"])
    assert store.turns(ME, conversation.id) == [turn]
    assert (turn.answer, turn.error, turn.literal, turn.good) == (None, "", False, None)
    store.answer(ME, turn.id, answer=answer, literal=True)
    store.rate(ME, turn.id, True, "As it is.")
    again = ConversationStore(tmp_path / "state")
    (kept,) = again.turns(ME, conversation.id)
    assert kept.answer == answer
    assert (kept.id, kept.question, kept.documents) == (turn.id, QUESTION, ("leave.md", "laptops.md"))
    assert (kept.literal, kept.good, kept.note, kept.asked) == (True, True, "As it is.", turn.asked)
    (listed,) = again.conversations(ME)
    assert (listed.id, listed.title, listed.created, listed.turns) == (
        conversation.id,
        "Leave",
        conversation.created,
        1,
    )
    assert listed == again.conversation(ME, conversation.id)


def test_the_conversation_used_last_comes_first_and_renaming_is_no_use(store):
    first, second = store.create(ME, "First"), store.create(ME, "Second")
    assert [each.title for each in store.conversations(ME)] == ["Second", "First"]
    ask(store, first)
    assert [each.title for each in store.conversations(ME)] == ["First", "Second"]
    store.rename(ME, second.id, "  Third\n one ")
    assert [each.title for each in store.conversations(ME)] == ["First", "Third one"]


def test_a_title_is_needed(store):
    with pytest.raises(StateError):
        store.rename(ME, store.create(ME, "Leave").id, " \n ")


def test_a_turn_has_an_answer_or_an_error_and_a_rating_of_what_is_shown(store, answer):
    conversation = store.create(ME, "Leave")
    turn = ask(store, conversation)
    store.fail(ME, turn, "The model is missing.")
    assert store.turns(ME, conversation.id)[0].error == "The model is missing."
    store.answer(ME, turn, answer=answer, literal=False)
    store.rate(ME, turn, False, "Wrong.")
    store.answer(ME, turn, answer=answer, literal=True)
    (kept,) = store.turns(ME, conversation.id)
    assert (kept.error, kept.answer, kept.literal, kept.good, kept.note) == ("", answer, True, None, "")
    store.rate(ME, turn, True)
    store.rate(ME, turn, None)
    store.fail(ME, turn, "Too late.")
    (kept,) = store.turns(ME, conversation.id)
    assert (kept.error, kept.answer, kept.good) == ("Too late.", None, None)
    assert store.quoting(ME, ["leave.md"]) == 0


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ANNUAL", ["Budget", "Holiday"]),  # in a question and in a quote
        ("thirty  days of\nannual", ["Holiday"]),  # in a quote alone
        ("holi", ["Holiday"]),
        ("straße", ["Budget"]),
        ("STRASSE", ["Budget"]),
        ("100%", ["Budget"]),
        ("1__%", []),
        ("%", ["Budget"]),
        ("_", []),
        ("annual strasse", []),
        ("days zürich", []),
        ("", ["Budget", "Holiday"]),
        ("  ", ["Budget", "Holiday"]),
    ],
)
def test_a_search_finds_words_as_they_were_typed(store, answer, search, found):
    ask(store, store.create(ME, "Holiday"), "How many days?", answer)
    ask(store, store.create(ME, "Budget"), "Is the annual budget for the Straße in Zu\u0308rich spent to 100%?")
    assert [each.title for each in store.conversations(ME, search)] == found


def test_an_answer_that_was_replaced_is_no_longer_found(store, assistant, answer):
    turn = ask(store, store.create(ME, "A"), "How many days?", answer)
    store.answer(ME, turn, answer=assistant.ask("How often is a laptop replaced?"), literal=True)
    assert store.conversations(ME, "thirty days") == []
    store.fail(ME, turn, "no")
    assert store.conversations(ME, "laptop") == []
    assert len(store.conversations(ME, "many days")) == 1


def test_what_belongs_to_somebody_else_is_not_there(store, answer):
    mine = store.create(ME, "Mine")
    turn = ask(store, mine, answer=answer)
    before = store.turns(ME, mine.id)
    attempts = [
        lambda owner, conversation, turn: store.conversation(owner, conversation),
        lambda owner, conversation, turn: store.turns(owner, conversation),
        lambda owner, conversation, turn: store.rename(owner, conversation, "Taken"),
        lambda owner, conversation, turn: store.add_turn(owner, conversation, "?", None),
        lambda owner, conversation, turn: store.answer(owner, turn, answer=answer, literal=True),
        lambda owner, conversation, turn: store.fail(owner, turn, "no"),
        lambda owner, conversation, turn: store.rate(owner, turn, False, "no"),
        lambda owner, conversation, turn: store.delete(owner, conversation),
    ]
    for attempt in attempts:
        with pytest.raises(StateError) as foreign:
            attempt(OTHER, mine.id, turn)
        with pytest.raises(StateError) as missing:
            attempt(OTHER, "nowhere", "nothing")
        assert str(foreign.value) == str(missing.value)
    assert store.conversations(OTHER) == store.conversations(OTHER, "leave") == []
    assert (
        store.quoting(OTHER, ["leave.md"]) == store.erase_quoting(OTHER, ["leave.md"]) == store.delete_all(OTHER) == 0
    )
    assert store.judged_questions(OTHER) == store.questions_to_judge(OTHER) == ""
    assert store.turns(ME, mine.id) == before
    assert store.conversation(ME, mine.id).title == "Mine"


def test_ids_can_not_be_guessed_and_fit_an_address(store):
    ids = [store.create(ME, "x").id for _ in range(20)]
    assert len(set(ids)) == 20
    assert all(len(each) >= 32 and each.replace("-", "").replace("_", "").isalnum() for each in ids)


def test_only_the_user_can_read_the_file(store, tmp_path):
    folder = tmp_path / "state"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_any_text_that_python_can_hold_is_kept(store):
    conversation = store.create(ME, "half \ud800 pair \x00 and nul")
    turn = store.add_turn(ME, conversation.id, "\ud800\x00'; DROP TABLE turns; --", ["\ud800.md"])
    store.rate(ME, turn.id, False, "\udfff")
    store.fail(ME, turn.id, "\udfff")
    assert store.conversations(ME, "\ud800 pair")[0].title == conversation.title
    assert store.turns(ME, conversation.id)[0].question.endswith("'; DROP TABLE turns; --")


def test_threads_and_processes_write_side_by_side(store, tmp_path):
    conversation = store.create(ME, "Busy")
    errors = []

    def write(name):
        try:
            for number in range(10):
                turn = store.add_turn(ME, conversation.id, f"{name} {number}", None)
                store.rate(ME, turn.id, True)
                store.turns(ME, conversation.id)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(f"thread {n}",)) for n in range(3)]
    processes = [
        multiprocessing.get_context("spawn").Process(target=_write, args=(tmp_path / "state", conversation.id, n))
        for n in range(2)
    ]
    for each in threads + processes:
        each.start()
    for each in threads + processes:
        each.join()
    assert errors == []
    assert [process.exitcode for process in processes] == [0, 0]
    turns = store.turns(ME, conversation.id)
    assert len({turn.question for turn in turns}) == len(turns) == 50
    assert all(turn.good for turn in turns)


def _write(folder, conversation_id, name):
    store = ConversationStore(folder)
    for number in range(10):
        store.rate(ME, store.add_turn(ME, conversation_id, f"process {name} {number}", None).id, True)


def test_many_can_open_a_folder_for_the_first_time_at_once(tmp_path):
    made = []
    threads = [threading.Thread(target=lambda: made.append(ConversationStore(tmp_path / "new"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    for store in made:
        store.create(ME, "x")
    assert len(made[0].conversations(ME)) == 8


def test_a_folder_that_was_deleted_meanwhile_is_made_anew(store, tmp_path):
    store.create(ME, "Old")
    (tmp_path / "state" / "conversations.sqlite").unlink()
    assert store.conversations(ME) == []
    assert store.create(ME, "New").turns == 0


def test_a_folder_that_can_not_be_made_is_an_error_with_a_hint(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError) as caught:
        ConversationStore(tmp_path / "file")
    assert caught.value.hint
    (tmp_path / "state" / "conversations.sqlite").mkdir(parents=True)
    with pytest.raises(StateError):
        ConversationStore(tmp_path / "state")


@pytest.mark.parametrize("held", [b"no database " * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_an_error_and_stays_as_it_is(tmp_path, held):
    file = tmp_path / "conversations.sqlite"
    file.write_bytes(held)
    with pytest.raises(StateError) as caught:
        ConversationStore(tmp_path)
    assert "backup" in caught.value.hint
    assert file.read_bytes() == held


def test_a_file_of_another_program_is_left_alone(tmp_path):
    file = tmp_path / "conversations.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    before = file.read_bytes()
    with pytest.raises(StateError, match="not a file of conversations"):
        ConversationStore(tmp_path)
    assert file.read_bytes() == before


def test_whatever_byte_is_damaged_nobody_sees_more_than_an_error(store, tmp_path, answer):
    conversation = store.create(ME, "Leave")
    turn = ask(store, conversation, answer=answer)
    file = tmp_path / "state" / "conversations.sqlite"
    whole = file.read_bytes()
    chance = random.Random(6)  # noqa: S311
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        file.write_bytes(damaged)
        for use in (
            lambda: store.conversations(ME, "leave"),
            lambda: store.turns(ME, conversation.id),
            lambda: store.quoting(ME, ["leave.md"]),
            lambda: store.judged_questions(ME),
            lambda: store.rate(ME, turn, True, "Note."),
            lambda: store.delete(ME, conversation.id),
        ):
            try:
                use()
            except StateError:  # anything else is a traceback on somebody's page
                refused += 1
    assert refused


def test_an_answer_that_can_not_be_read_does_not_hide_the_others(store, tmp_path, answer):
    conversation = store.create(ME, "Leave")
    first, second = ask(store, conversation, answer=answer), ask(store, conversation, answer=answer)
    with contextlib.closing(sqlite3.connect(tmp_path / "state" / "conversations.sqlite")) as connection, connection:
        connection.execute("UPDATE answers SET record = x'00' WHERE turn = 1")
    unreadable, readable = store.turns(ME, conversation.id)
    assert (unreadable.id, unreadable.answer, readable.id, readable.answer) == (first, None, second, answer)
    assert "can't be read" in unreadable.error
