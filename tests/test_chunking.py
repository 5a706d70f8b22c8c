from itertools import pairwise

import pytest
from conftest import WordTokenizer
from hypothesis import given, settings
from hypothesis import strategies as st

from cydqa.chunking import HEADING_TOKENS, chunk_document, embedding_text, passage_tokens, sentence_text
from cydqa.sentences import split_sentences
from cydqa.types import Document, Metadata, Section

TOKENIZER = WordTokenizer()


def document(text, path=()):
    return Document("d.md", "Title", text, (Section(path, 0, len(text)),), (), Metadata(), "")


def chunks_of(text, size=20):
    return chunk_document(document(text), tokenizer=TOKENIZER, chunk_tokens=size)


def check_laws(text, chunks, size):
    for chunk in chunks:
        assert text[chunk.start : chunk.end] == chunk.text == chunk.text.strip() != ""
        assert TOKENIZER.count(chunk.text) <= size
        assert chunk.sentences
        assert all(chunk.start <= start < end <= chunk.end for start, end in chunk.sentences)
    assert all(before.end <= after.start for before, after in pairwise(chunks))
    assert len({chunk.id for chunk in chunks}) == len(chunks)


PIECES = st.sampled_from(
    [
        "One short sentence. ",
        "word ",
        "\n\n",
        "\n",
        "• item ",
        "😀",
        "e\u0301 ",
        "x" * 50,
        "Really? ",
        "a | b\n",
        "\u200b",
        " ",
    ]
)


@given(st.lists(PIECES, max_size=120).map("".join), st.sampled_from([16, 20, 50]))
@settings(max_examples=200, deadline=None)
def test_every_passage_is_a_slice_and_fits(text, size):
    chunks = chunks_of(text, size)
    check_laws(text, chunks, size)
    covered = set().union(*(range(*span) for chunk in chunks for span in chunk.sentences))
    # Nothing is lost but white space and list markers.
    lost = {text[i] for i in range(len(text)) if i not in covered and not text[i].isspace()}
    assert lost <= set("•")


@pytest.mark.parametrize(
    "text",
    [
        "word " * 400_000,
        "x" * 2_000_000,
        "No full stop here, only commas, " * 5000,
        "The same sentence again. " * 200,
        "😀" * 5000 + "e\u0301 " * 5000,
        " \n\n \n" * 5000 + "End.",
    ],
    ids=["2 MB of words", "2 MB without a space", "no full stop", "the same 200 times", "emoji", "white space"],
)
def test_hard_texts_give_exact_passages(text):
    chunks = chunks_of(text, 200)
    assert chunks
    check_laws(text, chunks, 200)
    assert all(len(chunk.text) <= 1700 for chunk in chunks), "a passage without spaces must not grow without limit"


def test_a_sentence_that_fits_is_never_cut():
    text = " ".join(f"Sentence number {i} has exactly these nine plain words." for i in range(60))
    whole = {text[start:end].strip() for start, end in split_sentences(text)}
    chunks = chunks_of(text, 25)
    assert {text[start:end] for chunk in chunks for start, end in chunk.sentences} == whole
    assert all(chunk.text.endswith(".") for chunk in chunks)


def test_paragraphs_stay_together_where_they_fit():
    assert [chunk.text for chunk in chunks_of("a b c.\n\nd e f.\n\n" + "g " * 15, 16)] == [
        "a b c.\n\nd e f.",
        ("g " * 15).strip(),
    ]


def test_passages_keep_to_sections_and_headings_are_in_none(tmp_path):
    from cydqa.documents import read_document

    path = tmp_path / "page.md"
    path.write_text("# T\n\nOpening.\n\n## First\n\n## Second\n\nBody of second.\n")
    chunks = chunk_document(read_document(path, "page.md"), tokenizer=TOKENIZER, chunk_tokens=50)
    assert [(chunk.section, chunk.text) for chunk in chunks] == [((), "Opening."), (("Second",), "Body of second.")]


def test_ids_depend_on_place_and_text_alone():
    once, again = chunks_of("One. Two. " * 30), chunks_of("One. Two. " * 30)
    assert [chunk.id for chunk in once] == [chunk.id for chunk in again]
    assert not {chunk.id for chunk in once} & {chunk.id for chunk in chunks_of("Zero. " + "One. Two. " * 30)}


def test_what_is_embedded_fits_the_window():
    long_path = tuple(f"a heading of many words number {i}" for i in range(20))
    text = "word " * 1000
    size = passage_tokens(10_000, 256)
    for chunk in chunk_document(document(text, long_path), tokenizer=TOKENIZER, chunk_tokens=size):
        embedded = embedding_text("A long title", chunk, TOKENIZER)
        assert TOKENIZER.count(embedded) <= 254
        assert TOKENIZER.count(embedded) - TOKENIZER.count(chunk.text) <= HEADING_TOKENS
        assert TOKENIZER.count(sentence_text("A long title", chunk, chunk.sentences[0], TOKENIZER)) <= 254


def test_a_section_longer_than_is_cut_at_once_loses_nothing():
    paragraphs = [f"Paragraph {number} says something. And it goes on for a while." for number in range(3000)]
    text = "\n\n".join(paragraphs)
    assert len(text) > 150_000
    chunks = chunks_of(text, 24)
    check_laws(text, chunks, 24)
    found = [text[start:end] for chunk in chunks for start, end in chunk.sentences]
    assert found == [sentence for paragraph in paragraphs for sentence in paragraph.replace(". A", ".|A").split("|")]


@pytest.mark.parametrize("text", ["x" * 250_000, "word " * 50_000, "\n" * 250_000 + "x", "。" * 250_000])
def test_a_section_without_any_place_to_cut_is_cut_all_the_same(text):
    chunks = chunks_of(text, 200)
    check_laws(text, chunks, 200)
    assert sum(len(chunk.text.replace(" ", "")) for chunk in chunks) == len("".join(text.split()))


def test_cutting_can_be_given_up_at_any_time():
    calls = iter([None, None, KeyError("enough")])

    def between():
        if error := next(calls):
            raise error

    with pytest.raises(KeyError, match="enough"):
        chunk_document(document("word " * 100_000), tokenizer=TOKENIZER, chunk_tokens=20, between=between)
