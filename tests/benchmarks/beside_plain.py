"""cydqa beside what anyone would write with sentence-transformers and FAISS (`plain.py`), on the shipped corpus.

    python tests/benchmarks/beside_plain.py [REPEATS]

Each step runs in a process of its own, the two systems in turn, and what is printed are medians and their ratio. The
plain one gets the passages ready cut, ranks by one vector alone, and prints whole passages.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from cydqa import open_assistant

ROOT = Path(__file__).parents[2]
PLAIN = str(Path(__file__).with_name("plain.py"))
QUESTION = "How many states have ratified the Budapest Convention?"
WARM = """
import json, sys, time
from cydqa import open_assistant
assistant, questions, took = open_assistant(sys.argv[1]), json.load(sys.stdin), []
assistant.ask("Is this warm?")
for text in questions:
    started = time.perf_counter()
    assistant.ask(text)
    took.append((time.perf_counter() - started) * 1000)
print(json.dumps(took))
"""


def main(repeats: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        ours, plain = Path(folder, "cydqa"), Path(folder, "plain")
        command = [sys.executable, "-m", "cydqa"]
        where = ["--corpus", str(ROOT / "corpus"), "--index", str(ours)]
        rows = {"first index, s": (run([*command, "index", *where])[0], None)}
        assistant = open_assistant(ours)
        passages = [chunk.text for name in assistant.documents() for chunk in assistant.passages(name)]
        built = run([sys.executable, PLAIN, "build", str(plain)], json.dumps(passages))
        rows["first index, s"] = (rows["first index, s"][0], built[0])
        again = [run([*command, "index", "--rebuild", *where])[0] for _ in range(repeats)]
        rows["the same again (encoder exported), s"] = (median(again), built[0])
        rows["nothing changed, s"] = (median(run([*command, "index", *where])[0] for _ in range(repeats)), None)
        cold = [
            (run([*command, "ask", QUESTION, *where]), run([sys.executable, PLAIN, "ask", str(plain), QUESTION]))
            for _ in range(repeats)
        ]
        for place, name in enumerate(("one question, cold, s", "memory for it, MiB")):
            rows[name] = tuple(median(pair[system][place] for pair in cold) for system in (0, 1))
        lines = (ROOT / "tests/eval/questions.jsonl").read_text("utf-8").splitlines()
        questions = json.dumps([json.loads(line)["question"] for line in lines])
        took = (
            json.loads(run([sys.executable, "-c", WARM, str(ours)], questions)[2]),
            json.loads(run([sys.executable, PLAIN, "warm", str(plain)], questions)[2]),
        )
        rows["a question, warm, p50 ms"] = tuple(map(median, took))
        rows["a question, warm, p95 ms"] = tuple(quantiles(each, n=20)[-1] for each in took)
        rows["import cydqa, ms"] = (
            1000 * median(run([sys.executable, "-c", "import cydqa"])[0] for _ in range(5)),
            None,
        )
        rows["python -c pass, ms"] = (1000 * median(run([sys.executable, "-c", "pass"])[0] for _ in range(5)), None)
        encoders = size(ours / "encoders")
        rows["disk without the encoder, MiB"] = (size(ours) - encoders, size(plain))
        rows["the exported encoder, MiB"] = (encoders, None)
    print(f"{os.cpu_count()} cores\n\n| | cydqa | plain | ratio |\n| --- | ---: | ---: | ---: |")
    for name, (own, other) in rows.items():
        compared = f"{other:.2f} | {own / other:.2f}" if other else " | "
        print(f"| {name} | {own:.2f} | {compared} |")


def run(command: list[str], given: str = "") -> tuple[float, float, str]:
    """Seconds, MiB at most, and what it printed."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as stdin, tempfile.TemporaryFile("w+") as stdout:
        stdin.write(given)
        stdin.seek(0)
        process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{command[:3]} ended with {process.returncode}")
        stdout.seek(0)
        return seconds, usage.ru_maxrss / 1024, stdout.read()


def size(folder: Path) -> float:
    """MiB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
