"""Fit the weights of ranking, of the choice of quotes and of confidence, and write them to src/cydqa/weights.json.

    python tests/eval/fit_weights.py SQUAD.json

SQUAD.json is a file in SQuAD 2.0's format; the articles in HELD_OUT are kept out of it, for measuring. Of our own
questions, only the split dev of questions.jsonl is read, and of it only what can be understood alone. SQuAD counts
seven tenths, our own questions three.

Ranking and quotes: of each question, the passage (sentence) that answers against those that do not, by a logistic
regression on the differences of their features (Joachims 2002, with a logistic loss). Confidence: a logistic regression
on whether the quotes hold the answer, for questions with an answer, for those without one, and for the former again,
with the passage that answers, or its whole article, kept out of the search.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from squad import Paragraphs, SquadQuestion, open_paragraphs

from cydqa import build_index
from cydqa.confidence import ConfidenceFeatures, features_of
from cydqa.embedding.opening import open_encoder
from cydqa.evaluation.questions import JudgedQuestion, read_questions
from cydqa.evaluation.run import spans_of
from cydqa.index.store import open_live
from cydqa.quoting import SentenceFeatures, choose_quotes, rank_sentences
from cydqa.retrieval import RankFeatures, Retrieval
from cydqa.settings import Settings
from cydqa.types import Chunk
from cydqa.weights import QUOTING, RANKING

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "src/cydqa/weights.json"
HELD_OUT = {"1973_oil_crisis", "Imperialism", "Warsaw", "French_and_Indian_War"}
OWN = 0.3  # share of our own questions in ranking and quotes
OWN_CONFIDENCE = 0.4
ANSWERABLE = 0.6  # share of questions with an answer that the confidence expects
RIVALS = 12  # best passages that do not answer, for each question
SETTINGS = Settings()


@dataclass(frozen=True)
class Case:
    """A question of either set, and what answers it."""

    text: str
    search: Callable[..., Retrieval]
    answers: Callable[[Chunk, int, int], bool]  # whether this slice of the passage's document does
    without: tuple[list[str] | None, ...]  # documents to search in, so that it has no answer
    answerable: bool


def main(squad: Path) -> None:
    """Fit and write."""
    embedder = open_encoder("")
    with tempfile.TemporaryDirectory() as folder:
        paragraphs = open_paragraphs(squad, Path(folder), embedder)
        groups = [list(_squad(paragraphs)), list(_own(Path(folder), embedder))]
        RANKING.update(_pairwise(groups, RankFeatures, _passages))
        total = sum(RANKING[name] for name in ("passage", "sentence", "lexical"))
        RANKING.update({name: weight / total for name, weight in RANKING.items()})
        QUOTING.update(_pairwise(groups, SentenceFeatures, _sentences))
        confidence = _confidence(groups)
    weights = {"ranking": RANKING, "quoting": QUOTING, "confidence": confidence}
    rounded = {part: {name: round(float(w), 3) for name, w in names.items()} for part, names in weights.items()}
    OUT.write_text(json.dumps(rounded, indent=2) + "\n", "utf-8")
    print(OUT.read_text("utf-8"))


def _squad(paragraphs: Paragraphs) -> Iterator[Case]:
    for question in paragraphs.questions:
        if question.article not in HELD_OUT:
            yield squad_case(paragraphs, question)


def squad_case(paragraphs: Paragraphs, question: SquadQuestion) -> Case:
    """A question of SQuAD: any slice of its paragraph that has one of its answers answers it."""

    def answers(chunk: Chunk, start: int, end: int) -> bool:
        return chunk.document_id == question.document and any(a in chunk.slice(start, end) for a in question.answers)

    without = (paragraphs.without_paragraph(question), paragraphs.without_article(question))
    answerable = bool(question.answers)
    return Case(question.text, paragraphs.search, answers, without if answerable else (), answerable)


def _own(folder: Path, embedder) -> Iterator[Case]:
    build_index(HERE.parents[1] / "corpus", folder / "own", embedder=embedder)
    paragraphs = Paragraphs(open_live(folder / "own", embedder), embedder, ())
    for judged in read_questions(HERE / "questions.jsonl", "dev"):
        if not judged.history:
            yield _own_case(paragraphs, judged)


def _own_case(paragraphs: Paragraphs, judged: JudgedQuestion) -> Case:
    passages = paragraphs.generation.passages
    places = []
    for answer in judged.answers:
        document = passages.document(answer.document)
        places += [(answer.document, start, end) for start, end in spans_of(document, answer)] if document else []

    def answers(chunk: Chunk, start: int, end: int) -> bool:
        return any(chunk.document_id == name and start <= first and last <= end for name, first, last in places)

    held = {answer.document for answer in judged.answers}
    without = ([name for name in passages.document_ids() if name not in held],) if held else ()
    return Case(judged.question, paragraphs.search, answers, without, bool(held))


def _passages(case: Case) -> Iterator[tuple[Sequence[float], bool]]:
    for found in case.search(case.text, k=RIVALS * 2).found:
        chunk = found.hit.chunk
        yield found.features, case.answers(chunk, chunk.start, chunk.end)


def _sentences(case: Case) -> Iterator[tuple[Sequence[float], bool]]:
    for sentence in rank_sentences(case.search(case.text, k=SETTINGS.hits)):
        yield sentence.features, case.answers(sentence.hit.chunk, *sentence.span)


def _pairwise(groups, names, rated) -> dict[str, float]:
    differences, weights = [], []
    for group, share in zip(groups, (1 - OWN, OWN), strict=True):
        asked = [case for case in group if case.answerable]
        for case in asked:
            examples = list(rated(case))
            good = [features for features, right in examples if right][:3]
            bad = [features for features, right in examples if not right]
            bad = bad[:RIVALS] if names is RankFeatures else bad
            if good and bad:
                pairs = (np.array(good)[:, None] - np.array(bad)[None]).reshape(-1, len(names._fields))
                differences.append(pairs)
                weights.append(np.full(len(pairs), share / len(asked) / len(good) * 2000 / RIVALS))
    rows, weight = np.concatenate(differences), np.concatenate(weights)
    scale = rows.std(axis=0) + 1e-9
    model = LogisticRegression(fit_intercept=False, max_iter=1000)
    model.fit(
        np.concatenate([rows, -rows]) / scale,
        np.repeat([1, 0], len(rows)),
        sample_weight=np.concatenate([weight, weight]),
    )
    return dict(zip(names._fields, (model.coef_[0] / scale).tolist(), strict=True))


def _confidence(groups: Sequence[Sequence[Case]]) -> dict[str, float]:
    examples: list[tuple[ConfidenceFeatures, bool]] = []
    weight: list[float] = []
    for group, share in zip(groups, (1 - OWN_CONFIDENCE, OWN_CONFIDENCE), strict=True):
        for part, weighs in _kinds(group):
            examples += part
            weight += [2000 * share * weighs / len(part)] * len(part)
    rows = np.array([features for features, _ in examples])
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    model = LogisticRegression(C=0.3, max_iter=3000)
    model.fit((rows - mean) / scale, [held for _, held in examples], sample_weight=weight)
    weights = model.coef_[0] / scale
    bias = float(model.intercept_[0] - (weights * mean).sum())
    return {"bias": bias, **dict(zip(ConfidenceFeatures._fields, weights.tolist(), strict=True))}


def _kinds(group: Sequence[Case]) -> Iterator[tuple[list[tuple[ConfidenceFeatures, bool]], float]]:
    """The questions with an answer, and each kind of question without one, and how much they weigh."""
    asked = [case for case in group if case.answerable]
    yield [judged_features(case, None) for case in asked], ANSWERABLE
    removed = len(asked[0].without)
    share = (1 - ANSWERABLE) / 3
    for number in range(removed):
        yield [judged_features(case, case.without[number]) for case in asked], share
    yield [judged_features(case, None) for case in group if not case.answerable], 1 - ANSWERABLE - share * removed


def judged_features(case: Case, documents: list[str] | None) -> tuple[ConfidenceFeatures, bool]:
    """The features of a question searched in these documents, and whether the quotes hold the answer."""
    retrieval = case.search(case.text, k=SETTINGS.hits, documents=documents)
    choice = choose_quotes(retrieval, most_words=SETTINGS.quote_words)
    held = any(
        case.answers(found.hit.chunk, quote.start, quote.end)
        for quote in choice.quotes
        for found in retrieval.found
        if found.hit.chunk.document_id == quote.document_id
        and found.hit.chunk.start <= quote.start
        and quote.end <= found.hit.chunk.end
    )
    return features_of(retrieval, choice), held


if __name__ == "__main__":
    main(Path(sys.argv[1]))
