"""PDF -> reading text with the place of every character, by PDFium.

Nothing of a file is run or opened but the text of its pages: no scripts, no attachments, no forms, no links.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from cydqa.documents import kinds
from cydqa.documents.extracted import Extracted, TextBuilder
from cydqa.documents.pdf.blocks import Block, blocks_of, body_size
from cydqa.documents.pdf.characters import Page, opened, read_page
from cydqa.documents.pdf.contents import without_contents
from cydqa.documents.pdf.furniture import without_furniture
from cydqa.documents.pdf.headings import bookmarks_of, levels_of
from cydqa.documents.pdf.layout import columns_of
from cydqa.documents.pdf.lines import Line, lines_of
from cydqa.documents.pdf.margins import Place, line_numbers, without_line_numbers
from cydqa.documents.pdf.text import Places, joined, vocabulary_of
from cydqa.errors import DocumentError
from cydqa.types import Metadata, Section

VERSION = 1
KIND = kinds.PDF
_MOST_PAGES = 2_000
_NUMBERED = 0.1  # of the pages of a manuscript have their lines numbered in one place
_UNMAPPED = 0.3  # of a document's characters may have no letters
_ITEM = 400  # characters; longer numbered paragraphs are no list
_NO_TITLE = re.compile(
    r"^(?:microsoft \w+ - |(?:un|no )title|(?:table of )?contents$|image$|document\d*$|title$|slide \d"
    r"|powerpoint presentation|\(?anonymous\)?$|print$)"
    r"|\.(?:docx?|pdf|pptx?|indd|qxd|rtf|odt|tex|dvi|html?|wpd|xlsx?)$",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(r"^(?:anonymous|unknown|author|user|admin\w*|\(?unspecified\)?|microsoft.*)$", re.IGNORECASE)
_TITLE_SIZE = 1.15  # of the size of the text: a title is set larger
_LONGEST_TITLE = 250
_OCR = "run OCR first (for example with ocrmypdf)"


def extract(content: bytes) -> Extracted:
    """Read all pages.

    Raises:
        DocumentError: for a file that is locked, damaged, too long, scanned, or whose fonts don't say their letters.
    """
    with opened(content) as document:
        count = len(document)
        if count > _MOST_PAGES:
            raise DocumentError(
                f"it has {count:,} pages, more than the {_MOST_PAGES:,} that cydqa reads.", hint="Split it."
            )
        pages, lines = _read(document, count)
        bookmarks, information, language = bookmarks_of(document), document.get_metadata_dict(), _language(document)
    warnings = _check(pages)
    body = body_size(lines)
    words = vocabulary_of(lines)
    kept = without_furniture(pages, lines, body)
    blocks = blocks_of(without_contents([columns_of(page, words) for page in kept]), body)
    levels = levels_of(blocks, bookmarks, body)
    title = _title(information.get("Title", "")) or _largest(blocks, body)
    text, sections, places = _write(blocks, levels, words, title)
    return Extracted(
        title,
        text,
        sections,
        Metadata(authors=_authors(information.get("Author", "")), language=language),
        pages=_starts(places, count, len(text)),
        characters=places.finish(),
        warnings=warnings,
    )


def _read(document: Any, count: int) -> tuple[list[Page], list[list[Line]]]:
    """All pages, without their words, and the lines of each."""
    pages: list[Page] = []
    lines: list[list[Line]] = []
    numbered: Counter[Place] = Counter()
    for number in range(1, count + 1):
        page = read_page(document, number)
        numbered.update(line_numbers(page.words).keys())
        lines.append(lines_of(number, page.words))
        pages.append(replace(page, words=()))
    places = [place for place, often in numbered.items() if often >= _NUMBERED * count]
    for number in range(1, count + 1) if places else ():  # again, as words, which many pages can't be kept as
        lines[number - 1] = lines_of(number, without_line_numbers(read_page(document, number).words, places))
    return pages, lines


def _check(pages: Sequence[Page]) -> tuple[str, ...]:
    """What a reader should know of pages without text; DocumentError where there is no text that can be used."""
    characters, unmapped = sum(page.characters for page in pages), sum(page.unmapped for page in pages)
    covers = {1, len(pages)} if len(pages) > 2 else set()  # often a picture, in which nothing is missing
    scanned = [page.number for page in pages if page.scanned and page.number not in covers]
    if unmapped > _UNMAPPED * (characters + unmapped):
        raise DocumentError(
            "its fonts do not say which letters they show, so its text is unreadable.",
            hint=f"Save it as PDF again from its program, or {_OCR}.",
        )
    if not characters:
        raise DocumentError(f"it has no text layer (scanned pages): {_OCR}.", hint="Add the file that OCR makes of it.")
    if not scanned:
        return ()
    several = len(scanned) > 1
    return (
        f"Page{'s' * several} {_listed(scanned)} {'have' if several else 'has'} no text layer and "
        f"{'were' if several else 'was'} left out; {_OCR}.",
    )


def _listed(numbers: Sequence[int]) -> str:
    """3, 4, 5, 8 as "3 to 5 and 8"."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    names = [f"{a} to {b}" if b > a else str(a) for a, b in spans]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _write(
    blocks: Sequence[Block], levels: dict[int, int], words: "Counter[str]", title: str | None
) -> tuple[str, tuple[Section, ...], Places]:
    """The text of all blocks, its sections, and the places of its characters."""
    builder, places = TextBuilder(), Places()
    path: list[tuple[int, str]] = []
    repeated = _top_heading(blocks, levels, title)
    offset = i = 0
    while i < len(blocks):
        end = i + 1
        while end < len(blocks) and _belong_together(blocks[end - 1], blocks[end], {end - 1, end} & levels.keys()):
            end += 1
        pieces = []
        for block in blocks[i:end]:
            piece, stretches = joined(block.lines, words)
            pieces.append(piece)
            for page, indices in stretches:
                places.add(offset, page, indices)
                offset += len(indices)
            offset += 1
        text = "\n".join(pieces)
        offset += 1
        if i in levels:
            path = [(level, name) for level, name in path if level < levels[i]]
            path.append((levels[i], text))
            builder.open_section(tuple(name for level, name in path if level and name != repeated), text)
        else:
            builder.add(text)
        i = end
    return *builder.finish(), places


