"""Plain text: the file as it stands, one section; a short first line that stands alone is the title."""

from cydqa.documents.extracted import Extracted
from cydqa.types import Metadata, Section

VERSION = 1
_TITLE_CHARACTERS = 100


def extract(text: str, fallback_title: str) -> Extracted:
    """Take the text unchanged."""
    first, _, rest = text.lstrip("\n").partition("\n")
    stands_alone = rest.startswith("\n") and rest.strip() and len(first) <= _TITLE_CHARACTERS
    title = first.strip() if stands_alone and first.strip() else fallback_title
    return Extracted(title, text, (Section((), 0, len(text)),), Metadata())
