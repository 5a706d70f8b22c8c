"""Charts and diagrams in Word documents and presentations."""

from datetime import date

import pytest
from office_files import blocks, edited, entries, linked, paragraph, read, run, saved, table, word
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    ' xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def charts(*numbers, kind=XL_CHART_TYPE.LINE):
    """A presentation with a slide for each chart of these numbers."""
    presentation = Presentation()
    for data in numbers:
        slide = presentation.slides.add_slide(presentation.slide_layouts[6])
        slide.shapes.add_chart(kind, Inches(1), Inches(1), Inches(4), Inches(2), data)
    return presentation


def numbers(categories, *series):
    """The numbers of a chart; each series is a name, its values and, optionally, their format."""
    data = CategoryChartData()
    data.categories = categories
    for name, values, *form in series:
        data.add_series(name, values, *form)
    return data


def chart_part(presentation, change=lambda xml: xml):
    return next(change(part) for name, part in entries(saved(presentation)).items() if "charts/chart" in name)


def graphic(reference, attribute):
    """What stands in a document for a chart or a diagram."""
    return f'<a:graphic {SPACES}><a:graphicData><{reference} {attribute}="more"/></a:graphicData></a:graphic>'


def drawing(reference, attribute="r:id"):
    return f"<w:r><w:drawing>{graphic(reference, attribute)}</w:drawing></w:r>"


def diagram(*points):
    """The data of a diagram: the attributes and the text of each point."""
    inside = "".join(
        f"<dgm:pt{kind}><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>" for kind, text in points
    )
    return f"<dgm:dataModel {SPACES}><dgm:ptLst>{inside}</dgm:ptLst></dgm:dataModel>"


CYCLE = diagram(("", "Detect"), (' type="node"', "Respond"), (' type="pres"', "x"))
ATTACKS = numbers(["2023", "2024"], ("Energy", (4.5, 0.1 + 0.2)), ("Health", (None, 12)))
ATTACKS_TEXT = "Category | Energy | Health\n2023 | 4.5 | \n2024 | 0.3 | 12"


def show(tmp_path, presentation):
    return blocks(read(tmp_path, saved(presentation), "deck.pptx"))


def test_a_diagram_is_read_as_a_list(tmp_path):
    presentation = Presentation()
    presentation.slides.add_slide(presentation.slide_layouts[5]).shapes.title.text = "Cycle"
    frame = f"<p:graphicFrame><p:nvGraphicFramePr/>{graphic('dgm:relIds', 'r:dm')}</p:graphicFrame></p:spTree>"
    content = edited(saved(presentation), slide1_xml=lambda xml: xml.replace(b"</p:spTree>", frame.encode()))
    document = read(tmp_path, linked(content, "ppt/slides/slide1.xml", "ppt/diagrams/data1.xml", CYCLE), "deck.pptx")
    assert blocks(document) == ["Cycle", "• Detect\n• Respond"]


def test_a_diagram_stands_in_a_paper_after_its_paragraph(tmp_path):
    content = word(paragraph(run("The cycle:"), drawing("dgm:relIds", "r:dm")), "It goes on.")
    document = read(tmp_path, linked(content, "word/document.xml", "word/diagrams/data1.xml", CYCLE))
    assert blocks(document) == ["The cycle:", "• Detect\n• Respond", "It goes on."]


def test_a_chart_is_read_as_a_table_of_its_numbers(tmp_path):
    assert show(tmp_path, charts(ATTACKS)) == [ATTACKS_TEXT]
    shares = numbers([date(2024, 1, 31), date(2024, 2, 29)], ("Share", (0.255, 1), '0.0%" of y"'))
    quarters = CategoryChartData()
    for year in ("2023", "2024"):
        quarters.add_category(year).add_sub_category("Q1")
    quarters.categories[0].add_sub_category("Q2")
    quarters.add_series("Cases", (1, 2, 3))
    assert show(tmp_path, charts(shares, quarters)) == [
        "Category | Share\n2024-01-31 | 25.5%\n2024-02-29 | 100%",
        "Category | Cases\n2023 Q1 | 1\n2023 Q2 | 2\n2024 Q1 | 3",
    ]


def test_series_with_categories_of_their_own_are_tables_of_their_own(tmp_path):
    points = XyChartData()
    for name, places in (("near", ((1, 5), (2, 6))), ("far", ((7, 8),))):
        series = points.add_series(name)
        for place in places:
            series.add_data_point(*place)
    assert show(tmp_path, charts(points, kind=XL_CHART_TYPE.XY_SCATTER)) == [
        "Category | near\n1 | 5\n2 | 6",
        "Category | far\n7 | 8",
    ]


def test_a_curve_of_many_points_is_named_and_not_written_out(tmp_path):
    assert show(tmp_path, charts(numbers([str(n) for n in range(500)], ("Load", range(500))))) == ["Category | Load"]


@pytest.mark.parametrize("change", [lambda xml: xml, lambda xml: xml.replace(b'date1904 val="0"', b'date1904 val="1"')])
def test_a_chart_stands_in_a_paper_where_it_is_drawn(tmp_path, change):
    chart = drawing("c:chart")
    days = numbers([date(2020, 1, 2)], ("s", (1,)))
    content = word(paragraph(run("Figure 1"), chart), paragraph(run("Once only."), chart))
    part = chart_part(charts(days), change)
    document = read(tmp_path, linked(content, "word/document.xml", "word/charts/chart1.xml", part))
    year = "2024-01-03" if b'date1904 val="1"' in part else "2020-01-02"
    assert blocks(document) == ["Figure 1", f"Category | s\n{year} | 1", "Once only."]


def test_a_table_that_places_charts_is_read_as_text(tmp_path):
    content = word(table((paragraph(run("Attacks"), drawing("c:chart")), "Fewer than before.")))
    part = chart_part(charts(ATTACKS))
    document = read(tmp_path, linked(content, "word/document.xml", "word/charts/chart1.xml", part))
    assert blocks(document) == ["Attacks", ATTACKS_TEXT, "Fewer than before."]
