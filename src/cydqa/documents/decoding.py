"""Bytes of a text file -> characters, before any offset exists."""

import codecs
from contextlib import suppress

from cydqa.documents.language import language_of
from cydqa.errors import DocumentError

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_FOREIGN = 0.3  # share of bytes beyond ASCII from which on a text is not in Latin letters
# The encodings of older systems for languages in Latin letters, where that is not the Western one.
_LATIN = (
    dict.fromkeys(["bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq"], "cp1250")
    | dict.fromkeys(["et", "lt", "lv"], "cp1257")
    | {"tr": "cp1254", "az": "cp1254", "vi": "cp1258"}
)


def decode(content: bytes) -> tuple[str, tuple[str, ...]]:
    r"""Decode UTF-8, UTF-16 with a byte-order mark, or else the older encoding that fits best.

    Returns:
        The text, whose line ends are all "\n", and a warning where the encoding was a guess.
    Raises:
        DocumentError: for an empty file, or bytes that are no text.
    """
    if not content.strip():
        raise DocumentError("it is empty.", hint="Add text to the file, or remove it.")
    encoding = "utf-8"
    for mark, marked in _MARKS.items():
        if content.startswith(mark):
            content, encoding = content.removeprefix(mark), marked
    warnings: tuple[str, ...] = ()
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8" or b"\0" in content:
            raise DocumentError(
                f"it is not valid {encoding.upper()} at byte {error.start}.",
                hint="Save the file as UTF-8 and try again.",
            ) from error
        text, encoding = _decode_old(content)
        warnings = (f"It is not UTF-8; its characters were read as {encoding}. Save it as UTF-8 to be sure of them.",)
    if "\0" in text:
        raise DocumentError(
            "it has NUL characters, so it is no text file.", hint="Export the document as text, or remove it."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n"), warnings


def _decode_old(content: bytes) -> tuple[str, str]:
    """Text and encoding of a file in the encoding of an older system, by what its bytes look like."""
    from charset_normalizer import from_bytes

    controls = sum(byte < 32 and byte not in b"\t\n\v\f\r" for byte in content)
    if controls > len(content) // 100:
        raise DocumentError("it is no text file.", hint="Export the document as text, or remove it.")
    if sum(byte > 127 for byte in content) < _FOREIGN * len(content):
        # The letters of ASCII tell the language, and the language tells how the few others were written.
        language = language_of(content.decode("ascii", "replace"), None)
        encoding = _LATIN.get(language or "", "cp1252")
        with suppress(UnicodeDecodeError):
            return content.decode(encoding), encoding
    best = from_bytes(content).best()
    if best is None:
        raise DocumentError("its characters are in no known encoding.", hint="Save the file as UTF-8 and try again.")
    return str(best), best.encoding
