"""Word documents, made by python-docx and LibreOffice, or written down as Word would."""

import time

import docx
import pytest
from office_files import FILES, blocks, bodies, edited, entries, heading, packed, paragraph, read, run, saved, word

from cydqa.errors import DocumentError


def test_headings_open_sections_and_the_title_leads_to_all(tmp_path):
    paper = docx.Document()
    paper.core_properties.title, paper.core_properties.author = "Microsoft Word - draft3.doc", "Ana Silva; admin"
    paper.add_heading("Cyber policy", 0)
    paper.add_paragraph("An opening.")
    paper.add_heading("Risks", 1)
    paper.add_heading("Energy", 2)
    paper.add_paragraph("The grid has one operator.")
    paper.add_heading("Measures", 1)
    paper.add_paragraph("Train the judges.")
    document = read(tmp_path, saved(paper))
    assert document.title == "Cyber policy"
    assert document.metadata.authors == ("Ana Silva",)
    assert bodies(document) == [
        ((), "An opening."),
        (("Risks", "Energy"), "The grid has one operator."),
        (("Measures",), "Train the judges."),
    ]
    assert blocks(document)[:3] == ["Cyber policy", "An opening.", "Risks"]


@pytest.mark.parametrize(
    ("core", "shown", "title"),
    [
        ("Cyber policy of Fiji", "Cyber Policy of Fiji: a brief", "Cyber policy of Fiji"),
        ("Template for annual reports", "Cyber policy", "Cyber policy"),
        ("Document1", "Cyber policy", "Cyber policy"),
        ("A scanned cover says this", None, "A scanned cover says this"),
        ("PowerPoint Presentation", None, "paper"),
    ],
)
def test_a_title_among_the_properties_counts_where_the_text_bears_it_out(tmp_path, core, shown, title):
    paper = docx.Document()
    paper.core_properties.title = core
    if shown:
        paper.add_heading(shown, 0)
    paper.add_paragraph("Text.")
    assert read(tmp_path, saved(paper)).title == title


def test_a_single_first_heading_is_the_title_unless_something_stands_above_it(tmp_path):
    assert read(tmp_path, word(heading("Norms"), "Text.", heading("Status", 2), "More.")).title == "Norms"
    annexed = read(tmp_path, word(heading("Status", 2), "Text.", heading("Annex"), "More."))
    assert annexed.title == "paper"
    assert [path for path, _ in bodies(annexed)] == [("Status",), ("Annex",)]


def test_heading_styles_are_known_in_every_language_and_by_what_they_are_based_on(tmp_path):
    styles = (
        '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="Überschrift 1"/>'
        '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Kapitel"><w:name w:val="Kapitel"/>'
        '<w:basedOn w:val="berschrift1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="a"/><w:basedOn w:val="Loop"/></w:style>'
    )
    document = read(
        tmp_path,
        word(
            paragraph(run("Erstes"), properties='<w:pStyle w:val="berschrift1"/>'),
            paragraph(run("Satz."), properties='<w:pStyle w:val="Loop"/>'),
            paragraph(run("Zweites"), properties='<w:pStyle w:val="Kapitel"/>'),
            paragraph(run("Kein Titel."), properties='<w:pStyle w:val="Kapitel"/><w:outlineLvl w:val="9"/>'),
            paragraph(run("Drittes"), properties='<w:outlineLvl w:val="1"/>'),
            "Schluss.",
            styles=styles,
        ),
    )
    assert bodies(document) == [
        (("Erstes",), "Satz."),
        (("Zweites",), "Kein Titel."),
        (("Zweites", "Drittes"), "Schluss."),
    ]


def test_a_whole_paragraph_in_the_style_of_a_heading_is_text(tmp_path):
    clause = "The parties shall settle every dispute about this agreement before a court, " * 2 + "and pay for it."
    assert bodies(read(tmp_path, word(heading("Disputes"), heading(clause, 2)))) == [((), clause)]


BOLD = "<w:b/>"


def test_bold_lines_are_headings_where_there_are_several_and_no_other(tmp_path):
    parts = [(name, f"About {name}.") for name in ("Aims", "Means", "Costs")]
    body = [block for name, text in parts for block in (paragraph(run(name, BOLD)), text)]
    assert bodies(read(tmp_path, word(*body))) == [((name,), text) for name, text in parts]
    cover = [paragraph(run(f"Line {number}", BOLD)) for number in range(5)]
    for other in (body[:4], [heading("Real"), *body], [*cover, *["Text."] * 9], [*cover, *body[:4]]):
        paths = [path for path, _ in bodies(read(tmp_path, word(*other)))]
        assert not {("Aims",), ("Line 4",)} & set(paths)


def test_paragraphs_that_are_bold_by_their_style_are_headings_too(tmp_path):
    styles = '<w:style w:type="paragraph" w:styleId="Strong"><w:rPr><w:b/></w:rPr></w:style>'
    bold = [paragraph(run(name), properties='<w:pStyle w:val="Strong"/>') for name in ("Aims", "Means", "Costs")]
    body = [block for line in bold for block in (line, "Text.")]
    assert [path for path, _ in bodies(read(tmp_path, word(*body, styles=styles)))] == [
        ("Aims",),
        ("Means",),
        ("Costs",),
    ]


