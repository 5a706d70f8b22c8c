"""Presentations (.pptx) -> reading text: each slide a section under its title, its notes after it."""

from dataclasses import replace

from cydqa.documents import kinds
from cydqa.documents.extracted import Extracted, TextBuilder
from cydqa.documents.office.blocks import add_text
from cydqa.documents.office.package import Package, metadata_of, title_of
from cydqa.documents.office.slide import Slide, read_slide
from cydqa.documents.office.xml import full, integer, value
from cydqa.errors import DocumentError
from cydqa.types import Section

VERSION = 1
KIND = kinds.PPTX
_HEIGHT = 6_858_000  # of a usual slide, in EMU (914,400 to the inch)


def extract(content: bytes) -> Extracted:
    """Read the slides in the order in which they are shown; hidden ones are left out, but keep their number.

    Raises:
        DocumentError: if the file is damaged, or made to do harm.
    """
    package = Package(content)
    slides = _slides(package)
    texts: list[str] = []
    pages: list[int] = []
    sections: list[Section] = []
    length = 0
    for slide in slides:
        pages.append(length)
        if slide.hidden:
            continue
        text, inside = _text(slide)
        sections.extend(replace(section, start=section.start + length, end=section.end + length) for section in inside)
        texts.append(text)
        length += len(text)
    hidden = [str(number) for number, slide in enumerate(slides, 1) if slide.hidden]
    core = package.core()
    return Extracted(
        title=title_of(core.title, next((slide.title for slide in slides if slide.title), None), "".join(texts)),
        text="".join(texts),
        sections=tuple(sections),
        metadata=metadata_of(core, None),
        pages=tuple(pages),
        warnings=(f"Its hidden slides were left out: {', '.join(hidden)}.",) if hidden else (),
    )


def _slides(package: Package) -> list[Slide]:
    main = package.main()
    presentation, relations = package.root(main), package.relations(main)
    height = integer(value(presentation, "p:sldSz", "cy")) or _HEIGHT
    entries = presentation.iterfind(f"{full('p:sldIdLst')}/{full('p:sldId')}")
    slides = []
    for number, entry in enumerate(entries, 1):
        relation = relations.get(entry.get(full("r:id")) or "")
        if relation is None:
            raise DocumentError(
                f"it lacks its slide {number}.", hint="Open it in the program that made it and save it again."
            )
        slides.append(read_slide(package, relation.part, height))
    return slides


def _text(slide: Slide) -> tuple[str, tuple[Section, ...]]:
    builder = TextBuilder()
    if slide.title and any(block.text for blocks in slide.shapes for block in blocks):
        builder.open_section((slide.title,), slide.title)
    else:
        builder.add(slide.title or "")  # all that the slide says
    for blocks in slide.shapes:
        add_text(builder, blocks)
    return builder.finish()
