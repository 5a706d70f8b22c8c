import io
import tracemalloc
import zipfile

import pytest

from cydqa.documents import read_document, read_file
from cydqa.documents.kinds import kind_of
from cydqa.errors import DocumentError


def read(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_document(path, name)


def bodies(document):
    return [(section.path, document.text[section.start : section.end].strip()) for section in document.sections]


def test_markdown_becomes_reading_text_under_its_headings(tmp_path):
    document = read(
        tmp_path,
        "page.md",
        "# Norms\n\nAn *opening* with a [link](https://example.org), `code`\nand a soft break [1, 2].\n\n"
        "## Status\n\nVoluntary.<!-- hidden --> Not <b>binding</b>.\n\n### Since 2015\n\nEndorsed &amp; kept.\n\n"
        "## Critique\n\nSlow.\n",
    )
    assert document.title == "Norms"
    assert bodies(document) == [
        ((), "An opening with a link, code and a soft break [1, 2]."),
        (("Status",), "Voluntary. Not binding."),
        (("Status", "Since 2015"), "Endorsed & kept."),
        (("Critique",), "Slow."),
    ]


def test_lists_and_tables_keep_one_line_for_each_item_and_row(tmp_path):
    document = read(
        tmp_path,
        "list.md",
        "- one\n- two\n  1. inner\n  2. more\n\n3. third\n4. fourth\n\n| a | b |\n|---|---|\n| c *d* | e |\n",
    )
    assert document.text.split("\n\n") == [
        "• one\n• two\n1. inner\n2. more",
        "3. third\n4. fourth",
        "a | b\nc d | e",
        "",
    ]


def test_front_matter_is_typed_and_stays_out_of_the_text(tmp_path):
    document = read(
        tmp_path,
        "page.md",
        "---\ntitle: The page\nurl: https://example.org/a\npublished: 2022-04-04\nunknown: [1]\n"
        "references:\n  - {number: 1, title: First, document: other.md}\n---\n# Heading\n\nText.\n",
    )
    assert document.title == "The page"
    assert document.text == "Heading\n\nText.\n\n"
    assert document.metadata.published == "2022-04-04"
    assert document.metadata.references[0].document == "other.md"


@pytest.mark.parametrize(
    "front",
    ["title: [unclosed", "url: javascript:alert(1)", "references: many", "- a list", "authors: 3", "title: {a: b}"],
)
def test_wrong_front_matter_is_an_error_with_advice(tmp_path, front):
    with pytest.raises(DocumentError, match="its front matter is") as caught:
        read(tmp_path, "page.md", f"---\n{front}\n---\nText.\n")
    assert caught.value.hint


def test_aliases_that_unfold_a_few_bytes_to_gigabytes_are_refused(tmp_path):
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    with pytest.raises(DocumentError, match="repeats a value by an alias"):
        read(tmp_path, "page.md", f"---\na0: &a0 x\n{levels}title: *a11\n---\nText.\n")


def test_what_names_a_document_is_short_and_shows_all_that_it_is(tmp_path):
    long = "word " * 100_000
    document = read(
        tmp_path, "page.md", f'---\ntitle: "A\\x1b[2J\\ud800\\nB"\nauthors: ["{long}"]\n---\n## {long}\n\nText.\n'
    )
    assert document.title == "A [2J\ufffd B"
    (section,) = document.sections
    assert (len(section.path[0]), section.path[0][-6:]) == (300, " word…")
    assert len(document.metadata.authors[0]) == 300
    assert long.strip() in document.text  # of the text itself nothing is lost


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks_do_not_change_the_text(tmp_path, line_end, mark):
    content = mark + "Title\n\nOne line.\nThe next, é 😀 e\u0301.\n".replace("\n", line_end).encode()
    document = read(tmp_path, "notes.txt", content)
    assert document.text == "Title\n\nOne line.\nThe next, é 😀 e\u0301.\n"
    assert document.title == "Title"


def test_utf_16_with_a_mark_is_read(tmp_path):
    assert read(tmp_path, "notes.txt", "Größe.".encode("utf-16")).text == "Größe."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"\xff\xfe\xff", "not valid UTF-16"),
        (b"a\0b", "NUL"),
        (b"\xff\0b", "not valid UTF-8 at byte 0"),
        (b"\xff\1\2\3", "no text file"),
        (b"# Only a heading\n", "nothing but headings"),
        (b"---\ntitle: x\n---\n", "no text"),
    ],
)
def test_a_file_without_usable_text_says_why(tmp_path, content, reason):
    with pytest.raises(DocumentError, match=reason) as caught:
        read(tmp_path, "page.md", content)
    assert caught.value.hint


