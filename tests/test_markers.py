"""The markers of a document's own text and the entries of its list that they name."""

import pytest
from conftest import ROOT

from cydqa.documents import read_document
from cydqa.markers import find_markers
from cydqa.types import Reference

LIST = (Reference(1, "One"), Reference(2, "Two"), Reference(12, "Twelve"))


def found(text, references=LIST):
    markers = find_markers(text, references)
    assert markers == sorted(markers, key=lambda marker: marker.start)
    return [
        (text[marker.start : marker.end], marker.label, marker.reference and marker.reference.number)
        for marker in markers
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Norms [1].", [("[1]", "1", 1)]),
        ("[12] opens", [("[12]", "12", 12)]),
        ("Norms [1, 2, 3.2].", [("1", "1", 1), ("2", "2", 2), ("3.2", "3.2", None)]),
        ("Norms [1–2] and [1;12]", [("1", "1", 1), ("2", "2", 2), ("1", "1", 1), ("12", "12", 12)]),
        ("Norms [3.1] [7]", [("[3.1]", "3.1", None), ("[7]", "7", None)]),
        ("In [2021] they [sic] wrote […] [p. 3] [] [1", []),
        ("Digits of other scripts [١] are none", []),
        ("😀 e\u0301 [2]", [("[2]", "2", 2)]),
    ],
)
def test_a_marker_is_found_where_it_stands_with_the_entry_of_its_number(text, expected):
    assert found(text) == expected


def test_a_document_without_a_list_has_no_markers():
    assert find_markers("Norms [1].", ()) == []


def test_the_first_of_two_entries_with_one_number_counts():
    (marker,) = find_markers("[1]", (Reference(1, "First"), Reference(1, "Second")))
    assert marker.reference.title == "First"


def test_every_marker_of_the_shipped_article_is_found():
    article = read_document(ROOT / "corpus" / "article.md", "article.md")
    markers = find_markers(article.text, article.metadata.references)
    assert {marker.label for marker in markers if marker.reference} == {"1", "2", "3", "4", "5", "6"}
    assert {"2.1", "3.1", "3.2", "4.1", "6.3"} <= {marker.label for marker in markers if not marker.reference}
