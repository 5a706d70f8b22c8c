"""Plain text: the file as it stands, one section; a short first line that stands alone is the title."""

from cydqa.documents import kinds
from cydqa.documents.decoding import decode
from cydqa.documents.extracted import Extracted
from cydqa.types import Metadata, Section

VERSION = 1
KIND = kinds.TEXT
_TITLE_CHARACTERS = 100


def extract(content: bytes) -> Extracted:
    """Take the text unchanged."""
    text, warnings = decode(content)
    first, _, rest = text.lstrip("\n").partition("\n")
    stands_alone = rest.startswith("\n") and rest.strip() and len(first) <= _TITLE_CHARACTERS
    title = first.strip() if stands_alone else ""
    return Extracted(title or None, text, (Section((), 0, len(text)),), Metadata(), warnings=warnings)
