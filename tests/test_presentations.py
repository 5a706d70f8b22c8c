"""Presentations, made by python-pptx and then edited where it can't."""

import pytest
from office_files import FILES, blocks, bodies, edited, entries, packed, read, saved
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.util import Inches

from cydqa.documents import read_file
from cydqa.errors import DocumentError

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
TITLE, CONTENT, TWO, TITLE_ONLY, BLANK = 0, 1, 3, 5, 6  # layouts of python-pptx's own template


def deck(*slides):
    """A presentation; each slide is the index of a layout and the texts of its placeholders."""
    presentation = Presentation()
    presentation.core_properties.author = "Ana Silva"
    for layout, *texts in slides:
        slide = presentation.slides.add_slide(presentation.slide_layouts[layout])
        for place, text in zip(slide.placeholders, texts, strict=False):
            place.text = text
    return presentation


def show(tmp_path, presentation):
    content = presentation if isinstance(presentation, bytes) else saved(presentation)
    return read(tmp_path, content, "deck.pptx")


def add_box(shapes, text, left, top):
    shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(0.5)).text_frame.text = text


def test_each_slide_is_a_section_under_its_title_and_a_page(tmp_path):
    document = show(
        tmp_path, deck((TITLE, "Norms", "A briefing"), (CONTENT, "Eleven", "One\nTwo"), (CONTENT, "Eleven", "Three"))
    )
    assert (document.title, document.metadata.authors) == ("Norms", ("Ana Silva",))
    assert bodies(document) == [
        (("Norms",), "A briefing"),
        (("Eleven",), "• One\n• Two"),
        (("Eleven",), "• Three"),
    ]
    assert [document.text[page:].partition("\n")[0] for page in document.pages] == ["Norms", "Eleven", "Eleven"]


def test_a_slide_without_a_title_is_a_section_without_a_path(tmp_path):
    presentation = deck((CONTENT, "First", "Text"), (BLANK,), (CONTENT, "Last", "End"))
    add_box(presentation.slides[1].shapes, "Alone.", 1, 1)
    document = show(tmp_path, presentation)
    assert bodies(document)[1] == ((), "Alone.")
    assert document.text[document.pages[1] :].startswith("Alone.")


def test_a_slide_with_nothing_but_a_title_says_its_title(tmp_path):
    document = show(tmp_path, deck((TITLE_ONLY, "Most states have no response team"), (CONTENT, "Norms", "Eleven")))
    assert bodies(document) == [((), "Most states have no response team"), (("Norms",), "• Eleven")]
    assert document.pages == (0, len("Most states have no response team\n\n"))


def test_shapes_are_read_from_the_top_and_side_by_side_from_the_left(tmp_path):
    presentation = deck((TWO, "Sides", "Left", "Right"), (BLANK,))
    tree = presentation.slides[0].shapes._spTree
    tree.append(tree[-2])  # the left one, painted last
    tree.append(tree[2])  # and the title after it
    shapes = presentation.slides[1].shapes
    add_box(shapes, "low", 1, 5)
    add_box(shapes, "right", 6, 1)
    add_box(shapes, "left", 1, 1.1)
    group = shapes.add_group_shape()
    add_box(group.shapes, "second in the group", 1, 4)
    add_box(group.shapes, "first in the group", 1, 2)
    document = show(tmp_path, presentation)
    assert blocks(document) == [
        *("Sides", "• Left", "• Right"),
        *("left", "right", "first in the group", "second in the group", "low"),
    ]


def test_tables_charts_and_notes_are_read_and_page_furniture_is_not(tmp_path):
    presentation = deck((TITLE_ONLY, "Figures"))
    slide = presentation.slides[0]
    grid = slide.shapes.add_table(3, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for i, cell in enumerate(grid.iter_cells()):
        cell.text = f"c{i}"
    grid.cell(0, 0).merge(grid.cell(0, 1))
    grid.cell(1, 0).merge(grid.cell(2, 0))
    grid.cell(2, 0).text = "covered"
    slide.shapes.title.text_frame.paragraphs[0]._p.append(field("slidenum", "7"))
    numbers = CategoryChartData()
    numbers.categories = ["2023"]
    numbers.add_series("s", (1,))
    place = (Inches(1), Inches(4), Inches(4), Inches(2))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.PIE, *place, numbers).chart
    chart.chart_title.text_frame.text = "Attacks by year"
    hidden = slide.shapes.add_textbox(0, 0, 1, 1)
    hidden.text_frame.text = "Invisible."
    hidden._element.nvSpPr.cNvPr.set("hidden", "1")
    slide.notes_slide.notes_text_frame.text = "Say it slowly.\nPause."
    for kind in ("sldNum", "ftr", "dt"):
        box = slide.shapes.add_textbox(0, 0, 1, 1)
        box.text_frame.text = kind
        properties = box._element.nvSpPr.nvPr
        properties.append(properties.makeelement(properties.tag.replace("nvPr", "ph"), {"type": kind}))
    grid_text = "c0 c1\nc2 c4 | c3\n | c5"
    assert blocks(show(tmp_path, presentation)) == [
        *("Figures", grid_text, "Attacks by year", "Category | s\n2023 | 1", "Notes: Say it slowly.", "Pause."),
    ]


