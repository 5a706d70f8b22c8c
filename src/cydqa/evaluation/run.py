"""Judged questions, asked of an assistant -> an Evaluation."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache

from cydqa.assistant import Assistant
from cydqa.errors import CydqaError, DocumentError
from cydqa.evaluation.measures import DEPTH, Bin, Estimate, calibration_error, mean, ranking_measures, reliability
from cydqa.evaluation.questions import JudgedQuestion, Judgement
from cydqa.types import Answer, Chunk, Citation, Document, Progress, Span


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    question: JudgedQuestion
    generation: str
    read_as: str | None
    declined: bool
    confidence: float
    held: bool  # the quotes contain a judged quote; a declined question is asked again without the threshold
    right: bool  # answered with a judged quote or, where there is none, declined
    rank: int | None  # of the first passage that answers, where it is among the best
    returned: tuple[Citation, ...]  # the quotes, or the nearest passages
    measures: dict[str, float]  # those that apply to the question


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All outcomes, and their measures by name: for everything, with or without an answer, and by kind of question."""

    outcomes: tuple[Outcome, ...]
    totals: dict[str, dict[str, Estimate]]  # "all", "answerable", "unanswerable"
    kinds: dict[str, dict[str, Estimate]]
    reliability: tuple[Bin, ...]


def evaluate(
    assistant: Assistant,
    questions: Sequence[JudgedQuestion],
    progress: Callable[[Progress], None] = lambda step: None,
) -> Evaluation:
    """Ask every question of the assistant, follow-ups after the questions before them, and measure the answers.

    Raises:
        CydqaError: if a judged quote does not stand where the question says; all such questions are named.
    """
    relevant = _relevant_passages(assistant, questions)
    outcomes = []
    for done, question in enumerate(questions):
        progress(Progress("asking questions", done, len(questions)))
        outcomes.append(_outcome(assistant, question, relevant[question.id]))
    progress(Progress("asking questions", len(questions), len(questions)))
    return Evaluation(
        outcomes=tuple(outcomes),
        totals=_grouped(outcomes, lambda outcome: "all") | _grouped(outcomes, _answerable),
        kinds=_grouped(outcomes, lambda outcome: outcome.question.kind),
        reliability=reliability([o.confidence for o in outcomes], [o.held for o in outcomes]),
    )


def _outcome(assistant: Assistant, question: JudgedQuestion, relevant: Collection[str]) -> Outcome:
    """Ask one question, which these passages answer."""
    history: list[Answer] = []
    for earlier in question.history:
        history.append(assistant.ask(earlier, history=history))
    answer = assistant.ask(question.question, history=history)
    quoted = assistant.ask(question.question, history=history, min_confidence=0) if answer.declined else answer
    ranked = [hit.chunk.id for hit in assistant.search(answer.read_as or question.question, k=DEPTH)]
    held = any(_holds(citation, judged) for citation in quoted.citations for judged in question.answers)
    right = held and not answer.declined if question.answers else answer.declined
    measures = ranking_measures(relevant, ranked) if relevant else {}
    measures |= {"declined": float(answer.declined), "right": float(right)}
    if not answer.declined:
        measures["words"] = float(sum(len(citation.quote.split()) for citation in answer.citations))
        if question.answers:
            measures["quoted"] = float(held)
    return Outcome(
        question=question,
        generation=answer.generation,
        read_as=answer.read_as,
        declined=answer.declined,
        confidence=answer.confidence,
        held=held,
        right=right,
        rank=next((rank for rank, passage in enumerate(ranked, 1) if passage in relevant), None),
        returned=answer.nearest if answer.declined else answer.citations,
        measures=measures,
    )


def _holds(citation: Citation, judged: Judgement) -> bool:
    return citation.document_id == judged.document and judged.quote in citation.quote


def _answerable(outcome: Outcome) -> str:
    return "answerable" if outcome.question.answers else "unanswerable"


def _grouped(outcomes: Sequence[Outcome], name_of: Callable[[Outcome], str]) -> dict[str, dict[str, Estimate]]:
    """The measures of each group, those of questions with an answer first."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in sorted(outcomes, key=lambda outcome: (_answerable(outcome), name_of(outcome))):
        groups[name_of(outcome)].append(outcome)
    return {name: _measures(group) for name, group in groups.items()}


def _measures(outcomes: Sequence[Outcome]) -> dict[str, Estimate]:
    values: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes:
        for name, value in outcome.measures.items():
            values[name].append(value)
    estimates = {name: mean(found) for name, found in values.items()}
    estimates["ECE"] = calibration_error([o.confidence for o in outcomes], [o.held for o in outcomes])
    return estimates


def _relevant_passages(assistant: Assistant, questions: Sequence[JudgedQuestion]) -> dict[str, set[str]]:
    """For each question, the ids of the passages that hold (a part of) a judged quote."""

    @cache
    def indexed(document_id: str) -> tuple[Document, list[Chunk]] | None:
        try:
            return assistant.document(document_id), assistant.passages(document_id)
        except DocumentError:
            return None

    def holding(judged: Judgement) -> list[str]:
        found = indexed(judged.document)
        if found is None:
            return []
        document, passages = found
        spans = spans_of(document, judged)
        return [c.id for c in passages if any(c.start < end and start < c.end for start, end in spans)]

    relevant: dict[str, set[str]] = {}
    misplaced = []
    for question in questions:
        passages = [holding(judged) for judged in question.answers]
        if not all(passages):
            misplaced.append(question.id)
        relevant[question.id] = set().union(*passages)
    if misplaced:
        raise CydqaError(
            f"A judged quote does not stand in the section that the question names: {', '.join(misplaced)}.",
            hint="Run `cydqa index` if the documents have changed since; else correct these questions.",
        )
    return relevant


def spans_of(document: Document, judged: Judgement) -> list[Span]:
    """Where the quote stands in the sections of that path."""
    spans = []
    for section in document.sections:
        if section.path == judged.section:
            start = document.text.find(judged.quote, section.start, section.end)
            while start >= 0:
                spans.append((start, start + len(judged.quote)))
                start = document.text.find(judged.quote, start + 1, section.end)
    return spans
