"""What a file is by its bytes, whatever its name says."""

import io
import zipfile
from dataclasses import dataclass

from cydqa.documents.archive import METHODS


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: what to call it, how its name should end, and what to do with one that cydqa does not read."""

    name: str
    suffix: str = ""
    hint: str = "Remove it, or save it as PDF."


TEXT = Kind("text", ".txt")
PDF = Kind("a PDF", ".pdf")
DOCX = Kind("a Word document", ".docx")
PPTX = Kind("a presentation", ".pptx")
EPUB = Kind("an EPUB", ".epub")
_OLD_OFFICE = Kind(
    "an Office document of before 2007, or one with a password",
    hint="Open it in its program and save it as .docx, .pptx or PDF, without a password.",
)
_SPREADSHEET = Kind("a spreadsheet", hint="Save the sheets that matter as PDF or text.")
_OPEN_DOCUMENT = Kind("an OpenDocument file", hint="Save it as .docx, .pptx or PDF.")
_ZIP = Kind("a ZIP archive, or a part of one", hint="Add the files that are in it.")
_SIGNATURES = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _OLD_OFFICE,
    b"{\\rtf": Kind("an RTF document", hint="Save it as .docx or PDF."),
    b"\x89PNG": Kind("a picture"),
    b"\xff\xd8\xff": Kind("a picture"),
    b"GIF8": Kind("a picture"),
    b"\x1f\x8b": Kind("a gzip archive", hint="Unpack it and add what is in it."),
    b"7z\xbc\xaf": _ZIP,
    b"\x7fELF": Kind("a program"),
    b"MZ\x90": Kind("a program"),
}
_ARCHIVES = {"word/": DOCX, "ppt/": PPTX, "xl/": _SPREADSHEET}
_PDF_WITHIN = 1024  # bytes that may stand before the signature of a PDF


def kind_of(content: bytes) -> Kind:
    """The kind of a file; TEXT where nothing says otherwise."""
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    return PDF if b"%PDF-" in content[:_PDF_WITHIN] and not content.lstrip().startswith((b"<", b"#")) else TEXT


def _kind_of_zip(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            packed = _first_bytes(archive, "mimetype") if "mimetype" in names else b""
    except Exception:  # a damaged archive has no end to the ways in which it can't be read
        return _ZIP
    if packed.startswith(b"application/epub"):
        return EPUB
    if packed.startswith(b"application/vnd.oasis"):
        return _OPEN_DOCUMENT
    if "META-INF/container.xml" in names:
        return EPUB
    return next((kind for folder, kind in _ARCHIVES.items() if any(name.startswith(folder) for name in names)), _ZIP)


def _first_bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).compress_type not in METHODS:
        return b""
    with archive.open(name) as file:
        return file.read(100)
