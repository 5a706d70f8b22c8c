"""Law 6: a build is killed at, or refused, every single call that changes the index folder; no state between is broken.

Each call is one case: from the same start, by the same steps. What the index says afterwards, whether the next build
mends everything, and whether a removed document is gone by then (law 8) is looked at in processes of their own.
"""

import os
import re
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import tracing
from conftest import DOCUMENTS, write_corpus
from tracing import NEEDS_SPACE, Builders, Call, changes, publishes

LANES = 2
REMOVED = "# Zymurgist's quagmire\n\nThe zymurgist fermented a kerfuffle of rutabagas.\n"
UNUSUAL = re.compile(rb"(?i)zymurg|quagmir|kerfuffl|rutabaga")
CHANGED = DOCUMENTS["leave.md"].replace("thirty", "sixty")
SCENARIOS = {  # the documents of the index that is there, and what becomes of them
    "an index": (
        {**DOCUMENTS, "beer.md": REMOVED},
        {"beer.md": None, "leave.md": CHANGED, "new.md": "# New\n\nNews.\n"},
    ),
    "no index": ({}, DOCUMENTS),
    "a removal": ({**DOCUMENTS, "beer.md": REMOVED}, {"beer.md": None}),
}
# A full disk refuses what takes space; a disk that was made read-only refuses everything but the lock, which is none.
MODES = {
    "killed": ("signal=SIGKILL", lambda call: True),
    "full disk": ("error=ENOSPC", lambda call: call.name in NEEDS_SPACE or "O_CREAT" in call.flags),
    "read-only disk": ("error=EROFS", lambda call: call.name != "flock"),
}
# SQLite has its own words for what the system said, and NumPy and FAISS none for what they lose on closing a file.
OTHERS = "disk I/O error|unable to open database file|can't be read back; is the disk full"
SAID = {
    "full disk": f"No space left on device|database or disk is full|{OTHERS}",
    "read-only disk": f"Read-only file system|{OTHERS}",
}


@dataclass(frozen=True)
class Lane:
    """A start to which a folder can be brought back, and what a build does from there."""

    builders: Builders
    folder: Path
    before: dict  # what `ask` says
    after: dict
    calls: list[Call]  # that change the index

    @property
    def index(self):
        return self.folder / "index"

    def reset(self):
        shutil.rmtree(self.index, ignore_errors=True)
        if (self.folder / "start").is_dir():
            shutil.copytree(self.folder / "start", self.index)


@pytest.fixture(scope="module")
def builders():
    with tracing.lanes(LANES) as some:
        yield some


@pytest.fixture(scope="module", params=SCENARIOS.values(), ids=SCENARIOS.keys())
def lanes(request, builders):
    def prepare(one, folder):
        return prepared(one, Path(folder), *request.param)

    with ExitStack() as stack, ThreadPoolExecutor(LANES) as threads:
        folders = [stack.enter_context(tracing.in_memory()) for _ in builders]
        found = list(threads.map(prepare, builders, folders))
        assert len({tuple(call.name for call in lane.calls) for lane in found}) == 1
        yield found


def prepared(builders, folder, there, then):
    corpus, index = write_corpus(folder / "corpus", there), folder / "index"
    corpus.mkdir(exist_ok=True)
    if there:
        assert not builders.build(folder)["reply"]["error"]
        shutil.copytree(index, folder / "start")
    before = said(builders, folder)
    write_corpus(corpus, {name: text for name, text in then.items() if text is not None})
    for name in [name for name, text in then.items() if text is None]:
        (corpus / name).unlink()
    outcome, calls = builders.traced(folder, folder / "trace")
    assert not outcome["reply"]["error"]
    return Lane(builders, folder, before, said(builders, folder), changes(calls, index))


def said(builders, folder):
    """What the index says to anyone who asks now, but for the generation's name."""
    reply = builders.ask(folder)["reply"]
    if reply is None or reply["error"]:
        return reply["error"] if reply else "killed"
    assert len(reply["value"].pop("generations")) == 1
    return reply["value"]


@pytest.mark.parametrize("mode", MODES)
def test_a_build_survives_anything_at_every_step(lanes, mode, capsys):
    started = time.monotonic()
    cases = [step for step, call in enumerate(lanes[0].calls) if MODES[mode][1](call)]

    def sweep(lane, steps):
        return [trouble for step in steps for trouble in case(lane, step, mode)]

    with ThreadPoolExecutor(LANES) as threads:
        shares = [cases[number::LANES] for number in range(LANES)]
        troubles = [trouble for some in threads.map(sweep, lanes, shares) for trouble in some]
    with capsys.disabled():
        sys.stdout.write(f" [{len(cases)} cases in {time.monotonic() - started:.0f} s] ")
    assert not troubles, f"{len(troubles)} of {len(cases)} cases:\n" + "\n".join(troubles)
    # Nothing else would show that the trace was read at all.
    assert {"rename", "fsync", "write", "pwrite64", "openat", "mkdir"} <= {lanes[0].calls[step].name for step in cases}


def case(lane, step, mode):
    """What is wrong, a line each, after a build was disturbed at this step."""
    call = lane.calls[step]
    lane.reset()
    inject = f"{call.name}:{MODES[mode][0]}:when={call.number}"
    outcome, calls = lane.builders.traced(lane.folder, lane.folder / "trace", inject)
    found = [f"what was disturbed is {calls[-1]}"] if not meant(call, calls, mode) else []
    live = any(publishes(done, lane.index) and done.outcome == "0" for done in calls)
    found += wrong_reply(outcome, mode, lane.index)
    now = said(lane.builders, lane.folder)
    if now != (lane.after if live else lane.before):
        found.append(f"the index is not the {'new' if live else 'old'} one: {str(now)[:200]}")
    again = lane.builders.build(lane.folder)["reply"]
    if not again or again["error"]:
        found.append(f"the next build fails: {again}")
    if said(lane.builders, lane.folder) != lane.after:
        found.append("the next build does not mend it")
    found += litter(lane.index)
    return [f"{mode} at step {step}, {call}: {what}" for what in found]


def meant(call, calls, mode):
    """Whether it was the call that should be disturbed."""
    disturbed = [done for done in calls if "INJECTED" in done.outcome] if mode != "killed" else calls[-1:]
    return len(disturbed) == 1 and call.resembles(disturbed[0]) and (mode != "killed" or disturbed[0].outcome == "?")


def wrong_reply(outcome, mode, index):
    status, reply = outcome["status"], outcome["reply"]
    if mode == "killed":
        return [] if status == -9 else [f"it was not killed: {outcome}"]
    if status != 0:
        return [f"the build crashed: {outcome}"]
    if not reply["error"]:
        return [f"it succeeded, but {path} holds a removed text" for path in unforgotten(index)]
    if reply["error"] != "CydqaError" or not re.search(SAID[mode], reply["message"]) or not reply["hint"]:
        return [f"it says {reply}"]
    return []


def litter(index):
    """What a build that succeeded should not have left."""
    wanted = {"CURRENT", "build.lock", "generations"}
    found = [f"{name} lies in the index" for name in set(os.listdir(index)) ^ wanted]
    live = (index / "CURRENT").read_text().strip()
    if [folder.name for folder in (index / "generations").iterdir()] != [live]:
        found.append("there are other generations than the live one")
    return found + [f"{path} holds a removed text" for path in unforgotten(index)]


def unforgotten(index):
    return [path for path in index.rglob("*") if path.is_file() and UNUSUAL.search(path.read_bytes())]
