"""A file of judged questions -> typed records. One JSON object a line; docs/evaluation.md says what it holds."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cydqa.errors import CydqaError

Split = Literal["dev", "test"]

_MODEL = ConfigDict(extra="ignore", frozen=True)


class Judgement(BaseModel):
    """A quote that answers the question, and where it stands."""

    model_config = _MODEL
    document: str
    section: tuple[str, ...]
    quote: str = Field(min_length=1)


class JudgedQuestion(BaseModel):
    """A question with everything that answers it; without answers, the corpus holds none."""

    model_config = _MODEL
    id: str
    question: str = Field(pattern=r"\S")
    history: tuple[str, ...] = ()  # the questions asked before, oldest first
    kind: str = Field(pattern=r"^[\w -]+$")
    answers: tuple[Judgement, ...]
    split: Split | None = None  # None: by the hash of the id

    @property
    def part(self) -> Split:
        """The part of the set that the question belongs to: the one it names, else by hash, two thirds in test."""
        return self.split or ("test" if hashlib.sha256(self.id.encode()).digest()[0] % 3 else "dev")


def read_questions(path: Path, split: Split | None = None) -> Sequence[JudgedQuestion]:
    """The judged questions of a file in their order, all or those of one split.

    Raises:
        CydqaError: if the file can't be read, a line is not a judged question, an id comes twice, or none is left.
    """
    try:
        lines = path.read_text("utf-8").split("\n")  # splitlines() would also split inside a string, at U+2028
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else f"can't be read: {error.strerror}"
        raise CydqaError(f"{path} {reason}.", hint="Name a file of judged questions: cydqa eval FILE.") from error
    questions: dict[str, JudgedQuestion] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            question = _parse(line, f"Line {number} of {path}")
            if question.id in questions:
                raise CydqaError(
                    f"Line {number} of {path} repeats the id {question.id}.", hint="Give it one of its own."
                )
            questions[question.id] = question
    chosen = [question for question in questions.values() if split in (None, question.part)]
    if not chosen:
        which = f"question of the split {split}" if split else "question"
        raise CydqaError(f"{path} holds no {which}.", hint="Name another file or leave --split out.")
    return chosen


def _parse(line: str, where: str) -> JudgedQuestion:
    try:
        return JudgedQuestion.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise CydqaError(
            f"{where} is not a judged question: {f'{key}: ' if key else ''}{first['msg']}.",
            hint="Each line is one JSON object with id, question, history, kind and answers; see docs/evaluation.md.",
        ) from error
