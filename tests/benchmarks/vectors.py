"""Kinds of dense index compared: recall, time, memory and disk, on the vectors of a real index and more like them.

    python tests/benchmarks/vectors.py GENERATION COUNT [KIND...]

GENERATION is the folder of a generation (index/generations/<name>), whose passages and sentences are the real vectors;
what is missing to COUNT is made by `perturbed.py`. Asked are sentences (every tenth, up to 1,000, which are left out),
and the questions of tests/eval, whatever the corpus is about. Recall is the share of the ten found that are no worse
than the tenth of an exact search: many sentences of a corpus are equal, so that which of them come first says nothing.
Each kind builds with two threads and searches with one, each in a process of its own, whose memory is what it takes
beyond the libraries; cpu ms is what a search takes where it is alone.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from perturbed import perturbed

from cydqa.embedding.opening import open_encoder
from cydqa.evaluation.questions import read_questions
from cydqa.index import approximate, dense
from cydqa.index.approximate import ApproximateIndex
from cydqa.index.arrays import StoredArray, write_sums
from cydqa.index.exact import VECTORS, ExactIndex, best

ROOT = Path(__file__).parents[2]
K = 10
CANDIDATES = 50  # per question, as a search asks for
QUERIES = 1000
THREADS = 2
_FILE = "index.faiss"


def main(generation: Path, count: int, kinds: list[str]) -> None:
    """Compare and print."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as temporary:
        folder = Path(temporary)
        real, queries = _real(generation)
        np.save(folder / "queries.npy", np.concatenate([queries, _questions(generation.parent.parent)]))
        dense.EXACT = count  # no lists yet
        dense.build_dense(perturbed(real, count), real.shape[1], folder)
        write_sums(folder / VECTORS)
        print(f"{count} vectors of {real.shape[1]} dimensions, of which {min(count, len(real))} are real", flush=True)
        np.save(folder / "expected.npy", _expected(folder, np.load(folder / "queries.npy")))
        heads = ("of 10", "of 50", "of 10", "of 50", "cpu ms", "p50 ms", "p95 ms", "MB", "build s", "MB", "disk MB")
        print(f"recall: {len(queries)} sentences, then questions".rjust(42))
        print(" " * 18 + "".join(f"{head:>8}" for head in heads), flush=True)
        for kind in kinds or KINDS:
            built = _child("build", kind, folder)
            for setting in KINDS[kind].settings:
                found = _child("search", f"{kind}:{setting}:{len(queries)}", folder)
                values = [f"{value:8.4f}" for value in found["recall"]]
                values += [f"{found[name]:8.2f}" for name in ("cpu", "p50", "p95")]
                values += [f"{value:8.0f}" for value in (found["memory"], *built.values())]
                print(f"{kind + ' ' + str(setting or ''):<18}" + "".join(values), flush=True)


