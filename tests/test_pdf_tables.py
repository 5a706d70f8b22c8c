"""Tables of a PDF: their rows and cells, and the tables that only lead to pages."""

import pytest
from pdf_files import SENTENCES, Paper, paragraphs

from cydqa.documents import pdf

CONTENTS = (("Calls", 2), ("Answers", 2), ("Reasons", 3), ("Lists", 3))


def with_contents(entries, heading, dots=" " + "." * 60 + " "):
    """A heading, entries, and then chapters on pages of their own."""
    paper = Paper(title="On the lists of contacts")
    if heading:
        paper.line(heading, 72, 780, "Times-Bold", 14)
    for i, (name, page) in enumerate(entries):
        paper.line(f"{name}{dots}{page}" if dots else name, 72, 740 - 20 * i)
        if not dots:
            paper.line(str(page), 500, 740 - 20 * i)
    for name in ("Calls", "Answers"):
        paper.page()
        paper.line(name, 72, 760, "Times-Bold", 14)
        paper.paragraph(SENTENCES, 72, 730)
    return pdf.extract(paper.bytes())


@pytest.mark.parametrize(
    ("heading", "dots"), [("Contents", " " + "." * 60 + " "), ("List of Figures", ""), ("", " . . . . . . . . . . ")]
)
def test_a_table_of_contents_is_no_text_and_no_section(heading, dots):
    extracted = with_contents(CONTENTS, heading, dots)
    assert paragraphs(extracted) == ["Calls", SENTENCES.strip(), "Answers", SENTENCES.strip()]
    assert [section.path for section in extracted.sections] == [("Calls",), ("Answers",)]


def test_a_price_list_with_dots_stays():
    prices = (("Tea", 4), ("Bread", 2), ("Soup", 7), ("Apples", 1))
    assert "Tea | 4\nBread | 2\nSoup | 7\nApples | 1" in with_contents(prices, "").text


def test_one_line_of_a_form_with_dots_stays():
    assert "Number of calls | 12" in with_contents((("Number of calls", 12),), "").text


def test_a_list_of_what_a_box_contains_stays():
    assert (
        "Screws | 40\nBolts | 50\nNuts | 60"
        in with_contents((("Screws", 40), ("Bolts", 50), ("Nuts", 60)), "Contents", "").text
    )


def test_the_index_at_the_end_is_no_text_and_what_follows_it_stays():
    paper = Paper()
    for name in ("Calls", "Answers"):
        paper.line(name, 72, 760, "Times-Bold", 14)
        paper.paragraph(SENTENCES, 72, 730)
        paper.page()
    paper.line("Subject Index", 72, 760, "Times-Bold", 14)
    for i, entry in enumerate(("A", "address, 1, 2", "answer, 2", "C", "call", "in spring, 1", "nobody’s, 1–2")):
        paper.line(entry, 72, 730 - 13 * i)
    paper.line("Colophon", 72, 560, "Times-Bold", 14)
    paper.line("Printed by those who answer in the harbour, 2015", 72, 540)
    text = pdf.extract(paper.bytes()).text
    assert not {"Index", "address,", "nobody’s,", "1–2"} & set(text.split())
    assert "Colophon\n\nPrinted by those who answer in the harbour, 2015" in text


def test_the_last_cell_of_a_row_holds_all_its_lines_however_long_they_are():
    paper = Paper()
    rows = (
        (
            "-c",
            ("If this is given, then the commands are read from the words that follow it and not", "from the file."),
        ),
        (
            "-s",
            (
                "If this is given, or if no words are left after it, then the commands are taken from a",
                "list that every state keeps, and whoever leaves the office is struck from it at once.",
            ),
        ),
        ("-v", ("Prints what it reads.",)),
    )
    y = 680
    for name, lines in rows:
        paper.line(name, 72, y)
        for line in lines:
            paper.line(line, 130, y)
            y -= 13
    paper.paragraph("Another paragraph follows. " + SENTENCES, 72, y - 20)
    table, rest = paragraphs(pdf.extract(paper.bytes()))
    assert table.split("\n") == [f"{name} | {' '.join(lines)}" for name, lines in rows]
    assert rest.startswith("Another paragraph")


def test_hyphens_at_line_ends_inside_cells_go_as_in_paragraphs():
    paper = Paper()
    paper.paragraph("What is returned is a well-known list. " + SENTENCES, 72, 780)
    for i, cells in enumerate((("State", "What is done"), ("Norway", "A list is re-", "turned by the well-", "known"))):
        paper.line(cells[0], 72, 600 - 26 * i)
        for k, line in enumerate(cells[1:]):
            paper.line(line, 200, 600 - 26 * i - 12 * k)
    assert "Norway | A list is returned by the well-known" in pdf.extract(paper.bytes()).text
