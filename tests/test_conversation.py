"""Follow-ups are read with the turns before them, visibly; a new subject is not dragged into the old one."""

import pytest
from conversations import answered, read_last

from cydqa.conversation import read_as


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("What is the Reef Pact?", "Who launched it?", "Who launched the Reef Pact?"),
        ("What is the Reef Pact?", "how many articles does it have?", "How many articles does the Reef Pact have?"),
        ("What is the Reef Pact?", "What are its aims?", "What are the Reef Pact’s aims?"),
        ("what is the reef pact", "who launched it", "who launched the reef pact"),
        ("What is a reef warden?", "Who appoints one?", "Who appoints a reef warden?"),
        (
            "When did the first panel finish its report?",
            "Did anyone read it?",
            "Did anyone read the first panel’s report?",
        ),
        ("What do the coastal states want?", "Why do they object?", "Why do the coastal states object?"),
        (
            "Which states signed the Reef Pact?",
            "Do they also pay for it?",
            "Do the states that signed the Reef Pact also pay for it?",
        ),
        ("Who attacked Portline?", "How did they get in?", "How did those who attacked Portline get in?"),
        ("What comes after the panel at the UN?", "Who leads it?", "Who leads what comes after the panel at the UN?"),
        ("What is the Reef Pact?", "Is that legally binding?", "Is the Reef Pact legally binding?"),
        ("What came out of the first ORCA summit?", "Who led that summit?", "Who led the first ORCA summit?"),
        ("What came out of the first ORCA summit?", "How did the third one end?", "How did the third ORCA summit end?"),
        ("What was the 2019 storm?", "What else broke that year?", "What else broke in 2019?"),
    ],
)
def test_a_word_that_refers_back_is_replaced_by_what_it_stands_for(before, question, expected):
    read = read_last(before, question)
    assert read is not None
    assert read.removesuffix(" (the 2019 storm)") == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("When did Sweden appoint a reef warden?", "And Norway?", "When did Norway appoint a reef warden?"),
        ("When did Sweden appoint a reef warden?", "what about Norway", "When did Norway appoint a reef warden?"),
        ("When did the United States join the Reef Pact?", "and the EU?", "When did the EU join the Reef Pact?"),
        ("Who chaired the first panel?", "and the second?", "Who chaired the second panel?"),
        ("Who chaired the first panel?", "And the second one?", "Who chaired the second panel?"),
        (
            "What did the first Coast Manual say?",
            "and the second edition?",
            "What did the second edition of the Coast Manual say?",
        ),
        ("How many states joined the pact in 2018?", "and in 2019?", "How many states joined the pact in 2019?"),
        ("How many ships did Portline lose?", "In Norway?", "How many ships did Portline lose in Norway?"),
        ("Did Portline come back?", "when was that?", "When did Portline come back?"),
        ("When was the Reef Pact signed?", "Where?", "Where was the Reef Pact signed?"),
        ("When was the Reef Pact signed?", "by whom?", "By whom was the Reef Pact signed?"),
        ("Did Sweden close its harbour?", "Why did they do that?", "Why did Sweden close its harbour?"),
        ("Did Sweden sign the pact?", "Did Norway?", "Did Norway sign the pact?"),
        ("How many states signed the pact?", "Which ones?", "Which states signed the pact?"),
        ("What is the Reef Pact?", "Tell me more", "Tell me more about the Reef Pact"),
    ],
)
def test_a_fragment_takes_the_place_of_its_counterpart(before, question, expected):
    assert read_last(before, question) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("What is the Reef Pact?", "How many signed?", "How many signed? (the Reef Pact)"),
        ("What is the Reef Pact?", "Who can take part?", "Who can take part? (the Reef Pact)"),
        ("What is the sixth ORCA?", "How many members?", "How many members? (the sixth ORCA)"),
        ("What is the sixth ORCA?", "Who else joined?", "Who else joined? (the sixth ORCA)"),
        ("Was the pact put to a vote?", "so which states voted no?", "so which states voted no? (the pact)"),
    ],
)
def test_a_question_that_is_short_of_its_topic_gets_it_in_brackets(before, question, expected):
    assert read_last(before, question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What is the Coast Manual?",
        "How do whales sleep?",
        "What is plankton?",
        "And what is the Coast Manual?",
        "Is it true that Norway hunts whales?",
        "How long does it take to cross the Atlantic?",
        "Does it matter whether a whale is counted?",
        "Did Portline publish its report?",
        "When a ship sinks, may it be raised?",
        "Which states close their harbours when they fear a storm?",
        "When it comes to storms, who decides?",
        "Are there rules for whale watching?",
        "There are many whales near Iceland, aren't there?",
        "Who is Mira Holt and when did she retire?",
        "coast manual price",
        "What about whales?",
        "What is the difference between a pact and a treaty?",
        "Who are the members of ORCA?",
        "What is the biggest danger on the internet?",
        "WHAT IS PLANKTON?",
        "Which one of the five oceans is the coldest?",
        "Thanks!",
        "??",
        "",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question):
    assert read_last("What is the Reef Pact?", question) is None


