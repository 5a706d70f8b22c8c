"""Bytes of a text file -> characters, before any offset exists."""

import codecs

from cydqa.errors import DocumentError

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def decode(content: bytes) -> str:
    r"""Decode UTF-8, or UTF-16 with a byte-order mark; every line end becomes "\n".

    Raises:
        DocumentError: for an empty file, another encoding, or bytes that are no text.
    """
    if not content.strip():
        raise DocumentError("it is empty.", hint="Add text to the file, or remove it.")
    encoding = "utf-8"
    for mark, marked in _MARKS.items():
        if content.startswith(mark):
            content, encoding = content.removeprefix(mark), marked
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"it is not valid {encoding.upper()} at byte {error.start}.",
            hint="Save the file as UTF-8 and try again.",
        ) from error
    if "\0" in text:
        raise DocumentError(
            "it has NUL characters, so it is no text file.", hint="Export the document as text, or remove it."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")
