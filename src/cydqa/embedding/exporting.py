"""Exporting the encoder from sentence-transformers to ONNX, and the proof that it stays the same encoder."""

import logging
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cydqa.embedding.exports import FILES, GRAPH, TOKENIZER, Export
from cydqa.embedding.onnx_encoder import OnnxEmbedder
from cydqa.embedding.sentence_transformer import SentenceTransformerEmbedder
from cydqa.library import sha256_of

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SAME_COSINE = 0.9999  # of the vectors of one text, at least
_INPUTS = ("input_ids", "attention_mask")
_PARTS = {"Transformer", "Pooling", "Dense", "Normalize"}
_PROSE = (
    "A desk officer reads that forty-one states met in Geneva in 2021, and asks: who signed? "
    "Zwölf Länder – “drafted” at 09:30 – sent naïve e-mails to cert@example.org; 外交, дипломатия, 😀. "
)


class ExportRefusedError(Exception):
    """The model can't be exported, or its export gives other vectors; the model itself serves.

    `for_good` is False where it may go well another time.
    """

    def __init__(self, reason: str, *, for_good: bool = True) -> None:
        super().__init__(reason)
        self.for_good = for_good


def export_encoder(reference: SentenceTransformerEmbedder, folder: Path) -> OnnxEmbedder:
    """Export the encoder into an empty folder, and compare it with the model on texts of all lengths.

    Raises:
        ExportRefusedError: with the reason.
        OSError: if the files can't be written.
    """
    model = reference.model
    _refuse_unusual(model)
    with _refusing("it can't be exported"):  # whatever operator or shape the exporter does not know
        _write_graph(model, folder / GRAPH)
    shutil.copyfile(reference.files.folder / TOKENIZER, folder / TOKENIZER)
    prompts = {name: text for name, text in model.prompts.items() if text}
    document = next((prompts[name] for name in ("document", "passage", "corpus") if name in prompts), "")
    export = Export(
        fingerprint=reference.fingerprint,
        window=int(model.max_seq_length or reference.window),
        inputs=_INPUTS,
        query_prompt=prompts.get("query", ""),
        passage_prompt=document,
        files={name: sha256_of(folder / name) for name in FILES},
        source=str(reference.files.folder),
        stamps=dict(reference.files.stamps),
    )
    export.write(folder)
    exported = OnnxEmbedder(reference.files, folder, export)
    with _refusing("its export can't be used"):  # whatever the runtime does not know
        _refuse_other_vectors(reference, exported)
    return exported


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    """Take every error as a reason to refuse, but for one in writing files."""
    try:
        yield
    except (OSError, ExportRefusedError):
        raise
    except Exception as error:
        passing = isinstance(error, MemoryError | ImportError) or "allocate memory" in str(error)  # as PyTorch says it
        raise ExportRefusedError(f"{what}: {error}", for_good=not passing) from error


def _refuse_unusual(model: "SentenceTransformer") -> None:
    for module in model:
        name = type(module).__name__
        if name not in _PARTS:
            raise ExportRefusedError(f"it has a part of an unusual kind, {name}")
        if name == "Pooling" and not module.include_prompt and any(model.prompts.values()):
            raise ExportRefusedError("its pooling leaves out the prompt")


def _write_graph(model: "SentenceTransformer", path: Path) -> None:
    import torch

    typed = "token_type_ids" in model.tokenizer.model_input_names

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.parts = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features: dict[str, Any] = dict(zip(_INPUTS, (input_ids, attention_mask), strict=True))
            if typed:
                features["token_type_ids"] = torch.zeros_like(input_ids)  # a text alone is of the first type
            for part in self.parts:
                features = part(features)
            vectors: torch.Tensor = features["sentence_embedding"]
            return vectors

    ids = torch.ones((2, 9), dtype=torch.int64)
    mask = torch.ones_like(ids)
    mask[1, 6:] = 0  # or the exporter takes it that nothing is ever masked
    sizes = {0: "texts", 1: "tokens"}
    with torch.no_grad(), _quiet():
        torch.onnx.export(
            Whole().eval(),
            (ids, mask),
            str(path),
            input_names=list(_INPUTS),
            output_names=["vector_of_text"],
            dynamic_shapes=(sizes, sizes),
            dynamo=True,
            external_data=True,
            verbose=False,
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """What the exporter says on its way is for its own developers."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _refuse_other_vectors(reference: SentenceTransformerEmbedder, exported: OnnxEmbedder) -> None:
    texts = ["", " Norms ", *(_PROSE[:length] for length in range(2, len(_PROSE), 17)), _PROSE * 2, _PROSE * 40]
    pairs = [(reference.embed_chunks(texts), exported.embed_chunks(texts))]
    pairs += [(reference.embed_query(text)[np.newaxis], exported.embed_query(text)[np.newaxis]) for text in texts]
    least = min(float(np.vecdot(one, other).min()) for one, other in pairs)
    if not least >= SAME_COSINE:  # NaN, too
        raise ExportRefusedError(f"its export gives other vectors: a cosine is {least:.6f}, not {SAME_COSINE}")
