"""Which sentences answer: the best, what they need to make sense, and no more than that."""

import re
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cydqa.index.store import open_live
from cydqa.question import read_question
from cydqa.quoting import choose_quotes
from cydqa.retrieval import retrieve

FILL = ("Cats sleep a lot.", "Dogs bark at night.", "Laptops are replaced.", "The accountant checks invoices.")


@pytest.fixture
def choose(assistant_of):
    """The choice of quotes for a question from a small index of these texts alone."""

    def choose(question, *texts, most_words=80, k=6):
        assistant = assistant_of(*texts)
        generation, embedder = open_live(assistant._index_dir), assistant._embedder
        read = read_question(question, generation.lexical, generation.lexicon)
        found = retrieve(generation, read, embedder.embed_query(read.embedded), k=k, candidates=50)
        return choose_quotes(found, most_words=most_words)

    return choose


@pytest.fixture
def quotes(choose):
    """The texts of the quotes."""
    return lambda question, *texts, **options: [quote.text for quote in choose(question, *texts, **options).quotes]


def fates(choice):
    return {sentence.text: str(fate) for sentence, fate in zip(choice.ranked, choice.fates, strict=True)}


def test_the_sentence_with_the_question_s_words_comes_first(quotes):
    text = "Cats sleep a lot. The embassy opened in Paris in 1990. Dogs bark at night."
    assert quotes("When did the embassy in Paris open?", text) == ["The embassy opened in Paris in 1990."]


def test_the_same_said_twice_is_quoted_once(choose):
    twice = "The embassy opened in Paris.", "In Paris the embassy opened."
    choice = choose("embassy Paris", *twice, "The Paris embassy has a staff of nine.", *FILL)
    assert [quote.text in twice for quote in choice.quotes] == [True, False]
    assert sorted(fates(choice)[text] for text in twice) == ["quoted", "says the same as a quote"]


def test_neighbours_become_one_quote_that_is_a_slice(quotes):
    text = "The embassy opened in Paris. The Paris embassy has nine rooms. Unrelated things follow here."
    assert quotes("Paris embassy", text) == ["The embassy opened in Paris. The Paris embassy has nine rooms."]


def test_rows_items_and_paragraphs_are_not_joined(quotes):
    rows = quotes("embassy Paris", "embassy | Paris\nParis embassy | nine rooms")
    assert sorted(rows) == ["Paris embassy | nine rooms", "embassy | Paris"]
    items = quotes("embassy Paris", "• The embassy in Paris opened.\n• Nine rooms has the Paris embassy.")
    assert sorted(items) == ["Nine rooms has the Paris embassy.", "The embassy in Paris opened."]
    assert len(quotes("embassy Paris", "The embassy in Paris opened.\n\nNine rooms has the Paris embassy.")) == 2


def test_a_row_of_a_table_and_an_item_of_a_list_are_quoted_alone(quotes):
    table = "Here is a table.\n\nCountry | Envoy\nDenmark | Casper Klynge\nEstonia | Heli Tiirmaa-Klaar\n"
    assert quotes("Who is the envoy of Estonia?", table, *FILL)[0] == "Estonia | Heli Tiirmaa-Klaar"
    listed = "These came:\n\n• The envoy of Denmark spoke.\n• The envoy of Estonia listened.\n"
    assert quotes("What did the envoy of Estonia do?", listed, *FILL)[0] == "The envoy of Estonia listened."


@pytest.mark.parametrize("opening", ["They are", "It is", "However, this was", "These", "Its rooms are", "Both were"])
def test_a_sentence_that_refers_back_takes_the_one_before_along(choose, opening):
    text = f"The consulates were opened by the king. {opening} in Paris near the river. Nobody minded."
    choice = choose("Paris river", text, *FILL)
    assert [quote.text for quote in choice.quotes] == [text.removesuffix(" Nobody minded.")]
    assert fates(choice)["The consulates were opened by the king."].startswith("quoted because the next sentence")
    assert "too weak" in fates(choice)["Nobody minded."]


def test_a_sentence_that_names_what_it_speaks_of_comes_alone(quotes):
    text = "The consulates were opened by the king. Theatres are in Paris near the river."
    assert quotes("Paris river", text, *FILL) == ["Theatres are in Paris near the river."]


def test_the_sentence_before_stays_out_where_there_is_no_room_or_another_paragraph(quotes):
    text = "The consulates were opened by the king. They are in Paris near the river."
    assert quotes("Paris river", text, *FILL, most_words=12) == ["They are in Paris near the river."]
    assert quotes("Paris river", text, *FILL, most_words=14) == [text]
    apart = text.replace(". ", ".\n\n")
    assert quotes("Paris river", apart, *FILL) == ["They are in Paris near the river."]


def test_a_heading_is_never_quoted(assistant_of):
    text = "# Paris embassy\n\nSome words.\n\n## The rooms of the Paris embassy\n\nNine are there, and all are blue.\n"
    answer = assistant_of(*FILL, rooms=text).ask("rooms of the Paris embassy")
    assert answer.citations[0].quote == "Nine are there, and all are blue."
    assert not any("Paris" in citation.quote for citation in answer.citations)


def test_a_question_for_several_things_gets_weaker_sentences_too(quotes):
    texts = "The blue embassy near Paris.", "An embassy with bright windows stands near Paris."
    assert quotes("Which is the blue embassy near Paris?", *texts, *FILL) == [texts[0]]
    for question in ("List the blue embassies near Paris.", "Please name all blue embassies near Paris."):
        assert quotes(question, *texts, *FILL) == list(texts)


