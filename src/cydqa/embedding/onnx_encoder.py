"""The encoder as it was exported: ONNX Runtime and tokenizers, ready in a fraction of a second.

The only place that imports onnxruntime, and only when something is embedded.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cydqa.cores import cores
from cydqa.embedding import Matrix, unit_rows
from cydqa.embedding.exports import AGAIN, GRAPH, TOKENIZER, WEIGHTS, Export
from cydqa.embedding.model_files import ModelFiles
from cydqa.embedding.tokenizer import ModelTokenizer
from cydqa.errors import ModelUnavailableError

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Encoding, Tokenizer

_BATCH_TOKENS = 768  # padding included: beyond some hundred, a core gains nothing from a larger batch, and memory grows


class OnnxEmbedder:
    """Gives the vectors of the model that was exported. Loads its graph once, at the first text; safe to share.

    Threads that embed at the same time do not wait for each other.
    """

    def __init__(self, files: ModelFiles, folder: Path, export: Export) -> None:
        """Use `open_encoder`.

        Args:
            folder: that of the export, whose files are verified when they are first used.
        """
        self._files = files
        self.name = files.name
        self.fingerprint = files.fingerprint
        self.dim = files.dim
        self.window = files.window
        self._folder = folder
        self._export = export
        self._lock = threading.Lock()  # held only while the graph is loaded
        self._loaded: onnxruntime.InferenceSession | None = None

    @cached_property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes of those that the model was trained on."""
        return self._files.languages()

    @cached_property
    def tokenizer(self) -> ModelTokenizer:
        """The model's own tokenizer."""
        self._export.verify(self._folder, TOKENIZER)
        return ModelTokenizer(self._folder / TOKENIZER)

    def embed_chunks(self, texts: Sequence[str], done: Callable[[int], None] = lambda n: None) -> Matrix:
        """(len(texts), dim) float32, unit rows. Texts of like length go together, and every core takes batches."""
        self._session()
        tokenizer = self._encoding_tokenizer
        prompt = self._export.passage_prompt
        encoded = tokenizer.encode_batch([prompt + text for text in texts]) if texts else []
        vectors = np.empty((len(texts), self.dim), np.float32)
        batches = list(_batches([len(entry.ids) for entry in encoded]))
        # One thread for each batch: two halves of one batch would wait for each other at every layer.
        with ThreadPoolExecutor(cores()) as threads:
            try:
                for rows, found in zip(
                    batches, threads.map(lambda rows: self._run([encoded[i] for i in rows]), batches), strict=True
                ):
                    vectors[rows] = found
                    done(len(rows))
            finally:
                threads.shutdown(cancel_futures=True)
        return vectors

    def embed_query(self, text: str) -> Matrix:
        """(dim,) float32, unit length."""
        self._session()
        vector: Matrix = self._run([self._encoding_tokenizer.encode(self._export.query_prompt + text)])[0]
        return vector

    def _run(self, encoded: "Sequence[Encoding]") -> Matrix:
        most = max(len(entry.ids) for entry in encoded)
        ids, mask = np.zeros((2, len(encoded), most), np.int64)
        for row, entry in enumerate(encoded):
            ids[row, : len(entry.ids)] = entry.ids
            mask[row, : len(entry.ids)] = 1  # what is masked has no influence, whatever the padding is
        values = dict(zip(("input_ids", "attention_mask"), (ids, mask), strict=True))
        return unit_rows(self._session().run(None, {name: values[name] for name in self._export.inputs})[0])

    def _session(self) -> "onnxruntime.InferenceSession":
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = self._load()
        return self._loaded

    def _load(self) -> "onnxruntime.InferenceSession":
        self._export.verify(self._folder, GRAPH, TOKENIZER)
        with ThreadPoolExecutor(1) as beside:  # hashing the weights takes as long as the import
            weights = beside.submit(self._export.verify, self._folder, WEIGHTS)
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.inter_op_num_threads = 1
            options.log_severity_level = 3  # errors
            try:
                # The weights are mapped from their file, which may be replaced by a build while they are used.
                session = onnxruntime.InferenceSession(
                    str(self._folder / GRAPH), options, providers=["CPUExecutionProvider"]
                )
            except Exception as error:  # ONNX Runtime has its own kinds, and none in common
                weights.result()
                raise ModelUnavailableError(f"{self._folder} can't be loaded: {error}", hint=AGAIN) from error
            weights.result()
        return session

    @cached_property
    def _encoding_tokenizer(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER))
        tokenizer.no_padding()
        tokenizer.enable_truncation(self._export.window)
        return tokenizer


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts with these numbers of tokens, in batches of at most so many tokens, padding included."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if batch and lengths[batch[0]] * (len(batch) + 1) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
