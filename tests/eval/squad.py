"""Questions in SQuAD 2.0's format, and an index of their paragraphs, each a document under its article's title."""

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from cydqa import build_index
from cydqa.embedding import Embedder
from cydqa.index.store import Generation, open_live
from cydqa.question import read_question
from cydqa.retrieval import Retrieval, retrieve
from cydqa.settings import Settings


@dataclass(frozen=True)
class SquadQuestion:
    """A question on one paragraph; without answers, the paragraph only seems to have one."""

    text: str
    article: str
    document: str  # id of its paragraph
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Paragraphs:
    """An index of all paragraphs of a file, and the file's questions."""

    generation: Generation
    embedder: Embedder
    questions: tuple[SquadQuestion, ...]

    def search(self, text: str, *, k: int, documents: list[str] | None = None) -> Retrieval:
        """What a question finds, among some documents or all."""
        rows = None if documents is None else self.generation.passages.rows_of(documents)
        question = read_question(text, self.generation.lexical, self.generation.lexicon)
        vector = self._vectors.get(question.embedded)
        if vector is None:
            vector = self._vectors[question.embedded] = self.embedder.embed_query(question.embedded)
        candidates = Settings.model_fields["candidates"].default
        return retrieve(self.generation, question, vector, k=k, candidates=candidates, rows=rows, definitions=True)

    @cached_property
    def _vectors(self) -> dict[str, np.ndarray]:
        return {}

    @cached_property
    def _of_article(self) -> dict[str, set[str]]:
        documents = defaultdict(set)
        for question in self.questions:
            documents[question.article].add(question.document)
        return documents

    def without_paragraph(self, question: SquadQuestion) -> list[str]:
        """All documents but the one that answers."""
        return [name for name in self.generation.passages.document_ids() if name != question.document]

    def without_article(self, question: SquadQuestion) -> list[str]:
        """All documents but those of its article."""
        article = self._of_article[question.article]
        return [name for name in self.generation.passages.document_ids() if name not in article]


def open_paragraphs(file: Path, folder: Path, embedder: Embedder) -> Paragraphs:
    """Write the paragraphs of a file as documents, and index them, in `folder`."""
    corpus, questions = folder / "squad", []
    corpus.mkdir(parents=True)
    for article in json.loads(file.read_text("utf-8"))["data"]:
        title = article["title"].replace("_", " ")
        for number, paragraph in enumerate(article["paragraphs"]):
            name = f"{article['title']}-{number:03}.md"
            heading = f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n---\n\n"
            (corpus / name).write_text(f"{heading}{paragraph['context'].strip()}\n", "utf-8")
            for asked in paragraph["qas"]:
                answers = tuple(sorted({answer["text"] for answer in asked["answers"]}))
                answers = () if asked.get("is_impossible") else answers
                questions.append(SquadQuestion(asked["question"].strip(), article["title"], name, answers))
    build_index(corpus, folder / "squad-index", embedder=embedder)
    return Paragraphs(open_live(folder / "squad-index", embedder), embedder, tuple(questions))
