"""A file of the corpus -> a Document. One module per format, chosen in the table below.

A format's module has `VERSION`, raised whenever the same bytes would give another text (the index remembers it),
and `extract(text, fallback_title)`.
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

from cydqa.documents import markdown, plain
from cydqa.documents.decoding import decode
from cydqa.documents.extracted import Extracted
from cydqa.errors import DocumentError
from cydqa.types import Document

FORMATS: dict[str, ModuleType] = {".md": markdown, ".markdown": markdown, ".txt": plain}


def parser_versions() -> dict[str, int]:
    """The version of every format's extraction, by format name."""
    return {format_of(suffix): module.VERSION for suffix, module in FORMATS.items()}


def format_of(name: str) -> str:
    """Name of the format of a file, by how its name ends."""
    return FORMATS["." + name.rpartition(".")[2].lower()].__name__.rpartition(".")[2]


def read_document(path: Path, document_id: str) -> Document:
    """Extract the reading text of one file.

    Raises:
        DocumentError: if the file can't be read, is not text, or holds no text. Its message does not name the file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"it can't be read: {error.strerror}.", hint="Check the file's permissions.") from error
    fallback_title = Path(document_id).stem.replace("-", " ").replace("_", " ").strip() or document_id
    extracted = _extract(FORMATS[path.suffix.lower()], decode(content), fallback_title)
    if not any(extracted.text[section.start : section.end].strip() for section in extracted.sections):
        raise DocumentError("it holds no text.", hint="Add text to the file, or remove it.")
    return Document(
        id=document_id,
        title=extracted.title,
        text=extracted.text,
        sections=extracted.sections,
        pages=(),
        metadata=extracted.metadata,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _extract(module: ModuleType, text: str, fallback_title: str) -> Extracted:
    """Run a format's extraction; whatever goes wrong inside a parser costs this file alone."""
    try:
        extracted: Extracted = module.extract(text, fallback_title)
        # Half a surrogate pair, or a number of 5,000 digits, can be neither stored nor shown.
        json.dumps([extracted.title, asdict(extracted.metadata)], ensure_ascii=False).encode()
    except DocumentError:
        raise
    except Exception as error:
        raise DocumentError(
            f"it can't be understood ({type(error).__name__}: {error}).",
            hint="Correct the file, or save it as plain text.",
        ) from error
    return extracted
