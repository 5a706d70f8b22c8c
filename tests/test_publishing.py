"""Law 6: whatever happens to a build, the old index answers, and readers see one whole generation or another."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import DOCUMENTS

from cydqa import open_assistant
from cydqa.errors import CydqaError
from cydqa.index import publish


@pytest.mark.parametrize(("start", "before"), [("existing", "thirty"), ("none", "no index")])
def test_a_build_killed_at_any_step_leaves_the_old_index_answering(tmp_path, start, before):
    program = Path(__file__).with_name("crash_builds.py")
    done = subprocess.run(
        [sys.executable, program, tmp_path, start], capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr
    *answers, steps = done.stdout.split("\n")[:-1]
    after = "sixty" if start == "existing" else "thirty"
    killed, rebuilt, whole = answers[:-1:2], answers[1:-1:2], answers[-1]
    assert int(steps) > 20
    assert whole == after
    assert set(rebuilt) == {"thirty"}
    # The old answer up to one step, the new one from there on: the rename of CURRENT.
    turn = killed.index(after) if after in killed else len(killed)
    assert set(killed[:turn]) == {before}
    assert set(killed[turn:]) <= {after}
    assert turn > len(killed) / 2


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("number", range(1, 30, 3))
def test_a_full_disk_leaves_the_old_index_answering(build, corpus, assistant, monkeypatch, call, number):
    (corpus / "leave.md").write_text(DOCUMENTS["leave.md"].replace("thirty", "sixty"))
    real, calls = getattr(os, call), 0

    def fail(*arguments):
        nonlocal calls
        calls += 1
        if calls == number:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(publish.os, call, fail)
    try:
        build()
    except CydqaError as error:
        assert "could not be written: [Errno 28] No space left" in str(error)  # noqa: PT017
        assert "still answers" in error.hint  # noqa: PT017
    monkeypatch.undo()
    assert "days of annual leave" in assistant.ask("How many days of annual leave does an employee have?").answer
    build(rebuild=True)
    assert "sixty days" in assistant.ask("How many days of annual leave does an employee have?").answer


def test_everything_is_synced_before_the_rename_that_publishes(build, monkeypatch, tmp_path):
    events = []
    real_fsync, real_replace = os.fsync, os.replace
    monkeypatch.setattr(
        publish.os, "fsync", lambda fd: (events.append(os.readlink(f"/proc/self/fd/{fd}")), real_fsync(fd))
    )
    monkeypatch.setattr(publish.os, "replace", lambda a, b: (events.append(("rename", str(b))), real_replace(a, b)))
    name = build().generation
    renames = [i for i, event in enumerate(events) if event[0] == "rename"]
    index = tmp_path / "index"
    assert [Path(events[i][1]).name for i in renames] == [name, "CURRENT"]
    synced = {Path(event).relative_to(index / "staging" / name) for event in events[: renames[0]]}
    generation = index / "generations" / name
    assert synced == {path.relative_to(generation) for path in [generation, *generation.rglob("*")]}
    assert {Path(event).name for event in events[renames[0] + 1 : renames[1]]} == {"generations", "index", "CURRENT"}
    assert events[-1] == str(index)


def test_readers_see_one_whole_generation_while_builds_publish(build, corpus, tmp_path, embedder, settings):
    build()
    assistant = open_assistant(tmp_path / "index", settings=settings, embedder=embedder)
    published = {(tmp_path / "index" / "CURRENT").read_text().strip(): "thirty"}
    seen, errors, stop = [], [], threading.Event()

    def read():
        while not stop.is_set():
            try:
                answer = assistant.ask("How many days of annual leave does an employee have?")
                seen.append((answer.generation, answer.answer))
            except Exception as error:
                errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for word in ("forty", "fifty", "sixty", "seventy", "eighty"):
        (corpus / "leave.md").write_text(DOCUMENTS["leave.md"].replace("thirty", word))
        published[build().generation] = word
    stop.set()
    for reader in readers:
        reader.join()
    assert not errors
    assert {generation for generation, _ in seen} <= published.keys()
    assert all(f"{published[generation]} days" in answer for generation, answer in seen)
    assert assistant.ask("How many days of annual leave does an employee have?").generation in list(published)[-1:]
