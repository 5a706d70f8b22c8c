"""Characters and their places, titles and sections of a PDF, and why a file can not be read."""

import io
from bisect import bisect_right

import pikepdf
import pytest
from pdf_files import (
    FILES,
    SENTENCES,
    Paper,
    changed,
    letters_of,
    paragraphs,
    picture,
    printed,
    report,
)

from cydqa.documents import pdf
from cydqa.errors import DocumentError

CONTENTS = {"report": report, **{name: (FILES / name).read_bytes for name in ("lighthouse.pdf", "lagoon.pdf")}}


@pytest.mark.parametrize("name", CONTENTS)
def test_every_run_names_the_pdfium_characters_of_its_slice(name):
    content = CONTENTS[name]()
    extracted, letters = pdf.extract(content), letters_of(content)
    end, kept = 0, 0
    for run in extracted.characters:
        assert run.start >= end
        end = run.start + run.length
        kept += run.length
        shown = letters[run.page - 1][run.first : run.first + run.length]
        for letter, original in zip(extracted.text[run.start : end], shown, strict=True):
            assert letter == original or (letter, original) == ("-", "\x02")
    assert kept > 0.9 * len(extracted.text.replace("\n\n", ""))


@pytest.mark.parametrize("name", CONTENTS)
def test_the_page_of_an_offset_is_the_page_on_which_its_character_stands(name):
    extracted = pdf.extract(CONTENTS[name]())
    for run in extracted.characters:
        assert bisect_right(extracted.pages, run.start) == run.page


@pytest.mark.parametrize("name", CONTENTS)
def test_the_same_bytes_give_the_same_text_whatever_was_read_before(name):
    first = pdf.extract(CONTENTS[name]())
    pdf.extract(report())
    assert pdf.extract(CONTENTS[name]()) == first


def places(extracted, text):
    """PDFium's characters of the text's first occurrence."""
    start = extracted.text.index(text)
    every = {run.start + at: run.first + at for run in extracted.characters for at in range(run.length)}
    return [every.get(start + at) for at in range(len(text))]


def test_ligatures_are_written_out_and_all_their_letters_have_a_place():
    extracted = pdf.extract(printed("The o1ce\u00a0re2news 3 as ever.", {"1": "\ufb03", "2": "\u200b", "3": "\ufb13"}))
    assert paragraphs(extracted) == ["The office renews \u0574\u0576 as ever."]
    assert None not in places(extracted, "office")
    one, other = places(extracted, "\u0574\u0576")
    assert one == other


def test_a_character_of_two_halves_is_one():
    extracted = pdf.extract(printed("A face x smiles.", {"x": "😀"}))
    assert paragraphs(extracted) == ["A face 😀 smiles."]
    assert places(extracted, "😀 s")[0] is not None


def test_bookmarks_make_the_sections_at_most_three_levels_deep():
    paper = Paper()
    y = 780
    for level, name in enumerate(["One", "One and a half", "Deeper", "Deepest"]):
        paper.canvas.bookmarkPage(name)
        paper.canvas.addOutlineEntry(name, name, level)
        paper.line(name, 72, y)
        y = paper.paragraph(f"Text under {name.lower()} follows. " + SENTENCES, 72, y - 30) - 30
    paths = [section.path for section in pdf.extract(paper.bytes()).sections]
    assert paths == [("One",), ("One", "One and a half"), ("One", "One and a half", "Deeper")]


def test_a_bold_line_over_indented_text_is_a_heading_whatever_the_text_begins_with():
    paper = Paper()
    y = 760
    for heading, text in (("NAME", "calls - keeps a list of those who answer"), ("SYNOPSIS", "calls [-a] [name ...]")):
        paper.line(heading, 72, y, "Times-Bold")
        paper.line(text, 108, y - 13)
        y = paper.paragraph(SENTENCES, 108, y - 26, 400) - 13
    extracted = pdf.extract(paper.bytes())
    assert [section.path for section in extracted.sections] == [("NAME",), ("SYNOPSIS",)]
    assert paragraphs(extracted)[1].startswith("calls - keeps a list of those who answer")


def test_thick_stems_make_no_text_bold_whose_font_is_called_plain():
    def thicken(document):
        for font in document.pages[0].Resources.Font.values():
            font.FontDescriptor = document.make_indirect(
                pikepdf.Dictionary(Type=pikepdf.Name.FontDescriptor, FontName=font.BaseFont, Flags=32, StemV=139)
            )

    paper = Paper()
    y = 760
    for _ in range(2):
        paper.line("A line as the others", 72, y)
        y = paper.paragraph("The list is renewed each spring.", 72, y - 24) - 24
    assert [section.path for section in pdf.extract(changed(paper.bytes(), thicken)).sections] == [()]


