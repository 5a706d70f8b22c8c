"""Seconds to bring an index of many small documents up to date after one of them changed.

    python tests/benchmarks/rebuild.py [DOCUMENTS]

Each document is a few sentences of the shipped corpus and a number of its own. The first build embeds everything, so it
takes minutes; what is compared with it, in the same run, is a build after one document changed, one after a rename, one
after nothing changed, and what the encoder alone takes to load.
"""

import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from cydqa import build_index
from cydqa.embedding.opening import open_encoder
from cydqa.sentences import split_sentences
from cydqa.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = 10_000
SENTENCES = 3  # in each


def main() -> None:
    """Measure and print."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS
    settings = Settings()
    started = time.perf_counter()
    embedder = open_encoder("")
    embedder.embed_query("")
    loading = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        write(corpus, many)
        changed = corpus / "a500.txt"

        def build():
            return build_index(corpus, Path(folder, "index"), settings=settings, embedder=embedder)

        print(f"cores                {os.cpu_count()}")
        print(f"loading the encoder  {loading:.1f} s")
        show("first build", build())
        show("nothing changed", build())
        changed.write_text("Cyber attachés met in Tallinn. " + changed.read_text("utf-8"), "utf-8")
        show("one changed", build())
        changed.rename(corpus / "renamed.txt")
        show("one renamed", build())
        (corpus / "renamed.txt").unlink()
        show("one removed", build())
    print(f"memory at most       {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def write(corpus: Path, many: int) -> None:
    """Write the documents, the same ones every time."""
    text = "\n\n".join(path.read_text("utf-8").partition("\n---\n")[2] for path in sorted(ROOT.glob("corpus/**/*.md")))
    sentences = [" ".join(text[start:end].split()) for start, end in split_sentences(text) if end - start > 40]
    chosen = random.Random(0)  # noqa: S311
    corpus.mkdir()
    for number in range(many):
        body = " ".join(chosen.sample(sentences, SENTENCES))
        (corpus / f"a{number}.txt").write_text(f"Note {number}\n\n{body}\n", "utf-8")


def show(name: str, report) -> None:
    """One line for one build."""
    print(
        f"{name:<20} {report.seconds:6.2f} s, {report.passages} passages, {report.embedded} texts embedded", flush=True
    )


if __name__ == "__main__":
    main()
