"""Conversations as the tests of follow-ups make them up."""

from cydqa.conversation import read_as
from cydqa.types import Answer, Citation

WARDENS = (
    "Mira Holt, a marine biologist, was chosen as the first reef warden in May 2017.",
    "Minister Jon Berg named Ana Sol Reyes as the second reef warden in August 2020.",
    "Mira Holt's deputy, Leo Marsh, filled in as reef warden in 2020.",
)


def answered(question, *quotes, read=None, declined=False):
    """An answer as the assistant gives it, with these quotes, each of which is its passage."""
    cited = tuple(
        Citation(number, "a.md", "A", None, None, None, (), None, 0, len(quote), quote, 0, len(quote), quote, 1, False)
        for number, quote in enumerate(quotes, 1)
    )
    found, nearest = ((), cited) if declined else (cited, ())
    return Answer(question, read, declined, 0.9, "quotes", "g", "", (), found, nearest, 1.0)


def read_last(*questions):
    """What the last question is read as, after the others."""
    history = []
    for question in questions[:-1]:
        history.append(answered(question, read=read_as(question, history)))
    return read_as(questions[-1], history)
