"""Texts -> vectors. Nothing heavy is imported until something is embedded."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from cydqa.chunking import Tokenizer

Matrix = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


class Embedder(Protocol):
    """Turns passages, sentences and questions into unit vectors of one space."""

    name: str  # for people
    fingerprint: str  # of everything that decides the vectors; written into the index manifest
    dim: int
    window: int  # tokens that the model reads of one text, special tokens included

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes of those that it was trained on; empty where nothing says so."""

    @property
    def tokenizer(self) -> Tokenizer:
        """The model's own tokenizer."""

    def embed_chunks(self, texts: Sequence[str], done: Callable[[int], None] = ...) -> Matrix:
        """(len(texts), dim) float32, unit rows, in the order of `texts`; `done(n)` is called as texts finish."""

    def embed_query(self, text: str) -> Matrix:
        """(dim,) float32, unit length."""


def unit_rows(vectors: Matrix) -> Matrix:
    """(n, dim) float32: the same directions, of length 1; a vector of zeros stays one."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)