def test_a_title_on_two_lines_is_one(tmp_path):
    title = [paragraph(run(text), properties='<w:pStyle w:val="Title"/>') for text in ("Cyber policy", "of Fiji")]
    document = read(tmp_path, word(*title, heading("Risks"), "Text."))
    assert document.title == "Cyber policy of Fiji"
    assert bodies(document) == [(("Risks",), "Text.")]


def test_of_a_document_of_headings_alone_the_headings_are_the_text(tmp_path):
    document = read(tmp_path, word(heading("Agenda"), heading("Norms of 2015", 2), heading("Next meeting", 2)))
    assert bodies(document) == [((), "Agenda\n\nNorms of 2015\n\nNext meeting")]
    assert document.title == "Agenda"


def test_a_document_in_the_strict_form_reads_the_same(tmp_path):
    paper = docx.Document()
    paper.add_heading("Norms", 1)
    paper.add_paragraph("one", style="List Number")
    usual, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    parts = entries(saved(paper))
    for name in parts:
        for word_ in (b"wordprocessingml", b"officeDocument"):
            parts[name] = parts[name].replace(usual + word_ + b"/2006/", strict + word_ + b"/")
    assert b"purl" in parts["word/document.xml"]
    assert bodies(read(tmp_path, packed(parts))) == bodies(read(tmp_path, saved(paper))) == [((), "1. one")]


def test_files_of_libreoffice_are_read(tmp_path):
    document = read(tmp_path, (FILES / "policy-libreoffice.docx").read_bytes())
    assert (document.title, document.metadata.authors) == ("Cyber policy of the island states", ("Lena Brandt",))
    assert bodies(document) == [
        (
            ("1. Risks",),
            "Ransomware closed two hospitals in one year. The government promptly declared an emergency.\n\n"
            "The paragraph with the box.\n\nA box says that recovery took ninety days.",
        ),
        (("1. Risks", "1.1 Energy"), "The grid has one operator.\n\n• Diesel stocks\n• Solar parks"),
        (
            ("2. Measures",),
            "1. Found a national team\n\n(a) with a legal mandate\n\n(b) with a budget\n\n2. Train the judges\n\n"
            "Year | Budget\n2024 | 1.2 million euros\n\nAn endnote follows.",
        ),
        (("Notes",), "Ministry of Health, annual report, 2023.\n\nBudget law of 2024."),
    ]
    lists = read(tmp_path, (FILES / "brief-libreoffice.docx").read_bytes())
    assert "• First point\n• Nested point\n• Second point" in lists.text
    assert "Fiji | 2019 | none\n | 2023 | CERT-FJ\nTonga | CERT Tonga" in lists.text
    assert lists.text.endswith("break and an office.\n\n1. Another list\n2. restarts\n\n")


SOUND = word("Text.")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (edited(SOUND, document_xml=None), "lacks the part that holds its text"),
        (edited(SOUND, document_xml=lambda xml: xml[:-9]), "not valid XML"),
        (edited(SOUND, document_xml=lambda xml: b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml), "declares XML entities"),
        (edited(SOUND, document_xml=lambda xml: b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + xml), "document type"),
        (edited(SOUND, document_xml=lambda xml: xml + b" " * (20 * 2**20)), "less than one byte in 200"),
        (SOUND[:-30], "ZIP archive, or a part of one"),
        (word("<w:tbl><w:tr><w:tc>" * 60 + "</w:tc></w:tr></w:tbl>" * 60), "nested too deeply"),
        (word("<w:tbl><w:tr><w:tc>" * 10_000 + "</w:tc></w:tr></w:tbl>" * 10_000), "nested too deeply"),
        (word("<w:p>" + "<w:ins>" * 240 + "</w:ins>" * 240 + "</w:p>"), "holds no text"),
        (word(), "holds no text"),
    ],
)
def test_a_broken_or_hostile_document_says_why(tmp_path, content, reason):
    with pytest.raises(DocumentError, match=reason) as caught:
        read(tmp_path, content)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_remote_templates_and_missing_extras_do_no_harm(tmp_path):
    link = b'<Relationship Id="x" Type="a/settings" Target="http://example.org/t.dotm" TargetMode="External"/></Relat'
    remote = edited(SOUND, document_xml_rels=lambda xml: xml.replace(b"</Relat", link))
    assert blocks(read(tmp_path, remote)) == ["Text."]
    assert blocks(read(tmp_path, edited(SOUND, styles_xml=None, core_xml=None, numbering_xml=None))) == ["Text."]


def test_a_book_is_read_in_seconds(tmp_path):
    body = [heading("Chapter"), *["Cyber policy is a long story, told at length. " * 10] * 50] * 60
    content = word(*body)
    began = time.perf_counter()
    document = read(tmp_path, content)
    assert time.perf_counter() - began < 10
    assert len(document.text.split()) > 200_000
    assert read(tmp_path, content).text == document.text