CHAINS = [
    # a range of years is one thing
    ("Who led the UN panel of 2012/13? | And the one of 2016/17?", "Who led the UN panel of 2016/17?"),
    ("Who led the UN panel in 2012-13? | and in 2016–17?", "Who led the UN panel in 2016–17?"),
    # an ordinal takes what was counted, not the name behind it
    (
        "How many aims are there in the Reef Pact? | What does the fifth one ask for?",
        "What does the fifth aim ask for? (the Reef Pact)",
    ),
    (
        "How many aims are there in the Reef Pact? | What does the fifth one ask for? | And the seventh?",
        "What does the seventh aim ask for? (the Reef Pact)",
    ),
    (
        "How many aims does the Reef Pact have? | Who launched it? | What does the third one say?",
        "What does the third aim say? (the Reef Pact)",
    ),
    (
        "What are the aims of the Reef Pact? | What does the third one say?",
        "What does the third aim of the Reef Pact say?",
    ),
    (
        "How many aims are there in the Reef Pact? | Which one deals with schools?",
        "Which aim deals with schools? (the Reef Pact)",
    ),
    ("Which rules did the first panel set? | Does the second one bind states?", "Does the second rule bind states?"),
    ("How many states joined the sixth ORCA? | and the fifth one?", "How many states joined the fifth ORCA?"),
    ("How many wardens does Sweden have? | Does Norway have one?", "Does Norway have a warden?"),
    # "it" is one thing, and rather what was made than who made it
    (
        "Did the police have a code name for the raid on Portline? | who came up with it?",
        "Who came up with the code name? (Portline)",
    ),
    ("When did Sweden create the post? | Why was it abolished?", "Why was the post abolished? (Sweden)"),
    ("When did Sweden create the post? | Did it create another post?", "Did Sweden create another post?"),
    ("When did Sweden join the Reef Pact? | When did it leave?", "When did Sweden leave?"),
    ("What is the Reef Pact? | Which states fear sanctions? | Who wrote it?", "Who wrote the Reef Pact?"),
    ("Did the police search a house? | Who owned it?", "Who owned the house?"),
    # "they" are several
    ("What is the Reef Pact? | How do they enforce it?", "How do they enforce the Reef Pact?"),
    (
        "Which states signed the Reef Pact? | When was the pact signed? | Did they ratify it?",
        "Did the states that signed the Reef Pact ratify it?",
    ),
    # the last two topics
    (
        "What is the Reef Pact? | And what is the Coast Manual? | How many members did the former have in 2019?",
        "How many members did the Reef Pact have in 2019?",
    ),
    ("What is the Reef Pact? | And what is the Coast Manual? | Who wrote the latter?", "Who wrote the Coast Manual?"),
    # a person of whom too little is known
    (
        "What comes after the panel at the UN? | Who chairs it? | Was anyone unhappy with the way she got the job?",
        "Was anyone unhappy with the way she got the job? (the UN)",
    ),
    (
        "What comes after the panel at the UN? | Who chairs it? | Did Norway vote against her?",
        "Did Norway vote against her? (the UN)",
    ),
    (
        "Who was Sweden's first reef warden? | And who got the job after him?",
        "And who got the job after Sweden's first reef warden?",
    ),
    (
        "Who was Sweden's first reef warden? | Who kept the seat warm in between?",
        "Who kept the seat warm in between? (Sweden's first reef warden)",
    ),
]


@pytest.mark.parametrize(("chain", "expected"), CHAINS)
def test_what_a_word_refers_to_depends_on_number_making_and_counting(chain, expected):
    assert read_last(*chain.split(" | ")) == expected


OTHER_SUBJECTS = """
Why do companies that were robbed keep it secret?
Can a firm that pays a ransom deduct it?
How can I make it easier to read small print?
Does the law make it illegal to sell whale meat?
Was it reported that Norway left the union?
What is resolution 53/70?
What happened on 9/11?
Did the 2012/13 season end early?
Who is the former king of Norway?
What happened in the latter half of 2019?
Who was the former head of the Coast Office?
What is the first rule of whale watching?
How many principles are there in the Coast Handbook?
Who was the second man on the moon?
Who came second in the race to Oslo?
Does the First Bank of Norway have one branch or two?
What does one need to sail to Iceland?
How does one become a pilot?
Is one ship enough for a fleet?
Does every ship need its own pilot?
Did Norway create a navy before it had a harbour?
How do I choose between a ship and a train?
Is there a road between Oslo and Bergen?
What do I do in between?
Who says that whales sing?
Did the king who built the harbour live in it?
When a captain dies, who takes her ship?
Who was the captain of the Vasa and when did he die?
Did Leo Marsh say what he saw?
Do pilots who fear storms avoid them?
Why do states sign treaties before they read them?
Have whales been seen since 2019?
Which harbour in Iceland has the most ships?
And does Iceland have a navy of its own, and who leads it?
Now to ships: who built the Vasa?
What made Bergen famous before the railway reached it?
Who gave the Vasa its name?
How do seals that lose their mother survive?
What is a group of whales called?
Where can I buy a map of the Baltic Sea?
"""


@pytest.mark.parametrize("question", OTHER_SUBJECTS.strip().splitlines())
@pytest.mark.parametrize(
    "before",
    [
        "What is the Reef Pact?",
        "When did Sweden create the post of reef warden?",
        "How many aims are there in the Reef Pact?",
        "Who led the UN panel of 2012/13?",
    ],
)
def test_what_refers_within_its_question_or_to_nothing_is_not_dragged(before, question):
    assert read_last("What is the Coast Manual?", before, question) is None


@pytest.mark.parametrize(
    "quote",
    [
        "The first reef warden of Sweden opened the Office for Reef Affairs, led by Reef Affairs.",
        "Digital Coasts, a digital magazine on coasts, wrote about Sweden's first reef warden.",
        "Sweden's first reef warden liked what Oslo Peace Forum, of Norway, had begun.",
        "Norway's first reef warden, Ola Dahl, started earlier.",
        "Sweden's first reef warden travelled to North Korea, to Silicon Valley and to the Oslo Peace Forum.",
    ],
)
def test_a_name_of_a_body_or_of_somebody_else_is_not_the_person(quote):
    before = answered("Who was Sweden's first reef warden?", quote)
    assert read_as("Who came before him?", [before]) == "Who came before Sweden's first reef warden?"
