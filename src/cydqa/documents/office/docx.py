"""Word documents (.docx) -> reading text.

The XML is read as it stands, because python-docx leaves out what is inside content controls, tracked insertions,
text boxes and notes. Tracked changes count as accepted; comments, headers, footers, hidden text and tables of contents
are left out.
"""

from dataclasses import replace

from cydqa.documents import kinds
from cydqa.documents.extracted import Extracted, TextBuilder
from cydqa.documents.office.blocks import Block, add_text
from cydqa.documents.office.body import Body
from cydqa.documents.office.graphics import Graphics
from cydqa.documents.office.numbering import Numbering
from cydqa.documents.office.package import Package, metadata_of, title_of
from cydqa.documents.office.styles import Styles
from cydqa.documents.office.xml import find, full

VERSION = 1
KIND = kinds.DOCX
_BOLD_CHARACTERS = 120
_FEWEST_BOLD = 3  # bold lines that make headings of them
_NOTES = "Notes"


def extract(content: bytes) -> Extracted:
    """Read the body, then the notes that it refers to, as a last section.

    The title is that of its properties where the text bears it out, else the paragraph styled as one, else the only
    first-level heading.

    Raises:
        DocumentError: if the file is damaged, or made to do harm.
    """
    package = Package(content)
    main = package.main()
    styles = Styles(package.related_root(main, "styles"))
    numbering = Numbering(package.related_root(main, "numbering"), styles)
    body = Body(styles, numbering, Graphics(package, main))
    blocks = _with_headings(_with_whole_titles(list(body.blocks(find(package.root(main), "w:body")))))
    builder = TextBuilder()
    title = _title(blocks)
    alone = title if title and sum(block.heading == title.heading for block in blocks) == 1 else None
    if all(block.heading is not None for block in blocks):
        blocks = [replace(block, heading=None) for block in blocks]  # an outline, whose headings are all that it says
    _add_sections(builder, blocks, alone)
    notes = list(_notes(package, main, body, styles))
    if notes:
        builder.open_section((_NOTES,), _NOTES)
        add_text(builder, notes)
    text, sections = builder.finish()
    core = package.core()
    return Extracted(
        title_of(core.title, title.text if title else None, text),
        text,
        sections,
        metadata_of(core, styles.language),
    )


def _add_sections(builder: TextBuilder, blocks: list[Block], title: Block | None) -> None:
    """Add the blocks under their headings; the title leads to every section, and is left out of their paths."""
    path: list[Block] = []
    under: list[Block] = []
    for block in blocks:
        if block.heading is None:
            under.append(block)
            continue
        add_text(builder, under)
        under = []
        level = block.heading
        path = [*(above for above in path if above.heading is not None and above.heading < level), block]
        builder.open_section(tuple(above.line for above in path if above is not title), block.line)
    add_text(builder, under)


def _title(blocks: list[Block]) -> Block | None:
    """The block that is the title: the first styled so, else the first heading where no other is of its level."""
    headings = [block for block in blocks if block.heading is not None]
    styled = next((block for block in headings if block.heading == 0), None)
    chapters = [block for block in headings if block.heading == 1]
    return styled or (chapters[0] if len(chapters) == 1 and chapters[0] is headings[0] else None)


def _with_whole_titles(blocks: list[Block]) -> list[Block]:
    """The blocks, with a title on several lines in one."""
    whole: list[Block] = []
    for block in blocks:
        if block.heading == 0 and whole and whole[-1].heading == 0:
            whole[-1] = Block(f"{whole[-1].text} {block.text}", heading=0)
        else:
            whole.append(block)
    return whole


def _with_headings(blocks: list[Block]) -> list[Block]:
    """The blocks; where no style says what a heading is, short bold lines above text count as headings."""
    if any(block.heading for block in blocks):
        return blocks
    bold = {
        i
        for i, block in enumerate(blocks[:-1])
        if block.bold
        and block.heading is None
        and not blocks[i + 1].bold
        and blocks[i + 1].heading is None
        and len(block.text) <= _BOLD_CHARACTERS
        and not block.text.endswith((".", ",", ";"))
        and any(letter.isalpha() for letter in block.text)
    }
    if not _FEWEST_BOLD <= len(bold) <= len(blocks) // 2:
        return blocks
    return [Block(block.text, heading=1) if i in bold else block for i, block in enumerate(blocks)]


def _notes(package: Package, main: str, body: Body, styles: Styles) -> list[Block]:
    """The footnotes, then the endnotes, in the order in which the text refers to them."""
    notes = []
    for kind in ("footnote", "endnote"):
        part = package.related(main, kind + "s")
        if part is None:
            continue
        elements = {note.get(full("w:id")): note for note in package.root(part)}
        graphics = Graphics(package, part)
        for number in body.notes[kind]:
            if number in elements:
                said = Body(styles, Numbering(None, styles), graphics).blocks(elements[number])
                notes.append(Block(" ".join(" ".join(block.line for block in said).split())))
    return notes
