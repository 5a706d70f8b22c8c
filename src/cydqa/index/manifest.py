"""The manifest of a generation: what built it, from which documents, and the checksum of every file."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cydqa import abbreviations, chunking, words
from cydqa.documents import parser_versions
from cydqa.errors import IndexCorruptError, IndexMismatchError
from cydqa.index import REBUILD
from cydqa.index.arrays import block_sums
from cydqa.library import CorpusFile, Stamp, is_stale, sha256_of

SCHEMA = 2  # of the files of a generation; raise it when they change
MANIFEST = "manifest.json"
SENTENCES = "sentences.npy"
ARRAYS = {SENTENCES}  # raw matrices, of which a part can be verified by itself
WHOLE = 256 * 2**20  # bytes up to which an array is verified whole when it is opened


def current_versions() -> dict[str, int]:
    """The versions that an index must have been built with to be asked now."""
    return {
        "schema": SCHEMA,
        "chunking": chunking.VERSION,
        "words": words.VERSION,
        "abbreviations": abbreviations.VERSION,
    }


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Recipe(_Record):
    """Everything but the documents that decides what an index holds."""

    encoder: str
    fingerprint: str
    chunk_tokens: int
    versions: dict[str, int] = Field(default_factory=current_versions)
    parsers: dict[str, int]  # of the formats that the corpus has


class IndexedDocument(_Record):
    """A document's file and sidecar as they were indexed, and what to know of it without opening the index."""

    sha256: str
    stamp: Stamp
    sidecar_sha256: str | None
    sidecar_stamp: Stamp | None
    passages: int
    language: str | None
    warnings: tuple[str, ...]

    def is_stale(self, path: Path) -> bool:
        """Whether the file at `path` is no longer what was indexed."""
        return is_stale(path, stamp=self.stamp, sha256=self.sha256)

    def has_changed(self, file: CorpusFile) -> bool:
        """Whether the file, or what its sidecar says of it, is no longer what was indexed."""
        if self.is_stale(file.path) or (file.sidecar is None) != (self.sidecar_sha256 is None):
            return True
        if file.sidecar is None or self.sidecar_stamp is None or self.sidecar_sha256 is None:
            return False
        return is_stale(file.sidecar, stamp=self.sidecar_stamp, sha256=self.sidecar_sha256)


class FailedFile(_Record):
    """A file, or a folder whose name ends in /, that could not be read, and with which version of its parser."""

    reason: str
    stamp: Stamp | None = None
    sidecar_stamp: Stamp | None = None
    parser: int = 0

    def is_same(self, file: CorpusFile, parser: int) -> bool:
        """Whether reading the file again would only fail again."""
        return (self.stamp, self.sidecar_stamp, self.parser) == (file.stamp, file.sidecar_stamp, parser)


class FileSum(_Record):
    """Size in bytes and SHA-256 of a file of the generation; of a large array also the sums of its blocks."""

    size: int
    sha256: str
    blocks: tuple[str, ...] = ()


class Manifest(_Record):
    """`manifest.json`, whose own hash is part of the generation's name."""

    recipe: Recipe
    corpus: str  # absolute path
    created: str  # ISO 8601, UTC
    # The generation that is kept beside this one; None where that holds a document that is to be gone.
    previous: str | None
    documents: dict[str, IndexedDocument]
    failed: dict[str, FailedFile]
    passages: int
    sentences: int
    files: dict[str, FileSum]

    def kept(self, name: str) -> set[str]:
        """Names of the generations to keep while this one, of that name, is live."""
        return {name, self.previous} - {None}  # type: ignore[return-value]


def write_manifest(manifest: Manifest, folder: Path) -> str:
    """Write `manifest.json` into a finished generation's folder and return the generation's name."""
    content = manifest.model_dump_json(indent=1).encode()
    (folder / MANIFEST).write_bytes(content)
    when = "".join(character for character in manifest.created[:19] if character not in "-:")
    return f"{when}-{_digest(content)}"


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a generation, whose folder bears its name.

    Raises:
        FileNotFoundError: if the folder is gone.
        IndexCorruptError: if the manifest is missing or not the one that was written.
        IndexMismatchError: if a version of cydqa wrote it whose files are not laid out like these.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError as error:
        if not folder.is_dir():
            raise FileNotFoundError(folder) from error
        raise IndexCorruptError(f"{folder / MANIFEST} can't be read: {error.strerror}.", hint=REBUILD) from error
    if not folder.name.endswith(_digest(content)):
        raise IndexCorruptError(f"{folder / MANIFEST} is not the one that was published.", hint=REBUILD)
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise _other_version(folder) from error
    if manifest.recipe.versions.get("schema") != SCHEMA:
        raise _other_version(folder)
    return manifest


def refuse_other_versions(manifest: Manifest, folder: Path) -> None:
    """Raise IndexMismatchError unless this version would cut, read and count the same words from the same files."""
    recipe, parsers = manifest.recipe, parser_versions()
    if recipe.versions != current_versions() or any(
        parsers.get(name) != known for name, known in recipe.parsers.items()
    ):
        raise _other_version(folder)


def checksums(folder: Path) -> dict[str, FileSum]:
    """Size and SHA-256 of every file below `folder`, by path, but for the manifest."""
    sums = {}
    for name, path in _files(folder).items():
        size = path.stat().st_size
        blocks = tuple(block_sums(path)) if name in ARRAYS and size > WHOLE else ()
        sums[name] = FileSum(size=size, sha256=sha256_of(path), blocks=blocks)
    return sums


def damages(folder: Path, manifest: Manifest, *, blocks_too: bool) -> Iterator[str]:
    """What is wrong with the files of a generation, a sentence for each that is missing, damaged or not part of it.

    Args:
        blocks_too: read also the large arrays whose blocks are verified when they are first used.
    """
    found = _files(folder)
    for name in sorted(manifest.files.keys() | found.keys()):
        wanted = manifest.files.get(name)
        if name not in found:
            yield f"{folder / name} is missing."
        elif wanted is None:
            yield f"{folder / name} does not belong to the index."
        elif found[name].stat().st_size != wanted.size:
            yield f"{folder / name} is damaged: it has {found[name].stat().st_size} bytes, not {wanted.size}."
        elif (blocks_too or not wanted.blocks) and sha256_of(found[name]) != wanted.sha256:
            yield f"{folder / name} is damaged: its checksum differs."


def _files(folder: Path) -> dict[str, Path]:
    """Every file below the folder, by its path in it, but for the manifest."""
    names = ((path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*")) if path.is_file())
    return {name: path for name, path in names if name != MANIFEST}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _other_version(folder: Path) -> IndexMismatchError:
    return IndexMismatchError(f"{folder} was built by another version of cydqa.", hint=REBUILD)
