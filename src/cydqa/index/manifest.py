"""The manifest of a generation: what built it, from which documents, and the checksum of every file."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cydqa import abbreviations, chunking, words
from cydqa.documents import parser_versions
from cydqa.errors import IndexCorruptError, IndexMismatchError
from cydqa.index import REBUILD
from cydqa.index.arrays import SUMS, has_damage, write_sums
from cydqa.library import CorpusFile, Stamp, is_stale, sha256_of

SCHEMA = 3  # of the files of a generation; raise it when they change
MANIFEST = "manifest.json"
_ARRAY = ".npy"
_HEAD = 4096  # bytes; of a generation's SQLite file they differ from those of another generation's
SENTENCES = "sentences.npy"
WHOLE = 32 * 2**20  # bytes up to which a file is verified whole when its generation is opened


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


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document's file and sidecar as they were indexed, and what to know of it without opening the index.

    A plain dataclass, as a manifest holds tens of thousands of them: a pydantic model takes twice the memory and time.
    """

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


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file, or a folder whose name ends in /, that could not be read, and with which version of its parser."""

    reason: str
    stamp: Stamp | None = None
    sidecar_stamp: Stamp | None = None
    parser: int = 0

    def is_same(self, file: CorpusFile, parser: int) -> bool:
        """Whether reading the file again would only fail again."""
        return (self.stamp, self.sidecar_stamp, self.parser) == (file.stamp, file.sidecar_stamp, parser)


@dataclass(frozen=True, slots=True)
class FileSum:
    """Size in bytes and SHA-256 of a file of the generation."""

    size: int
    sha256: str | None  # None for a large array: its blocks have checksums in a file of their own
    head: str | None = None  # SHA-256 of the first bytes of a large file that is no array


class Manifest(_Record):
    """`manifest.json`, whose own hash is part of the generation's name."""

    recipe: Recipe
    query_encoder: str | None  # name of the folder below encoders/; None where the model can't be exported
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
    """Size and SHA-256 of every file below `folder`, by path, but for the manifest.

    Writes the checksums of the blocks of each large array beside it.
    """
    for path in _files(folder).values():
        if path.suffix == _ARRAY and path.stat().st_size > WHOLE:
            write_sums(path)
    found = _files(folder)
    return {
        name: FileSum(
            size=path.stat().st_size,
            sha256=None if name + SUMS in found else sha256_of(path),
            head=None if name + SUMS in found or path.stat().st_size <= WHOLE else _head(path),
        )
        for name, path in found.items()
    }


def damages(folder: Path, manifest: Manifest, *, large_too: bool) -> Iterator[str]:
    """What is wrong with the files of a generation, a sentence for each that is missing, damaged or not part of it.

    What is large is too much to be read at every opening, and looks after itself: a large array verifies each block
    when it is first used, `passages.sqlite` each passage and each document when it is read. Of the head of that
    file is seen that it belongs here.

    Args:
        large_too: read also what is larger than WHOLE.
    """
    found = _files(folder)
    for name in sorted(manifest.files.keys() | found.keys()):
        wanted = manifest.files.get(name)
        if name not in found:
            yield f"{folder / name} is missing."
        elif wanted is None:
            yield f"{folder / name} does not belong to the index."
        elif damage := _damage(found[name], wanted, large_too=large_too):
            yield f"{folder / name} {damage}."


def _damage(path: Path, wanted: FileSum, *, large_too: bool) -> str | None:
    try:
        if (size := path.stat().st_size) != wanted.size:
            return f"is damaged: it has {size} bytes, not {wanted.size}"
        return "is damaged: its checksum differs" if _differs(path, wanted, large_too=large_too) else None
    except OSError as error:
        return f"can't be verified: {error.strerror}"


def _differs(path: Path, wanted: FileSum, *, large_too: bool) -> bool:
    if not large_too and wanted.size > WHOLE:
        return wanted.head is not None and _head(path) != wanted.head
    return has_damage(path) if wanted.sha256 is None else sha256_of(path) != wanted.sha256


def _head(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.sha256(file.read(_HEAD)).hexdigest()


def _files(folder: Path) -> dict[str, Path]:
    """Every file below the folder, by its path in it, but for the manifest."""
    names = ((path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*")) if path.is_file())
    return {name: path for name, path in names if name != MANIFEST}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _other_version(folder: Path) -> IndexMismatchError:
    return IndexMismatchError(f"{folder} was built by another version of cydqa.", hint=REBUILD)
