import re
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cydqa.quoting import choose_quotes
from cydqa.retrieval import Retrieval
from cydqa.sentences import split_sentences, trim
from cydqa.types import Chunk, Hit
from cydqa.words import terms


def retrieval(question, *passages):
    """A retrieval of these passages, best first, in which every sentence is equally near to the question."""
    hits = []
    for rank, text in enumerate(passages, 1):
        trimmed = (trim(text, span) for span in split_sentences(text))
        spans = tuple((start, end) for start, end in trimmed if start < end)
        chunk = Chunk(f"c{rank}", f"d{rank}", (), 0, len(text), text, None, spans)
        hits.append(Hit(chunk, "", rank, 1.0 - rank / 10, rank, rank))
    cosines = tuple(np.zeros(len(hit.chunk.sentences), np.float32) for hit in hits)
    weights = dict.fromkeys(terms(question), 1.0)
    return Retrieval(tuple(hits), np.zeros(len(hits), np.float32), cosines, 0.0, 1.0, weights)


def quotes(question, *passages, most_words=80):
    return [quote.text for quote in choose_quotes(retrieval(question, *passages), most_words=most_words)]


def test_the_sentence_with_the_question_s_words_comes_first():
    text = "Cats sleep a lot. The embassy opened in Paris in 1990. Dogs bark at night."
    assert quotes("When did the embassy in Paris open?", text, most_words=8) == ["The embassy opened in Paris in 1990."]


def test_the_same_said_twice_is_quoted_once():
    found = quotes(
        "embassy Paris", "The embassy opened in Paris.", "In Paris the embassy opened.", "Embassy staff: nine."
    )
    assert found == ["The embassy opened in Paris.", "Embassy staff: nine."]


def test_neighbours_become_one_quote_that_is_a_slice():
    text = "The embassy opened in Paris. The Paris embassy has nine rooms. Unrelated things follow here."
    assert quotes("Paris embassy", text)[0].startswith("The embassy opened in Paris. The Paris embassy has nine rooms.")


def test_rows_items_and_paragraphs_are_not_joined():
    assert quotes("embassy Paris", "embassy | Paris\nParis embassy | nine rooms") == [
        *("embassy | Paris", "Paris embassy | nine rooms")
    ]
    assert quotes("embassy Paris", "• The embassy in Paris opened.\n• Nine rooms has the Paris embassy.") == [
        *("The embassy in Paris opened.", "Nine rooms has the Paris embassy.")
    ]
    assert len(quotes("embassy Paris", "The embassy in Paris opened.\n\nNine rooms has the Paris embassy.")) == 2


def test_a_first_sentence_longer_than_the_limit_is_quoted_alone():
    text = "Embassy " + "word " * 200 + "end."
    assert quotes("embassy", text, "The embassy.", most_words=80) == [text]


def test_nothing_found_is_nothing_quoted():
    assert quotes("anything") == []


@given(
    st.lists(
        st.sampled_from(["The embassy opened. ", "Nine rooms. ", "Paris is far. ", "\n\n", "• item\n"]), min_size=1
    )
)
def test_quotes_are_slices_within_the_limits(pieces):
    text = "".join(pieces)
    if not text.strip():
        return
    chosen = choose_quotes(retrieval("embassy rooms Paris", text), most_words=10)
    for quote in chosen:
        assert text[quote.start : quote.end] == quote.text
    assert len(chosen) <= 4
    assert sum(len(re.findall(r"\w+", quote.text)) for quote in chosen) <= 10 or len(chosen) == 1
    spans = sorted((quote.start, quote.end) for quote in chosen)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
