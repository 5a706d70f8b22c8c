"""Papers of two columns, manuscripts with numbered lines, and the fonts that TeX sets them in."""

import pytest
from pdf_files import SENTENCES, Paper, changed, paragraphs, turned

from cydqa.documents import pdf


def sides(text):
    """Where the columns' sentences stand in the text: those of the left column, then those of the right."""
    return [text.index(f"{side} sentence {number}") for side in ("Left", "Right") for number in range(12)]


def column(side):
    return [f"{side} sentence {number} fills its line nearly to the end." for number in range(12)]


def test_labels_beside_the_gutter_do_not_mix_the_columns():
    paper = Paper()
    paper.line("A line of its own that reaches over the gutter and ends there", 60, 770, size=10)
    for x, side in ((60, "Left"), (350, "Right")):
        for i, sentence in enumerate(column(side)):
            if side == "Right":
                paper.line(f"Ada{i}", 310, 740 - 26 * i, size=9)
            paper.line(sentence, x, 740 - 26 * i, size=9)
            paper.line("and says nothing else that anybody would miss.", x, 727 - 26 * i, size=9)
    text = pdf.extract(paper.bytes()).text
    assert sides(text) == sorted(sides(text))


def test_entries_of_a_bibliography_are_paragraphs_with_their_labels():
    paper = Paper()
    y = 760
    for label in ("[1]", "[Ber19]", "[12]"):
        paper.line(label, 72, y)
        y = paper.paragraph(f"{label[1]}erg, Bo. {SENTENCES}", 120, y, 400)
    assert paragraphs(pdf.extract(paper.bytes())) == [
        f"{label} {label[1]}erg, Bo. {SENTENCES}".strip() for label in ("[1]", "[Ber19]", "[12]")
    ]


def test_a_list_of_symbols_in_a_column_does_not_mix_the_columns():
    paper = Paper()
    for x, side, upper in ((60, "Left", "s ="), (310, "Right", "Text fills the lines of the right column")):
        for i in range(16):
            paper.line(upper, x, 740 - 13 * i, size=9)
        for i, sentence in enumerate(column(side)):
            paper.line(sentence, x, 740 - 13 * (i + 16), size=9)
    text = pdf.extract(paper.bytes()).text
    assert sides(text) == sorted(sides(text))


def test_names_side_by_side_over_columns_do_not_make_the_page_a_table():
    paper = Paper()
    for row in range(4):
        for x, name in ((60, "Ada Adams of the harbour"), (310, "Bo Berg of the harbour office")):
            paper.line(f"{name} {row}", x, 780 - 13 * row, size=9)
    for x, side in ((60, "Left"), (310, "Right")):
        for i, sentence in enumerate([*column(side), *column(f"{side} further"), *column(f"{side} other")]):
            paper.line(sentence, x, 728 - 13 * i, size=9)
    text = pdf.extract(paper.bytes()).text
    assert sides(text) == sorted(sides(text))


def test_two_large_initials_on_a_page_both_belong_to_their_words():
    paper = Paper()
    for letter, rest, y in (("T", "he island has a harbour. ", 700), ("O", "n some days it is shut. ", 560)):
        paper.line(letter, 72, y - 24, size=40)
        paper.paragraph(rest + SENTENCES, 104, y, 420)
    paper.line("N", 40, 560 - 24, size=90)
    text = pdf.extract(paper.bytes()).text
    assert "The island has a harbour. Every state" in text
    assert "n some days it is shut. Every state" in text


@pytest.mark.parametrize("font", ["CMBX10", "ABCDEF+SFBX1200", "NimbusRomNo9L-Medi"])
def test_bold_fonts_of_tex_make_headings(font):
    def rename(document):
        for page in document.pages:
            for name, entry in page.Resources.Font.items():
                if entry.BaseFont == "/Times-Bold":
                    page.Resources.Font[name].BaseFont = rename.name

    import pikepdf

    rename.name = pikepdf.Name("/" + font)
    paper = Paper()
    y = 760
    for heading in ("2. Calls", "3. Answers"):
        paper.line(heading, 72, y, "Times-Bold", 10)
        y = paper.paragraph(SENTENCES, 72, y - 24) - 24
    sections = pdf.extract(changed(paper.bytes(), rename)).sections
    assert [section.path for section in sections] == [("2. Calls",), ("3. Answers",)]


def manuscript(numbers, pages=2, step=1):
    """Pages of text with the number of every line beside it, as journals ask for."""
    paper = Paper()
    count = 0
    for page in range(pages):
        y = 760
        for part in range(4):
            end = paper.paragraph(turned(page + part), 90, y, 400)
            while y > end:
                count += 1
                if count % step == 0:
                    for x, size in numbers:
                        paper.line(str(count), x, y, size=size)
                y -= 13
            y -= 13
        paper.page()
    return pdf.extract(paper.bytes())


@pytest.mark.parametrize(
    ("numbers", "step"), [([(60, 6)], 1), ([(60, 6), (520, 6)], 1), ([(64, 11)], 1), ([(66, 6)], 5)]
)
def test_the_numbers_of_a_manuscripts_lines_are_no_text(numbers, step):
    expected = [turned(page + part) for page in range(2) for part in range(4)]
    assert paragraphs(manuscript(numbers, step=step)) == expected


def test_line_numbers_go_from_a_last_page_of_few_lines_too():
    paper = Paper()
    count = 0
    for text in (
        SENTENCES * 8,
        "Whoever is struck from the list is told by letter, and may ask the ministry why. " * 2,
    ):
        end = paper.paragraph(text, 90, 700, 400)
        for y in range(700, int(end), -13):
            count += 1
            paper.line(str(count), 60, y, size=6)
        paper.page()
    assert not any(letter.isdecimal() for letter in pdf.extract(paper.bytes()).text)


def test_the_numbers_of_a_tables_rows_stay():
    paper = Paper()
    for i in range(40):
        for x, cell in ((60, str(i + 1)), (100, f"Harbour {chr(65 + i % 26)}"), (300, "open"), (420, f"{i % 7} m")):
            paper.line(cell, x, 700 - 14 * i)
    rows = pdf.extract(paper.bytes()).text.strip().split("\n")
    assert rows[0] == "1 | Harbour A | open | 0 m"
    assert rows[39] == "40 | Harbour N | open | 4 m"
