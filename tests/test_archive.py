"""ZIP archives and XML that are damaged, or made to do harm; the bombs are real but small."""

import io
import struct
import zipfile

import pytest
from office_files import packed

from cydqa.documents.archive import open_archive, parse_xml, read_entry
from cydqa.errors import DocumentError


def directory(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.start_dir


def with_field(content, offset, form, value, *, entry=0):
    """The archive with a field of an entry's record in the directory overwritten."""
    at = directory(content)
    for _ in range(entry):
        at = content.index(b"PK\x01\x02", at + 1)
    return content[: at + offset] + struct.pack(form, value) + content[at + offset + struct.calcsize(form) :]


SOUND = packed({"a.xml": b"<a>text</a>" * 50, "b.xml": b"<b/>"})


def test_an_entry_is_read_as_it_was_written():
    archive = open_archive(SOUND)
    assert read_entry(archive, "a.xml") == b"<a>text</a>" * 50
    assert read_entry(archive, "b.xml") == b"<b/>"


def overlapping():
    """Two entries of the directory that both stand on the first one's bytes, as in Fifield's bomb."""
    return with_field(SOUND, 42, "<I", 0, entry=1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (packed({"zeros": bytes(20 * 2**20)}), "less than one byte in 200"),
        (packed({str(number): b"" for number in range(10_001)}), "more than 10,000 entries"),
        (with_field(SOUND, 24, "<I", 600 * 2**20), "more than 500 MiB"),
        (with_field(SOUND, 8, "<H", 1), "encrypted"),
        (with_field(SOUND, 10, "<H", 14), "packed by a method"),
        (overlapping(), "share their bytes"),
        (SOUND[: len(SOUND) // 2], "damaged"),
        (SOUND[:-10], "damaged"),
        (b"PK\x03\x04", "damaged"),
        (with_field(SOUND, 42, "<I", 5), "damaged"),
        (with_field(SOUND, 42, "<I", 2**31), "damaged"),
    ],
)
def test_an_archive_that_no_document_is_gets_refused_with_its_reason(content, reason):
    with pytest.raises(DocumentError, match=reason) as caught:
        open_archive(content)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("lie", [1, 549, 551, 2**20])
def test_an_entry_of_another_size_than_declared_is_refused(lie):
    archive = open_archive(with_field(SOUND, 24, "<I", lie))
    with pytest.raises(DocumentError, match="damaged"):
        read_entry(archive, "a.xml")


def test_an_entry_that_hides_more_behind_a_sound_beginning_is_refused():
    short, whole = b"<a>text</a>", b"<a>text</a>" * 50
    lying = with_field(with_field(SOUND, 24, "<I", len(short)), 16, "<I", zipfile.crc32(short))
    assert zipfile.ZipFile(io.BytesIO(lying)).read("a.xml") == short  # which zipfile does not see
    assert read_entry(open_archive(SOUND), "a.xml") == whole
    with pytest.raises(DocumentError, match="damaged"):
        read_entry(open_archive(lying), "a.xml")


def test_a_byte_that_changed_on_the_way_is_seen():
    content = bytearray(packed({"a.xml": b"<a>some text to be packed</a>"}))
    content[40] ^= 0xFF
    with pytest.raises(DocumentError, match="damaged"):
        read_entry(open_archive(bytes(content)), "a.xml")


def test_a_missing_entry_is_named():
    with pytest.raises(DocumentError, match=r"lacks its part word/document\.xml"):
        read_entry(open_archive(SOUND), "word/document.xml")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared",
    [
        f'<!ENTITY l0 "lol">{LAUGHS}',
        '<!ENTITY l9 SYSTEM "file:///etc/passwd">',
        '<!ENTITY % outside SYSTEM "http://example.org/x.dtd"> %outside;',
    ],
)
@pytest.mark.parametrize("doctype", [True, False])
def test_declared_entities_are_refused_in_every_encoding(encoding, declared, doctype):
    with pytest.raises(DocumentError, match="declares XML entities"):
        parse_xml(f'<!DOCTYPE a [{declared}]><a b="&l9;">&l9;</a>'.encode(encoding), doctype=doctype)


def test_a_document_type_is_refused_unless_the_format_has_them():
    page = b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/x.dtd"><html>a</html>'
    assert parse_xml(page, doctype=True).text == "a"
    with pytest.raises(DocumentError, match="document type"):
        parse_xml(page)


def test_the_file_of_a_document_type_is_never_opened(tmp_path):
    (tmp_path / "broken.dtd").write_text("<!ENTITY no declaration")
    page = f'<!DOCTYPE html SYSTEM "{(tmp_path / "broken.dtd").as_uri()}"><html>a&word;b</html>'
    root = parse_xml(page.encode(), doctype=True)
    assert (root.text, root[0].text, root[0].tail) == ("a", "&word;", "b")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not valid XML"),
        (b"<a><b></a>", "not valid XML"),
        (b"<a>\xff</a>", "not valid XML"),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', "not valid XML"),
        (b"<a>" * 10_000 + b"</a>" * 10_000, "nested too deeply"),
        (b"<a>" + b" " * (101 * 2**20), "more than 100 MiB"),
    ],
)
def test_xml_that_cannot_be_read_says_why_in_one_line(content, reason):
    with pytest.raises(DocumentError, match=reason) as caught:
        parse_xml(content)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200
