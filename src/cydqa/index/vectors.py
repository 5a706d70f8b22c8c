"""Vectors for a build: from the live generation where it embedded the same text, else from the encoder."""

import hashlib
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from cydqa.embedding import Embedder, Matrix
from cydqa.index.passages import Digests
from cydqa.index.store import Generation
from cydqa.types import Progress

OnProgress = Callable[[Progress], None]


def digest(text: str) -> bytes:
    """By which two texts to embed are the same."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


class VectorSource:
    """Gives every text its vector and embeds each text that is new only once."""

    def __init__(self, embedder: Embedder, live: Generation | None, on_progress: OnProgress) -> None:
        self.embedder = embedder
        self.embedded = 0
        self._on_progress = on_progress
        same_encoder = live is not None and live.manifest.recipe.fingerprint == embedder.fingerprint
        self._live = live if same_encoder else None
        self._old = self._live.passages.digests() if self._live else Digests([], [])

    def passages(self, texts: Sequence[str], digests: Sequence[bytes]) -> Matrix:
        """(len(texts), dim) float32 unit rows."""
        rows = np.arange(len(self._old.chunks), dtype=np.int64)
        vectors: Iterable[Matrix] = self._live.dense.vectors(rows) if self._live else ()
        return self._vectors("embedding passages", texts, digests, dict(zip(self._old.chunks, vectors, strict=True)))

    def sentences(self, texts: Sequence[str], digests: Sequence[bytes]) -> Matrix:
        """(len(texts), dim) float32 unit rows; those from the live generation were rounded to float16 by it."""
        vectors: Iterable[Matrix] = self._live.sentences if self._live else ()
        return self._vectors(
            "embedding sentences", texts, digests, dict(zip(self._old.sentences, vectors, strict=True))
        )

    def _vectors(
        self, stage: str, texts: Sequence[str], digests: Sequence[bytes], known: dict[bytes, Matrix]
    ) -> Matrix:
        new = {key: text for key, text in zip(digests, texts, strict=True) if key not in known}
        finished = 0

        def done(count: int) -> None:
            nonlocal finished
            if not self.embedded:
                self._on_progress(Progress("loading the encoder", 1, 1))
            finished += count
            self.embedded += count
            self._on_progress(Progress(stage, finished, len(new)))

        if new:
            if not self.embedded:
                self._on_progress(Progress("loading the encoder", 0, 1))  # the first text does that
            known.update(zip(new, self.embedder.embed_chunks(list(new.values()), done), strict=True))
        matrix = np.empty((len(digests), self.embedder.dim), np.float32)
        for row, key in enumerate(digests):
            matrix[row] = known[key]
        return matrix
