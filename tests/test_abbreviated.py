"""Abbreviations of an index: the same answers as from all pairs in memory."""

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cydqa.abbreviations import ExplainedTerm, explained_terms
from cydqa.index.abbreviated import Abbreviations

term = st.sampled_from(["group", "group's", "grou", "gge", "é", "🛰", "2012", "a", "b"])
pair = st.builds(ExplainedTerm, term, st.lists(term, min_size=1, max_size=4).map(tuple))


@given(st.lists(pair, max_size=30), st.lists(term, max_size=8))
@hypothesis_settings(deadline=None)
def test_both_ways_lead_to_all_that_is_explained(explained, sequence):
    with TemporaryDirectory() as folder:
        Abbreviations.write(explained, Path(folder))
        abbreviations = Abbreviations(Path(folder))
    long_forms, short_forms = defaultdict(set), defaultdict(set)
    for short, long in explained:
        long_forms[short].add(long)
        short_forms[long].add(short)
    for each in ("group", "grou", "gge", "é", "unknown"):
        assert abbreviations.long_forms(each) == tuple(sorted(long_forms[each]))
    phrases = [
        tuple(sequence[start : start + length])
        for length in range(2, len(sequence) + 1)
        for start in range(len(sequence) - length + 1)
    ]
    expected = [(phrase, tuple(sorted(short_forms[phrase]))) for phrase in phrases if phrase in short_forms]
    assert abbreviations.short_forms(sequence) == expected


def test_what_a_text_explains_comes_as_terms():
    text = "The Groups of Governmental Experts (GGE) met.\n\nThe Group of Governmental Experts (GGE) met."
    assert explained_terms(text) == [("gge", ("group", "government", "expert"))]
    assert explained_terms("Nothing (here) is explained (ABC).") == []
