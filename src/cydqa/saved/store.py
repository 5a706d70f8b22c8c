"""Conversations in a folder: every method sees those of one owner only, and those of others are not there."""

import json
import secrets
import sqlite3
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from cydqa.errors import StateError
from cydqa.saved import judged
from cydqa.saved.records import answer_of, documents_in, record_of
from cydqa.saved.schema import DAMAGED, changing, erasing, opened
from cydqa.saved.texts import folded, storable
from cydqa.saved.turns import Conversation, Turn
from cydqa.types import Answer

Kept = TypeVar("Kept", Conversation, Turn)

_CONVERSATION = (
    "SELECT c.id, c.title, c.created, c.changed, (SELECT count(*) FROM turns t WHERE t.conversation = c.id)"
    " FROM conversations c WHERE c.owner = ?"
)
_TURN = (
    "SELECT t.id, t.question, t.documents, t.literal, a.record, t.error, t.good, t.note, t.asked"
    " FROM turns t LEFT JOIN answers a ON a.turn = t.row WHERE t.conversation = ? ORDER BY t.row"
)
# A table of the turns that rest on one of these documents, of one owner or of all.
_RESTING = (
    "SELECT DISTINCT s.turn, t.conversation FROM shown s JOIN turns t ON t.row = s.turn"
    " JOIN conversations c ON c.id = t.conversation"
    " WHERE s.document IN (SELECT value FROM json_each(?)) AND (?2 IS NULL OR c.owner = ?2)"
)
_UNREADABLE = "This answer can't be read. Another version of cydqa kept it, or the file is damaged."


