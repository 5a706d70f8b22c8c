"""The vectors that a build has embedded, by a digest of their texts, in a file that outlives a build that was killed.

The next build takes from it what was finished, so that nothing is embedded twice. It lies in the staging folder, which
goes with the first build that succeeds.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from cydqa.embedding import Matrix
from cydqa.index.arrays import Array
from cydqa.index.exact import STORED

NAME = "texts.sqlite"
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS encoder (version INTEGER, fingerprint TEXT, dim INTEGER);
CREATE TABLE IF NOT EXISTS texts (row INTEGER PRIMARY KEY, digest BLOB UNIQUE, vector BLOB);
"""


def digest(text: str) -> bytes:
    """By which two texts to embed are the same."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


class EmbeddedTexts:
    """Vectors as float16, found by digest. Close it at the end."""

    def __init__(self, folder: Path, fingerprint: str, dim: int) -> None:
        """Open the file that an interrupted build with the same encoder left in `folder`, or begin a new one."""
        self._dim = dim
        encoder = (_VERSION, fingerprint, dim)
        if not _is_of(folder, encoder):
            forget(folder)
        self._connection = _connect(folder)
        self._connection.executescript(_SCHEMA)
        if not self._connection.execute("SELECT 1 FROM encoder").fetchone():
            self._connection.execute("INSERT INTO encoder VALUES (?, ?, ?)", encoder)
        self._connection.execute("DELETE FROM texts WHERE vector IS NULL")  # were waiting for their turn

    def claim(self, digests: Sequence[bytes]) -> list[bool]:
        """Of each text whether it is a new one, which the caller is to embed; from then on it is none."""
        with self._connection:
            self._connection.execute("BEGIN")
            insert = "INSERT OR IGNORE INTO texts (digest) VALUES (?)"
            return [self._connection.execute(insert, [key]).rowcount == 1 for key in digests]

    def keep(self, digests: Sequence[bytes], vectors: Matrix) -> None:
        """Store the vectors of texts that were claimed, (n, dim) float32, so that they survive a crash."""
        stored = vectors.astype(STORED)
        with self._connection:
            self._connection.execute("BEGIN")
            self._connection.executemany(
                "UPDATE texts SET vector = ? WHERE digest = ?",
                ((vector.tobytes(), key) for vector, key in zip(stored, digests, strict=True)),
            )

    def find(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        """The stored vectors of those of the texts that have one."""
        found = {}
        for key in digests:
            row = self._connection.execute("SELECT vector FROM texts WHERE digest = ?", [key]).fetchone()
            if row and row[0]:
                found[key] = row[0]
        return found

    def matrix(self, stored: Sequence[bytes]) -> Array:
        """(len(stored), dim) float16."""
        return np.frombuffer(b"".join(stored), STORED).reshape(-1, self._dim)

    def close(self) -> None:
        """Close the file, which stays."""
        self._connection.close()


def forget(folder: Path) -> None:
    """Delete the file."""
    for path in folder.glob(f"{NAME}*"):
        path.unlink()


def holds_any(folder: Path) -> bool:
    """Whether an interrupted build has left vectors in `folder`."""
    return bool(_select(folder, "SELECT 1 FROM texts WHERE vector NOT NULL LIMIT 1"))


def _is_of(folder: Path, encoder: tuple[int, str, int]) -> bool:
    return _select(folder, "SELECT * FROM encoder") == [encoder]


def _select(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """What an interrupted build's file says; nothing where there is none, or it is damaged."""
    if not (folder / NAME).exists():
        return []
    try:
        with closing(_connect(folder)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.DatabaseError:
        return []


def _connect(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / NAME, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection
