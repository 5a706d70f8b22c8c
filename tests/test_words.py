"""Which words of a text count, and which of them are one and the same word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cydqa.words import content_words, stems, terms, words


def test_words_are_stems_without_function_words():
    assert terms("The leaves were left at the U.S. Embassy's door") == terms("leave left US embassy door")
    assert terms("Who is the WHO?") == ["who"]
    assert terms("WHO IS THE HEAD?") == ["head"]
    assert terms("Can't we say what isn't the states' own?") == terms("states")
    assert terms("") == []


def test_a_part_of_a_shouted_text_is_shouted():
    assert content_words("WHO IS THE HEAD", shouted=False) == ["who", "is", "the", "head"]
    assert content_words("WHO", shouted=True) == []


def test_one_word_in_capitals_alone_is_an_abbreviation():
    assert (content_words("WHO"), content_words(" U.S.?"), content_words("Who")) == (["who"], ["us"], [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("organisation", "organization"),
        ("organisations", "organizing"),
        ("recognised", "recognizes"),
        ("analyse", "analyze"),
        ("analysing", "analyzed"),
        ("behaviour", "behavior"),
        ("neighbouring", "neighboring"),
        ("centre", "center"),
        ("centres", "centers"),
        ("programme", "program"),
        ("programmes", "programs"),
        ("defence", "defense"),
        ("catalogue", "catalog"),
        ("dialogues", "dialog"),
        ("travelled", "traveled"),
        ("modelling", "modeling"),
        ("São", "Sao"),
        ("café", "cafe\u0301"),
        ("NAÏVE", "naive"),
        ("policies", "policy"),
    ],
)
def test_spellings_and_forms_of_a_word_are_one_term(one, other):
    assert terms(one) == terms(other) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [("four", "for"), ("our", "or"), ("wise", "wiz"), ("policy", "police"), ("universe", "university")],
)
def test_words_that_only_look_alike_stay_apart(one, other):
    assert stems([one]) != stems([other])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 2012/13", ["in", "2012", "2013"]),
        ("the 1998-99 session", ["the", "1998", "1999", "session"]),
        ("2004–05", ["2004", "2005"]),
        ("2012/13/14", ["2012", "13", "14"]),
        ("3012/13", ["3012", "13"]),
        ("12/13", ["12", "13"]),
        ("2012/2013", ["2012", "2013"]),
        ("2012-13-01", ["2012", "13", "01"]),
    ],
)
def test_a_span_of_years_names_both_of_them(text, expected):
    assert words(text) == expected


@given(st.text(max_size=40))
def test_a_term_is_the_same_whatever_is_around_its_word(text):
    assert terms(text, shouted=False) == [term for word in content_words(text, shouted=False) for term in stems([word])]