def field(kind, text):
    return parse_xml(f'<a:fld xmlns:a="{DRAWING}" id="{{0}}" type="{kind}"><a:t>{text}</a:t></a:fld>')


def test_bullets_come_from_the_paragraph_or_from_the_layout(tmp_path):
    presentation = deck((CONTENT, "List", "inherited\nnone\nfirst\nsecond\ninner\nthird\nagain"))
    paragraphs = presentation.slides[0].placeholders[1].text_frame.paragraphs
    paragraphs[4].level = paragraphs[6].level = 1
    for at, tag, kind in ((1, "buNone", None), (2, "buAutoNum", "arabicPeriod"), (3, "buAutoNum", "arabicPeriod")):
        say(paragraphs[at], tag, kind)
    say(paragraphs[4], "buAutoNum", "alphaLcParenBoth")
    say(paragraphs[6], "buAutoNum", "alphaLcParenBoth")
    say(paragraphs[5], "buAutoNum", "arabicPeriod")
    assert blocks(show(tmp_path, presentation)) == [
        *("List", "• inherited", "none", "1. first\n2. second", "(a) inner", "3. third", "(a) again")
    ]


def say(paragraph, tag, kind):
    properties = paragraph._p.get_or_add_pPr()
    properties.append(properties.makeelement(f"{{{DRAWING}}}{tag}", {"type": kind} if kind else {}))


def test_hidden_slides_are_left_out_and_keep_their_number(tmp_path):
    presentation = deck((CONTENT, "One", "a"), (CONTENT, "Two", "b"), (CONTENT, "Three", "c"))
    presentation.slides[1]._element.set("show", "0")
    (tmp_path / "deck.pptx").write_bytes(saved(presentation))
    reading = read_file(tmp_path / "deck.pptx")
    assert [path for path, _ in bodies(reading)] == [("One",), ("Three",)]
    assert reading.text[reading.pages[2] :].startswith("Three")
    assert reading.warnings == ("Its hidden slides were left out: 2.",)


def test_slides_come_in_the_order_in_which_they_are_shown(tmp_path):
    presentation = deck((CONTENT, "One", "a"), (CONTENT, "Two", "b"))
    order = presentation.slides._sldIdLst
    order.append(order[0])
    assert [path for path, _ in bodies(show(tmp_path, presentation))] == [("Two",), ("One",)]


def test_a_slide_lines_break_without_breaking_the_text(tmp_path):
    document = show(tmp_path, deck((CONTENT, "Cyber\vdiplomacy", "o\ufb03ce\vhours")))
    assert blocks(document) == ["Cyber diplomacy", "• office hours"]


def test_a_file_of_libreoffice_is_read(tmp_path):
    document = show(tmp_path, (FILES / "talk-libreoffice.pptx").read_bytes())
    assert (document.title, document.metadata.authors, document.pages) == ("Island networks", ("Ana Silva",), (0, 48))
    assert bodies(document) == [
        (("Island networks",), "A talk to the harbour council"),
        (
            ("Cables",),
            "• One cable reaches the islands\n• laid in 2009\n• Two satellites back it up\n\n"
            "Notes: Thank the harbour office.",
        ),
    ]


SOUND = saved(deck((CONTENT, "One", "a")))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (edited(SOUND, presentation_xml=None), "lacks the part that holds its text"),
        (edited(SOUND, slide1_xml=None), "lacks its slide 1"),
        (edited(SOUND, slide1_xml=lambda xml: xml[:-9]), "not valid XML"),
        (edited(SOUND, slide1_xml=lambda xml: b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml), "declares XML entities"),
        (
            edited(
                SOUND,
                slide1_xml=lambda xml: xml.replace(
                    b"</p:spTree>", b"<p:grpSp>" * 90 + b"</p:grpSp>" * 90 + b"</p:spTree>"
                ),
            ),
            "nested too deeply",
        ),
        (packed({**entries(SOUND), "zeros": bytes(20 * 2**20)}), "less than one byte in 200"),
        (saved(deck()), "holds no text"),
    ],
)
def test_a_broken_or_hostile_presentation_says_why(tmp_path, content, reason):
    with pytest.raises(DocumentError, match=reason) as caught:
        show(tmp_path, content)
    assert caught.value.hint
