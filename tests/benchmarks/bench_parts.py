"""The parts of an answer, each beside what does the same without cydqa; pytest-benchmark prints the ratios.

pytest tests/benchmarks/bench_parts.py

On the shipped corpus, and for vectors on 10,000 random ones. Needs the extras `test` and `bench`.
"""

import json
from itertools import cycle
from pathlib import Path

import bm25s
import faiss
import numpy as np
import plain
import pytest

from cydqa import build_index, open_assistant
from cydqa.embedding.opening import open_encoder
from cydqa.index.exact import ExactIndex
from cydqa.index.store import open_live
from cydqa.settings import Settings
from cydqa.words import terms

ROOT = Path(__file__).parents[2]
TOP = 10
BATCH = 64


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """An index of the shipped corpus."""
    folder = tmp_path_factory.mktemp("index")
    build_index(ROOT / "corpus", folder, settings=Settings())
    return folder


@pytest.fixture(scope="module")
def passages(index):
    """The texts of all its passages."""
    assistant = open_assistant(index, settings=Settings())
    return [chunk.text for name in assistant.documents() for chunk in assistant.passages(name)]


@pytest.fixture(scope="module")
def encoder(index):
    """The exported one, loaded."""
    encoder = open_encoder("", index)
    encoder.embed_query("")
    return encoder


@pytest.fixture(scope="module")
def model():
    """The same weights in sentence-transformers."""
    return plain.load()


@pytest.fixture
def questions():
    """One after the other, without end."""
    lines = (ROOT / "tests/eval/questions.jsonl").read_text("utf-8").splitlines()
    return cycle(json.loads(line)["question"] for line in lines)


@pytest.fixture(scope="module")
def vectors():
    """10,000 unit vectors."""
    vectors = np.random.default_rng(0).standard_normal((10_000, 384), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.benchmark(group="an answer")
def test_answer_of_cydqa(benchmark, index, encoder, questions):
    assistant = open_assistant(index, settings=Settings(), embedder=encoder)
    benchmark.pedantic(lambda: assistant.ask(next(questions)), rounds=500)


@pytest.mark.benchmark(group="an answer")
def test_answer_of_a_plain_system(benchmark, model, passages, questions, tmp_path):
    plain.build(model, passages, tmp_path)
    ask = plain.asker(model, tmp_path)
    benchmark.pedantic(lambda: ask(next(questions)), rounds=500)


@pytest.mark.benchmark(group="one question embedded")
def test_question_by_the_export(benchmark, encoder, questions):
    benchmark.pedantic(lambda: encoder.embed_query(next(questions)), rounds=500)


@pytest.mark.benchmark(group="one question embedded")
def test_question_by_sentence_transformers(benchmark, model, questions):
    benchmark.pedantic(lambda: model.encode([next(questions)], normalize_embeddings=True), rounds=500)


@pytest.mark.benchmark(group=f"{BATCH} passages embedded")
def test_passages_by_the_export(benchmark, encoder, passages):
    benchmark.pedantic(encoder.embed_chunks, [passages[:BATCH]], rounds=5)


@pytest.mark.benchmark(group=f"{BATCH} passages embedded")
def test_passages_by_sentence_transformers(benchmark, model, passages):
    benchmark.pedantic(model.encode, [passages[:BATCH]], {"normalize_embeddings": True}, rounds=5)


@pytest.mark.benchmark(group="words: the ten best passages")
def test_words_by_our_index(benchmark, index, questions):
    lexical = open_live(index).lexical
    benchmark(lambda: lexical.search(dict.fromkeys(terms(next(questions)), 1.0), TOP))


@pytest.mark.benchmark(group="words: the ten best passages")
def test_words_by_bm25s(benchmark, passages, questions):
    engine = bm25s.BM25(method="lucene")
    engine.index([terms(text) for text in passages], show_progress=False)
    benchmark(lambda: engine.retrieve([terms(next(questions))], k=TOP, show_progress=False))


@pytest.mark.benchmark(group="vectors: the ten nearest of 10,000")
def test_vectors_by_our_index(benchmark, vectors):
    exact, queries = ExactIndex.build(vectors), cycle(vectors)
    benchmark(lambda: exact.search(next(queries), TOP))


@pytest.mark.benchmark(group="vectors: the ten nearest of 10,000")
def test_vectors_by_flat_faiss(benchmark, vectors):
    flat, queries = faiss.IndexFlatIP(vectors.shape[1]), cycle(vectors)
    flat.add(vectors)
    benchmark(lambda: flat.search(next(queries)[np.newaxis], TOP))
