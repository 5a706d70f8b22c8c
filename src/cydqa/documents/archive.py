"""ZIP containers and the XML in them, as people who mean harm may have made them.

A document in a ZIP container can unfold to far more than memory holds, in its archive (Fifield, "A better zip bomb",
WOOT 2019) or through the entities of its XML, and XML can ask its reader to fetch other files.
"""

import io
import struct
import zipfile
import zlib
from copy import copy
from itertools import pairwise
from typing import Any
from xml.parsers import expat

from cydqa.errors import DocumentError

METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # of packing; the others unfold a few bytes to gigabytes in one go
_MOST_ENTRIES = 10_000
_MOST_UNPACKED = 500 * 2**20
_MOST_RATIO = 200  # text seldom packs better than 1:20, and empty tables not better than 1:100
_SMALL = 10 * 2**20  # bytes; what unpacks to less is never a bomb
_MOST_XML = 100 * 2**20  # bytes of one part; its tree takes about ten times as much memory
_SAVE_AGAIN = "Open it in the program that made it and save it again."
_SUSPICIOUS = "Do not trust it; if you know where it is from, save it again in the program that made it."
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # flag bits: an entry, an entry by strong encryption, the directory
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # signature, length of the name, length of the extra field
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, OSError, ValueError)


def open_archive(content: bytes) -> zipfile.ZipFile:
    """Open a ZIP archive and refuse what no honest program writes, by its directory alone: nothing is unpacked.

    Raises:
        DocumentError: if it is damaged, encrypted, or unfolds to more than a document would.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
        _check_directory(entries)
        spans = sorted(_span(content, entry) for entry in entries)
    except _BROKEN as error:
        raise _damaged() from error
    spans.append((archive.start_dir, len(content)))
    if any(end > start for (_, end), (start, _) in pairwise(spans)):
        raise _bomb("entries that share their bytes")
    return archive


def read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """Unpack one entry of an opened archive.

    Raises:
        DocumentError: if it is missing, damaged, or not of the size and check sum that the archive declares.
    """
    try:
        declared = archive.getinfo(name)
    except KeyError as error:
        raise DocumentError(f"it lacks its part {name[:100]}.", hint=_SAVE_AGAIN) from error
    entry = copy(declared)
    entry.file_size += 1  # zipfile stops at the size it is told, and would not see that there is more
    try:
        with archive.open(entry) as file:
            content = file.read(entry.file_size)
    except _BROKEN as error:
        raise _damaged() from error
    if len(content) != declared.file_size:
        raise _damaged()
    return content


def parse_xml(content: bytes, *, doctype: bool = False) -> Any:
    """The root element of an XML file, without its comments. Nothing outside of it is read, no entity is resolved: with
    `doctype`, a reference to one that is not XML's own stays in the tree as an lxml entity node.

    Raises:
        DocumentError: if it is not well formed, is nested too deeply, declares entities, or declares a document type
            where `doctype` does not allow it.
    """
    from lxml import etree

    if len(content) > _MOST_XML:
        raise DocumentError(f"it has a part of more than {_MOST_XML >> 20} MiB of XML.", hint="Split it.")
    # With collect_ids=False, libxml2 would load the document type's file in spite of load_dtd.
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        _check_prolog(content, doctype=doctype)
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, expat.ExpatError, ValueError, LookupError) as error:
        reason = " ".join(str(error).split())[:100]
        if "Excessive depth" in reason:
            raise nested_too_deeply() from error
        raise DocumentError(
            f"it has a part that is not valid XML ({reason}).",
            hint=_SAVE_AGAIN,
        ) from error


def nested_too_deeply() -> DocumentError:
    """The error for a file whose parts lie in one another deeper than in any document."""
    return DocumentError("it is nested too deeply.", hint="Take its tables and groups out of one another.")


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > _MOST_ENTRIES:
        raise _bomb(f"more than {_MOST_ENTRIES:,} entries")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise DocumentError("it is encrypted.", hint="Save it without a password or copy protection.")
    if any(entry.compress_type not in METHODS for entry in entries):
        raise DocumentError(
            "it is packed by a method that documents do not use.",
            hint=_SAVE_AGAIN,
        )
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise _bomb(f"more than {_MOST_UNPACKED >> 20} MiB when unpacked")
    if any(entry.file_size > max(_SMALL, _MOST_RATIO * entry.compress_size) for entry in entries):
        raise _bomb(f"an entry packed to less than one byte in {_MOST_RATIO}")


def _span(content: bytes, entry: zipfile.ZipInfo) -> tuple[int, int]:
    """Where an entry stands in the file, its own header included."""
    if entry.header_offset < 0:
        raise zipfile.BadZipFile
    signature, name, extra = _LOCAL_HEADER.unpack_from(content, entry.header_offset)
    if signature != b"PK\x03\x04":
        raise zipfile.BadZipFile
    return entry.header_offset, entry.header_offset + _LOCAL_HEADER.size + name + extra + entry.compress_size


class _PrologRead(Exception):  # noqa: N818
    """The root element has begun: what may be declared has been."""


def _check_prolog(content: bytes, *, doctype: bool) -> None:
    """Refuse a document type or entities before the parser proper could unfold them."""

    def refuse_entities(*_: object) -> None:
        raise DocumentError(
            "it declares XML entities, which a document of this kind never does.",
            hint=_SUSPICIOUS,
        )

    def refuse_doctype() -> None:
        if not doctype:
            raise DocumentError(
                "it declares an XML document type, which a document of this kind never does.",
                hint=_SUSPICIOUS,
            )

    def stop(*_: object) -> None:
        raise _PrologRead

    prolog = expat.ParserCreate()
    prolog.EntityDeclHandler = refuse_entities
    prolog.EndDoctypeDeclHandler = refuse_doctype
    prolog.StartElementHandler = stop
    try:
        prolog.Parse(content, True)
    except _PrologRead:
        return


def _damaged() -> DocumentError:
    return DocumentError("it is damaged, or only a part of a file.", hint="Fetch or save it again.")


def _bomb(what: str) -> DocumentError:
    return DocumentError(
        f"it is a ZIP archive with {what}, which no document has.",
        hint=_SUSPICIOUS,
    )
