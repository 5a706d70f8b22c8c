"""Rated turns as judged questions.

A rating says less than a judgement, and no more is written than it says. An answer rated as good: its quotes answer the
question. A declined question rated as good: the corpus has no answer; but not where only some documents were searched.
Whatever was found wanting leaves open what the right answer is, so it is no judged question: it goes to a list of its
own, whose lines lack `answers` until somebody writes them, and which `cydqa eval` refuses until then.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from cydqa.saved.turns import Turn
from cydqa.types import Citation

_REMEMBERED = 10  # questions before it that a follow-up is given


def judged_lines(turns: Sequence[Turn]) -> str:
    """What the ratings of a conversation say about answers: lines that `cydqa eval` reads, with the note besides."""
    records = []
    for turn, record in _rated(turns):
        if turn.good and turn.answer and not (turn.answer.declined and turn.documents is not None):
            records.append(record | {"answers": [_quoted(citation) for citation in turn.answer.citations]})
    return _lines(records)


def lines_to_judge(turns: Sequence[Turn]) -> str:
    """What was rated as bad, with what was quoted or, where it was declined, shown as nearest."""
    records = []
    for turn, record in _rated(turns):
        if turn.good is False and turn.answer:
            quoted, nearest = turn.answer.citations, turn.answer.nearest
            shown = {"quoted": [*map(_quoted, quoted)], "nearest": [*map(_quoted, nearest)]}
            records.append(record | {"declined": turn.answer.declined} | shown)
    return _lines(records)


def _rated(turns: Sequence[Turn]) -> Iterator[tuple[Turn, dict[str, Any]]]:
    """The rated turns that were answered, and what every record says of them."""
    before: list[str] = []
    for turn in turns:
        if turn.answer is None:
            continue  # it was not before those that follow, either
        if turn.good is not None:
            followed = turn.answer.read_as is not None
            yield (
                turn,
                {
                    "id": f"rated-{turn.id}",
                    "question": turn.question,
                    "history": [] if turn.literal else before[-_REMEMBERED:],
                    "kind": "rated follow-up" if followed else "rated",
                    "note": turn.note,
                },
            )
        before.append(turn.question)


def _quoted(citation: Citation) -> dict[str, Any]:
    return {"document": citation.document_id, "section": list(citation.section), "quote": citation.quote}


def _lines(records: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)
