"""How a question is read: what it asks among what it tells, its names, its slips, what it wants defined or listed."""

import pytest
from conftest import WordEmbedder, WordTokenizer

from cydqa.question import is_negated, read_question

FILL = ("Cats sleep a lot.", "Dogs bark at night.", "Laptops are replaced.", "The accountant checks invoices.")
SLOVENIA = "Slovenia appointed an ambassador for technology."


class PieceTokenizer(WordTokenizer):
    """A word that is not of the language is two tokens."""

    known = frozenset({"australia", "slovenia", "ambassador", "technology", "appointed", "who", "did", "appoint"})

    def count(self, text):
        return sum(1 + (word.strip("?.,").lower() not in self.known) for word in text.split())


class PieceEmbedder(WordEmbedder):
    """Knows the words of a language from slips."""

    tokenizer = PieceTokenizer()


class WindowEmbedder(WordEmbedder):
    """Reads no more than its window, as an encoder does."""

    def embed_query(self, text):
        return super().embed_query(self.tokenizer.head(text, self.window))


@pytest.fixture
def read(assistant_of):
    """How a question about these texts is read."""

    def read(question, *texts, embedder=None):
        return assistant_of(*texts, *FILL, embedder=embedder or WordEmbedder()).ask(question).explanation

    return read


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ambasador", "ambassador"),
        ("ambassadorr", "ambassador"),
        ("embassador", "ambassador"),
        ("ambassdaor", "ambassador"),
        ("Sloveina", "slovenia"),
        ("technnologgy", "technology"),
    ],
)
def test_a_slip_is_read_as_the_word_of_the_documents(assistant_of, typed, meant):
    assistant = assistant_of(SLOVENIA, *FILL, embedder=PieceEmbedder())
    question = f"Who is the {typed}?"
    answer = assistant.ask(question)
    assert answer.explanation.corrections == ((typed, meant),)
    assert answer.question == question
    assert [quote.quote for quote in answer.citations] == [SLOVENIA]
    assert answer.explanation.passages[0].lexical_rank == 1


@pytest.mark.parametrize(
    "word",
    [
        "Australia",  # a word of the language
        "ambassadors",  # another form of a word that is there
        "dogz",  # one letter off, and short
        "ambxssxdxr",  # three letters off
        "slofenja",  # two letters off, and not long
        "am2assador",  # with a digit
        "quixotry",  # near to nothing
    ],
)
def test_a_word_that_is_no_slip_stays_as_it_was_typed(read, word):
    assert read(f"Who is the {word}?", SLOVENIA, "Austria did not.", embedder=PieceEmbedder()).corrections == ()


def test_of_two_near_words_the_nearer_is_meant_and_then_the_more_frequent(read):
    texts = (
        "The consulate closed.",
        "The consulate opened.",
        "A consulates' fair.",
        "They consulated.",
        "A consulare.",
    )
    assert read("consulaze", *texts, embedder=PieceEmbedder()).corrections == (("consulaze", "consulate"),)
    assert read("consularr", *texts, embedder=PieceEmbedder()).corrections == (("consularr", "consulare"),)


def test_a_compound_that_the_documents_write_apart_is_no_slip(read):
    read_as = read("cybersecurity", "Cyber security and cybersecurita.", embedder=PieceEmbedder())
    assert read_as.corrections == ()
    assert [word.alternatives for word in read_as.words] == [("cyber secur",)]


def test_a_compound_is_read_as_the_two_words_that_are_the_most_frequent(read):
    texts = ("Good things end.", "Good days end.", "Good years end.", "Good people send gifts.")
    (word,) = read("goodsend", *texts).words
    assert word.alternatives == ("good end",)


def test_a_word_weighs_what_the_words_weigh_that_say_it_in_the_documents(read):
    texts = ("Cyber security first.", "More cyber security.", "Zebras")
    (joined,) = read("cybersecurity", *texts).words
    apart = read("cyber security zebra", *texts).words
    assert joined.weight == pytest.approx(apart[0].weight) == pytest.approx(apart[1].weight)
    assert joined.weight < apart[2].weight