def _belong_together(block: Block, following: Block, headings: set[int]) -> bool:
    """Whether two blocks are rows of one table or items of one list."""
    if headings or block.kind != following.kind or block.kind not in ("row", "item"):
        return False
    return block.kind == "row" or max(len(block.text), len(following.text)) <= _ITEM


def _top_heading(blocks: Sequence[Block], levels: dict[int, int], title: str | None) -> str | None:
    """The only heading of the highest level, where it is the document's title: no path repeats that."""
    top = [i for i, level in levels.items() if level == min(levels.values())]
    name = blocks[top[0]].text if len(top) == 1 else None
    return name if name and title and name.casefold().split() == title.casefold().split() else None


def _starts(places: Places, count: int, length: int) -> tuple[int, ...]:
    """Where each page starts in the text; a page without text starts where the next one does."""
    starts = [length] * count
    following = length
    for number in range(count, 0, -1):
        following = min(following, places.starts.get(number, following))
        starts[number - 1] = following
    return tuple(starts)


def _title(declared: str) -> str | None:
    title = " ".join(declared.split())
    return title if len(title) > 3 and " " in title and not _NO_TITLE.search(title) else None


def _largest(blocks: Sequence[Block], body: float) -> str | None:
    """The largest text on the first page that has some, if it is larger than the body text."""
    first = [block for block in blocks if block.lines[0].page == blocks[0].lines[0].page and block.kind == "text"]
    size = max((block.size for block in first if sum(map(str.isalpha, block.text)) > 3), default=0.0)
    if size < _TITLE_SIZE * body:
        return None
    start = next(i for i, block in enumerate(first) if block.size == size and sum(map(str.isalpha, block.text)) > 3)
    same = takewhile(lambda block: block.size == size, first[start:])
    title = " ".join(block.text for block in same)
    return title if len(title) <= _LONGEST_TITLE and not _NO_TITLE.search(title) else None


def _authors(declared: str) -> tuple[str, ...]:
    names = re.split(r";|\s(?:and|und|et|y|&)\s", declared)
    if ";" not in declared and all(" " in name.strip() for name in declared.split(",") if name.strip()):
        names = [name for several in names for name in several.split(",")]  # else "Family, Given"
    names = [" ".join(name.split()) for name in names]
    return tuple(name for name in names if name and not _NO_AUTHOR.match(name))


def _language(document: Any) -> str | None:
    """The language that the file declares, such as "en-GB"."""
    import ctypes

    from pypdfium2 import raw

    buffer = ctypes.create_string_buffer(64)
    size = raw.FPDFCatalog_GetLanguage(document.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), len(buffer))
    return buffer.raw[: max(0, min(size, len(buffer)) - 2)].decode("utf-16-le", "replace").strip() or None
