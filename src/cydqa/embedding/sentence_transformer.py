"""The encoder through sentence-transformers: the only place that imports it, and only when something is embedded."""

import os
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cydqa.embedding import Matrix, unit_rows
from cydqa.embedding.model_files import ModelFiles
from cydqa.embedding.tokenizer import ModelTokenizer
from cydqa.errors import ModelUnavailableError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 32


class SentenceTransformerEmbedder:
    """Reimers and Gurevych, "Sentence-BERT", EMNLP 2019. Loads its model once, at the first text; safe to share."""

    def __init__(self, files: ModelFiles) -> None:
        self.files = files
        self.name = files.name
        self.fingerprint = files.fingerprint
        self.dim = files.dim
        self.window = files.window
        self._lock = threading.Lock()  # the tokenizer inside must not be used by two threads at once

    @cached_property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes of those that the model was trained on."""
        return self.files.languages()

    @cached_property
    def tokenizer(self) -> ModelTokenizer:
        """The model's own tokenizer, without the model."""
        return ModelTokenizer(self.files.folder / "tokenizer.json")

    def embed_chunks(self, texts: Sequence[str], done: Callable[[int], None] = lambda n: None) -> Matrix:
        """(len(texts), dim) float32, unit rows. Embeds longest first, so that no batch is mostly padding."""
        vectors = np.empty((len(texts), self.dim), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            with self._lock:
                vectors[rows] = unit_rows(self.model.encode_document([texts[i] for i in rows], batch_size=_BATCH))
            done(len(rows))
        return vectors

    def embed_query(self, text: str) -> Matrix:
        """(dim,) float32, unit length."""
        with self._lock:
            model = self.model
            import torch  # after the model has set how its threads wait

            threads = torch.get_num_threads()
            # One short text gains nothing from a second thread, and threads that wait for each other while another
            # program has the cores make it thirty times slower.
            torch.set_num_threads(1)
            try:
                vector: Matrix = unit_rows(model.encode_query([text]))[0]
            finally:
                torch.set_num_threads(threads)
        return vector

    @cached_property
    def model(self) -> "SentenceTransformer":
        """The model itself, on the CPU.

        Raises:
            ModelUnavailableError: if it can't be loaded.
        """
        # OpenMP's threads spin while they wait, unless told otherwise before they exist: a build beside a question, or
        # any other busy program, would slow both down several times.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        # Loading takes a fraction of a second; it was the import that took the time.
        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(
                str(self.files.folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
            raise ModelUnavailableError(
                f"The model in {self.files.folder} can't be loaded: {error}", hint="Fetch the model again."
            ) from error