def test_both_halves_of_a_compound_are_said_by_it(read):
    words = read("cyber security", "Cybersecurity first.").words
    assert [(word.term, word.alternatives) for word in words] == [
        ("cyber", ("cybersecur",)),
        ("secur", ("cybersecur",)),
    ]


def test_the_words_of_a_long_form_weigh_as_much_together_as_the_abbreviation(assistant_of):
    generation = assistant_of("The Group of Governmental Experts (GGE) met.", *FILL)._live()
    weights = read_question("Did the GGE bark?", generation.lexical, generation.lexicon).term_weights()
    third = pytest.approx(1 / 3)
    assert weights == {"gge": 1, "bark": 1, "group": third, "government": third, "expert": third}


def test_names_and_numbers_are_told_from_other_words(read):
    words = read("Did Klynge open 12 embassies in Palo Alto in 2012/13?", SLOVENIA).words
    assert {word.term for word in words if word.named} == {"klyng", "12", "palo", "alto", "2012", "2013"}
    words = read("DID KLYNGE OPEN 12 EMBASSIES?", SLOVENIA).words
    assert {word.term for word in words if word.named} == {"12"}


def test_rare_words_weigh_more_than_frequent_ones(read):
    texts = [f"The embassy has {number} rooms." for number in ("nine", "ten", "six")]
    weights = {word.term: word.weight for word in read("embassy with nine rooms", *texts).words}
    assert weights["nine"] > weights["embassi"] > 0


def test_of_a_long_story_the_question_at_its_end_is_asked(assistant_of):
    told = "Yesterday my neighbour told me about his garden, the old fence around it, and a tree that fell over. "
    story = told * 25 + "His dogs bark and his cats sleep. "
    assert len(story.split()) > 480
    assistant = assistant_of(SLOVENIA, *FILL, embedder=WindowEmbedder())
    read = assistant.ask(story + "Who is the ambassador?").explanation
    assert read.passages[0].document_id == "1.txt"
    assert read.embedded.startswith("Who is the ambassador? Yesterday")
    weights = {word.term: word.weight for word in read.words}
    assert weights["ambassador"] > 2 * weights["dog"] > 0
    assert read.expects == "who"


def test_a_short_text_is_all_question(read):
    question = "We have dogs. Who is the ambassador? Tell me."
    assert read(question, SLOVENIA).embedded == question


def test_a_story_that_asks_nothing_ends_in_what_it_wants(read):
    story = "My neighbour has a garden with flowers and trees. " * 12
    assert read(story + "List the ambassadors.", SLOVENIA).embedded.startswith("List the ambassadors. My")


@pytest.mark.parametrize("question", ["What is slovenia?", "ambassador", "AMBASSADOR", "Slovenia!"])
def test_one_word_is_enough(assistant_of, question):
    hit = assistant_of(SLOVENIA, *FILL).search(question)[0]
    assert (hit.chunk.document_id, hit.lexical_rank, hit.dense_rank) == ("1.txt", 1, 1)


DEFINITION = "A demarche is a formal step that a government takes."
MENTION = "The ministry answered the demarche, and an embassy thanked it."


@pytest.mark.parametrize(
    "question",
    [
        "What is a demarche?",
        "What's a demarche?",
        "what does demarche mean?",
        "Please give me the definition of demarche",
        "Define demarche.",
        "What is meant by a demarche?",
        "What is the meaning of demarche?",
        "What exactly is a demarche?",
        "How is a demarche defined?",
        "WHAT IS A DEMARCHE?",
    ],
)
def test_a_question_for_a_definition_is_answered_by_one(assistant_of, question):
    answer = assistant_of(MENTION, DEFINITION, *FILL).ask(question)
    assert answer.explanation.sentences[0].text == DEFINITION
    defining = {sentence.text for sentence in answer.explanation.sentences if sentence.adds["definition"]}
    assert defining == {DEFINITION}


