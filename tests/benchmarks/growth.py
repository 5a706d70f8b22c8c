"""Build seconds, question milliseconds, memory and disk at 1,000 to 1,000,000 passages, and a plot of them.

    python tests/benchmarks/growth.py CORPUS INDEX WORK [PASSAGES...]

CORPUS is a folder of many real documents, INDEX an index of it. Real documents are taken first; beyond them come new
ones, of real sentences in another order. Their vectors are looked up or perturbed (`stand_in.py`), so the build's
seconds are without the encoder's. What WORK holds of an earlier run is used again. Needs the extra `bench`.
"""

import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles

import numpy as np
from stand_in import StandIn
from timing import milliseconds

from cydqa import build_index, open_assistant
from cydqa.index.publish import built_name, generation_folder
from cydqa.settings import Settings

ROOT = Path(__file__).parents[2]
SIZES = (1_000, 10_000, 100_000, 1_230_000)  # the last makes a million
QUESTIONS = 500  # of people, and as many beginnings of sentences of the documents
WORDS = 12  # of such a beginning
K = 10


def main(corpus: Path, index: Path, work: Path, sizes: tuple[int, ...]) -> None:
    """Measure every size in processes of its own, and draw."""
    work.mkdir(parents=True, exist_ok=True)
    rows = []
    for size in sizes:
        place = work / str(size)
        if not (place / "growth.json").exists():
            write_corpus(corpus, index, place / "corpus", size)
            measured = _run("build", index, place) | _run("ask", index, place)
            (place / "growth.json").write_text(json.dumps({"size": size} | measured, indent=1))
        rows.append(json.loads((place / "growth.json").read_text()))
        print(json.dumps(rows[-1]), flush=True)
    print(table(rows))
    draw(rows, work / "growth.svg")


