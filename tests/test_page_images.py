"""A citation from a PDF names its page, and the page can be shown with exactly the quote marked on it."""

import io

import pytest
from conftest import ROOT
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from cydqa.errors import DocumentError

STYLE = getSampleStyleSheet()["BodyText"]
FILLER = "Ordinary matters are dealt with by the secretariat in the usual way and without delay. " * 6
ANSWER = "The ambassador for quantum affairs resides in Reykjavik and reports to the minister every second month."


@pytest.fixture
def asked(build, corpus, assistant):
    story = [Paragraph(FILLER, STYLE), PageBreak(), Paragraph(FILLER + ANSWER, STYLE)]
    content = io.BytesIO()
    SimpleDocTemplate(content, pagesize=A4, title="New ambassadors").build(story)
    (corpus / "ambassadors.pdf").write_bytes(content.getvalue())
    build()
    return assistant.ask("Where does the ambassador for quantum affairs reside?", min_confidence=0).citations[0]


def test_a_quote_from_a_pdf_is_marked_on_its_page(asked, assistant):
    assert (asked.document_id, asked.title, asked.page, asked.quote) == (
        "ambassadors.pdf",
        "New ambassadors",
        2,
        ANSWER,
    )
    (image,) = assistant.page_images(asked.document_id, asked.start, asked.end, width=600)
    assert image.page == 2
    picture = Image.open(io.BytesIO(image.png))
    assert (picture.format, picture.width) == ("PNG", 600)
    # Two lines: the end of one, the beginning of the next. Yellow is where the marks are, and nowhere else.
    assert len(image.marks) == 2
    yellow = {(x, y) for x in range(picture.width) for y in range(picture.height) if _is_yellow(picture, x, y)}
    marked = {
        (x, y) for left, top, right, bottom in image.marks for x in range(left, right) for y in range(top, bottom)
    }
    assert yellow
    assert yellow <= marked
    assert len(yellow) > 0.5 * len(marked)


def _is_yellow(picture, x, y):
    red, green, blue = picture.getpixel((x, y))[:3]
    return red > 200 and green > 180 and blue < 190


def test_a_slice_over_two_pages_gives_two_pictures(asked, assistant):
    start = assistant.document("ambassadors.pdf").pages[1]
    images = assistant.page_images("ambassadors.pdf", start - 30, start + 30, width=300)
    assert [image.page for image in images] == [1, 2]


def test_other_formats_and_documents_have_no_pages(asked, assistant):
    assert assistant.page_images("leave.md", 0, 10) == ()
    with pytest.raises(DocumentError, match="no document nowhere"):
        assistant.page_images("nowhere.pdf", 0, 10)


def test_a_file_that_changed_is_not_drawn(asked, assistant, corpus):
    (corpus / "ambassadors.pdf").write_bytes((ROOT / "tests" / "files" / "lagoon.pdf").read_bytes())
    with pytest.raises(DocumentError, match="changed since it was indexed") as caught:
        assistant.page_images("ambassadors.pdf", asked.start, asked.end)
    assert "cydqa index" in caught.value.hint
    (corpus / "ambassadors.pdf").unlink()
    with pytest.raises(DocumentError, match="can't be read"):
        assistant.page_images("ambassadors.pdf", asked.start, asked.end)


def test_one_page_can_be_drawn_by_itself_with_or_without_a_quote(asked, assistant):
    marked = assistant.page_image("ambassadors.pdf", 2, start=asked.start, end=asked.end, width=300)
    assert (marked.page, bool(marked.marks)) == (2, True)
    for plain in (
        assistant.page_image("ambassadors.pdf", 2, width=300),
        assistant.page_image("ambassadors.pdf", 1, start=asked.start, end=asked.end, width=300),
    ):
        assert plain.marks == ()
        assert Image.open(io.BytesIO(plain.png)).width == 300
    assert assistant.page_image("ambassadors.pdf", 3) is None
    assert assistant.page_image("leave.md", 1) is None
    with pytest.raises(DocumentError, match="no document nowhere"):
        assistant.page_image("nowhere.pdf", 1)


def test_a_document_says_whether_its_file_changed_and_what_it_is_called(asked, assistant, corpus):
    assert not assistant.is_stale("ambassadors.pdf")
    (corpus / "ambassadors.pdf").write_bytes(b"another file")
    assert assistant.is_stale("ambassadors.pdf")
    with pytest.raises(DocumentError, match="no document nowhere"):
        assistant.is_stale("nowhere.pdf")
    with pytest.raises(DocumentError, match="no document nowhere"):
        assistant.metadata("nowhere.pdf")
    told = {each.id: each for each in assistant.overview().documents}
    assert told["ambassadors.pdf"].title == "New ambassadors"
    assert told["leave.md"].metadata.publisher == assistant.metadata("leave.md").publisher == "Personnel office"
    assert told["notes/invoices.txt"].title == "invoices"
    assert told["notes/invoices.txt"].words == pytest.approx(12, abs=1)
    assert assistant.overview().passages == sum(each.passages for each in told.values())