def _real(generation: Path) -> tuple[np.ndarray, np.ndarray]:
    """Passages and sentences of an index, and those that are left out."""
    passages, sentences = (np.load(generation / name, mmap_mode="r") for name in (VECTORS, "sentences.npy"))
    out = np.arange(len(sentences))[::10][:: max(1, len(sentences) // 10 // QUERIES)][:QUERIES]
    kept = np.delete(sentences, out, axis=0)
    return np.concatenate([passages, kept]), np.asarray(sentences[out], np.float32)


def _questions(index: Path) -> np.ndarray:
    embedder = open_encoder("", index)
    texts = [q.question for q in read_questions(ROOT / "tests/eval/questions.jsonl") if not q.history]
    return np.array([embedder.embed_query(text) for text in texts], np.float32)


def _expected(folder: Path, queries: np.ndarray) -> np.ndarray:
    """(queries, CANDIDATES): the best cosines of each with the vectors as they are stored, best first."""
    scores = np.full((len(queries), CANDIDATES), -2, np.float32)
    for block in approximate._blocks(StoredArray(folder / VECTORS)):
        own = np.concatenate([scores, queries @ block.T], axis=1)
        scores = -np.partition(-own, CANDIDATES - 1, axis=1)[:, :CANDIDATES]
    return -np.sort(-scores, axis=1)


class Flat:
    """Float32, compared with each."""

    settings: tuple[int, ...] = (0,)

    @staticmethod
    def build(folder: Path) -> list[Path]:
        index = faiss.IndexFlatIP(StoredArray(folder / VECTORS).shape[1])
        for block in approximate._blocks(StoredArray(folder / VECTORS)):
            index.add(block)
        faiss.write_index(index, str(folder / _FILE))
        return [folder / _FILE]

    @staticmethod
    def load(folder: Path, setting: int) -> Callable[[np.ndarray], np.ndarray]:
        index = faiss.read_index(str(folder / _FILE))
        return lambda query: index.search(query[np.newaxis], CANDIDATES)[1][0]


class Half:
    """Float16, compared with each: what a small corpus has."""

    settings: tuple[int, ...] = (0,)

    @staticmethod
    def build(folder: Path) -> list[Path]:
        return [folder / VECTORS]

    @staticmethod
    def load(folder: Path, setting: int) -> Callable[[np.ndarray], np.ndarray]:
        index = ExactIndex.load(folder)
        return lambda query: index.search(query, CANDIDATES)[0]


class Codes:
    """Codes of 4 bits for two dimensions, all of them searched, scored again: what a large corpus has.

    The setting is how many candidates are scored again.
    """

    settings: tuple[int, ...] = (100, 200, 500, 1000)

    @staticmethod
    def build(folder: Path) -> list[Path]:
        ApproximateIndex.build(folder)
        return [folder / name for name in (VECTORS, approximate.CODES, approximate.CENTROIDS)]

    @staticmethod
    def load(folder: Path, setting: int) -> Callable[[np.ndarray], np.ndarray]:
        approximate._LEAST, approximate._AGAIN = setting, 1
        index = ApproximateIndex.load(folder)
        return lambda query: index.search(query, CANDIDATES)[0]


class Lists:
    """Inverted lists of 8-bit codes, scored again. The setting is how many lists are searched."""

    settings: tuple[int, ...] = (64, 128, 256, 512)

    @staticmethod
    def build(folder: Path) -> list[Path]:
        vectors = StoredArray(folder / VECTORS)
        count, dim = vectors.shape
        lists = max(1, min(int(4 * count**0.5), count // 40))
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dim), dim, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, False
        )
        index.cp.spherical, index.cp.niter, index.cp.min_points_per_centroid = True, 10, 1
        return _filled(index, folder, 40 * lists)

    @staticmethod
    def load(folder: Path, setting: int) -> Callable[[np.ndarray], np.ndarray]:
        index = faiss.read_index(str(folder / _FILE), faiss.IO_FLAG_MMAP)
        index.nprobe = setting
        return _scored_again(index, folder)


class Graph:
    """A graph of neighbours over 8-bit codes, mapped, scored again (HNSW, Malkov and Yashunin 2018).

    The setting is how many candidates its search keeps.
    """

    settings: tuple[int, ...] = (100, 200, 400, 800)

    @staticmethod
    def build(folder: Path) -> list[Path]:
        dim = StoredArray(folder / VECTORS).shape[1]
        index = faiss.IndexHNSWSQ(dim, faiss.ScalarQuantizer.QT_8bit, 16, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = 100
        return _filled(index, folder, 100_000)

    @staticmethod
    def load(folder: Path, setting: int) -> Callable[[np.ndarray], np.ndarray]:
        index = faiss.read_index(str(folder / _FILE), faiss.IO_FLAG_MMAP_IFC)
        index.hnsw.efSearch = setting
        return _scored_again(index, folder)


def _filled(index: Any, folder: Path, sample: int) -> list[Path]:
    """Train with so many vectors, add all, write; the files."""
    vectors = StoredArray(folder / VECTORS)
    rows = np.unique(np.linspace(0, len(vectors) - 1, min(len(vectors), sample)).astype(np.int64))
    index.train(vectors.take(rows).astype(np.float32))
    for block in approximate._blocks(vectors):
        index.add(block)
    faiss.write_index(index, str(folder / _FILE))
    return [folder / _FILE, folder / VECTORS]


def _scored_again(index: Any, folder: Path) -> Callable[[np.ndarray], np.ndarray]:
    vectors = StoredArray(folder / VECTORS)

    def search(query: np.ndarray) -> np.ndarray:
        _, found = index.search(query[np.newaxis], 2 * CANDIDATES)
        rows = np.sort(found[0][found[0] >= 0])
        return best(rows, np.vecdot(vectors.take(rows).astype(np.float32), query), CANDIDATES)[0]

    return search


KINDS = {"exact float32": Flat, "exact float16": Half, "codes": Codes, "IVF-SQ8": Lists, "HNSW-SQ8": Graph}


def _child(do: str, what: str, folder: Path) -> dict[str, Any]:
    program = [sys.executable, __file__, "--child", do, what, str(folder)]
    done = subprocess.run(program, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def _build(kind: str, folder: Path) -> dict[str, float]:
    faiss.omp_set_num_threads(THREADS)
    before, started = _resident("VmRSS"), time.perf_counter()
    files = KINDS[kind].build(folder)
    seconds = time.perf_counter() - started
    disk = sum(path.stat().st_size for path in files) / 1e6
    return {"seconds": seconds, "memory": _resident("VmHWM") - before, "disk": disk}  # in the order of the table


def _search(kind: str, setting: int, sentences: int, folder: Path) -> dict[str, Any]:
    faiss.omp_set_num_threads(1)
    queries, expected = np.load(folder / "queries.npy"), np.load(folder / "expected.npy")
    before = _resident("VmRSS")
    search = KINDS[kind].load(folder, setting)
    seconds, cpu, found = [], [], []
    for query in queries:
        started, own = time.perf_counter(), time.thread_time()
        found.append(search(query))
        seconds.append(time.perf_counter() - started)
        cpu.append(time.thread_time() - own)
    memory = _resident("VmRSS") - before
    vectors = StoredArray(folder / VECTORS)
    cosines = [np.vecdot(vectors.take(rows).astype(np.float32), q) for rows, q in zip(found, queries, strict=True)]
    p50, p95 = np.quantile(seconds, (0.5, 0.95)) * 1000
    return {
        "recall": [
            _recall(cosines[some], expected[some], k)
            for some in (slice(sentences), slice(sentences, None))
            for k in (K, CANDIDATES)
        ],
        "cpu": float(np.median(cpu)) * 1000,
        "p50": p50,
        "p95": p95,
        "memory": memory,
    }


def _recall(cosines: list[np.ndarray], expected: np.ndarray, k: int) -> float:
    """Of what was found, best first, how much belongs to the k best; rounding aside."""
    return float(
        np.mean([(own[:k] >= best[k - 1] - 1e-6).sum() / k for own, best in zip(cosines, expected, strict=True)])
    )


def _resident(what: str) -> float:
    """Megabytes of this process: VmRSS now, VmHWM at most."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        do, what, where = sys.argv[2:]
        kind, *numbers = what.split(":")
        outcome = _build(kind, Path(where)) if do == "build" else _search(kind, *map(int, numbers), Path(where))
        print(json.dumps(outcome))
    else:
        main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
