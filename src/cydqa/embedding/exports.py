"""The exported encoder on disk: a graph for ONNX Runtime with its tokenizer, which needs neither torch nor the model.

A build exports the encoder once, into `encoders/<fingerprint>/` below the index folder; every generation that the same
encoder built shares it.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from cydqa.embedding.model_files import FileStamp
from cydqa.errors import ModelUnavailableError
from cydqa.library import Stamp, sha256_of
from cydqa.library.storing import sync, sync_tree

VERSION = 1  # of the files of an export
GRAPH = "model.onnx"
WEIGHTS = "model.onnx.data"
TOKENIZER = "tokenizer.json"
FILES = (GRAPH, WEIGHTS, TOKENIZER)
_DESCRIPTION = "encoder.json"
_REFUSAL = "refused.txt"
ENCODERS = "encoders"  # below the index folder
AGAIN = "Run `cydqa index`, which exports the encoder again."


@dataclass(frozen=True, slots=True)
class Export:
    """What `encoder.json` says: everything that the graph alone does not."""

    fingerprint: str
    window: int  # tokens, special tokens included
    inputs: tuple[str, ...]
    query_prompt: str  # stands in front of every question
    passage_prompt: str
    files: dict[str, str]  # SHA-256 of the other files
    source: str  # folder of the model
    stamps: dict[str, FileStamp]  # of the model's files, so that they need not be hashed again
    version: int = VERSION

    def write(self, folder: Path) -> None:
        """Write the description, which tells by its own checksum whether it is the one that was written."""
        record = asdict(self)
        (folder / _DESCRIPTION).write_text(json.dumps({**record, "sha256": _digest(record)}, indent=1), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The description of an export; None where there is none that this version of cydqa can use."""
        try:
            record: dict[str, Any] = json.loads((folder / _DESCRIPTION).read_text("utf-8"))
            if record.pop("sha256") != _digest(record) or record["version"] != VERSION:
                return None
            stamps = {
                name: FileStamp(Stamp(**file["stamp"]), file["sha256"]) for name, file in record.pop("stamps").items()
            }
            return cls(**{**record, "inputs": tuple(record["inputs"]), "stamps": stamps})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def verify(self, folder: Path, *names: str) -> None:
        """Raise ModelUnavailableError unless these files are the ones that were exported."""
        for name in names:
            path = folder / name
            try:
                found = sha256_of(path)
            except OSError as error:
                raise ModelUnavailableError(f"{path} can't be read: {error.strerror}.", hint=AGAIN) from error
            if found != self.files[name]:
                raise ModelUnavailableError(f"{path} is damaged: its checksum differs.", hint=AGAIN)


def export_folder(index_dir: Path, fingerprint: str) -> Path:
    """Where the export of an encoder lies, if there is one."""
    return index_dir / ENCODERS / fingerprint


def exported_name(index_dir: Path, fingerprint: str) -> str | None:
    """The folder's name below `encoders/`; None where this model is not exported."""
    return fingerprint if read_export(index_dir, fingerprint) else None


def known_stamps(index_dir: Path) -> list[tuple[Path, Mapping[str, FileStamp]]]:
    """The folder and the files, as they were, of each model that was exported."""
    exports = (Export.read(folder) for folder in _folders(index_dir))
    return [(Path(export.source), export.stamps) for export in exports if export]


def read_export(index_dir: Path, fingerprint: str) -> Export | None:
    """The export of this model, whose files are verified when they are first used; None where there is none."""
    export = Export.read(export_folder(index_dir, fingerprint))
    return export if export and export.fingerprint == fingerprint else None


def is_intact(index_dir: Path, fingerprint: str) -> bool:
    """Whether there is an export of this model, and all of its files are as they were written."""
    export = read_export(index_dir, fingerprint)
    try:
        if export:
            export.verify(export_folder(index_dir, fingerprint), *FILES)
    except ModelUnavailableError:
        return False
    return export is not None


def publish_export(index_dir: Path, finished: Path, fingerprint: str) -> None:
    """Put a finished folder, on the same disk, where questions find it; one that is there is replaced."""
    folder = export_folder(index_dir, fingerprint)
    folder.parent.mkdir(exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    sync_tree(finished)
    os.replace(finished, folder)
    sync(folder.parent)


def refuse(index_dir: Path, fingerprint: str, reason: str) -> None:
    """Note that this model can't be exported, so that the next build does not try again."""
    folder = export_folder(index_dir, fingerprint)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _REFUSAL).write_text(reason, "utf-8")


def refusal(index_dir: Path, fingerprint: str) -> str | None:
    """Why this model was not exported; None where it was, or was not tried."""
    path = export_folder(index_dir, fingerprint) / _REFUSAL
    return path.read_text("utf-8") if path.is_file() else None


def other_exports(index_dir: Path, fingerprint: str) -> list[Path]:
    """Folders of exports but for that of this model."""
    return [folder for folder in _folders(index_dir) if folder.name != fingerprint]


def _folders(index_dir: Path) -> list[Path]:
    folder = index_dir / ENCODERS
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if path.is_dir() and not path.is_symlink()]  # a file manager may leave files there


def _digest(record: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