def write_corpus(source: Path, index: Path, target: Path, size: int) -> None:
    """About `size` passages: real files, then new ones made of the same sentences.

    The new ones have no headings, so that their sentences fill fewer passages: 828,700 for a million.
    """
    if target.exists():
        return
    unfinished = target.with_name("unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _write(source, index, unfinished, size)
    unfinished.rename(target)


def _write(source: Path, index: Path, target: Path, size: int) -> None:
    folder = generation_folder(index, built_name(index))
    with closing(sqlite3.connect(folder / "passages.sqlite")) as connection:
        documents = connection.execute(
            "SELECT row, id, first_chunk, stop_chunk FROM documents WHERE stop_chunk > first_chunk ORDER BY row"
        ).fetchall()
        chosen = random.Random(0)  # noqa: S311
        chosen.shuffle(documents)
        left = size
        for _, name, first, stop in documents:
            if left <= 0:
                return
            (target / "real" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / "real" / name)
            left -= stop - first
        turn = 0
        while left > 0:
            turn += 1
            for row, _, first, stop in documents:
                if left <= 0:
                    return
                path = target / f"new{turn:02}" / f"{row:05}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(_another(connection, row, (first, stop), turn, chosen), "utf-8")
                left -= stop - first


def _another(
    connection: sqlite3.Connection, row: int, passages: tuple[int, int], turn: int, chosen: random.Random
) -> str:
    """The passages of a document, each with its sentences in another order."""
    [(text,)] = connection.execute("SELECT text FROM documents WHERE row = ?", [row])
    paragraphs = []
    for first, stop in connection.execute(
        "SELECT first_sentence, stop_sentence FROM chunks WHERE row >= ? AND row < ? ORDER BY row", passages
    ).fetchall():
        spans = connection.execute(
            "SELECT start, stop FROM sentences WHERE row >= ? AND row < ? ORDER BY row", [first, stop]
        ).fetchall()
        sentences = [" ".join(text[start:end].split()) for start, end in spans]
        chosen.shuffle(sentences)
        paragraphs.append(" ".join(sentences))
    return f"Note {row}, version {turn}\n\n" + "\n\n".join(paragraphs) + "\n"


def _run(step: str, *arguments: Path) -> dict:
    command = [sys.executable, __file__, f"--{step}", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def build(index: Path, place: Path) -> dict:
    """Build the index of one size, then once more after one document changed."""
    encoder, settings = StandIn(index), Settings()
    before = _resident()
    shutil.rmtree(place / "index", ignore_errors=True)  # of a run that was broken off
    first = build_index(place / "corpus", place / "index", settings=settings, embedder=encoder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    changed = max((place / "corpus").rglob("*.*"))
    with changed.open("a", encoding="utf-8") as file:
        file.write("\n<p>Cyber attachés met in Tallinn.</p>\n")
    again = build_index(place / "corpus", place / "index", settings=settings, embedder=encoder)
    folder = generation_folder(place / "index", first.generation if not again.published else again.generation)
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    return {
        "passages": first.passages,
        "texts": first.embedded,
        "build_s": first.seconds,
        "build_MiB": peak,
        "stand_in_MiB": before,
        "changed_s": again.seconds,
        "disk_MiB": sum(sizes.values()) / 2**20,
        "files_MiB": {name: round(size / 2**20, 1) for name, size in sorted(sizes.items()) if size > 2**20},
    }


def ask(index: Path, place: Path) -> dict:
    """Open the index and ask; each question is embedded once more by the encoder alone, for comparison."""
    settings, encoder = Settings(), StandIn(index)
    before = _resident()
    started = time.perf_counter()
    assistant = open_assistant(place / "index", settings=settings, embedder=encoder)
    opened = time.perf_counter() - started
    questions = _questions(place / "index")
    first = milliseconds(lambda: assistant.ask(questions[0]))
    cold, answers, encodings = [], [], []
    for question in questions[1:]:
        cold.append(milliseconds(lambda: assistant.ask(question)))  # noqa: B023  called at once
        encodings.append(milliseconds(lambda: encoder.embed_query(question)))  # noqa: B023
    assistant = open_assistant(place / "index", settings=settings, embedder=encoder)
    for question in questions[1:]:
        answers.append(milliseconds(lambda: assistant.ask(question)))  # noqa: B023
    resident = _resident()
    return {
        "open_s": opened,
        "first_ms": first,
        "first_pass_ms": [median(cold), quantiles(cold, n=20)[-1]],
        "answer_ms": [median(answers), quantiles(answers, n=20)[-1]],
        "encoder_ms": [median(encodings), quantiles(encodings, n=20)[-1]],
        "resident_MiB": resident,
        "of_which_stand_in_MiB": before,
        "recall_at_10": _recall(place / "index", encoder, questions),
        "cores": os.cpu_count(),
    }


def _questions(index: Path) -> list[str]:
    lines = (ROOT / "tests/eval/questions.jsonl").read_text("utf-8").splitlines()
    people = [json.loads(line)["question"] for line in lines]
    folder = generation_folder(index, built_name(index))
    chosen = random.Random(1)  # noqa: S311
    beginnings = []
    with closing(sqlite3.connect(folder / "passages.sqlite")) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM chunks")
        while len(beginnings) < QUESTIONS:
            [(text,)] = connection.execute("SELECT text FROM chunks WHERE row = ?", [chosen.randrange(count)])
            words = text.split()[:WORDS]
            if len(words) == WORDS:
                beginnings.append(" ".join(words))
    asked = people[:QUESTIONS] + beginnings
    chosen.shuffle(asked)
    return asked


def _recall(index: Path, encoder: StandIn, questions: list[str]) -> float:
    """Share of the ten nearest passages that the index finds, over the first questions."""
    from cydqa.index.store import open_live

    generation = open_live(index, encoder)
    vectors = np.load(generation.folder / "vectors.npy", mmap_mode="r")
    queries = np.stack([encoder.embed_query(question) for question in questions[:200]])
    cosines = np.full((len(queries), K), -2, np.float32)
    rows = np.zeros((len(queries), K), np.int64)
    for first in range(0, len(vectors), 65536):
        block = queries @ np.asarray(vectors[first : first + 65536], np.float32).T
        both = np.concatenate([cosines, block], axis=1)
        places = np.concatenate([rows, np.broadcast_to(first + np.arange(block.shape[1]), block.shape)], axis=1)
        order = np.argsort(-both, axis=1, kind="stable")[:, :K]
        cosines, rows = np.take_along_axis(both, order, 1), np.take_along_axis(places, order, 1)
    found = [set(generation.dense.search(query, K)[0].tolist()) for query in queries]
    return float(np.mean([len(set(exact.tolist()) & own) / K for exact, own in zip(rows, found, strict=True)]))


def _resident() -> float:
    with open("/proc/self/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    return int(fields["VmRSS"].split()[0]) / 1024


def table(rows: list[dict]) -> str:
    """For the documentation."""
    lines = [
        "| passages | build s | one changed s | build MiB | disk MiB | open s | first ms | p50 ms | p95 ms | encoder ms"
        " | resident MiB | recall@10 |",
        "| ---: |" + " ---: |" * 11,
    ]
    for row in rows:
        values = [
            *(f"{row['passages']:,}", f"{row['build_s']:.0f}", f"{row['changed_s']:.1f}", f"{row['build_MiB']:.0f}"),
            *(f"{row['disk_MiB']:.0f}", f"{row['open_s']:.2f}", f"{row['first_ms']:.0f}"),
            *(f"{row['answer_ms'][0]:.1f}", f"{row['answer_ms'][1]:.1f}", f"{row['encoder_ms'][0]:.1f}"),
            *(f"{row['resident_MiB']:.0f}", f"{row['recall_at_10']:.3f}"),
        ]
        lines.append(f"| {' | '.join(values)} |")
    return "\n".join(lines)


def draw(rows: list[dict], path: Path) -> None:
    """Four plots, log-log."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "growth", "svg.fonttype": "none"}
    from matplotlib import pyplot
    from matplotlib.ticker import LogFormatter

    passages = [row["passages"] for row in rows]
    plots = {
        "seconds to build, without the encoder": {
            "all": [row["build_s"] for row in rows],
            "one document changed": [row["changed_s"] for row in rows],
        },
        "milliseconds for an answer": {
            "p50": [row["answer_ms"][0] for row in rows],
            "p95": [row["answer_ms"][1] for row in rows],
            "the encoder alone, p50": [row["encoder_ms"][0] for row in rows],
        },
        "resident memory, MiB": {
            "building": [row["build_MiB"] for row in rows],
            "answering": [row["resident_MiB"] for row in rows],
        },
        "disk, MiB": {"index": [row["disk_MiB"] for row in rows]},
    }
    figure, axes = pyplot.subplots(2, 2, figsize=(10, 7), layout="constrained")
    for axis, (title, lines) in zip(axes.flat, plots.items(), strict=True):
        for name, values in lines.items():
            axis.loglog(passages, values, marker="o", label=name)
        axis.set(title=title, xlabel="passages")
        axis.yaxis.set_major_formatter(LogFormatter())
        axis.yaxis.set_minor_formatter(LogFormatter())
        axis.grid(alpha=0.3, which="both")
        axis.legend()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    if sys.argv[1].startswith("--"):
        step = {"--build": build, "--ask": ask}[sys.argv[1]]
        print(json.dumps(step(*map(Path, sys.argv[2:4]))))
    else:
        main(*map(Path, sys.argv[1:4]), tuple(map(int, sys.argv[4:])) or SIZES)
