import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cydqa.sentences import split_sentences, trim


def sentences(text):
    return [text[start:end] for start, end in (trim(text, span) for span in split_sentences(text)) if start < end]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. agreed [3]. Denmark, too. ", ["The U.S. agreed [3].", "Denmark, too."]),
        ("Amb. Gafoor and Sen. King met.", ["Amb. Gafoor and Sen. King met."]),
        ("One line\ngoes on. Next.\n\nNew paragraph", ["One line\ngoes on.", "Next.", "New paragraph"]),
        ("• first item\n• second. Still it.\n3. third", ["first item", "second.", "Still it.", "third"]),
        ("a | b\nc | d\nafter", ["a | b", "c | d", "after"]),
        ("\n\n", []),
        ("no punctuation at all", ["no punctuation at all"]),
    ],
)
def test_sentences_are_found(text, expected):
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "piece", ["a | ", "It is Approx. Then ", "1. ", "\n \n", "• ", "Amb. ", "世界。", "“The state said so. ", "word "]
)
def test_long_texts_of_one_kind_are_split_in_linear_time(piece):
    def seconds(text):
        started = time.perf_counter()
        split_sentences(text)
        return time.perf_counter() - started

    short, long = piece * (20_000 // len(piece)), piece * (320_000 // len(piece))
    assert seconds(long) < 16 * 8 * max(seconds(short), 0.002)  # quadratic would be 256 times as long


PIECES = st.sampled_from(
    ["A b. ", "U.S. ", "x", "\n", "\n\n", "• ", "1. ", " | ", "é😀", "e\u0301", '"', "? ", " ", "\u2028"]
)


@given(st.lists(PIECES).map("".join))
def test_spans_follow_one_another_and_cover_the_text(text):
    spans = split_sentences(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)
    for span in spans:
        start, end = trim(text, span)
        assert span[0] <= start <= end <= span[1] or not text[span[0] : span[1]].strip()
        assert text[start:end] == text[start:end].strip()


def test_a_paragraph_longer_than_is_looked_at_at_once_has_whole_sentences():
    expected = [f"Sentence number {number} of them says something about norms." for number in range(500)]
    assert sentences(" ".join(expected)) == expected
