"""A file of the corpus -> its reading text. One module per format, chosen in the table below.

A format's module has `VERSION`, raised whenever the same bytes would give another text (the index remembers it), and
`extract(content)`, which imports its libraries when it is called. Builds call it in a process of its own
(`isolation.py`), because documents are hostile and parsers break.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from cydqa.documents import markdown, pdf, plain
from cydqa.documents.extracted import Extracted
from cydqa.documents.files import MOST_BYTES, MOST_SIDECAR_BYTES, read_bytes
from cydqa.documents.kinds import kind_of
from cydqa.documents.language import language_of
from cydqa.documents.names import named, tidy
from cydqa.documents.office import docx, pptx
from cydqa.documents.web import epub, html
from cydqa.errors import DocumentError
from cydqa.types import CharacterRun, Document, Metadata, Section

FORMATS: dict[str, ModuleType] = {
    ".docx": docx,
    ".epub": epub,
    ".htm": html,
    ".html": html,
    ".markdown": markdown,
    ".md": markdown,
    ".pdf": pdf,
    ".pptx": pptx,
    ".txt": plain,
    ".xhtml": html,
}
_MOST_CHARACTERS = 20_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one file: a Document but for its id, and what only the index keeps."""

    title: str | None  # None where the file has none of its own
    text: str
    sections: tuple[Section, ...]
    pages: tuple[int, ...]
    characters: tuple[CharacterRun, ...]
    metadata: Metadata
    warnings: tuple[str, ...]
    sha256: str  # of the file's bytes
    sidecar_sha256: str | None  # of its sidecar's bytes

    def document(self, document_id: str) -> Document:
        """The document of that id; without a title of its own it is called by its file's name."""
        title = self.title or title_from_name(document_id)
        return Document(document_id, title, self.text, self.sections, self.pages, self.metadata, self.sha256)


def parser_versions() -> dict[str, int]:
    """The version of every format's extraction, by format name."""
    return {format_of(suffix): module.VERSION for suffix, module in FORMATS.items()}


def format_of(name: str) -> str:
    """Name of the format of a file, by how its name ends."""
    return FORMATS["." + name.rpartition(".")[2].lower()].__name__.rpartition(".")[2]


def title_from_name(document_id: str) -> str:
    """What a document without a title is called."""
    return Path(document_id).stem.replace("-", " ").replace("_", " ").strip() or document_id


def read_document(path: Path, document_id: str) -> Document:
    """Extract the reading text of one file in this process; raises like `read_file`."""
    return read_file(path).document(document_id)


def read_file(path: Path, sidecar: Path | None = None) -> Reading:
    """Extract the reading text of one file, and the metadata that its sidecar adds, in this process.

    Raises:
        DocumentError: if the file can't be read, is not what its name says, or holds no text. Its message does not
            name the file.
    """
    content = file_content(path)
    kind, module = kind_of(content), FORMATS[path.suffix.lower()]
    if kind != module.KIND:
        raise DocumentError(
            f"it is named {path.suffix}, but it is {kind.name}.",
            hint=f"Rename it to end in {kind.suffix}." if kind.suffix in FORMATS else kind.hint,
        )
    extracted = _extract(module, content)
    metadata, sidecar_sha256 = extracted.metadata, None
    title = extracted.title
    if sidecar is not None:
        from cydqa.documents.front_matter import add_sidecar  # late, like everything that questions do not need

        beside = file_content(sidecar, MOST_SIDECAR_BYTES)
        sidecar_sha256 = hashlib.sha256(beside).hexdigest()
        title_beside, metadata = add_sidecar(metadata, beside)
        title = title_beside or title
    if not any(extracted.text[section.start : section.end].strip() for section in extracted.sections):
        nothing = "nothing but headings" if extracted.text.strip() else "no text"
        raise DocumentError(f"it holds {nothing}.", hint="Add text to the file, or remove it.")
    metadata = tidy(metadata)
    return Reading(
        title=named(title) or None if title else None,
        text=extracted.text,
        sections=tuple(replace(section, path=tidy(section.path)) for section in extracted.sections),
        pages=extracted.pages,
        characters=extracted.characters,
        metadata=replace(metadata, language=language_of(extracted.text, metadata.language)),
        warnings=extracted.warnings,
        sha256=hashlib.sha256(content).hexdigest(),
        sidecar_sha256=sidecar_sha256,
    )


def file_content(path: Path, most: int = MOST_BYTES) -> bytes:
    """A file's bytes; raises DocumentError where it can't be read or has too many of them."""
    try:
        return read_bytes(path, most)
    except OSError as error:
        raise DocumentError(f"it can't be read: {error.strerror}.", hint="Check its permissions.") from error


def _extract(module: ModuleType, content: bytes) -> Extracted:
    """Run a format's extraction; whatever goes wrong inside a parser costs this file alone."""
    try:
        extracted: Extracted = module.extract(content)
        extracted.text.encode()  # half a surrogate pair can be neither stored nor shown
    except (DocumentError, MemoryError):
        raise
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise DocumentError(
            f"it can't be understood ({reason}).", hint="Correct the file, or save it as plain text."
        ) from error
    if len(extracted.text) > _MOST_CHARACTERS:
        raise DocumentError(f"it has more than {_MOST_CHARACTERS:,} characters.", hint="Split it.")
    return extracted
