"""Lexical search at scale: ours beside bm25s, tantivy and SQLite's FTS5, on the same words of the same passages.

    python tests/benchmarks/words.py PASSAGES.sqlite [--passages 200000] [--quality SQUAD.json]

PASSAGES.sqlite is that of a generation (`index/generations/*/passages.sqlite`); where it has fewer passages than are
asked for, they are taken again, each time with their sentences dealt out anew. Each engine has a process of its own, so
that memory is its own; bm25s and tantivy are left out where they are not installed. Questions are the first eight
words of sentences, and of one in ten of them one word is unknown. `--quality` also ranks the paragraphs of a file in
SQuAD's format.

Every engine gets our terms. What a question needs of it: the 50 best passages; the scores of 580 given ones (the
sample that scores are standardised by, and the other retriever's candidates); how many passages have each word. Times
are of the processor, in all threads, so that what else runs does not count; files are in the system's cache.
"""

import argparse
import importlib
import importlib.util
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from word_engines import ENGINES, terms

from cydqa import words
from cydqa.index.forward import PassageWords
from cydqa.index.passages import Passages

BEST, GIVEN, QUESTIONS = 50, 580, 400
LONGEST = 30  # seconds for all questions
MODULES = {"cydqa": "cydqa.index.lexical", "fts5": "sqlite3"}  # of engines that are called otherwise


def passages(file: Path, count: int) -> Iterator[PassageWords]:
    """So many passages of the file, which has to hold one at least."""
    stored = Passages(file)
    held = stored.counts()[1]
    chosen = random.Random(0)  # noqa: S311
    given = 0
    while given < count:
        again = given >= held
        for first in range(0, min(held, count - given), 1024):
            block = [counted(each) for each in stored.chunks(range(first, min(first + 1024, held)))]
            if again:  # the same words, but no passage is there twice
                sentences = [sentence for unit in block for sentence in unit.sentences]
                chosen.shuffle(sentences)
                lengths = [len(unit.sentences) for unit in block]
                chosen.shuffle(lengths)
                rest = iter(sentences)
                block = [
                    PassageWords(unit.heading, [next(rest) for _ in range(length)])
                    for unit, length in zip(block, lengths, strict=True)
                ]
            yield from block[: count - given]
            given += min(len(block), count - given)


def counted(stored) -> PassageWords:
    """The words of a stored passage, as a build counts them."""
    chunk = stored.chunk
    heading = words.content_words(" › ".join((stored.title, *chunk.section)))
    return PassageWords(heading, [words.content_words(chunk.slice(*span)) for span in chunk.sentences])


def questions(file: Path) -> list[list[str]]:
    """Terms of eight words each, as they follow each other in sentences."""
    stored = Passages(file)
    chosen = random.Random(1)  # noqa: S311
    found: list[list[str]] = []
    while len(found) < QUESTIONS:
        (passage,) = stored.chunks([chosen.randrange(stored.counts()[1])])
        asked = list(dict.fromkeys(words.stems(chosen.choice(counted(passage).sentences))))[:8]
        if len(asked) == 8:
            found.append([*asked[:7], "zyxwv"] if len(found) % 10 == 0 else asked)
    return found


def milliseconds(function: Callable[[], object]) -> float:
    """Processor time of one call."""
    started = time.process_time()
    function()
    return (time.process_time() - started) * 1000


def timed(function: Callable[[list[str]], object], asked: list[list[str]]) -> list[float]:
    """Milliseconds of each question; of fewer questions where they take long."""
    found: list[float] = []
    while len(found) < len(asked) and sum(found) < LONGEST * 1000:
        found.append(milliseconds(partial(function, asked[len(found)])))
    return found


def peak() -> float:
    """MiB that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident() -> float:
    """MiB that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(part: str, name: str, file: Path, count: int, folder: Path) -> dict[str, float]:
    """One part of the comparison of one engine; runs in a process of its own."""
    engine = ENGINES[name]
    if part == "words":  # what building takes without any engine
        started = time.process_time()
        for unit in passages(file, count):
            terms(unit)
        return {"seconds": time.process_time() - started, "peak": peak()}
    if part == "build":
        started = time.process_time()
        engine.build(passages(file, count), folder)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
        return {"seconds": time.process_time() - started, "peak": peak(), "size": size}
    if importlib.util.find_spec(name):
        importlib.import_module(name)
    before = resident()
    started = time.process_time()
    opened = engine(folder)
    opening, memory = (time.process_time() - started) * 1000, resident() - before
    if part == "update":
        with tempfile.TemporaryDirectory() as other:
            unit = next(passages(file, 1))
            return {"update": milliseconds(lambda: opened.update([unit], Path(other))) / 1000}
    asked = questions(file)
    rows = np.unique(np.linspace(0, count - 1, GIVEN).astype(np.int64))
    for each in asked[:20]:
        opened.best(each, BEST)
    times = {
        "best": timed(lambda each: opened.best(each, BEST), asked),
        "given": timed(lambda each: opened.given(each, rows), asked),
        "frequency": timed(lambda each: [opened.frequency(term) for term in each], asked),
    }
    found: dict[str, float] = {"opening": opening, "memory": memory, "after": resident()}
    for what, each in times.items():
        found[f"{what} p50"], found[f"{what} p95"] = np.percentile(each, [50, 95]).tolist()
    return found


