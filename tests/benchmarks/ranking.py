"""How good ranking, quotes and confidence are on questions in SQuAD 2.0's format, beside what others do.

    python tests/benchmarks/ranking.py [SQUAD.json [ARTICLE...]]

Without a file, on `sample.json`, which is small and says little. Named articles are asked about; the paragraphs of all
are searched. Every variant ranks the same candidates of one search per question, with the same vectors and words.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
from scipy.stats import rankdata

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/eval"))

from fit_weights import Case, judged_features, squad_case
from squad import Paragraphs, open_paragraphs

from cydqa.confidence import confidence
from cydqa.embedding.opening import open_encoder
from cydqa.evaluation.measures import calibration_error
from cydqa.evaluation.questions import read_questions
from cydqa.quoting import choose_quotes
from cydqa.retrieval import Found, RankFeatures
from cydqa.settings import Settings
from cydqa.weights import RANKING

SETTINGS = Settings()
DEEP = 100  # passages of a ranking that all variants order anew


def main(file: Path, articles: set[str]) -> None:
    """Measure and print."""
    embedder = open_encoder("")
    with tempfile.TemporaryDirectory() as folder:
        paragraphs = open_paragraphs(file, Path(folder), embedder)
        asked = [q for q in paragraphs.questions if not articles or q.article in articles]
        answerable = [question for question in asked if question.answers]
        print(f"{len(paragraphs.generation.dense)} passages, {len(answerable)} questions with an answer")
        _rankings(paragraphs, answerable)
        cases = [squad_case(paragraphs, question) for question in asked]
        _quotes([case for case in cases if case.answerable])
        _confidence(paragraphs, cases)


def _rankings(paragraphs: Paragraphs, questions: Sequence) -> None:
    ranks: dict[str, list[int]] = {name: [] for name in VARIANTS}
    for question in questions:
        found = paragraphs.search(question.text, k=DEEP).found
        for name, score in VARIANTS.items():
            scores = np.array([score(each) for each in found])
            order = np.argsort(-scores, kind="stable")
            right = [found[i].hit.chunk.document_id == question.document for i in order]
            ranks[name].append(right.index(True) + 1 if True in right else DEEP)
    print(f"\n{'ranking':<44} {'R@1':>6} {'R@5':>6} {'MRR@10':>7}")
    for name, places in ranks.items():
        place = np.array(places)
        reciprocal = np.where(place <= 10, 1 / place, 0).mean()
        print(f"{name:<44} {(place == 1).mean():6.3f} {(place <= 5).mean():6.3f} {reciprocal:7.3f}")


def _reciprocal(found: Found) -> float:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)."""
    ranks = (found.hit.dense_rank, found.hit.lexical_rank)
    return sum(1 / (60 + rank) for rank in ranks if rank)


def _ours(without: str = "") -> Callable[[Found], float]:
    weights = {**RANKING, **({without: 0.0} if without else {})}
    return lambda found: sum(weights[name] * value for name, value in found.features._asdict().items())


VARIANTS: dict[str, Callable[[Found], float]] = {
    "dense alone": lambda found: found.cosine,
    "BM25 alone": lambda found: found.features.lexical,
    "reciprocal rank fusion": _reciprocal,
    "0.6 dense + 0.4 BM25, standardised": lambda found: 0.6 * found.features.passage + 0.4 * found.features.lexical,
    "the same, with the best sentence": lambda found: (
        0.49 * found.features.sentence + 0.21 * found.features.passage + 0.3 * found.features.lexical
    ),
    "cydqa": _ours(),
    **{f"cydqa without {name.replace('_', ' ')}": _ours(name) for name in RankFeatures._fields},
}


def _quotes(cases: Sequence[Case]) -> None:
    held, words, milliseconds = [], [], []
    for case in cases:
        retrieval = case.search(case.text, k=SETTINGS.hits)
        started = time.perf_counter()
        retrieval = case.search(case.text, k=SETTINGS.hits)  # its vector is known by now
        choice = choose_quotes(retrieval, most_words=SETTINGS.quote_words)
        milliseconds.append((time.perf_counter() - started) * 1000)
        words.append(sum(len(quote.text.split()) for quote in choice.quotes))
        held.append(judged_features(case, None)[1])
    print(f"\nquotes that hold the answer {np.mean(held):.3f}, words shown {np.mean(words):.1f}")
    print(f"search and quotes, without the encoder: {median(milliseconds):.1f} ms")


def _confidence(paragraphs: Paragraphs, cases: Sequence[Case]) -> None:
    answerable = [case for case in cases if case.answerable]
    elsewhere = [q.question for q in read_questions(ROOT / "tests/eval/questions.jsonl") if not q.history]
    nothing = [Case(text, paragraphs.search, lambda *_: False, (), answerable=False) for text in elsewhere]
    sets = {
        "answerable": [judged_features(case, None) for case in answerable],
        "about something else": [judged_features(case, None) for case in nothing],
        "passage removed": [judged_features(case, case.without[0]) for case in answerable],
        "topic removed": [judged_features(case, case.without[1]) for case in answerable],
        "adversarial": [judged_features(case, None) for case in cases if not case.answerable],
    }
    found = {name: np.array([confidence(features) for features, _ in each]) for name, each in sets.items()}
    print(f"\n{'confidence':<24} {'AUROC':>6} {'declined':>9} {'mean':>6}")
    for name, values in found.items():
        if len(values):
            area = "" if name == "answerable" else f"{_area(found['answerable'], values):.3f}"
            print(f"{name:<24} {area:>6} {(values < SETTINGS.min_confidence).mean():9.2f} {values.mean():6.2f}")
    halves = [name for name in found if name != "answerable" and len(found[name])]
    values = np.concatenate([np.repeat(found["answerable"], len(halves)), *(found[name] for name in halves)])
    right = [held for _, held in sets["answerable"] for _ in halves] + [h for name in halves for _, h in sets[name]]
    error = calibration_error(values.tolist(), right).value
    print(f"expected calibration error, as many with an answer as without: {error:.3f}")


def _area(positive: np.ndarray, negative: np.ndarray) -> float:
    """Area under the receiver operating characteristic, by ranks (Mann and Whitney 1947)."""
    ranks = rankdata(np.concatenate([positive, negative]))
    count = len(positive)
    return float((ranks[:count].sum() - count * (count + 1) / 2) / (count * len(negative)))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).with_name("sample.json"), set(sys.argv[2:]))
