"""The words of an index in files: each found by its place and by its letters."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from cydqa.index.vocabulary import Vocabulary

anything = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
few_letters = st.text("abñ🛰", min_size=1, max_size=7)


def written(strings, folder, **options):
    return Vocabulary.write(sorted(strings), Path(folder), "strings", **options)


@given(st.sets(anything, max_size=30), anything)
@example({"z", "é", "\uffff", "🛰"}, "\U0010ffff")
@hypothesis_settings(deadline=None)
def test_every_string_is_found_where_it_stands_and_no_other(strings, other):
    with TemporaryDirectory() as folder:
        vocabulary = written(strings, folder)
    assert list(vocabulary) == [vocabulary[place] for place in range(len(vocabulary))] == sorted(strings)
    assert [vocabulary.place(string) for string in sorted(strings)] == list(range(len(strings)))
    assert (vocabulary.place(other) is not None) == (other in strings)


@given(st.sets(few_letters, max_size=60), few_letters, st.integers(0, 3))
@hypothesis_settings(deadline=None)
def test_no_string_within_so_many_slips_is_left_out(strings, typed, slips):
    with TemporaryDirectory() as folder:
        near = written(strings, folder, letters=True).near(typed, slips)
    assert {string for string in strings if OSA.distance(string, typed) <= slips} <= set(near) <= strings


def test_strings_of_other_letters_are_left_out(tmp_path):
    vocabulary = written({"accord", "record", "discord", "treaty", "cord"}, tmp_path, letters=True)
    assert vocabulary.near("acord", 1) == ["accord", "cord"]
    assert "discord" in vocabulary.near("acord", 3)


def test_places_count_like_those_of_a_list(tmp_path):
    vocabulary = written({"a", "b", "c"}, tmp_path)
    assert (vocabulary[-1], vocabulary[1:], len(vocabulary)) == ("c", ["b", "c"], 3)
    with pytest.raises(IndexError):
        vocabulary[3]
    with pytest.raises(ValueError, match="letters"):
        vocabulary.near("a", 1)