def quality(name: str, file: Path, folder: Path) -> dict[str, float]:
    """How well an engine ranks the paragraphs of a file in SQuAD's format."""
    engine = ENGINES[name]
    articles = json.loads(file.read_text("utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    units = [PassageWords([], [words.content_words(paragraph["context"])]) for paragraph in paragraphs]
    engine.build(iter(units), folder)
    opened = engine(folder)
    places = []
    for right, paragraph in enumerate(paragraphs):
        for question in paragraph["qas"]:
            if question.get("is_impossible"):
                continue
            asked = list(dict.fromkeys(words.terms(question["question"])))
            found = [int(row) for row in opened.best(asked, 10)[0]] if asked else []
            places.append(found.index(right) + 1 if right in found else 0)
    place = np.array(places)
    reciprocal = np.divide(1, place, out=np.zeros(len(place)), where=place > 0)
    return {
        "questions": len(place),
        "R@1": (place == 1).mean(),
        "R@5": ((place > 0) & (place <= 5)).mean(),
        "MRR@10": reciprocal.mean(),
    }


def apart(*arguments: object) -> dict[str, float]:
    """What `measure` or `quality` says in a new process."""
    command = [sys.executable, __file__, "--apart", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def importing(module: str) -> str:
    """What it costs to import a module, beside what we import in any case."""
    code = (
        "import time, numpy, json, sqlite3, pathlib, cydqa.errors, cydqa.words;"
        "held = lambda: int(open('/proc/self/statm').read().split()[1]) / 256;"
        f"m = held(); t = time.process_time(); import {module};"
        "print(f'{(time.process_time() - t) * 1000:.0f} ms, {held() - m:.0f} MiB')"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--quality", type=Path)
    parser.add_argument("--engines", nargs="*", default=list(ENGINES))
    options = parser.parse_args()
    present = [name for name in options.engines if name in ("cydqa", "fts5") or importlib.util.find_spec(name)]
    print(f"{os.cpu_count()} cores; {options.passages} passages from {Passages(options.file).counts()[1]}")
    print(f"not installed: {', '.join(name for name in options.engines if name not in present) or 'none'}")
    alone = apart("measure", "words", "cydqa", options.file, options.passages, "-")
    print(f"reading the passages and stemming their words: {alone['seconds']:.1f} s, {alone['peak']:.0f} MiB at most")
    for name in present:
        print(f"\n{name}")
        print(f"  importing            {importing(MODULES.get(name, name))}")
        with tempfile.TemporaryDirectory() as folder:
            arguments = name, options.file, options.passages, folder
            built = apart("measure", "build", *arguments)
            print(f"  build                {built['seconds']:.1f} s, {built['peak']:.0f} MiB at most, with those words")
            print(f"  on disk              {built['size']:.0f} MiB")
            if hasattr(ENGINES[name], "update"):
                print(f"  one passage changed  {apart('measure', 'update', *arguments)['update']:.2f} s")
            else:
                print("  one passage changed  a new build")
            asked = apart("measure", "ask", *arguments)
            print(f"  opening              {asked['opening']:.1f} ms, {asked['memory']:.0f} MiB")
            for what, label in (
                ("best", f"the {BEST} best"),
                ("given", f"{GIVEN} given"),
                ("frequency", "frequencies"),
            ):
                print(f"  {label:<20} p50 {asked[f'{what} p50']:.3f} ms, p95 {asked[f'{what} p95']:.3f} ms")
            print(f"  held after that      {asked['after']:.0f} MiB")
        if options.quality:
            with tempfile.TemporaryDirectory() as folder:
                found = apart("quality", name, options.quality, folder)
            print("  quality              " + ", ".join(f"{what} {value:.4g}" for what, value in found.items()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--apart"]:
        what, *rest = sys.argv[2:]
        if what == "measure":
            part, name, file, count, folder = rest
            print(json.dumps(measure(part, name, Path(file), int(count), Path(folder))))
        else:
            name, file, folder = rest
            print(json.dumps(quality(name, Path(file), Path(folder))))
    else:
        main()
