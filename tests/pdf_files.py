"""PDF files for tests, drawn line by line."""

import io
from pathlib import Path

import pikepdf
import pypdfium2
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

FILES = Path(__file__).parent / "files"
BODY = ("Times-Roman", 11)
SENTENCES = (
    "Every state keeps a list of the people who answer when another state calls about an incident. "
    "The list is renewed each spring, and whoever leaves the office is struck from it within a week. "
    "A call that nobody answers is reported to the secretariat, which asks the ministry for a reason. "
    "Most of the calls concern nothing more serious than an address that was written down wrongly. "
)


class Paper:
    """Draws lines of text at known places; a page is 595 by 842 points."""

    def __init__(self, **information):
        self._bytes = io.BytesIO()
        self.canvas = canvas.Canvas(self._bytes, pagesize=(595, 842), invariant=True)
        for name, value in information.items():
            getattr(self.canvas, f"set{name.capitalize()}")(value)

    def line(self, text, x, y, font="Times-Roman", size=11):
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, text)

    def paragraph(self, text, x, y, width=450, font="Times-Roman", size=11, leading=13):
        """Wrapped text from its first baseline down; returns the baseline after the last."""
        words = text.split()
        while words:
            taken = [words.pop(0)]
            while words and pdfmetrics.stringWidth(" ".join([*taken, words[0]]), font, size) <= width:
                taken.append(words.pop(0))
            self.line(" ".join(taken), x, y, font, size)
            y -= leading
        return y

    def page(self):
        self.canvas.showPage()

    def bytes(self):
        self.canvas.showPage()
        self.canvas.save()
        return self._bytes.getvalue()


def turned(number):
    """The same sentences, beginning with another one on every page."""
    sentences = [sentence.strip() + "." for sentence in SENTENCES.split(".")[:-1]]
    return " ".join(sentences[number % 4 :] + sentences[: number % 4])


def changed(content, change):
    with pikepdf.open(io.BytesIO(content)) as document:
        change(document)
        out = io.BytesIO()
        document.save(out, deterministic_id=True)
    return out.getvalue()


def paragraphs(extracted):
    return extracted.text.strip().split("\n\n")


def one_page(*lines):
    paper = Paper()
    for line in lines:
        paper.line(*line)
    return paper.bytes()


def letters_of(content):
    """PDFium's characters of every page, as it numbers them."""
    pages = []
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            text = page.get_textpage()
            pages.append([chr(pypdfium2.raw.FPDFText_GetUnicode(text, i)) for i in range(text.count_chars())])
    return pages


def report():
    """Three pages with running heads, numbers, notes, a hyphen, a table, a list, two sizes of headings."""
    paper = Paper(title="On the list of contacts", author="Ada Adams; Bo Berg")
    for number in (1, 2, 3):
        paper.line("Papers on calls", 72, 800, size=9)
        paper.line(f"- {number} -", 290, 30, size=9)
        y = 760
        if number == 1:
            paper.line("On the list of contacts", 72, y, "Times-Bold", 22)
            paper.line("Introduction", 72, y - 40, "Times-Bold", 14)
            y = paper.paragraph(SENTENCES, 72, y - 64)
            paper.line("The whole practice of diplo-", 72, y - 10)
            paper.line("macy rests on well-", 72, y - 23)
            paper.line("known people.", 72, y - 36)
            paper.line("Some are well-known.", 72, y - 60)
            paper.line("Duties", 72, y - 100, "Times-Bold", 14)
            y = paper.paragraph("A contact has these duties:", 72, y - 124)
            for item in ("to answer the telephone;", "to write down what was said."):
                paper.line("•", 80, y - 10)
                paper.line(item, 92, y - 10)
                y -= 13
            paper.paragraph(
                "Those duties begin on the first day and end, as far as anybody can tell, only when", 72, 140
            )
            paper.line("1", 72, 74, size=5)
            paper.line("See the rules of procedure.", 78, 70, size=8)
        elif number == 2:
            y = paper.paragraph("another person has been named in writing.", 72, y)
            rows = [("State", "Calls", "Answered"), ("Norway", "12", "11"), ("Ghana", "9", "9")]
            for row in rows:
                for x, cell in zip((72, 250, 400), row, strict=True):
                    paper.line(cell, x, y - 30)
                y -= 18
            paper.paragraph(SENTENCES, 72, y - 60)
        else:
            paper.line("Outlook", 72, y, "Times-Bold", 14)
            paper.paragraph(SENTENCES, 72, y - 24)
        if number < 3:
            paper.page()
    return paper.bytes()


def printed(text, shown):
    """A page on which each character of `shown` was printed as another that its font has."""

    def name_letters(document):
        font = document.pages[0].Resources.Font["/F2+0"]
        named = font.ToUnicode.read_bytes()
        for glyph, character in shown.items():
            named = named.replace(f"<{ord(glyph):04X}>".encode(), f"<{character.encode('utf-16-be').hex()}>".encode())
            if character == "\u200b":
                font.Widths[ord(glyph) - int(font.FirstChar)] = 0
        font.ToUnicode.write(named)

    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    return changed(one_page((text, 72, 500, "Vera", 11)), name_letters)


def picture():
    return ImageReader(Image.new("RGB", (40, 40), "grey"))
