"""Which encoder answers: the exported one where there is one, else the model itself."""

import logging
from pathlib import Path

from cydqa.embedding import Embedder
from cydqa.embedding.exports import (
    export_folder,
    is_intact,
    known_stamps,
    publish_export,
    read_export,
    refusal,
    refuse,
)
from cydqa.embedding.model_files import locate_model
from cydqa.embedding.onnx_encoder import OnnxEmbedder

_LOG = logging.getLogger(__name__)


def open_encoder(model: str, index_dir: Path | None = None, *, may_download: bool = False) -> Embedder:
    """The encoder that the settings name; "" is the installed one.

    Args:
        index_dir: where a build may have exported it; None for the model itself.

    Raises:
        ModelUnavailableError: if its files are missing or not what they should be.
    """
    files = locate_model(model, may_download=may_download, known=known_stamps(index_dir) if index_dir else ())
    if index_dir and (export := read_export(index_dir, files.fingerprint)):
        return OnnxEmbedder(files, export_folder(index_dir, files.fingerprint), export)
    from cydqa.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(files)


def ensure_exported(model: str, embedder: Embedder, index_dir: Path, scratch: Path, *, again: bool) -> Embedder:
    """Export the encoder unless that was done; a model that can't be exported embeds by itself, as a log line says.

    Args:
        embedder: what `open_encoder` gave for `model` and `index_dir`.
        scratch: a folder on the same disk, to export into.
        again: try even what could not be exported before.
    """
    from cydqa.embedding.sentence_transformer import SentenceTransformerEmbedder

    if isinstance(embedder, OnnxEmbedder):
        if is_intact(index_dir, embedder.fingerprint):
            return embedder
        embedder = SentenceTransformerEmbedder(locate_model(model, may_download=False))
    if not isinstance(embedder, SentenceTransformerEmbedder):
        return embedder
    reason = None if again else refusal(index_dir, embedder.fingerprint)
    if reason is None:
        from cydqa.embedding.exporting import ExportRefusedError, export_encoder

        folder = scratch / "encoder"
        folder.mkdir()
        try:
            export_encoder(embedder, folder)
            publish_export(index_dir, folder, embedder.fingerprint)
            return open_encoder(model, index_dir)
        except ExportRefusedError as refused:
            reason = str(refused)
            if refused.for_good:
                refuse(index_dir, embedder.fingerprint, reason)
    _LOG.warning("The encoder %s answers slowly, because %s.", embedder.name, reason)
    return embedder
