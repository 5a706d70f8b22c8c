"""The command line: formats what the package returns, and decides nothing."""

import dataclasses
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cydqa import __version__
from cydqa.errors import CydqaError
from cydqa.settings import Settings, load_settings
from cydqa.types import Answer, BuildReport, Citation, Hit
from cydqa.types import Progress as Step

if TYPE_CHECKING:
    from cydqa.assistant import Assistant
    from cydqa.index.vectors import OnProgress

app = typer.Typer(
    help="Ask a folder of documents; get numbered, verbatim quotes to check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_out = Console(highlight=False, soft_wrap=not sys.stdout.isatty())  # a pipe wraps for itself
_err = Console(stderr=True, highlight=False)

_Corpus = Annotated[Path | None, typer.Option("--corpus", metavar="DIR", help="Folder of documents [default: corpus].")]
_Index = Annotated[Path | None, typer.Option("--index", metavar="DIR", help="Folder of the index [default: index].")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
_Documents = Annotated[
    list[str] | None,
    typer.Option("--document", metavar="ID", help="Search this document only; may be repeated."),
]


def main() -> None:
    """Run the command line; every error that a user can mend is two lines, never a traceback."""
    try:
        app()
    except CydqaError as error:
        _err.print(f"[red]Error:[/] {escape(str(error))}\n[bold]What to do:[/] {escape(error.hint)}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        _out.print(f"cydqa {__version__}")
        raise typer.Exit


@app.command()
def index(
    corpus: _Corpus = None,
    index: _Index = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Ignore what is there.")] = False,
    as_json: _Json = False,
) -> None:
    """Build what changed and publish it."""
    from cydqa.index.build import build_index

    settings = load_settings(corpus=corpus, index=index)
    with _progress() as on_progress:
        report = build_index(settings.corpus, settings.index, settings=settings, progress=on_progress, rebuild=rebuild)
    if as_json:
        _print_json(dataclasses.asdict(report))
    else:
        _print_report(report, settings)


@app.command()
def ask(
    question: str,
    documents: _Documents = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say what the answer rests on.")] = False,
    corpus: _Corpus = None,
    index: _Index = None,
    as_json: _Json = False,
) -> None:
    """Answer one question with numbered quotes."""
    assistant = _assistant(corpus, index)
    answer = assistant.ask(question, documents=documents)
    if as_json:
        _print_json(dataclasses.asdict(answer))
    else:
        _print_answer(answer)
        if explain:
            _print_hits(assistant.search(question, documents=documents))


@app.command()
def search(
    query: str,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, metavar="N", help="How many passages.")] = 10,
    documents: _Documents = None,
    corpus: _Corpus = None,
    index: _Index = None,
    as_json: _Json = False,
) -> None:
    """List the passages that match best, with their scores."""
    hits = _assistant(corpus, index).search(query, k=k, documents=documents)
    if as_json:
        _print_json([_hit_record(hit) for hit in hits])
    else:
        _print_hits(hits)


@app.command()
def status(corpus: _Corpus = None, index: _Index = None, as_json: _Json = False) -> None:
    """Compare the corpus with the index: what a rebuild would do."""
    from cydqa.index.status import index_status

    settings = load_settings(corpus=corpus, index=index)
    state = index_status(settings.corpus, settings.index)
    if as_json:
        _print_json(dataclasses.asdict(state))
        return
    _out.print(f"corpus      {escape(str(settings.corpus))}: {len(state.documents)} documents")
    built = (
        f"{state.passages} passages, built {state.created} with {state.encoder}" if state.generation else "not built"
    )
    _out.print(f"index       {escape(str(settings.index))}: {escape(built)}")
    for name in ("unchanged", "added", "changed", "removed", "skipped"):
        for document_id in getattr(state, name):
            _out.print(f"{name:<12}{escape(document_id)}")
    if state.needs_build:
        _out.print("Run [bold]cydqa index[/] to bring the index up to date.")


def _assistant(corpus: Path | None, index: Path | None) -> "Assistant":
    from cydqa.assistant import open_assistant

    settings = load_settings(corpus=corpus, index=index)
    return open_assistant(settings.index, corpus_dir=corpus, settings=settings)


@contextmanager
def _progress() -> Iterator["OnProgress"]:
    """Bars on stderr, one for each stage; on a stderr that is no terminal, nothing."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_err, disable=not _err.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def on_progress(step: Step) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = bars.add_task(step.stage)
            bars.update(tasks[step.stage], completed=step.done, total=step.total)

        yield on_progress


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))  # noqa: T201  rich would wrap it


def _print_report(report: BuildReport, settings: Settings) -> None:
    for name in ("added", "changed", "removed"):
        for document_id in getattr(report, name):
            _out.print(f"{name:<8} {escape(document_id)}")
    for name, reasons in (("skipped", report.skipped), ("failed", report.failed)):
        for document_id, reason in reasons.items():
            _out.print(f"{name:<8} {escape(document_id)}: {escape(reason)}")
    indexed = len(report.added) + len(report.changed) + len(report.unchanged)
    done = "Published" if report.published else "Nothing changed in"
    _out.print(
        f"{done} {escape(str(settings.index))}: {indexed} documents, {report.passages} passages,"
        f" {report.embedded} texts embedded, {report.seconds:.1f} s."
    )


def _print_answer(answer: Answer) -> None:
    if answer.declined:
        from cydqa.answering import DECLINED

        _out.print(f"{DECLINED} (confidence {answer.confidence:.0%})")
        _out.print("\nNearest passages, which may be related:" if answer.nearest else "")
        _print_citations(answer.nearest)
    else:
        _out.print(escape(answer.answer))
        _out.print(f"\nConfidence {answer.confidence:.0%}. Sources:")
        _print_citations(answer.citations)


def _print_citations(citations: tuple[Citation, ...]) -> None:
    for citation in citations:
        place = " › ".join((citation.title, *citation.section))
        changed = "  (the file has changed since it was indexed)" if citation.stale else ""
        _out.print(f"  [{citation.number}] ".replace("[", r"\[") + escape(place) + changed)
        _out.print(f"      {escape(citation.document_id)}, characters {citation.start} to {citation.end}")
        if citation.url:
            _out.print(f"      {escape(citation.url)}")


def _print_hits(hits: list[Hit]) -> None:
    for hit in hits:
        ranks = f"dense {hit.dense_rank or '–'}, lexical {hit.lexical_rank or '–'}"
        place = " › ".join((hit.title, *hit.chunk.section))
        _out.print(f"{hit.rank:>3}  score {hit.score:.2f} ({ranks})  [bold]{escape(place)}[/]")
        _out.print(f"     {escape(' '.join(hit.chunk.text.split()))}")


def _hit_record(hit: Hit) -> dict[str, Any]:
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
