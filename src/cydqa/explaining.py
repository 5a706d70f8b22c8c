"""Why an answer is what it is, as a record that people and programs can read."""

from cydqa.confidence import ConfidenceFeatures, contributions
from cydqa.question import Question
from cydqa.quoting import Choice, Fate, Sentence
from cydqa.retrieval import Found, Retrieval
from cydqa.types import Evidence, Explanation, RankedPassage, RankedSentence, ReadWord
from cydqa.weights import QUOTING, RANKING

_SENTENCES = 12  # best ones that are explained


def explain(retrieval: Retrieval, choice: Choice, features: ConfidenceFeatures | None, threshold: float) -> Explanation:
    """How the question was read, what ranked where, what was quoted or dropped, and what the confidence rests on."""
    question = retrieval.question
    return Explanation(
        embedded=question.embedded,
        corrections=question.corrections,
        words=_words(question),
        expects=question.expects,
        passages=tuple(_passage(found) for found in retrieval.found),
        sentences=tuple(
            _sentence(sentence, fate)
            for sentence, fate in list(zip(choice.ranked, choice.fates, strict=True))[:_SENTENCES]
        ),
        evidence=_evidence(features) if features else (),
        threshold=threshold,
    )


def doubts(explanation: Explanation) -> list[str]:
    """What speaks against the best sentences as an answer, in words."""
    values = {evidence.name: evidence.value for evidence in explanation.evidence}
    said = {
        f"None of them has what is asked for: {explanation.expects}.": values.get("kind_missing"),
        "No passage found has the word that says what is asked for.": values.get("focus_missing"),
        "A number of the question is in none of their passages.": values.get("number_missing"),
        "Not every name of the question is in their passages.": values.get("names", 1.0) < 1.0,
    }
    return [doubt for doubt, holds in said.items() if holds]


def _words(question: Question) -> tuple[ReadWord, ...]:
    return tuple(
        ReadWord(
            concept.term, concept.weight, concept.named, tuple(" ".join(phrase) for phrase in concept.alternatives[1:])
        )
        for concept in question.concepts
    )


def _passage(found: Found) -> RankedPassage:
    hit, chunk = found.hit, found.hit.chunk
    return RankedPassage(
        rank=hit.rank,
        document_id=chunk.document_id,
        title=hit.title,
        section=chunk.section,
        start=chunk.start,
        end=chunk.end,
        score=hit.score,
        dense_rank=hit.dense_rank,
        lexical_rank=hit.lexical_rank,
        adds={name: RANKING[name] * value for name, value in found.features._asdict().items()},
    )


def _sentence(sentence: Sentence, fate: Fate) -> RankedSentence:
    return RankedSentence(
        document_id=sentence.hit.chunk.document_id,
        start=sentence.span[0],
        end=sentence.span[1],
        text=sentence.text,
        score=sentence.score,
        fate=fate,
        adds={name: QUOTING[name] * value for name, value in sentence.features._asdict().items()},
    )


def _evidence(features: ConfidenceFeatures) -> tuple[Evidence, ...]:
    values = {"bias": 1.0, **features._asdict()}
    return tuple(Evidence(name, values[name], added) for name, added in contributions(features).items())