@pytest.mark.parametrize(
    "content",
    [
        '---\nn: !!int ""\n---\nText.',
        "---\nn: !!bool x\n---\nText.",
        "---\nn: !!timestamp x\n---\nText.",
        "---\nreferences: [{number: 0x" + "F" * 5000 + ", title: x}]\n---\nText.",
        "<div>\n<![foo[ x\n</div>",
    ],
)
def test_whatever_trips_a_parser_is_an_error_of_that_file(tmp_path, content):
    with pytest.raises(DocumentError) as caught:
        read(tmp_path, "page.md", content)
    assert caught.value.hint


def test_a_list_may_start_at_any_number(tmp_path):
    assert read(tmp_path, "a.md", "0. zero\n1. one\n\ntext\n\n7. seven\n8. eight\n").text.split("\n\n") == [
        *("0. zero\n1. one", "text", "7. seven\n8. eight", "")
    ]


def test_scripts_and_tags_of_a_page_are_not_text(tmp_path):
    document = read(
        tmp_path, "page.md", "<script>\nalert(1)\n</script>\n\n<div>Seen.</div>\n\n![a map](http://x/y.png)\n"
    )
    assert document.text == "Seen.\n\na map\n\n"
    inline = read(tmp_path, "page.md", "Before <script>alert(1)</script>and <b>after</b>.<br>Next line.\n")
    assert inline.text == "Before and after.\nNext line.\n\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Größe und Länge.", "cp1252"),
        ("The government’s “cyber” strategy – as published – covers the nation’s networks. " * 9, "cp1252"),
        ("Le gouvernement français a décidé que la sécurité des réseaux était élevée à l’étranger. " * 9, "cp1252"),
        ("Rząd przyjął ustawę o ochronie sieci, która może zmienić zasady współpracy państw. " * 9, "cp1250"),
        ("Hükümet ağların güvenliğinin bütün bakanlıklar için öncelik olduğuna karar verdi, ışığı. " * 9, "cp1254"),
        ("Правительство решило, что безопасность сетей имеет приоритет для всех ведомств. " * 9, "cp1251"),
        ("Η κυβέρνηση αποφάσισε ότι η ασφάλεια των δικτύων είναι προτεραιότητα. " * 9, "cp1253"),
    ],
)
def test_a_text_in_the_encoding_of_an_older_system_is_read_with_a_warning(tmp_path, text, encoding):
    (tmp_path / "old.txt").write_bytes(text.encode(encoding))
    reading = read_file(tmp_path / "old.txt")
    assert reading.text == text
    assert encoding in reading.warnings[0]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("notes.txt", b"%PDF-1.7\n", "named .txt, but it is a PDF"),
        ("paper.pdf", b"<html><body>Not found</body></html>", "named .pdf, but it is text"),
        ("paper.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "before 2007, or one with a password"),
        ("paper.docx", b"PK\x03\x04" + bytes(50), "ZIP archive, or a part of one"),
        ("scan.pdf", b"\x89PNG\r\n\x1a\n", "a picture"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_told_so(tmp_path, name, content, reason):
    with pytest.raises(DocumentError, match=reason) as caught:
        read(tmp_path, name, content)
    assert caught.value.hint


def test_an_archive_that_unfolds_in_one_go_is_not_even_opened():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("mimetype", bytes(200 * 2**20))
        archive.getinfo("mimetype").file_size = 20  # which is a lie
    tracemalloc.start()
    try:
        assert kind_of(content.getvalue()).suffix == ""
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
