import io
import zipfile
from pathlib import Path

import pytest

from cydqa.documents import read_document
from cydqa.documents.web import epub
from cydqa.errors import DocumentError

FILES = Path(__file__).parent / "files"
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
HEAD = (
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>t</title></head>'
)
XHTML = "application/xhtml+xml"
METADATA = "<dc:title>The book</dc:title>"


def chapter(body, doctype=""):
    return f"<?xml version='1.0'?>{doctype}{HEAD}<body>{body}</body></html>"


def opf(items, spine, metadata=METADATA):
    manifest = "".join(
        f'<item id="{id}" href="{href}" media-type="{kind}" {rest}/>' for id, (href, kind, rest) in items.items()
    )
    return (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" version="3.0">'
        f"<metadata>{metadata}</metadata><manifest>{manifest}</manifest><spine>{spine}</spine></package>"
    )


def book(chapters, *, items=(), metadata=METADATA, parts=(), spine=None):
    """The bytes of a book of these chapters, by name; `items` and `parts` add to its manifest and its archive."""
    listed = {name: (name, XHTML, "") for name in chapters} | dict(items)
    order = "".join(f'<itemref idref="{name}"/>' for name in chapters) if spine is None else spine
    files = {"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": opf(listed, order, metadata)}
    files |= {f"OEBPS/{name}": content for name, content in chapters.items()} | dict(parts)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, content in files.items():
            if content is not None:
                archive.writestr(name, content)
    return packed.getvalue()


def read(tmp_path, content):
    path = tmp_path / "book.epub"
    path.write_bytes(content)
    return read_document(path, "book.epub")


def bodies(document):
    return [(section.path, document.text[section.start : section.end].strip()) for section in document.sections]


def test_chapters_are_read_in_the_order_of_the_book(tmp_path):
    document = read(
        tmp_path,
        book(
            {
                "z.xhtml": chapter("<h1>First</h1><p>One.</p><h2>Inner</h2><ul><li>a</li><li>b</li></ul>"),
                "a.xhtml": chapter("<h1>Second</h1><p>Two.</p>"),
            }
        ),
    )
    assert bodies(document) == [(("First",), "One."), (("First", "Inner"), "• a\n• b"), (("Second",), "Two.")]
    assert document.title == "The book"


def test_a_book_says_who_wrote_it(tmp_path):
    metadata = METADATA + (
        "<dc:creator>A. Writer</dc:creator><dc:creator>B. Writer</dc:creator><dc:publisher>Press</dc:publisher>"
        "<dc:date>2021-03-04T00:00:00Z</dc:date><dc:identifier>urn:isbn:1</dc:identifier><dc:language>de-AT</dc:language>"
        "<dc:identifier>https://example.org/b</dc:identifier>"
    )
    said = read(tmp_path, book({"a": chapter("<p>Kurz.</p>")}, metadata=metadata)).metadata
    assert (said.authors, said.publisher, said.published) == (("A. Writer", "B. Writer"), "Press", "2021-03-04")
    assert (said.url, said.language) == ("https://example.org/b", "de")


NAV = (
    '<nav epub:type="landmarks"><ol><li><a href="a.xhtml">Start</a></li></ol></nav><nav epub:type="toc"><ol>'
    '<li><a href="a.xhtml">Preface</a></li><li><a href="sub/b%20b.xhtml">Part I</a><ol>'
    '<li><a href="sub/b%20b.xhtml#c2">Chapter 2</a></li></ol></li></ol></nav>'
)
NCX = (
    '<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">'
    '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Preface</text></navLabel>'
    '<content src="a.xhtml"/></navPoint><navPoint><navLabel><text>Part I</text></navLabel>'
    '<content src="sub/b%20b.xhtml"/>'
    '<navPoint><navLabel><text>Chapter 2</text></navLabel><content src="sub/b%20b.xhtml#c2"/></navPoint></navPoint>'
    "</navMap></ncx>"
)


@pytest.mark.parametrize(
    ("item", "table"),
    [(("toc", XHTML, 'properties="nav"'), chapter(NAV)), (("toc", "application/x-dtbncx+xml", ""), NCX)],
)
def test_chapters_without_headings_are_named_by_the_table_of_contents(tmp_path, item, table):
    document = read(
        tmp_path,
        book(
            {
                "a.xhtml": chapter("<p>Why we wrote.</p>"),
                "b.xhtml": None,
            },
            items={"b.xhtml": ("sub/x/../b%20b.xhtml", XHTML, ""), "toc": item},
            parts={
                "OEBPS/sub/b b.xhtml": chapter('<p>Part I</p><p>All.</p><p id="c2">Chapter 2</p><p>More.</p>'),
                "OEBPS/toc": table,
            },
        ),
    )
    assert bodies(document) == [
        *((("Preface",), "Why we wrote."), (("Part I",), "All."), (("Part I", "Chapter 2"), "More.")),
    ]


