import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cydqa.library.names import name_key, safe_folder_name, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Report 2024 (final).PDF", "Report 2024 (final).pdf"),
        ("re\u202efdp.exe\u202c\u200b.md", "refdp.exe.md"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("../../etc/passwd.md", "_.._etc_passwd.md"),
        ("C:\\docs\\a<b>|c?.md", "C__docs_a_b__c_.md"),
        ("-rf.md", "rf.md"),
        (".. .hidden.md", "hidden.md"),
        ("page.md. . ", "page.md"),
        ("page .md", "page.md"),
        ("line\nbreak\0.md", "line break.md"),
        ("CON.md", "_CON.md"),
        ("com1.notes.txt", "_com1.notes.txt"),
        ("LPT¹ .md", "_LPT¹.md"),
        ("console.md", "console.md"),
        (".md", "document.md"),
        ("\u3164\u2060.md", "document.md"),
        ("", "document"),
        ("bad-\udcff.md", "bad-_.md"),
        ("half-\ud800.md", "half-_.md"),
        ("日本語の文書.md", "日本語の文書.md"),
    ],
)
def test_a_name_becomes_one_that_every_file_system_takes(name, safe):
    assert safe_name(name) == safe


def test_a_long_name_is_cut_between_characters_and_keeps_its_suffix():
    name = safe_name("é" * 200 + ".DOCX")
    assert name == "é" * 57 + ".docx"
    assert len(safe_folder_name("文" * 100).encode()) == 120


@given(st.text(st.characters(codec=None), max_size=150))
@example("CON")
@example(".-. nul .")
@example("a." + "b" * 300)
@example("x" * 118 + " .pdf")
def test_whatever_the_name_was_it_is_safe_and_stays_as_it_is(name):
    for make in (safe_name, safe_folder_name):
        safe = make(name)
        assert 0 < len(safe.encode()) <= 120
        assert not set('/\\:*?"<>|\0\n\r\t\u202e\u200b') & set(safe)
        assert safe[0] not in ".- "
        assert safe[-1] not in ". "
        assert make(safe) == safe


def test_names_that_some_file_system_takes_for_the_same_have_the_same_key():
    assert name_key("STRASSE É.md") == name_key("straße e\u0301.MD")
    assert name_key("a.md") != name_key("b.md")
