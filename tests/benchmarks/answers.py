"""Seconds for the first index, milliseconds for a warm answer, and memory, on the shipped corpus.

    python tests/benchmarks/answers.py [DOCUMENTS]

With a number, on that many small documents of a passage each, as `rebuild.py` writes them, beside the shipped ones.
The answer's time is also given as a ratio to what the encoder alone takes for the same questions in the same run.
"""

import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles

from rebuild import write
from timing import milliseconds

from cydqa import build_index, open_assistant
from cydqa.embedding.opening import open_encoder
from cydqa.settings import Settings

ROOT = Path(__file__).parents[2]
REPEATS = 3
THREADS = 16


def main() -> None:
    """Measure and print."""
    questions = [
        json.loads(line)["question"] for line in (ROOT / "tests/eval/questions.jsonl").read_text("utf-8").splitlines()
    ]
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = Path(folder, "corpus"), Path(folder, "index")
        shutil.copytree(ROOT / "corpus", corpus)
        if len(sys.argv) > 1:
            write(corpus / "more", int(sys.argv[1]))
        report = build_index(corpus, index, settings=settings)
        embedder = open_encoder("", index)
        loading = milliseconds(lambda: embedder.embed_query("")) / 1000
        answers, encodings = [], []
        for _ in range(REPEATS):
            assistant = open_assistant(index, settings=settings, embedder=embedder)  # remembers no question
            assistant.ask("Is this warm?")
            for question in questions:
                answers.append(milliseconds(lambda: assistant.ask(question)))  # noqa: B023  called at once
                encodings.append(milliseconds(lambda: embedder.embed_query(question)))  # noqa: B023
        seconds = _together(open_assistant(index, settings=settings, embedder=embedder).ask, questions)
        alone = _together(embedder.embed_query, questions)
    print(f"cores                        {os.cpu_count()}")
    print(f"loading the exported encoder {loading:.2f} s")
    print(f"first index                  {report.seconds:.1f} s for {report.passages} passages")
    print(f"answer, p50 and p95          {median(answers):.1f} ms, {quantiles(answers, n=20)[-1]:.1f} ms")
    print(f"encoder alone, p50 and p95   {median(encodings):.1f} ms, {quantiles(encodings, n=20)[-1]:.1f} ms")
    print(f"answer / encoder, medians    {median(answers) / median(encodings):.2f}")
    print(f"answer - encoder, medians    {median(answers) - median(encodings):.1f} ms")
    print(f"{THREADS} threads, answers        {len(questions) / seconds:.0f} a second")
    print(f"{THREADS} threads, encoder alone  {len(questions) / alone:.0f} a second")
    print(f"memory at most               {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def _together(call: Callable[[str], object], questions: list[str]) -> float:
    """Seconds for all questions, asked by many threads at once."""
    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(call, questions))
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
