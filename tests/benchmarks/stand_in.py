"""An encoder that looks vectors up, so that a million passages can be indexed in minutes instead of half a day.

A passage of the real index gets the vector that the real encoder gave it. Any other text, a sentence too, gets one that
lies near to a real one (see `perturbed.py`): like real ones in place and density, but with no relation to what the text
says. Questions are embedded by the real encoder.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
from perturbed import NEIGHBOURHOOD, between, chosen, neighbours

from cydqa.embedding.opening import open_encoder
from cydqa.index.arrays import StoredArray
from cydqa.index.publish import built_name, generation_folder
from cydqa.index.texts import digest


class StandIn:
    """Has the shape of an encoder; the real one must have been exported below `index`."""

    name = "stand-in"

    def __init__(self, index: Path):
        self._real = open_encoder("", index)
        self.fingerprint = f"stand-in for {self._real.fingerprint}"
        self.dim, self.window, self.languages = self._real.dim, self._real.window, self._real.languages
        self.tokenizer, self.embed_query = self._real.tokenizer, self._real.embed_query
        folder = generation_folder(index, built_name(index))
        self._vectors = StoredArray(folder / "vectors.npy")
        with closing(sqlite3.connect(folder / "passages.sqlite")) as connection:
            digests = [row[0] for row in connection.execute("SELECT digest FROM chunks ORDER BY row")]
        self._rows = {key: row for row, key in enumerate(digests)}
        count = len(self._vectors)
        self._near = [
            neighbours(self._vectors.slice(first, min(first + NEIGHBOURHOOD, count)).astype(np.float32))
            for first in range(0, count, NEIGHBOURHOOD)
        ]

    def embed_chunks(self, texts, done=lambda n: None):
        digests = [digest(text) for text in texts]
        numbers = np.array([int.from_bytes(key[:8], "big") for key in digests], np.uint64)
        rows = np.array([self._rows.get(key, -1) for key in digests])
        known = rows >= 0
        vectors = np.empty((len(texts), self.dim), np.float32)
        vectors[known] = self._vectors.take(rows[known])
        if not known.all():
            vectors[~known] = self._perturbed(numbers[~known])
        done(len(texts))
        return vectors

    def _perturbed(self, numbers):
        """A vector for each number, the same ones for the same numbers together."""
        rng = np.random.default_rng(numbers)
        base = (numbers % np.uint64(len(self._vectors))).astype(np.int64)
        block = base // NEIGHBOURHOOD
        near = np.stack([self._near[b][row % NEIGHBOURHOOD] for b, row in zip(block, base, strict=True)])
        other = block * NEIGHBOURHOOD + chosen(near, rng)
        one, another = (self._vectors.take(rows).astype(np.float32) for rows in (base, other))
        return between(one, another, rng)
