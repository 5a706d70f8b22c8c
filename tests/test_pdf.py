"""PDFs made here with reportlab, changed with pikepdf, and three that LibreOffice wrote."""

import io
from bisect import bisect_right
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from cydqa.documents import pdf
from cydqa.documents.pdf.pages import mark_pages
from cydqa.errors import DocumentError

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


def test_a_report_reads_as_a_person_reads_it():
    extracted = pdf.extract(report())
    assert extracted.title == "On the list of contacts"
    assert extracted.metadata.authors == ("Ada Adams", "Bo Berg")
    assert extracted.metadata.published is None
    assert paragraphs(extracted) == [
        "On the list of contacts",
        "Introduction",
        SENTENCES.strip(),
        "The whole practice of diplomacy rests on well-known people.",
        "Some are well-known.",
        "Duties",
        "A contact has these duties:",
        "• to answer the telephone;\n• to write down what was said.",
        "1 See the rules of procedure.",
        "Those duties begin on the first day and end, as far as anybody can tell, only when another person has been "
        "named in writing.",
        "State | Calls | Answered\nNorway | 12 | 11\nGhana | 9 | 9",
        SENTENCES.strip(),
        "Outlook",
        SENTENCES.strip(),
    ]
    assert [section.path for section in extracted.sections] == [("Introduction",), ("Duties",), ("Outlook",)]


def test_two_columns_are_read_one_after_the_other_even_if_the_file_draws_them_in_turn():
    left, right = (f"{side} column sentence number {{}} goes here" for side in ("left", "right"))
    paper = Paper()
    paper.line("A heading over both of the columns of the page in question", 72, 780, "Times-Bold", 16)
    for i in range(12):
        paper.line(left.format(i), 72, 740 - 13 * i)
        paper.line(right.format(i), 310, 740 - 13 * i)
    text = pdf.extract(paper.bytes()).text
    places = [text.index(left.format(i)) for i in range(12)] + [text.index(right.format(i)) for i in range(12)]
    assert places == sorted(places)


def test_cells_of_several_lines_stay_together_where_rows_have_no_space_between_them():
    rows = [
        [["State"], ["What it does", "about calls"], ["Since"]],
        [["Ghana"], ["Keeps a list", "Of the calls", "And answers"], ["The year", "2015"]],
        [["Norway"], ["Answers"], ["2018"]],
    ]
    paper, y = Paper(), 700
    for row in rows:
        for x, cell in zip((72, 250, 400), row, strict=True):
            for i, line in enumerate(cell):
                paper.line(line, x, y - 12 * i)
        y -= 12 * max(len(cell) for cell in row)
    assert paragraphs(pdf.extract(paper.bytes())) == [
        "State | What it does about calls | Since\n"
        "Ghana | Keeps a list Of the calls And answers | The year 2015\n"
        "Norway | Answers | 2018"
    ]


def test_the_same_word_in_different_sizes_and_places_is_kept():
    lines = [("of", 40 + 7 * i, 100 + 11 * i, "Times-Roman", 6 + i / 2) for i in range(60)]
    assert pdf.extract(one_page(*lines)).text.split().count("of") == 60


def columns(paper, y, lefts, texts, width):
    """Texts side by side, each drawn to its end; returns the baseline below the longest."""
    return min(paper.paragraph(text, x, y, width) for x, text in zip(lefts, texts, strict=True))


def test_three_columns_are_read_one_after_the_other():
    paper = Paper()
    texts = [f"The {name} column begins. {SENTENCES}" * 2 for name in ("first", "second", "third")]
    columns(paper, 760, (50, 220, 390), texts, 150)
    assert " ".join(paragraphs(pdf.extract(paper.bytes()))) == " ".join("".join(texts).split())


def test_a_table_between_columns_keeps_its_rows_and_does_not_mix_the_columns():
    paper = Paper()
    upper, lower = ([f"The {side} {place} column. {SENTENCES}" for side in ("left", "right")] for place in ("a", "b"))
    y = paper.paragraph("Over both. " + SENTENCES, 60, 780, 470)
    y = columns(paper, y - 10, (60, 305), upper, 225) - 20
    for row in (("State", "Number of calls in the year", "Share"), ("Norway", "12", "90"), ("Ghana", "9", "100")):
        for x, cell in zip((60, 220, 420), row, strict=True):
            paper.line(cell, x, y)
        y -= 15
    columns(paper, y - 20, (60, 305), lower, 225)
    text = " ".join(pdf.extract(paper.bytes()).text.split("\n\n"))
    for column in (*upper, *lower):
        assert column.strip() in text
    assert "State | Number of calls in the year | Share\nNorway | 12 | 90\nGhana | 9 | 100" in text
    assert text.index("right a") < text.index("Norway") < text.index("left b") < text.index("right b")


