"""What came from a web server: its type, the name of a file for it, and its characters."""

import codecs
from contextlib import suppress
from pathlib import PurePosixPath

from cydqa.documents import FORMATS
from cydqa.documents.kinds import TEXT, kind_of
from cydqa.errors import DocumentError
from cydqa.library.names import safe_name

_OFFICE = "application/vnd.openxmlformats-officedocument"
_TEXTS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "text/plain": ".txt",
}
_BINARIES = {
    "application/pdf",
    "application/epub+zip",
    f"{_OFFICE}.wordprocessingml.document",
    f"{_OFFICE}.presentationml.presentation",
}
_VAGUE = {"", "text/plain", "application/octet-stream", "binary/octet-stream"}  # the address may say more
_IN_ADDRESSES = {".html": ".html", ".htm": ".html", ".md": ".md", ".markdown": ".md", ".txt": ".txt"}
_BY_HAND = "Open it in the browser, and add what you save from there."
_TELLS_NOTHING = {"", "index", "default"}


def suffix_of(content: bytes, media_type: str, path: str) -> str:
    """How the name of a file with that content must end, by its bytes first, then by what its server and address say.

    Raises:
        DocumentError: if cydqa does not read files of that type.
    """
    if not content.strip():
        raise DocumentError("it is empty.", hint="Check the address.")
    kind = kind_of(content)
    if kind is not TEXT:
        suffix, hint = kind.suffix, kind.hint
        name = kind.name
    elif media_type in _BINARIES:
        raise DocumentError(
            f"its server calls it {media_type}, but it is text, perhaps a page that asks for a login.", hint=_BY_HAND
        )
    else:
        by_address = _IN_ADDRESSES.get(PurePosixPath(path).suffix.lower(), "") if media_type in _VAGUE else ""
        suffix, hint = by_address or _TEXTS.get(media_type, ""), _BY_HAND
        name = media_type or "of no type that its server names"
    if suffix not in FORMATS:
        raise DocumentError(f"cydqa does not read what it is: {name}.", hint=hint)
    return suffix


def name_of(host: str, path: str, suffix: str) -> str:
    """The name of the file for a page: the last part of its address that says something."""
    for part in reversed(path.split("/")):
        stem, _, ending = part.rpartition(".")
        if "." + ending.lower() not in FORMATS:
            stem = part
        if stem.lower() not in _TELLS_NOTHING:
            return safe_name(stem + suffix)
    return safe_name(host.removeprefix("www.") + suffix)


def readable(content: bytes, suffix: str, charset: str | None) -> bytes:
    """The content so that it can be read without what the server said of its characters: as UTF-8, with a mark.

    Only text that is not UTF-8 and whose server names another encoding is changed.
    """
    if suffix not in _TEXTS.values() or charset is None:
        return content
    try:
        content.decode()
    except UnicodeDecodeError:
        with suppress(LookupError, ValueError):  # no such encoding, or another one
            return codecs.BOM_UTF8 + content.decode(charset).encode()
    return content