@pytest.mark.parametrize(
    ("question", "sentence", "defines"),
    [
        ("What is the Paris Call?", "The Paris Call for Trust and Security is a declaration.", True),
        ("What is the Paris Call?", "Supporters of the Paris Call are the states that signed it.", False),
        ("What is the Paris Call?", "The Paris Call creates no duties, because it is a declaration.", False),
        ("What is the Paris Call?", "The Paris Call was signed in 2018.", False),
        ("Who was Ada Hill?", "Ada Hill, a career diplomat, came in May.", True),
        ("What are demarches?", "Demarches are formal steps.", True),
        ("What are demarches?", "Demarches are not answered.", False),
        ("What is the CDP?", "The Bureau of Digital Policy (BDP) is an office. The CDP met.", False),
    ],
)
def test_a_sentence_defines_only_its_own_subject(assistant_of, question, sentence, defines):
    answer = assistant_of(sentence, *FILL).ask(question)
    first = next(each for each in answer.explanation.sentences if each.text in sentence)
    assert bool(first.adds["definition"]) is defines


def test_what_an_abbreviation_stands_for_is_defined_by_its_long_form(assistant_of):
    text = "The Joint Help Desk (JHD) was moved. The Joint Help Desk is a group of clerks. The JHD was moved again."
    answer = assistant_of(text, *FILL).ask("What is the JHD?")
    assert answer.citations[0].quote == "The Joint Help Desk is a group of clerks."


def test_a_definition_in_a_passage_of_low_rank_is_quoted_first(assistant_of):
    louder = [f"Clerks of town {number} wrote a demarche." for number in range(8)]
    assistant = assistant_of(*louder, f"{DEFINITION} {' '.join(FILL)}", *FILL)
    assert DEFINITION not in [hit.chunk.text[: len(DEFINITION)] for hit in assistant.search("What is a demarche?", k=6)]
    assert assistant.ask("What is a demarche?").citations[0].quote == DEFINITION
    assert len(assistant.search("What is a demarche?", k=6)) == 6


@pytest.mark.parametrize(
    "question",
    [
        "Who takes a demarche?",
        "Which treaties define the demarche of a government?",
        "What is the date on which a demarche is sent to whom?",
    ],
)
def test_other_questions_want_no_definition(assistant_of, question):
    answer = assistant_of(MENTION, DEFINITION, *FILL).ask(question)
    assert not any(sentence.adds["definition"] for sentence in answer.explanation.sentences)


def test_what_is_named_late_in_a_sentence_is_not_defined_by_it(assistant_of):
    late = (
        "Those who travelled, telephoned, waited for hours in corridors and at last delivered the demarche are tired."
    )
    answer = assistant_of(late, *FILL).ask("What is a demarche?")
    assert answer.explanation.sentences[0].text == late
    assert answer.explanation.sentences[0].adds["definition"] == 0


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("List the signatories.", True),
        ("Who are the ambassadors?", True),
        ("Which countries signed?", True),
        ("What major cyber norms exist?", True),
        ("Name all envoys.", True),
        ("Which process is it?", False),
        ("What is the name of the envoy?", False),
        ("Who signed the list?", False),
    ],
)
def test_a_question_asks_for_one_thing_or_for_several(assistant_of, question, several):
    generation = assistant_of(*FILL)._live()
    assert read_question(question, generation.lexical, generation.lexicon).several is several


@pytest.mark.parametrize("text", ["They do not agree.", "Nobody signed.", "It CANNOT be", "they didn’t", "Without it"])
def test_a_text_that_denies_is_told(text):
    assert is_negated(text)


@pytest.mark.parametrize("text", ["They agree.", "A notable knot is noted.", "Nobel and Norway", ""])
def test_a_text_that_denies_nothing_is_told_too(text):
    assert not is_negated(text)
