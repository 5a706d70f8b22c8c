"""What the command line prints: answers, passages, reports and errors, for people and as JSON.

Text from documents goes out as it is, but for control characters, which are made visible so that no document can
command the terminal; on a terminal it is also wrapped at words. JSON has every character.
"""

import io
import json
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from cydqa.answering import DECLINED, notes
from cydqa.errors import CydqaError
from cydqa.settings import Settings
from cydqa.types import Answer, BuildReport, Citation, Hit

if TYPE_CHECKING:
    from cydqa.index.check import Finding
    from cydqa.index.status import IndexStatus
    from cydqa.library.adding import Added
    from cydqa.library.removing import Removed

_MOST_SKIPPED = 20  # a folder of pictures should not hide what matters
# Control characters but tab and line feed, and the marks that reverse the direction of what follows.
_CONTROLS = [*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_VISIBLE = {code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" for code in _CONTROLS}


def prepare() -> None:
    """Make sure that no character can stop the output: one that stdout or stderr can't show goes out as its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str = "", style: str = "", *, to_stderr: bool = False) -> None:
    """Print a text that may come from anywhere; `style` shows on a terminal only."""
    stream = sys.stderr if to_stderr else sys.stdout
    visible = text.translate(_VISIBLE)
    if stream.isatty():
        Console(stderr=to_stderr).print(Text(visible, style))
    else:
        print(visible, file=stream)


def print_json(value: Any) -> None:
    """One line of JSON."""
    print(json.dumps(value, ensure_ascii=False))  # noqa: T201


def print_error(error: CydqaError) -> None:
    """What is wrong and what to do, on stderr."""
    say(f"Error: {error}", "red", to_stderr=True)
    say(f"What to do: {error.hint}", to_stderr=True)


def print_report(report: BuildReport, settings: Settings) -> None:
    """What a build did, with a reason for each file left out."""
    for name in ("added", "changed", "removed"):
        for document_id in getattr(report, name):
            say(f"{name:<8} {document_id}")
    _print_reasons(8, warning=report.warnings, skipped=report.skipped, failed=report.failed)
    indexed = len(report.added) + len(report.changed) + len(report.unchanged)
    done = "Published" if report.published else "Nothing changed in"
    say(
        f"{done} {settings.index}: {indexed} documents, {report.passages} passages,"
        f" {report.embedded} texts embedded, {report.seconds:.1f} s."
    )


def print_status(state: "IndexStatus", settings: Settings) -> None:
    """Corpus and index, and what a build would do."""
    say(f"corpus      {settings.corpus}: {len(state.documents)} documents, {_size(state.corpus_bytes)}")
    age, size = _ago(state.age_seconds), _size(state.index_bytes)
    built = f"{state.passages} passages, {size}, built {age} ago with {state.encoder}"
    say(f"index       {settings.index}: {built if state.generation else 'not built'}")
    say(f"unchanged   {len(state.unchanged)} documents")
    for name in ("added", "changed", "removed"):
        for document_id in getattr(state, name):
            say(f"{name:<12}{document_id}")
    _print_reasons(11, warning=state.warnings, skipped=state.skipped, failed=state.failed)
    if state.generation and not state.same_recipe:
        say("The index was built with other settings, another encoder, parser or corpus folder than those of now.")
    if state.needs_build:
        say("Run `cydqa index` to bring the index up to date.", "bold")


def print_findings(findings: "list[Finding]", settings: Settings) -> None:
    """What `cydqa check` found, each with its remedy."""
    for finding in findings:
        say(f"wrong    {finding.what}")
        say(f"         {finding.remedy}")
    say(f"{settings.index}: {f'{len(findings)} findings' if findings else 'everything is as it should be'}.")


def print_added(added: "Added", settings: Settings) -> None:
    """What became of what was to be added."""
    for name in ("added", "replaced"):
        for document_id in getattr(added, name):
            say(f"{name:<8} {document_id}")
    for source, document_id in added.duplicates.items():
        say(f"same     {source}: its content is already there as {document_id}, so it was not stored again.")
    _print_reasons(8, skipped=added.skipped, failed=added.failed)
    for warning in added.warnings:
        say(f"warning  {warning}")
    if added.added or added.replaced:
        say(f"Run `cydqa index` to make what is new in {settings.corpus} answerable.", "bold")


def print_removed(removed: "Removed") -> None:
    """What was removed, and where it still is."""
    for document_id in removed.removed:
        say(f"removed  {document_id}")
    say("Run `cydqa index` to take it out of the index, too.", "bold")
    say("Saved conversations may still quote it; delete those as well if it is to be forgotten.")


def print_answer(answer: Answer) -> None:
    """Numbered quotes and where each one stands, or the nearest passages."""
    if answer.read_as:
        say(f"Read as: {answer.read_as}\n")
    if answer.declined:
        say(f"{DECLINED} (confidence {answer.confidence:.0%})")
        _print_notes(answer)
        if answer.nearest:
            say("\nNearest passages, which may be related:")
        _print_citations(answer.nearest, with_passages=True)
    else:
        say(answer.answer)
        _print_notes(answer)
        say(f"\nConfidence {answer.confidence:.0%}. Sources:")
        _print_citations(answer.citations)


def print_explanation(answer: Answer) -> None:
    """How the question was read, what ranked where and why, what was dropped, and what the confidence rests on."""
    explanation = answer.explanation
    if explanation is None:
        return
    say("\nHow the question was read", "bold")
    for typed, meant in explanation.corrections:
        say(f"  {typed} was read as {meant}")
    for word in explanation.words:
        also = f", also as {' or '.join(word.alternatives)}" if word.alternatives else ""
        say(f"  {word.term:<20} weight {word.weight:.1f}{', a name or number' if word.named else ''}{also}")
    say(f"  asks for: {explanation.expects}")
    say("\nPassages", "bold")
    for passage in explanation.passages:
        ranks = f"dense {passage.dense_rank or '–'}, lexical {passage.lexical_rank or '–'}"
        say(f"  {passage.rank}. score {passage.score:.2f} ({ranks})  {' › '.join((passage.title, *passage.section))}")
        say(f"     {_sum(passage.adds)}")
    say("\nSentences", "bold")
    for sentence in explanation.sentences:
        say(f"  score {sentence.score:.2f}, {sentence.fate}: “{' '.join(sentence.text.split())}”")
        say(f"     {_sum(sentence.adds)}")
    say("\nConfidence", "bold")
    for evidence in explanation.evidence:
        say(f"  {evidence.name.replace('_', ' '):<18} {evidence.value:6.2f}  adds {evidence.adds:+.2f} to the log odds")
    fate = "declined" if answer.declined else "answered"
    say(f"  confidence {answer.confidence:.2f}, threshold {explanation.threshold:.2f}: {fate}")


def print_hits(hits: list[Hit]) -> None:
    """Ranked passages with their scores."""
    for hit in hits:
        ranks = f"dense {hit.dense_rank or '–'}, lexical {hit.lexical_rank or '–'}"
        place = " › ".join((hit.title, *hit.chunk.section))
        say(f"{hit.rank:>3}  score {hit.score:.2f} ({ranks})  {place}", "bold")
        say(f"     {' '.join(hit.chunk.text.split())}")


def hit_record(hit: Hit) -> dict[str, Any]:
    """A passage as `cydqa search --json` gives it."""
    chunk = hit.chunk
    return {
        "rank": hit.rank,
        "score": hit.score,
        "dense_rank": hit.dense_rank,
        "lexical_rank": hit.lexical_rank,
        "document_id": chunk.document_id,
        "title": hit.title,
        "section": chunk.section,
        "page": chunk.page,
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
    }


def _print_notes(answer: Answer) -> None:
    for note in notes(answer):
        say(f"\n{note}")


def _sum(adds: dict[str, float]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {added:+.2f}" for name, added in adds.items())


def _print_reasons(width: int, **kinds: dict[str, str]) -> None:
    for name, reasons in kinds.items():
        many = _MOST_SKIPPED if name == "skipped" else len(reasons)
        for document_id, reason in islice(reasons.items(), many):
            say(f"{name:<{width}} {document_id}: {reason}")
        if len(reasons) > many:
            say(f"{name:<{width}} {len(reasons) - many} more; --json names them all")


def _size(count: int) -> str:
    return f"{count / 2**20:.1f} MiB" if count >= 2**20 else f"{count / 2**10:.0f} KiB"


def _ago(seconds: float | None) -> str:
    minutes = round((seconds or 0) / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 60 / 24:.0f} days"


def _print_citations(citations: tuple[Citation, ...], *, with_passages: bool = False) -> None:
    for citation in citations:
        place = " › ".join((citation.title, *citation.section))
        changed = "  (the file has changed or gone since it was indexed)" if citation.stale else ""
        say(f"  [{citation.number}] {place}{changed}")
        page = f"page {citation.page}, " if citation.page else ""
        say(f"      {citation.document_id}, {page}characters {citation.start} to {citation.end}")
        if citation.url:
            say(f"      {citation.url}")
        if with_passages:
            say(f"      {' '.join(citation.passage.split())}")