def test_what_is_much_weaker_than_the_best_sentence_is_left_out(choose):
    choice = choose(
        "When did the embassy in Paris open?", "The embassy in Paris opened in 1990.", "Paris is far.", *FILL
    )
    assert [quote.text for quote in choice.quotes] == ["The embassy in Paris opened in 1990."]
    assert fates(choice)["Paris is far."] == "too weak beside the best one"
    assert len(choice.ranked) == len(choice.fates) == 6  # one sentence of each passage found


def test_a_first_sentence_longer_than_the_limit_is_quoted_alone(choose):
    text = "Embassy " + " ".join(f"word{number}" for number in range(100)) + " end."
    choice = choose("embassy " + text, text, "The embassy word1 word2.", most_words=80)
    assert [quote.text for quote in choice.quotes] == [text]


def test_there_are_no_more_words_than_were_asked_for(choose):
    texts = [f"The embassy in {place} has rooms." for place in ("Paris", "Rome", "Oslo", "Bonn", "Cairo", "Lima")]
    for most in (6, 12, 13, 24):
        choice = choose("List all rooms of the embassy.", *texts, most_words=most)
        assert len(choice.quotes) == most // 6
        assert list(fates(choice).values()).count("no room") == 6 - most // 6
    assert len(choose("List all rooms of the embassy.", *texts, most_words=80).quotes) == 5


def test_nothing_found_is_nothing_quoted(assistant):
    answer = assistant.ask("anything", documents=[], min_confidence=0)
    assert (answer.declined, answer.citations, answer.nearest, answer.confidence) == (True, (), (), 0.0)


COUNTS = "The call was signed by 70 countries.", "The call was signed by 80 states."


def test_another_number_for_the_same_is_quoted_too(choose):
    choice = choose("How many countries signed the call?", *COUNTS, *FILL, most_words=7)
    assert [quote.text for quote in choice.quotes] == list(COUNTS)
    assert fates(choice)[COUNTS[1]] == "quoted because it gives another number or year"


def test_at_most_two_other_numbers_come_along(quotes):
    texts = [f"The call was signed by {number} countries." for number in (70, 80, 90, 60)]
    found = quotes("How many countries signed the call?", *texts, *FILL, most_words=7)
    assert len(found) == 3
    assert set(found) < set(texts)


def test_a_year_of_something_else_does_not_come_along(quotes):
    opened, other = "The embassy in Paris opened in 1990.", "In Paris an embassy did open. The king died in 1995."
    question = "When did the embassy in Paris open?"
    assert quotes(question, opened, other, *FILL, most_words=7) == [opened]
    assert len(quotes(question, opened, other.replace("king died", "Paris embassy opened"), *FILL, most_words=7)) == 2


def test_another_number_comes_along_once(quotes):
    again = "In spring the call was signed by all of 80 states there.", "Eager, 80 countries signed the call this year."
    found = quotes("How many countries signed the call?", "70 countries signed the call.", *again, *FILL, most_words=5)
    assert len(found) == 2


@pytest.mark.parametrize(
    "other",
    [
        "The call was signed by 70 states in spring.",  # the same number
        "The call was signed by 80 companies.",  # of something else
        "A party was given by 80 states.",  # for something else
        "The call was signed by many countries.",
    ],
)
def test_what_gives_no_other_number_for_the_same_does_not_come_along(choose, other):
    choice = choose("How many countries signed the call?", COUNTS[0], other, *FILL, most_words=7)
    assert [quote.text for quote in choice.quotes] in ([COUNTS[0]], [other])
    assert not any("another number" in fate for fate in fates(choice).values())


@given(
    st.lists(
        st.sampled_from(["The embassy opened. ", "Nine rooms. ", "They are in Paris. ", "\n\n", "• item\n", "a | b\n"]),
        min_size=1,
        max_size=30,
    ).filter(lambda pieces: "".join(pieces).strip()),
    st.sampled_from(["embassy rooms Paris", "List all embassy rooms.", "How many rooms?"]),
)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_quotes_are_slices_within_the_limits(assistant_of, choose, pieces, question):
    text = "".join(pieces)
    choice = choose(question, text, most_words=10)
    document = assistant_of(text).document("1.txt").text
    for quote in choice.quotes:
        assert document[quote.start : quote.end] == quote.text == quote.text.strip()
    assert 1 <= len(choice.quotes) <= 5
    assert sum(len(quote.text.split()) for quote in choice.quotes) <= 10
    spans = sorted((quote.start, quote.end) for quote in choice.quotes)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert len(choice.fates) == len(choice.ranked)
    quoted = " ".join(quote.text for quote in choice.quotes)
    for sentence, fate in zip(choice.ranked, choice.fates, strict=True):
        assert not fate.startswith("quoted") or sentence.text in quoted
    assert [sentence.score for sentence in choice.ranked] == sorted(
        (sentence.score for sentence in choice.ranked), reverse=True
    )
    assert not re.search(r"•", quoted)


def test_a_row_of_a_table_is_found_by_the_names_of_its_columns(assistant_of):
    table = "Month | High water | Low water\nJanuary | 3.2 metres | 0.4 metres\nMay | 3.6 metres | 0.1 metres\n"
    answer = assistant_of(f"Tides are measured at the pier.\n\n{table}").ask("What is the high water in May?")
    assert answer.citations[0].quote == "May | 3.6 metres | 0.1 metres"