def test_contents_covers_and_asides_of_the_program_are_not_read(tmp_path):
    document = read(
        tmp_path,
        book(
            {
                "cover": chapter('<svg xmlns="http://www.w3.org/2000/svg"><text>Cover</text></svg>'),
                "nav": chapter(NAV),
                "a": chapter('<h1>A</h1><p>Text <span epub:type="pagebreak">12</span>goes on.</p>'),
                "note": chapter("<p>Outside.</p>"),
            },
            items={"nav": ("nav", XHTML, 'properties="nav"')},
            spine='<itemref idref="cover"/><itemref idref="nav"/><itemref idref="a"/>'
            '<itemref idref="note" linear="no"/>',
        ),
    )
    assert bodies(document) == [(("A",), "Text goes on.")]


def test_a_chapter_that_the_guide_calls_the_contents_is_read_and_a_list_of_links_is_not(tmp_path):
    guide = '</metadata><guide><reference type="toc" href="{}"/></guide><metadata>'
    chapters = {"a": chapter("<h1>A</h1><p>All the text.</p>"), "b": chapter("<p><a href='a'>A</a></p>")}
    for name in chapters:
        document = read(tmp_path, book(chapters, metadata=METADATA + guide.format(name)))
        assert ("All the text." in document.text, document.text.count("A\n")) == (True, 1 + (name == "a"))


def test_boxes_and_notes_of_a_book_are_read_as_those_of_a_page(tmp_path):
    body = (
        "<h1>A</h1><p>Text.</p><div class='tip'><h1>Tip</h1><p>Save.</p></div><p>More.</p>"
        "<dl><dt><a href='#r'>1</a></dt><dd><p>A law.</p></dd></dl><p><a href='#r'>↩</a></p>"
    )
    assert bodies(read(tmp_path, book({"a": chapter(body)}))) == [
        (("A",), "Text.\n\nTip\n\nSave.\n\nMore.\n\n1. A law.")
    ]


def test_notes_and_entities_and_malformed_pages_are_read(tmp_path):
    doctype = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">'
    note = '<a epub:type="noteref" href="#n">3</a>'
    document = read(
        tmp_path,
        book(
            {
                "a": chapter(f"<p>Caf&eacute;&nbsp;&mdash; R&amp;D.{note} So.</p>", doctype),
                "b": chapter("<p>Left open <b>and<p>so on &bogus; & more<br>"),
            }
        ),
    )
    assert document.text == "Café — R&D.[3] So.\n\nLeft open and\n\nso on &bogus; & more\n\n"


def test_a_missing_chapter_is_said_and_the_rest_is_read():
    extracted = epub.extract(book({"a": chapter("<p>Here.</p>"), "gone": None}))
    assert extracted.text == "Here.\n\n"
    assert extracted.warnings == ("It lacks 1 of its 2 parts: OEBPS/gone.",)


def encryption(algorithm, name):
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
        f'<e:EncryptedData><e:EncryptionMethod Algorithm="{algorithm}"/><e:CipherData><e:CipherReference URI="{name}"/>'
        "</e:CipherData></e:EncryptedData></encryption>"
    )


def test_locked_fonts_do_not_lock_a_book(tmp_path):
    locked = {"META-INF/encryption.xml": encryption("http://www.idpf.org/2008/embedding", "OEBPS/f.dat")}
    assert read(tmp_path, book({"a": chapter("<p>Open.</p>")}, parts=locked)).text == "Open.\n\n"


ENTITIES = '<!DOCTYPE html [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            book(
                {"a": chapter("<p>x</p>")},
                parts={"META-INF/encryption.xml": encryption("http://www.w3.org/2001/04/xmlenc#aes256-cbc", "OEBPS/a")},
            ),
            r"it is protected against copying \(DRM\)",
        ),
        (book({"a": chapter("<p>&b;</p>", ENTITIES)}), "XML entities"),
        (book({"a": None, "b": None}), "none of the chapters"),
        (book({}), "lists no chapters"),
        (book({"a": chapter("<p>x</p>")}, items={"a": ("../../etc/passwd", XHTML, "")}), "lists no chapters"),
        (book({"a": chapter("<p>x</p>")}, items={"a": ("file:///etc/passwd", XHTML, "")}), "lists no chapters"),
        (book({"a": chapter("<img src='x.jpg'/>")}), "no text"),
        (book({"a": chapter("<div>" * 100_000 + "x")}), "more deeply"),
        (book({"a": chapter("<p>x</p>")}, parts={"OEBPS/book.opf": "<package"}), "not valid XML"),
        (book({"a": chapter("<p>x</p>")}, parts={"OEBPS/book.opf": None}), "lacks its part OEBPS/book.opf"),
        (book({"a": chapter("<p>x</p>")}, parts={"META-INF/container.xml": "<container/>"}), "where its contents are"),
        (book({"a": chapter("<p>text</p>" * 9)})[:-200], "is a ZIP archive|damaged"),
    ],
)
def test_a_book_that_cannot_be_read_says_why(tmp_path, content, reason):
    with pytest.raises(DocumentError, match=reason) as caught:
        read(tmp_path, content)
    assert caught.value.hint


def test_a_book_by_an_office_program_is_read():
    document = read_document(FILES / "handbook-libreoffice.epub", "handbook.epub")
    assert document.title == "Handbook of Cyber Capacity"
    assert document.metadata.authors == ("A. Writer",)
    paths = [section.path for section in document.sections]
    assert paths == [("Planning",), ("Review",)]
    assert "Phase | Weeks\nAssessment | 6\nTraining | 12\n\nReview\n\nThe programme is reviewed" in document.text
