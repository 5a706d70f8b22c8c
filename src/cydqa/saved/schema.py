"""The file of the conversations: where it is, what stands in it, and how it is opened.

A rollback journal rather than a write-ahead log: it is deleted with every transaction, so that nothing that was erased
stays behind in it. Transactions are short; who comes second waits. Each use has a connection of its own, which makes
threads as safe as processes.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cydqa.errors import StateError

FILE = "conversations.sqlite"
_BUSY_SECONDS = 10.0
_CREATING = threading.Lock()  # to close a file that a connection of this process has open would undo its locks

# Each entry leads from one version to the next; `PRAGMA user_version` says how many are done. Never change one that was
# published: add another. `searched` is what a search looks through, `record` an answer as compressed JSON, `shown` the
# documents that it rests on.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE conversations (id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL,"
        " searched TEXT NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL) STRICT",
        "CREATE INDEX conversations_of ON conversations (owner, changed)",
        "CREATE TABLE turns (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
        " conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, asked TEXT NOT NULL,"
        " question TEXT NOT NULL, documents TEXT, literal INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',"
        " good INTEGER, note TEXT NOT NULL DEFAULT '', searched TEXT NOT NULL) STRICT",
        "CREATE INDEX turns_of ON turns (conversation)",
        "CREATE TABLE answers (turn INTEGER PRIMARY KEY REFERENCES turns ON DELETE CASCADE,"
        " record BLOB NOT NULL) STRICT",
        "CREATE TABLE shown (turn INTEGER NOT NULL REFERENCES turns ON DELETE CASCADE, document TEXT NOT NULL,"
        " PRIMARY KEY (turn, document)) STRICT, WITHOUT ROWID",
    ),
)


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the file in this folder, which is made or brought up to date first.

    Raises:
        StateError: if that can't be done, or what is done with the connection can't.
    """
    path = folder / FILE
    with _explained(path):
        _create(path)
        with closing(_connect(path)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA foreign_keys = ON")
            if _version(connection, path) < len(MIGRATIONS):
                _migrate(connection, path)
            yield connection


@contextmanager
def changing(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection inside a transaction, which is undone if anything is raised; raises like `opened`."""
    with opened(folder) as connection, _transaction(connection):
        _version(connection, folder / FILE)  # a newer program may have been first
        yield connection


@contextmanager
def erasing(folder: Path) -> Iterator[sqlite3.Connection]:
    """Like `changing`, and what is deleted is gone from every file of the folder, too."""
    path = folder / FILE
    with opened(folder) as connection:
        with _transaction(connection):
            _version(connection, path)
            before = connection.total_changes
            yield connection
            if connection.total_changes > before:
                for copy in folder.glob(f"{path.stem}.v*.sqlite*"):
                    copy.unlink()
        if connection.total_changes > before:
            # Rows that were moved to another page have left their bytes in free space of the old one.
            connection.execute("VACUUM")


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY_SECONDS, isolation_level=None)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.execute("COMMIT")


def _create(path: Path) -> None:
    with _CREATING:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StateError(
            f"{path} was written by a newer version of cydqa.",
            hint="Update cydqa, or set CYDQA_STATE to another folder.",
        )
    return version


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    with _transaction(connection):
        done = _version(connection, path)
        if done == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise StateError(
                f"{path} is not a file of conversations.", hint="Move it away, or set CYDQA_STATE to another folder."
            )
        if 0 < done < len(MIGRATIONS):
            _copy(path, path.with_name(f"{path.stem}.v{done}.sqlite"))
        for statements in MIGRATIONS[done:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _copy(path: Path, copy: Path) -> None:
    """Copy the file as it is, while its transaction keeps others from changing it."""
    copy.unlink(missing_ok=True)  # of a migration that did not succeed
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(_connect(path)) as source, closing(_connect(copy)) as target:
            source.backup(target)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise


DAMAGED = "Nothing in it was changed. Restore the file from a backup, or move it away to begin anew."
_ACCESS = "See that the folder and the file can be written to, or set CYDQA_STATE to another folder."
_HINTS = {
    sqlite3.SQLITE_BUSY: "Another program is using it; try again in a moment.",
    sqlite3.SQLITE_FULL: "Make room on the disk and try again.",
    sqlite3.SQLITE_READONLY: _ACCESS,
    sqlite3.SQLITE_CANTOPEN: _ACCESS,
    sqlite3.SQLITE_PERM: _ACCESS,
    sqlite3.SQLITE_IOERR: _ACCESS,
}


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Errors of SQLite and of the file system, in words."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what distinguishes errors of a kind
        raise StateError(
            f"The conversations in {path} can't be used: {error}.", hint=_HINTS.get(code, DAMAGED)
        ) from error
    except UnicodeDecodeError as error:  # of a message that names a damaged table
        raise StateError(f"The conversations in {path} are damaged.", hint=DAMAGED) from error
    except OSError as error:
        raise StateError(f"The conversations in {path} can't be used: {error.strerror}.", hint=_ACCESS) from error