def test_a_large_initial_belongs_to_the_first_word():
    paper = Paper()
    paper.line("T", 72, 676, size=40)
    y = paper.paragraph("he island has a harbour. " + SENTENCES, 100, 700, 420)
    paper.paragraph("Another paragraph. " + SENTENCES, 72, y - 20)
    assert paragraphs(pdf.extract(paper.bytes()))[0].startswith("The island has a harbour. Every state")


@pytest.mark.parametrize("number", ["12", "- 12 -", "Page 3 of 10", "iv", "3 / 10"])
def test_page_numbers_go_even_from_a_single_page(number):
    content = one_page(("The only sentence of the page stands here.", 72, 500), (number, 290, 30))
    assert paragraphs(pdf.extract(content)) == ["The only sentence of the page stands here."]


def test_running_heads_that_differ_on_odd_and_even_pages_go_and_headings_at_the_top_stay():
    paper = Paper()
    for number in range(1, 9):
        paper.line("The Yearbook" if number % 2 else "Chapter on calls", 72, 800, size=9)
        paper.line(f"Part {number}", 72, 780, "Times-Bold", 14)
        paper.paragraph(turned(number), 72, 750)
        paper.page()
    text = pdf.extract(paper.bytes()).text
    assert "Yearbook" not in text
    assert "Chapter on calls" not in text
    assert all(f"Part {number}\n\n" in text for number in range(1, 9))


def test_a_chapter_name_beside_the_page_number_goes():
    paper = Paper()
    for number, chapter in enumerate(("Calls", "Answers", "Lists", "Reasons"), 41):
        paper.line(chapter, 72, 800)
        paper.line(str(number), 500, 800)
        paper.paragraph(turned(number), 72, 750)
        paper.page()
    assert paragraphs(pdf.extract(paper.bytes())) == [turned(number) for number in range(41, 45)]


def test_a_head_that_names_something_else_on_every_page_goes_and_a_table_head_below_it_stays():
    paper = Paper()
    for number, name in enumerate(("Arrival", "Bread", "Coal", "Dusk", "Evening", "Fog")):
        paper.line(name, 72, 800, "Times-Italic")
        paper.paragraph(turned(number), 72, 600)
        for i, cells in enumerate((("Ship", "Cargo"), ("Anna", "Wood")) if number % 3 == 1 else ()):
            for x, cell in zip((72, 300), cells, strict=True):
                paper.line(cell, x, 750 - 15 * i)
        paper.page()
    text = pdf.extract(paper.bytes()).text
    assert not {"Arrival", "Bread", "Coal", "Dusk", "Evening", "Fog"} & set(text.split())
    assert text.count("Ship | Cargo\nAnna | Wood") == 2


def test_note_numbers_go_from_words_and_powers_and_units_stay():
    paper = Paper()
    x = 72
    pieces = [("These norms", 11), ("12", 6), (" hold. An area of 30 km", 11), ("2", 6), (" and 10", 11), ("6", 6)]
    for text, size in [*pieces, (" people.", 11)]:
        paper.line(text, x, 500 if size == 11 else 504, size=size)
        x += pdfmetrics.stringWidth(text, "Times-Roman", size)
    assert paragraphs(pdf.extract(paper.bytes())) == ["These norms hold. An area of 30 km2 and 106 people."]


