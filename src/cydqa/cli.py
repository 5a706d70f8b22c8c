"""The command line: reads what was asked, calls the package, and leaves the output to `printing`."""

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cydqa import __version__, printing
from cydqa.errors import CydqaError
from cydqa.evaluation.questions import Split
from cydqa.reporting import Reporting, reporter
from cydqa.settings import load_settings

if TYPE_CHECKING:
    from cydqa.assistant import Assistant

app = typer.Typer(
    help="Ask a folder of documents; get numbered, verbatim quotes to check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_Corpus = Annotated[Path | None, typer.Option("--corpus", metavar="DIR", help="Folder of documents [default: corpus].")]
_Index = Annotated[Path | None, typer.Option("--index", metavar="DIR", help="Folder of the index [default: index].")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
_Progress = Annotated[Reporting, typer.Option("--progress", help="Show bars, or write JSON lines, on stderr.")]
_Documents = Annotated[
    list[str] | None,
    typer.Option("--document", metavar="ID", help="Search this document only; may be repeated."),
]


def main() -> None:
    """Run the command line; every error that a user can mend is two lines, never a traceback."""
    printing.prepare()
    try:
        app()
    except CydqaError as error:
        printing.print_error(error)
        sys.exit(1)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        printing.say(f"cydqa {__version__}")
        raise typer.Exit


@app.command()
def index(
    corpus: _Corpus = None,
    index: _Index = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Ignore what is there.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Fetch no model.")] = False,
    progress: _Progress = Reporting.BAR,
    as_json: _Json = False,
) -> None:
    """Build what changed and publish it."""
    from cydqa.index.build import build_index

    settings = load_settings(corpus=corpus, index=index)
    with reporter(progress) as on_progress:
        report = build_index(
            settings.corpus,
            settings.index,
            settings=settings,
            progress=on_progress,
            rebuild=rebuild,
            download=not offline,
        )
    if as_json:
        printing.print_json(dataclasses.asdict(report))
    else:
        printing.print_report(report, settings)


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
        printing.print_json(dataclasses.asdict(answer))
    else:
        printing.print_answer(answer)
        if explain:
            printing.print_explanation(answer)


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
        printing.print_json([printing.hit_record(hit) for hit in hits])
    else:
        printing.print_hits(hits)


@app.command()
def status(corpus: _Corpus = None, index: _Index = None, as_json: _Json = False) -> None:
    """Compare the corpus with the index: what a rebuild would do."""
    from cydqa.embedding.opening import open_encoder
    from cydqa.index.status import index_status

    settings = load_settings(corpus=corpus, index=index)
    embedder = open_encoder(settings.model, settings.index)
    state = index_status(settings.corpus, settings.index, settings=settings, embedder=embedder)
    if as_json:
        printing.print_json(dataclasses.asdict(state))
    else:
        printing.print_status(state, settings)


@app.command()
def check(
    corpus: _Corpus = None, index: _Index = None, progress: _Progress = Reporting.BAR, as_json: _Json = False
) -> None:
    """Examine the whole index, its sources and the encoder; exit status 1 if something is wrong."""
    from cydqa.embedding.opening import open_encoder
    from cydqa.index.check import check_index

    settings = load_settings(corpus=corpus, index=index)
    with reporter(progress) as on_progress:
        findings = check_index(
            settings.corpus, settings.index, embedder=open_encoder(settings.model, settings.index), progress=on_progress
        )
    if as_json:
        printing.print_json([dataclasses.asdict(finding) for finding in findings])
    else:
        printing.print_findings(findings, settings)
    if findings:
        raise typer.Exit(1)


@app.command()
def add(
    sources: Annotated[list[str], typer.Argument(metavar="FILE|FOLDER|URL...", help="What to copy or fetch.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace documents of the same name.")] = False,
    corpus: _Corpus = None,
    index: _Index = None,
    as_json: _Json = False,
) -> None:
    """Copy files and folders, and fetch web addresses, into the corpus."""
    from cydqa.library.sources import add_sources

    settings = load_settings(corpus=corpus, index=index)
    added = add_sources(settings.corpus, sources, replace=replace, index_dir=settings.index)
    if as_json:
        printing.print_json(dataclasses.asdict(added))
    else:
        printing.print_added(added, settings)
    if added.failed:
        raise typer.Exit(1)


@app.command()
def remove(
    documents: Annotated[list[str], typer.Argument(metavar="DOCUMENT_ID...", help="As `cydqa status` names them.")],
    corpus: _Corpus = None,
    index: _Index = None,
    as_json: _Json = False,
) -> None:
    """Delete documents from the corpus."""
    from cydqa.library.removing import remove_documents

    settings = load_settings(corpus=corpus, index=index)
    removed = remove_documents(settings.corpus, documents, index_dir=settings.index)
    if as_json:
        printing.print_json(dataclasses.asdict(removed))
    else:
        printing.print_removed(removed)


@app.command("eval")
def evaluate(
    file: Annotated[Path, typer.Argument(help="Judged questions, one JSON object a line.")] = Path(
        "tests/eval/questions.jsonl"
    ),
    split: Annotated[Split | None, typer.Option("--split", help="Only this part of them.")] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write Markdown, too.")] = None,
    corpus: _Corpus = None,
    index: _Index = None,
    as_json: _Json = False,
) -> None:
    """Measure the answers to judged questions."""
    from cydqa.evaluation import questions, run
    from cydqa.evaluation import report as reports

    judged = questions.read_questions(file, split)
    assistant = _assistant(corpus, index)
    with reporter(Reporting.BAR) as on_progress:
        evaluation = run.evaluate(assistant, judged, on_progress)
    if as_json:
        printing.print_json(reports.record(evaluation))
    else:
        printing.say(reports.summary(evaluation))
        printing.say(f"\n{reports.misses(evaluation)}")
    if report:
        reports.write(evaluation, report, f"Answers to {file}{f', split {split}' if split else ''}")


def _assistant(corpus: Path | None, index: Path | None) -> "Assistant":
    from cydqa.assistant import open_assistant

    settings = load_settings(corpus=corpus, index=index)
    return open_assistant(settings.index, corpus_dir=corpus, settings=settings)