@pytest.mark.parametrize(
    "name", ["Microsoft Word - draft.doc", "report_final.pdf", "untitled", "No Title Given", "Table of Contents", ""]
)
def test_a_title_that_is_none_gives_way_to_the_largest_text_of_the_first_page(name):
    paper = Paper(title=name)
    paper.line("What the calls are about", 72, 760, "Times-Bold", 24)
    paper.paragraph(SENTENCES, 72, 700)
    assert pdf.extract(paper.bytes()).title == "What the calls are about"


def test_a_text_of_one_size_has_no_title():
    paper = Paper()
    paper.paragraph(SENTENCES, 72, 700)
    assert pdf.extract(paper.bytes()).title is None


def test_pages_without_text_layer_are_named_in_a_warning():
    paper = Paper()
    for number in range(1, 7):
        if number in (3, 4, 6):
            paper.canvas.drawImage(picture(), 72, 300)
        else:
            paper.paragraph(f"Page {number} speaks. " + SENTENCES, 72, 500)
        paper.page()
    extracted = pdf.extract(paper.bytes())
    assert extracted.warnings == (
        "Pages 3 to 4 and 6 have no text layer and were left out; run OCR first (for example with ocrmypdf).",
    )
    assert len(extracted.pages) == 7  # the canvas adds an empty one
    assert extracted.pages[2] == extracted.pages[3] == extracted.pages[4]


def scanned():
    paper = Paper()
    paper.canvas.drawImage(picture(), 72, 300)
    return paper.bytes()


def encrypted():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(report())) as document:
        document.save(out, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return out.getvalue()


def long():
    with pikepdf.new() as document:
        for _ in range(2001):
            document.add_blank_page()
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def without_letters():
    return printed("bcdf a g", {glyph: chr(0xE000 + ord(glyph)) for glyph in "bcdfg"})


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (scanned, r"^it has no text layer \(scanned pages\): run OCR first \(for example with ocrmypdf\)\.$"),
        (encrypted, r"^it is protected by a password\.$"),
        (lambda: report()[: len(report()) // 2], "damaged or cut short"),
        (lambda: b"%PDF-1.7\nnothing\n%%EOF\n", "damaged or cut short"),
        (long, r"^it has 2,001 pages, more than the 2,000 that cydqa reads\.$"),
        (without_letters, "which letters"),
    ],
)
def test_a_file_that_can_not_be_read_says_why(make, reason):
    with pytest.raises(DocumentError, match=reason) as caught:
        pdf.extract(make())
    assert caught.value.hint.endswith(".")


def test_a_document_that_libreoffice_wrote_keeps_its_structure():
    extracted = pdf.extract((FILES / "lighthouse.pdf").read_bytes())
    assert extracted.title == "Keeping the Lighthouse"
    assert extracted.metadata.language == "en-GB"
    assert [section.path for section in extracted.sections if section.path] == [
        ("Introduction",),
        ("Duties of the keeper", "Every day"),
        ("Duties of the keeper", "Every year"),
        ("Tide tables",),
        ("Outlook",),
    ]
    text = extracted.text
    assert "Harbour papers" not in text
    assert "Page 1 of" not in text
    assert "interpretation. A well-known misunderstanding" in text  # over a note's number and line-end hyphens
    assert "1. Inspect the breakwater.\n2. Repaint the gallery.\n3. Report to the commission.\n\n" in text
    assert "March | 3.1 metres, but with north-easterly winds considerably more | 0.5 metres\n\n" in text
    assert "\n\n1 Harbour register, volume 12, page 44.\n\n" in text
    cut = [word for word in text.split() if "-" in word]
    assert set(cut) <= {"well-known", "north-easterly"}


def test_two_columns_that_libreoffice_wrote_are_read_in_order():
    extracted = pdf.extract((FILES / "lagoon.pdf").read_bytes())
    assert all(paragraph[-1] in ".tyers" for paragraph in paragraphs(extracted))
    assert not [paragraph for paragraph in paragraphs(extracted) if paragraph[0].islower()]
    assert {word for word in extracted.text.split() if "-" in word} == {"well-known"}
