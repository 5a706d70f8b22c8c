"""How good the answers are: run the judged questions through the assistant and print a short table.

python tests/eval/measure.py [--misses]
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

from cydqa import Answer, open_assistant
from cydqa.settings import load_settings

QUESTIONS = Path(__file__).parent / "questions.jsonl"


def main(show_misses: bool) -> None:
    """Measure and print."""
    assistant = open_assistant(load_settings().index)
    groups: dict[str, list[tuple[dict, Answer]]] = defaultdict(list)
    for line in QUESTIONS.read_text("utf-8").splitlines():
        judged = json.loads(line)
        groups[judged["kind"]].append((judged, assistant.ask(judged["question"])))
    print(f"{'kind':<10} {'questions':>9} {'declined':>9} {'quote holds answer':>19} {'words':>6}")
    for kind, asked in groups.items():
        declined = sum(answer.declined for _, answer in asked) / len(asked)
        given = [(judged, answer) for judged, answer in asked if not answer.declined]
        words = sum(len(answer.answer.split()) - len(answer.parts) for _, answer in given) / max(len(given), 1)
        held = sum(_holds(judged, answer) for judged, answer in asked) / len(asked) if asked[0][0]["answers"] else None
        print(f"{kind:<10} {len(asked):>9} {declined:>9.0%} {'–' if held is None else f'{held:.0%}':>19} {words:>6.0f}")
        for judged, answer in asked if show_misses else ():
            if answer.declined == bool(judged["answers"]) or (judged["answers"] and not _holds(judged, answer)):
                print(f"    {answer.confidence:.2f} {judged['question']}")


def _holds(judged: dict, answer: Answer) -> bool:
    """Whether a quote of the answer contains one of the judged quotes of the same document."""
    return any(
        gold["document"] == citation.document_id and gold["quote"] in citation.quote
        for gold in judged["answers"]
        for citation in answer.citations
    )


if __name__ == "__main__":
    main("--misses" in sys.argv)
