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
from pathlib import Path
from statistics import median, quantiles

from rebuild import write

from cydqa import build_index, open_assistant
from cydqa.embedding.sentence_transformer import open_encoder
from cydqa.settings import Settings

ROOT = Path(__file__).parents[2]
REPEATS = 3


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
        embedder = open_encoder("")
        loading = _milliseconds(lambda: embedder.embed_query("")) / 1000
        report = build_index(corpus, index, settings=settings, embedder=embedder)
        assistant = open_assistant(index, settings=settings, embedder=embedder)
        assistant.ask(questions[0])
        answers, encodings = [], []
        for question in questions * REPEATS:
            answers.append(_milliseconds(lambda: assistant.ask(question)))  # noqa: B023  called at once
            encodings.append(_milliseconds(lambda: embedder.embed_query(question)))  # noqa: B023
    print(f"cores                        {os.cpu_count()}")
    print(f"loading the encoder          {loading:.1f} s")
    print(f"first index, encoder loaded  {report.seconds:.1f} s for {report.passages} passages")
    print(f"answer, p50 and p95          {median(answers):.1f} ms, {quantiles(answers, n=20)[-1]:.1f} ms")
    print(f"encoder alone, p50 and p95   {median(encodings):.1f} ms, {quantiles(encodings, n=20)[-1]:.1f} ms")
    print(f"answer / encoder, medians    {median(answers) / median(encodings):.2f}")
    print(f"memory at most               {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def _milliseconds(call) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
