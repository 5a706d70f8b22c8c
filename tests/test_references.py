"""References for people and for reference managers."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cydqa.references import bibtex, csl_json, reference
from cydqa.types import Citation, Metadata

FIELDS = {
    "number": 1,
    "document_id": "leave.md",
    "title": "Annual leave",
    "url": "https://example.org/leave",
    "publisher": "Personnel office",
    "published": "2024-05-01",
    "section": ("Annual leave", "Applying"),
    "page": None,
    "start": 10,
    "end": 40,
    "quote": "Apply for leave in the calendar.",
    "passage_start": 10,
    "passage_end": 60,
    "passage": "Apply for leave in the calendar. The head approves.",
    "score": 0.7,
    "stale": False,
}
WRITTEN_BY = Metadata(authors=("Lee, Ann", "United Nations"), accessed="2026-11-23")


def cited(**fields):
    return Citation(**{**FIELDS, **fields})


def item(*citations, **options):
    (only,) = json.loads(csl_json(citations, **options))
    return only


def values(entry):
    """The fields of a BibTeX entry, one a line as we write them, without the outer braces."""
    return dict(re.findall(r"^  (\w+) = \{(.*)\},?$", entry, re.MULTILINE))


def test_a_reference_says_what_where_and_when():
    assert reference(cited()) == (
        "Annual leave. Personnel office, 2024-05-01. Annual leave › Applying. https://example.org/leave"
    )


def test_a_reference_names_authors_and_the_date_of_access_where_they_are_known():
    assert reference(cited(section=()), metadata=WRITTEN_BY) == (
        "Lee, Ann; United Nations. Annual leave. Personnel office, 2024-05-01."
        " https://example.org/leave (accessed 2026-11-23)"
    )
    assert reference(cited(), metadata=WRITTEN_BY, accessed="2026-12-01").endswith("(accessed 2026-12-01)")


def test_a_page_is_named_and_a_document_without_an_address_goes_by_its_id():
    pdf = cited(document_id="report.pdf", url=None, page=3)
    assert reference(pdf).endswith("Annual leave › Applying, page 3. report.pdf")
    assert reference(cited(section=(), page=3), accessed="2026").endswith(
        "Page 3. https://example.org/leave (accessed 2026)"
    )


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", ""])
def test_only_addresses_of_the_web_are_given(url):
    hostile = cited(url=url)
    assert reference(hostile, accessed="2026").endswith(" leave.md")
    assert "URL" not in item(hostile)
    assert "url" not in values(bibtex([hostile]))


@pytest.mark.parametrize("missing", ["publisher", "published", "url"])
@pytest.mark.parametrize("also", ["publisher", "section", "title"])
def test_what_is_missing_leaves_no_stray_punctuation(missing, also):
    text = reference(cited(**{missing: None, also: () if also == "section" else ""}))
    assert not re.search(r"\.\.|,\.|, ,|\(\)|  |^[.,]|None|\. \.", text)


def test_a_title_that_ends_a_sentence_gets_no_second_full_stop():
    assert reference(cited(title="Who leaves?")).startswith("Who leaves? Personnel")
    assert reference(cited(published="n.d.")).count("n.d. Annual") == 1
    assert reference(cited(title="He said “no.”")).startswith("He said “no.” Personnel")


def test_a_reference_stands_on_one_line():
    assert "\n" not in reference(cited(title="Annual\n leave", section=("A\tB\u2028C",)))


def test_each_document_has_one_entry_with_all_its_sections():
    two = [cited(), cited(number=2, section=("Expiry",), quote="Leave expires."), cited(document_id="b.md", url=None)]
    entries = bibtex(two).split("\n\n")
    assert [entry.split("{")[0] for entry in entries] == ["@online", "@misc"]
    assert "Apply for leave in the calendar.” (Annual leave › Applying); “Leave expires.” (Expiry)" in entries[0]
    first, second = json.loads(csl_json(two))
    assert first["note"] == "Quoted: Annual leave › Applying; Expiry"
    assert first["annote"].splitlines()[1] == "“Leave expires.” (Expiry)"
    assert (first["type"], second["type"]) == ("webpage", "document")


def test_keys_are_the_same_wherever_a_document_is_cited_and_differ_between_documents():
    ids = ["a/leave.md", "leave.md", "leave.pdf", "Leave.md", "привет.md", "早.md", "a b.md", "a-b.md"]
    keys = [each["id"] for each in json.loads(csl_json(cited(document_id=name) for name in ids))]
    assert len(set(keys)) == len(ids)
    assert item(cited(document_id="привет.md", number=7))["id"] == keys[4]
    assert all(re.fullmatch(r"[a-z0-9-]+", key) for key in keys)
    assert re.findall(r"^@\w+\{([^,]+),", bibtex(cited(document_id=name) for name in ids), re.MULTILINE) == keys


@pytest.mark.parametrize(
    ("written", "issued", "date", "year"),
    [
        ("2024", {"date-parts": [[2024]]}, "2024", "2024"),
        ("2024-05", {"date-parts": [[2024, 5]]}, "2024-05", "2024"),
        ("2024-05-01", {"date-parts": [[2024, 5, 1]]}, "2024-05-01", "2024"),
        ("2024-05-01T10:00:00Z", {"date-parts": [[2024, 5, 1]]}, "2024-05-01", "2024"),
        ("n.d.", {"literal": "n.d."}, None, "n.d."),
        ("2024-13-01", {"literal": "2024-13-01"}, None, "2024-13-01"),
        ("May 2024", {"literal": "May 2024"}, None, "May 2024"),
        (None, None, None, None),
    ],
)
def test_dates_are_written_as_each_format_wants_them(written, issued, date, year):
    assert item(cited(published=written)).get("issued") == issued
    fields = values(bibtex([cited(published=written)]))
    assert (fields.get("date"), fields.get("year")) == (date, year)


def test_authors_are_divided_only_where_they_are_written_so():
    known = {"leave.md": WRITTEN_BY}
    assert item(cited(), metadata=known)["author"] == [
        {"family": "Lee", "given": "Ann"},
        {"literal": "United Nations"},
    ]
    assert item(cited(), metadata=known)["accessed"] == {"date-parts": [[2026, 11, 23]]}
    fields = values(bibtex([cited()], metadata=known))
    assert fields["author"] == "{Lee}, {Ann} and {United Nations}"
    assert fields["urldate"] == "2026-11-23"
    assert "author" not in item(cited(), metadata={"other.md": WRITTEN_BY})


def test_what_tex_would_take_for_commands_is_escaped_and_other_letters_stay():
    title = values(bibtex([cited(title=r"50% of A&B_c #1 $x$ {y} \input{z} ~^ Zoë 早 -- <i>")]))["title"]
    assert title == (
        r"{50\% of A\&B\_c \#1 \$x\$ \{\vphantom{\}}y\vphantom{\{}\}"
        r" {\textbackslash}input\{\vphantom{\}}z\vphantom{\{}\}"
        r" {\textasciitilde}{\textasciicircum} Zoë 早 -{}- {\textless}i{\textgreater}}"
    )


@given(st.text(), st.text())
def test_braces_balance_whatever_is_cited(title, quote):
    entry = bibtex([cited(title=title, quote=quote, url="https://example.org/" + quote)])
    depth = 0
    for character in entry:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert entry.count("\n") == entry.rstrip("\n").count("\n") + 1


def test_an_address_keeps_its_meaning():
    fields = values(bibtex([cited(url="https://example.org/~ann/a--b?x=1&y=50%25#s_1 {z}")]))
    assert fields["url"] == "https://example.org/%7Eann/a-%2Db?x=1&y=50%25#s_1%20%7Bz%7D"


def test_a_note_is_not_read_as_other_fields():
    note = item(cited(section=("{:title: other}", "type: book")))["note"]
    assert note.startswith("Quoted: ")
    assert "{:" not in note
    assert "\n" not in note


def test_nothing_cited_is_an_empty_list():
    assert bibtex([]) == ""
    assert json.loads(csl_json([])) == []
