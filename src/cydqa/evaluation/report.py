"""An Evaluation as text: tables that read well on a terminal and as Markdown, the misses, a reliability diagram."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cydqa.errors import CydqaError
from cydqa.evaluation.diagram import reliability_diagram
from cydqa.evaluation.measures import RANKING, Bin, Estimate
from cydqa.evaluation.run import Evaluation, Outcome

Row = Sequence[str]

_SHARES = ("declined", "quoted", "right")
_ANSWERED = "Answered, although the corpus has no answer"
_OTHER_QUOTES = "Answered with other quotes than the judged ones"
_DECLINED = "Declined, although the corpus has an answer"
_NOTE = """\
R@k: recall of the passages that answer. declined: share of all questions. quoted: share of the answered questions
with an answer whose quotes contain a judged quote. right: share answered with a judged quote or, where the corpus
has no answer, declined. words: quoted in an answer. ECE: expected calibration error. In brackets: 95 % bootstrap
intervals over questions; one without width says that all of these questions went the same way, no more."""


def summary(evaluation: Evaluation) -> str:
    """The tables: rankings, answers and calibration."""
    groups = evaluation.totals | {f"– {kind}": measures for kind, measures in evaluation.kinds.items()}
    ranking = [
        [name, *_cells(measures, RANKING)]
        for name, measures in groups.items()
        if RANKING[0] in measures and name != "all"  # the ranking of all is that of the answerable
    ]
    answers = [
        [name, str(measures["right"].questions), *_cells(measures, (*_SHARES, "words", "ECE"))]
        for name, measures in groups.items()
    ]
    tables = [
        _table(["questions", "number", *_SHARES, "words", "ECE"], answers),
        _table(["questions", *RANKING], ranking) if ranking else "",
        _table(["confidence", "number", "mean confidence", "quotes hold the answer"], _bins(evaluation.reliability)),
    ]
    return "\n\n".join([*filter(None, tables), _NOTE])


def misses(evaluation: Evaluation) -> str:
    """Every question that went wrong, and what was returned instead; the surest first."""
    blocks: list[str] = []
    for fault in (_ANSWERED, _OTHER_QUOTES, _DECLINED):
        group = [outcome for outcome in evaluation.outcomes if _fault(outcome) == fault]
        group.sort(key=lambda outcome: -outcome.confidence)
        blocks += [f"{fault}: {len(group)}{_ranks(group)}", *("\n".join(_miss(outcome)) for outcome in group)]
    return "\n\n".join(blocks)


def markdown(evaluation: Evaluation, title: str, diagram: str) -> str:
    """The whole report; `diagram` is the address of the reliability diagram.

    Questions and quotes stand in a fenced block, so that nothing in them acts as Markdown.
    """
    listed = misses(evaluation)
    fence = "```"
    while fence in listed:
        fence += "`"
    return "\n\n".join(
        [
            f"# {title}",
            f"Index {evaluation.outcomes[0].generation}, {len(evaluation.outcomes)} questions.",
            summary(evaluation),
            f"![How often each confidence was right]({diagram})",
            "## Misses",
            f"{fence}text\n{listed}\n{fence}\n",
        ]
    )


def write(evaluation: Evaluation, path: Path, title: str) -> None:
    """Write the Markdown report to `path` and its diagram beside it, with .svg after the whole name.

    Raises:
        CydqaError: if they can't be written.
    """
    diagram = path.with_name(f"{path.name}.svg")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        diagram.write_text(reliability_diagram(evaluation.reliability), "utf-8")
        path.write_text(markdown(evaluation, title, quote(diagram.name)), "utf-8")
    except OSError as error:
        raise CydqaError(
            f"The report can't be written to {path}: {error.strerror}.", hint="Name another file."
        ) from error


def record(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as `cydqa eval --json` gives it."""
    return {
        **{
            name: {group: {key: asdict(value) for key, value in measures.items()} for group, measures in groups.items()}
            for name, groups in (("totals", evaluation.totals), ("kinds", evaluation.kinds))
        },
        "reliability": [asdict(bin_) for bin_ in evaluation.reliability],
        "outcomes": [
            {
                **outcome.question.model_dump(),
                "generation": outcome.generation,
                "read_as": outcome.read_as,
                "declined": outcome.declined,
                "confidence": outcome.confidence,
                "held": outcome.held,
                "right": outcome.right,
                "rank": outcome.rank,
                "measures": outcome.measures,
                "returned": [asdict(citation) for citation in outcome.returned],
            }
            for outcome in evaluation.outcomes
        ],
    }


def _fault(outcome: Outcome) -> str | None:
    if outcome.right:
        return None
    if not outcome.question.answers:
        return _ANSWERED
    return _DECLINED if outcome.declined else _OTHER_QUOTES


def _ranks(outcomes: Sequence[Outcome]) -> str:
    """Where the search had the passage that answers: whether to look for the fault there or behind it."""
    ranks = [outcome.rank for outcome in outcomes if outcome.question.answers]
    if not ranks:
        return ""
    first, found = ranks.count(1), len(ranks) - ranks.count(None)
    missing = len(ranks) - found
    return f" (passage that answers ranked first: {first}, lower: {found - first}, not among the best ten: {missing})"


def _cells(measures: dict[str, Estimate], names: Iterable[str]) -> Iterator[str]:
    """Each measure with its interval: shares in per cent, words as they are, the rest from 0 to 1."""
    for name in names:
        estimate = measures.get(name)
        unit = " %" if name in _SHARES else ""
        scale, digits = (100, 0) if unit else (1, 0) if name == "words" else (1, 2)
        if estimate is None:
            yield "–"
            continue
        value, *ends = (
            f"{number * scale:.{digits}f}"
            for number in (estimate.value, estimate.low, estimate.high)
            if number is not None
        )
        yield f"{value}{unit}" + (f" ({'–'.join(ends)})" if ends else "")


def _bins(bins: Sequence[Bin]) -> list[Row]:
    return [
        [
            f"{b.low:.1f} to {b.high:.1f}",
            str(b.questions),
            *(("–" if v is None else f"{v * 100:.0f} %") for v in (b.confidence, b.right)),
        ]
        for b in bins
    ]


def _table(head: Row, rows: Sequence[Row]) -> str:
    """A Markdown table with its columns aligned, the first to the left."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = [("-" * width if place == 0 else "-" * (width - 1) + ":") for place, width in enumerate(widths)]
    lines = [head, rule, *rows]
    return "\n".join(
        "| "
        + " | ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        + " |"
        for line in lines
    )


def _miss(outcome: Outcome) -> Iterator[str]:
    question = outcome.question
    asked = " / ".join([*question.history, question.question])
    yield f"{_one_line(asked)}  ({question.id}, {question.kind}, confidence {outcome.confidence * 100:.0f} %)"
    if outcome.read_as:
        yield f"    read as   {_one_line(outcome.read_as)}"
    for judged in question.answers:
        yield f"    judged    {_place(judged.document, judged.section)}: “{_one_line(judged.quote)}”"
    if question.answers:
        rank = f"ranked {outcome.rank}" if outcome.rank else "not among the best ten"
        held = ", and the quotes would have held it" if outcome.held else ""
        yield f"    passage   {rank}{held}"
    for citation in outcome.returned:
        place = _place(citation.document_id, citation.section)
        yield f"    nearest   {place}" if outcome.declined else f"    quoted    {place}: “{_one_line(citation.quote)}”"


def _place(document: str, section: Sequence[str]) -> str:
    return " › ".join((document, *section))


def _one_line(text: str) -> str:
    return " ".join(text.split())