def test_watermarks_and_words_drawn_twice_do_not_double_the_text():
    paper = Paper()
    paper.paragraph(SENTENCES, 72, 500)
    for offset in (0, 0.4):
        paper.line("Drawn twice for bold", 72 + offset, 600, size=12)
    hidden = paper.canvas.beginText(72, 600)
    hidden.setFont("Times-Roman", 12)
    hidden.setTextRenderMode(3)
    hidden.textOut("Drawn twice for bold")
    paper.canvas.drawText(hidden)
    for angle, text in ((45, "DRAFT"), (90, "Side label"), (270, "Other label")):
        paper.canvas.saveState()
        paper.canvas.translate(300, 300)
        paper.canvas.rotate(angle)
        paper.line(text, 0, 0, size=30)
        paper.canvas.restoreState()
    assert paragraphs(pdf.extract(paper.bytes())) == ["Drawn twice for bold", SENTENCES.strip()]


def test_a_second_text_layer_over_the_first_does_not_double_it():
    paper = Paper()
    for offset in (0, 0.4):
        paper.paragraph(SENTENCES * 3, 72 + offset, 600)
    assert paragraphs(pdf.extract(paper.bytes())) == [(SENTENCES * 3).strip()]


def test_lines_of_chinese_join_without_a_space():
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    lines = [("网络外交是国家之间的对", 72, 500, "STSong-Light", 11), ("话。", 72, 486, "STSong-Light", 11)]
    assert paragraphs(pdf.extract(one_page(*lines))) == ["网络外交是国家之间的对话。"]


def test_a_page_that_is_turned_is_read_like_another():
    def turn(document):
        document.pages[0].Rotate = 90

    upright = Paper()
    upright.paragraph(SENTENCES, 72, 500)
    sideways = Paper()
    sideways.canvas.rotate(90)
    sideways.paragraph(SENTENCES, 72, -200)
    assert pdf.extract(upright.bytes()).text == pdf.extract(changed(sideways.bytes(), turn)).text


def dejavu(text):
    pdfmetrics.registerFont(TTFont("DejaVuSans", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"))
    return one_page((text, 72, 500, "DejaVuSans", 11))


def places(extracted, text):
    """PDFium's characters of the text's first occurrence."""
    start = extracted.text.index(text)
    every = {run.start + at: run.first + at for run in extracted.characters for at in range(run.length)}
    return [every.get(start + at) for at in range(len(text))]


def test_ligatures_are_written_out_and_all_their_letters_have_a_place():
    extracted = pdf.extract(dejavu("The o\ufb03ce\u00a0re\u200bnews \ufb13 as ever."))
    assert paragraphs(extracted) == ["The office renews \u0574\u0576 as ever."]
    assert None not in places(extracted, "office")
    one, other = places(extracted, "\u0574\u0576")
    assert one == other


def test_a_character_of_two_halves_is_one():
    def map_to_face(document):
        font = document.pages[0].Resources.Font["/F2+0"]
        font.ToUnicode.write(font.ToUnicode.read_bytes().replace(b"<0078>", b"<D83DDE00>"))

    extracted = pdf.extract(changed(dejavu("A face x smiles."), map_to_face))
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


def test_lines_of_a_table_of_contents_are_no_headings():
    paper = Paper()
    paper.line("Contents", 72, 780, "Times-Bold", 14)
    for i, name in enumerate(("Calls", "Answers", "Reasons")):
        paper.line(f"{name} " + "." * 60 + f" {i + 5}", 72, 740 - 20 * i, "Times-Bold", 12)
    paper.line("Calls", 72, 600, "Times-Bold", 14)
    paper.paragraph(SENTENCES, 72, 570)
    extracted = pdf.extract(paper.bytes())
    assert [section.path for section in extracted.sections] == [("Contents",), ("Calls",)]
    assert "Calls | 5\nAnswers | 6\nReasons | 7" in extracted.text


@pytest.mark.parametrize("name", ["Microsoft Word - draft.doc", "report_final.pdf", "untitled", ""])
def test_a_title_that_is_none_gives_way_to_the_largest_text_of_the_first_page(name):
    paper = Paper(title=name)
    paper.line("What the calls are about", 72, 760, "Times-Bold", 24)
    paper.paragraph(SENTENCES, 72, 700)
    assert pdf.extract(paper.bytes()).title == "What the calls are about"


def test_a_text_of_one_size_has_no_title():
    paper = Paper()
    paper.paragraph(SENTENCES, 72, 700)
    assert pdf.extract(paper.bytes()).title is None


def picture():
    return ImageReader(Image.new("RGB", (40, 40), "grey"))


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
    return dejavu("\ue000\ue001\ue002\ue003 a \ue004")


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
