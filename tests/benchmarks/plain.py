"""What anyone would write: sentence-transformers and FAISS, passages as they come, the nearest five printed.

python tests/benchmarks/plain.py STEP ..., as `steps.py` says
"""

import json
import sys
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer
from steps import MODEL, Ask, K, take_step


def load() -> SentenceTransformer:
    """The same weights."""
    return SentenceTransformer(MODEL, device="cpu")


def build(model: SentenceTransformer, passages: list[str], index: Path) -> None:
    """One vector for each passage."""
    vectors = model.encode(passages, normalize_embeddings=True)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    faiss.write_index(flat, str(index / "vectors.faiss"))
    (index / "passages.json").write_text(json.dumps(passages))


def asker(model: SentenceTransformer, index: Path) -> Ask:
    """What gives the nearest passages to a question."""
    flat = faiss.read_index(str(index / "vectors.faiss"))
    passages = json.loads((index / "passages.json").read_text())

    def ask(text: str) -> list[str]:
        _, rows = flat.search(model.encode([text], normalize_embeddings=True), K)
        return [passages[row] for row in rows[0]]

    return ask


if __name__ == "__main__":
    model = load()
    take_step(lambda passages, index: build(model, passages, index), lambda index: asker(model, index), *sys.argv[1:])