class ConversationStore:
    """Conversations in one SQLite file of a folder. Safe for several threads and several processes.

    Every method raises StateError if the file can't be used, or if the owner has no such conversation or turn.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with opened(folder):
            pass

    def conversations(self, owner: str, search: str = "") -> list[Conversation]:
        """Those with the words searched for, as they stand, in title, questions or quotes; newest activity first."""
        query, values = _CONVERSATION, [owner]
        if wanted := folded(search):
            query += (
                " AND (instr(c.searched, ?) OR EXISTS"
                " (SELECT 1 FROM turns t WHERE t.conversation = c.id AND instr(t.searched, ?)))"
            )
            values += [wanted, wanted]
        with opened(self._folder) as connection:
            found = connection.execute(f"{query} ORDER BY c.changed DESC, c.rowid DESC", values)
            return _read(_conversation, found)

    def conversation(self, owner: str, conversation_id: str) -> Conversation:
        """One conversation."""
        with opened(self._folder) as connection:
            found = connection.execute(f"{_CONVERSATION} AND c.id = ?", (owner, conversation_id)).fetchone()
        if found is None:
            raise _missing("conversation")
        return _read(_conversation, [found])[0]

    def create(self, owner: str, title: str) -> Conversation:
        """Begin a conversation."""
        title, now, new = storable(title), _now(), secrets.token_urlsafe()
        with changing(self._folder) as connection:
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?)", (new, owner, title, folded(title), now, now)
            )
        return _conversation(new, title, now, now, 0)

    def rename(self, owner: str, conversation_id: str, title: str) -> None:
        """Give a conversation another title."""
        title = storable(" ".join(title.split()))
        if not title:
            raise StateError("A conversation needs a title.", hint="Type one.")
        with changing(self._folder) as connection:
            _check_conversation(connection, owner, conversation_id)
            connection.execute(
                "UPDATE conversations SET title = ?, searched = ? WHERE id = ?", (title, folded(title), conversation_id)
            )

    def delete(self, owner: str, conversation_id: str) -> None:
        """Erase a conversation with its turns."""
        with erasing(self._folder) as connection:
            _check_conversation(connection, owner, conversation_id)
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))

    def delete_all(self, owner: str) -> int:
        """Erase all conversations of the owner; how many there were."""
        with erasing(self._folder) as connection:
            return connection.execute("DELETE FROM conversations WHERE owner = ?", (owner,)).rowcount

    def turns(self, owner: str, conversation_id: str) -> list[Turn]:
        """The turns of a conversation, oldest first."""
        with opened(self._folder) as connection:
            connection.execute("BEGIN")  # what is checked and what is read is the same state
            _check_conversation(connection, owner, conversation_id)
            return _read(_turn, connection.execute(_TURN, (conversation_id,)))

    def add_turn(self, owner: str, conversation_id: str, question: str, documents: Iterable[str] | None) -> Turn:
        """Add a question that has no answer yet.

        Args:
            documents: ids that the search is restricted to; None for all.
        """
        question, now, new = storable(question), _now(), secrets.token_urlsafe()
        restriction = None if documents is None else json.dumps(list(documents))
        with changing(self._folder) as connection:
            _check_conversation(connection, owner, conversation_id)
            connection.execute(
                "INSERT INTO turns (id, conversation, asked, question, documents, searched) VALUES (?, ?, ?, ?, ?, ?)",
                (new, conversation_id, now, question, restriction, folded(question)),
            )
            _touch(connection, conversation_id)
        return _turn(new, question, restriction, 0, None, "", None, "", now)

    def answer(self, owner: str, turn_id: str, *, answer: Answer, literal: bool) -> None:
        """Keep the answer to a question, instead of what was there: an answer before it, its rating, or an error.

        Args:
            literal: whether the question was taken as it was typed, without the turns before it.
        """
        record = record_of(answer)
        searched = "\n".join(
            map(folded, (answer.question, answer.read_as or "", *(citation.quote for citation in answer.citations)))
        )
        with changing(self._folder) as connection:
            row = _clear(connection, owner, turn_id)
            connection.execute(
                "UPDATE turns SET literal = ?, error = '', searched = ? WHERE row = ?", (literal, searched, row)
            )
            connection.execute("INSERT INTO answers VALUES (?, ?)", (row, _packed(record)))
            connection.executemany(
                "INSERT INTO shown VALUES (?, ?)", {(row, storable(document)) for document in documents_in(record)}
            )

    def fail(self, owner: str, turn_id: str, message: str) -> None:
        """Keep why a question has no answer, instead of what was there."""
        with changing(self._folder) as connection:
            row = _clear(connection, owner, turn_id)
            connection.execute("UPDATE turns SET error = ? WHERE row = ?", (storable(message), row))

    def rate(self, owner: str, turn_id: str, good: bool | None, note: str = "") -> None:
        """Keep whether an answer is good, and why; None takes it back."""
        with changing(self._folder) as connection:
            row, _ = _check_turn(connection, owner, turn_id)
            connection.execute("UPDATE turns SET good = ?, note = ? WHERE row = ?", (good, storable(note), row))

    def documents(self, owner: str) -> set[str]:
        """The ids of all documents that turns quote, show or explain."""
        query = (
            "SELECT DISTINCT s.document FROM shown s JOIN turns t ON t.row = s.turn"
            " JOIN conversations c ON c.id = t.conversation WHERE c.owner = ?"
        )
        with opened(self._folder) as connection:
            return {row[0] for row in connection.execute(query, (owner,))}

    def quoting(self, owner: str, document_ids: Iterable[str]) -> int:
        """How many turns quote, show or explain one of these documents."""
        with opened(self._folder) as connection:
            found = connection.execute(f"SELECT count(*) FROM ({_RESTING})", (_listed(document_ids), owner))  # noqa: S608
            return int(found.fetchone()[0])

    def erase_quoting(self, owner: str | None, document_ids: Iterable[str]) -> int:
        """Erase the turns that quote, show or explain one of these documents, and conversations that have no others.

        What remains may still name what was read there: in a title, or in a later question as it was read.

        Args:
            owner: None for those of everybody.

        Returns:
            How many turns went.
        """
        with erasing(self._folder) as connection:
            found = connection.execute(_RESTING, (_listed(document_ids), owner)).fetchall()
            connection.executemany("DELETE FROM turns WHERE row = ?", [(row,) for row, _ in found])
            connection.executemany(
                "DELETE FROM conversations WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM turns WHERE conversation = ?1)",
                {(conversation,) for _, conversation in found},
            )
            return len(found)

    def judged_questions(self, owner: str) -> str:
        """The rated turns that say what answers a question, as judged questions for `cydqa eval`: JSON lines."""
        return "".join(map(judged.judged_lines, self._rated(owner)))

    def questions_to_judge(self, owner: str) -> str:
        """The turns that were found wanting, which somebody has to judge first: JSON lines without answers."""
        return "".join(map(judged.lines_to_judge, self._rated(owner)))

    def _rated(self, owner: str) -> list[list[Turn]]:
        """The conversations with a rated turn, all turns of each, oldest first."""
        with opened(self._folder) as connection:
            connection.execute("BEGIN")
            found = connection.execute(
                "SELECT id FROM conversations c WHERE owner = ? AND EXISTS (SELECT 1 FROM turns"
                " WHERE conversation = c.id AND good IS NOT NULL) ORDER BY created, rowid",
                (owner,),
            ).fetchall()
            return [_read(_turn, connection.execute(_TURN, each)) for each in found]


def _check_conversation(connection: sqlite3.Connection, owner: str, conversation_id: str) -> None:
    if not connection.execute(
        "SELECT 1 FROM conversations WHERE id = ? AND owner = ?", (conversation_id, owner)
    ).fetchone():
        raise _missing("conversation")


def _check_turn(connection: sqlite3.Connection, owner: str, turn_id: str) -> tuple[int, str]:
    """The row of a turn, and its conversation."""
    found = connection.execute(
        "SELECT t.row, c.id FROM turns t JOIN conversations c ON c.id = t.conversation WHERE t.id = ? AND c.owner = ?",
        (turn_id, owner),
    ).fetchone()
    if found is None:
        raise _missing("question")
    row, conversation_id = found
    return row, conversation_id


def _clear(connection: sqlite3.Connection, owner: str, turn_id: str) -> int:
    """Take away what was said to a question, and how that was rated; the row of the turn."""
    row, conversation_id = _check_turn(connection, owner, turn_id)
    connection.execute("DELETE FROM answers WHERE turn = ?", (row,))
    connection.execute("DELETE FROM shown WHERE turn = ?", (row,))
    question = connection.execute("SELECT question FROM turns WHERE row = ?", (row,)).fetchone()[0]
    connection.execute("UPDATE turns SET good = NULL, note = '', searched = ? WHERE row = ?", (folded(question), row))
    _touch(connection, conversation_id)
    return row


def _touch(connection: sqlite3.Connection, conversation_id: str) -> None:
    connection.execute("UPDATE conversations SET changed = ? WHERE id = ?", (_now(), conversation_id))


def _read(make: Callable[..., Kept], rows: Iterable[tuple[Any, ...]]) -> list[Kept]:
    try:
        return [make(*row) for row in rows]
    except (TypeError, ValueError) as error:
        raise StateError(f"A kept conversation is damaged: {error}.", hint=DAMAGED) from error


def _conversation(conversation_id: str, title: str, created: str, changed: str, turns: int) -> Conversation:
    return Conversation(conversation_id, title, datetime.fromisoformat(created), datetime.fromisoformat(changed), turns)


def _turn(
    turn_id: str,
    question: str,
    documents: str | None,
    literal: int,
    record: bytes | None,
    error: str,
    good: int | None,
    note: str,
    asked: str,
) -> Turn:
    try:
        answer = None if record is None else answer_of(json.loads(zlib.decompress(record)))
    except (ValueError, zlib.error):
        answer, error = None, _UNREADABLE
    restriction: Any = None if documents is None else tuple(json.loads(documents))
    rated = None if good is None else bool(good)
    when = datetime.fromisoformat(asked)
    return Turn(turn_id, question, restriction, bool(literal), answer, error, rated, note, when)


def _missing(what: str) -> StateError:
    return StateError(f"There is no such {what}.", hint="It may have been erased. Choose another conversation.")


def _listed(document_ids: Iterable[str]) -> str:
    return json.dumps([storable(document) for document in document_ids])


def _packed(record: dict[str, Any]) -> bytes:
    """A quarter of the size, so that an erasure, which writes the whole file anew, takes a quarter of the time."""
    return zlib.compress(json.dumps(record).encode(), level=1)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
