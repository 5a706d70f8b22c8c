"""Print the weights of cydqa.confidence: a logistic regression, half on SQuAD 2.0 and half on our judged questions.

    python tests/eval/fit_confidence.py SQUAD.json

SQUAD.json is a file in SQuAD 2.0's format (its development set, or part of it); questions are sampled evenly from it.
Each answerable question counts as answered, and again as not answered with its paragraph, and with its whole article,
kept out of the search. Of our own questions, only the split dev of questions.jsonl is read; those without answers count
as not answered.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from cydqa import build_index
from cydqa.confidence import Features, features_of
from cydqa.embedding.sentence_transformer import open_encoder
from cydqa.evaluation.questions import read_questions
from cydqa.index.store import open_live
from cydqa.retrieval import retrieve

HERE = Path(__file__).parent
MOST = 700  # questions of SQuAD

Example = tuple[list[float], bool]


def main(squad: Path) -> None:
    """Fit and print."""
    embedder = open_encoder("")
    with tempfile.TemporaryDirectory() as folder:
        groups = [list(_own(Path(folder), embedder)), list(_squad(squad, Path(folder), embedder))]
    features = [example[0] for group in groups for example in group]
    answered = [example[1] for group in groups for example in group]
    weights = np.concatenate([_balanced([answer for _, answer in group]) for group in groups])
    model = LogisticRegression(C=30, max_iter=1000).fit(features, answered, sample_weight=weights)
    print("bias:", np.round(model.intercept_[0], 2))
    print("weights:", dict(zip(Features._fields, np.round(model.coef_[0], 2).tolist(), strict=True)))


def _balanced(answered: list[bool]) -> np.ndarray:
    """Each group weighs the same, and in it each of the two outcomes."""
    share = np.mean(answered)
    return np.where(answered, 0.5 / share, 0.5 / (1 - share)) / len(answered) * 200


def _own(folder: Path, embedder) -> Iterator[Example]:
    build_index(HERE.parents[1] / "corpus", folder / "own", embedder=embedder)
    search = _searcher(folder / "own", embedder)
    for judged in read_questions(HERE / "questions.jsonl", "dev"):
        yield search(judged.question, None), bool(judged.answers)


def _squad(squad: Path, folder: Path, embedder) -> Iterator[Example]:
    corpus = folder / "squad-corpus"
    corpus.mkdir()
    questions = []
    for article in json.loads(squad.read_text("utf-8"))["data"]:
        for number, paragraph in enumerate(article["paragraphs"]):
            name = f"{article['title']}-{number:03}.txt"
            (corpus / name).write_text(f"{article['title'].replace('_', ' ')}\n\n{paragraph['context']}\n", "utf-8")
            asked = (item for item in paragraph["qas"] if not item["is_impossible"])
            questions += [(item["question"], name, article["title"]) for item in asked]
    build_index(corpus, folder / "squad", embedder=embedder)
    search = _searcher(folder / "squad", embedder)
    names = [path.name for path in corpus.iterdir()]
    for question, name, title in questions[:: max(1, len(questions) // MOST)]:
        yield search(question, None), True
        yield search(question, [other for other in names if other != name]), False
        yield search(question, [other for other in names if other.rpartition("-")[0] != title]), False


def _searcher(index_dir: Path, embedder):
    generation = open_live(index_dir, embedder)

    def search(question: str, documents: list[str] | None) -> list[float]:
        rows = None if documents is None else generation.passages.rows_of(documents)
        found = retrieve(generation, question, embedder.embed_query(question), k=6, candidates=50, rows=rows)
        return list(features_of(question, found))

    return search


if __name__ == "__main__":
    main(Path(sys.argv[1]))
