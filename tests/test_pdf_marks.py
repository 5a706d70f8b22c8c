"""Pages of a PDF as pictures, with exactly a slice marked."""

import io

import pytest
from pdf_files import (
    SENTENCES,
    Paper,
    changed,
    one_page,
    report,
)
from PIL import Image
from reportlab.pdfbase import pdfmetrics

from cydqa.documents import pdf
from cydqa.documents.pdf.pages import mark_pages


def yellow(image):
    """The box around the marked pixels of white paper."""
    pixels = image.load()
    found = [(x, y) for x in range(image.width) for y in range(image.height) if pixels[x, y][0] - pixels[x, y][2] > 40]
    across, down = [x for x, _ in found], [y for _, y in found]
    return (min(across), min(down), max(across) + 1, max(down) + 1), len(found)


def test_exactly_the_words_of_a_slice_are_marked():
    content = one_page(("The lighthouse stands on the cape.", 100, 600, "Times-Roman", 20), ("Another line.", 100, 500))
    extracted = pdf.extract(content)
    start = extracted.text.index("stands on")
    (image,) = mark_pages(content, extracted.characters, start, start + len("stands on"), width=1190)
    scale = 1190 / 595
    left = 100 + pdfmetrics.stringWidth("The lighthouse ", "Times-Roman", 20)
    right = left + pdfmetrics.stringWidth("stands on", "Times-Roman", 20)
    box, pixels = yellow(Image.open(io.BytesIO(image.png)))
    assert box == image.marks[0]
    assert len(image.marks) == 1
    assert box[0] == pytest.approx(left * scale, abs=2)
    assert box[2] == pytest.approx(right * scale, abs=2)
    assert (842 - 620) * scale - 3 <= box[1] < (842 - 612) * scale
    assert (842 - 600) * scale < box[3] <= (842 - 594) * scale + 3
    assert pixels > 0.5 * (box[2] - box[0]) * (box[3] - box[1])


@pytest.mark.parametrize("turns", [90, 180, 270])
def test_marks_follow_a_turned_and_cropped_page(turns):
    def turn(document):
        document.pages[0].Rotate = turns
        document.pages[0].CropBox = [50, 400, 450, 700]

    content = changed(one_page(("The lighthouse stands.", 100, 600, "Times-Roman", 20)), turn)
    extracted = pdf.extract(content)
    start = extracted.text.index("lighthouse")
    (image,) = mark_pages(content, extracted.characters, start, start + 10, width=800)
    left = 50 + pdfmetrics.stringWidth("The ", "Times-Roman", 20)  # from the corner of the crop box
    right = left + pdfmetrics.stringWidth("lighthouse", "Times-Roman", 20)
    scale = 800 / (300 if turns in (90, 270) else 400)
    low, high = 200 - 5, 200 + 17.5
    expected = {
        90: (low, left, high, right),
        180: (400 - right, low, 400 - left, high),
        270: (300 - high, 400 - right, 300 - low, 400 - left),
    }[turns]
    assert image.marks[0] == pytest.approx([edge * scale for edge in expected], abs=6)
    assert yellow(Image.open(io.BytesIO(image.png)))[0] == image.marks[0]


def test_a_slice_over_a_hyphen_and_a_page_break_is_marked_on_both_pages():
    content = report()
    extracted = pdf.extract(content)
    start = extracted.text.index("diplomacy")
    (image,) = mark_pages(content, extracted.characters, start, start + len("diplomacy"), width=600)
    assert [image.page, len(image.marks)] == [1, 2]
    start = extracted.text.index("only when another")
    images = mark_pages(content, extracted.characters, start, start + len("only when another"), width=600)
    assert [(image.page, len(image.marks)) for image in images] == [(1, 1), (2, 1)]
    assert mark_pages(content, extracted.characters, 0, 0, width=600) == []


def test_every_line_of_a_paragraph_gets_one_mark_of_its_own_and_its_text_stays_dark():
    paper = Paper()
    end = paper.paragraph(SENTENCES, 72, 500)
    content = paper.bytes()
    extracted = pdf.extract(content)
    (image,) = mark_pages(content, extracted.characters, 0, len(extracted.text), width=1190)
    assert len(image.marks) == (500 - end) / 13
    assert all(20 < bottom - top < 40 for _, top, _, bottom in image.marks)
    picture = Image.open(io.BytesIO(image.png)).crop(image.marks[0])
    assert min(picture.convert("L").getextrema()) < 30


def test_a_huge_page_is_drawn_small():
    paper = Paper()
    paper.canvas.setPageSize((14_400, 14_400))
    paper.line("A very large page indeed.", 100, 100, size=200)
    content = paper.bytes()
    (image,) = mark_pages(content, pdf.extract(content).characters, 0, 5, width=20_000)
    size = Image.open(io.BytesIO(image.png)).size
    assert size[0] * size[1] < 17_000_000
