"""What is read of a PDF: its words in reading order, without what repeats on every page."""

import pytest
from pdf_files import BODY, SENTENCES, Paper, changed, one_page, paragraphs, report, turned
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

from cydqa.documents import pdf


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


def test_a_running_head_of_two_pages_is_read_once_and_what_else_recurs_stays():
    paper = Paper()
    for number in (1, 2):
        paper.line("Papers on calls, volume 3", 72, 800, size=9)
        paper.paragraph("The same opening. " + turned(number), 72, 740)
        if number == 1:
            paper.page()
    assert paragraphs(pdf.extract(paper.bytes())) == [
        "Papers on calls, volume 3",
        "The same opening. " + turned(1),
        "The same opening. " + turned(2),
    ]


def test_numbers_on_the_axes_of_a_chart_go_and_a_number_in_a_line_of_its_own_stays():
    paper = Paper()
    y = paper.paragraph(SENTENCES, 72, 760)
    paper.line("1,240", 72, y - 20, size=8)
    paper.line("calls were counted, as the chart shows.", 72, y - 40)
    for i, tick in enumerate(("−0.5", "0.0", "0.5", "1.0", "1.5")):
        paper.line(tick, 90, 500 + 30 * i, size=7)
    paper.line("0   10   20   30", 120, 480, size=7)
    assert paragraphs(pdf.extract(paper.bytes())) == [
        SENTENCES.strip(),
        "1,240",
        "calls were counted, as the chart shows.",
    ]


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


@pytest.mark.parametrize(
    ("before", "after", "read"),
    [
        (
            "as is said by those who know it and publish it on https://sso.example.",
            "org, where all of it is.",
            "on https://sso.example.org, where",
        ),
        (
            "which for all who look for it there lies in /usr/share/doc/name/changelog.",
            "Debian.gz and nowhere else.",
            "/changelog.Debian.gz and",
        ),
        (
            "which for all who look for it there lies in the folder /usr/share/doc/.",
            "The rest is elsewhere.",
            "folder /usr/share/doc/. The rest",
        ),
    ],
)
def test_an_address_that_a_line_end_cuts_is_whole_and_sentences_stay_apart(before, after, read):
    content = one_page(
        ("It is in one place and no other, however long one looks,", 72, 700, *BODY),
        (before, 72, 686, *BODY),
        (after, 72, 672, *BODY),
    )
    assert read in pdf.extract(content).text
