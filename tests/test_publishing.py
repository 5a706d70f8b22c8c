"""Law 6: what is published is on the disk, one builder at a time, and readers see one whole generation or another."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import tracing
from conftest import DOCUMENTS, write_corpus

from cydqa import open_assistant

QUESTION = "How many days of annual leave does an employee have?"
MINUTE = 60  # seconds
FORTY_DAYS = DOCUMENTS["leave.md"].replace("thirty", "forty")


@pytest.fixture(scope="module")
def builders():
    with tracing.lanes() as some:
        yield some


class Unsynced:
    """What a power cut could still take away: files by their content, folders by the names in them."""

    def __init__(self):
        self.paths = set()

    def follow(self, call):
        first, last = call.paths[0], call.paths[-1]
        if call.name in ("fsync", "fdatasync"):
            self.paths.discard(first)
        elif call.name.startswith("rename"):
            self.paths = {last + path.removeprefix(first) if beneath(path, first) else path for path in self.paths}
            self.paths.add(os.path.dirname(last))
        elif call.name.startswith(("mkdir", "unlink", "rmdir")):
            self.paths.add(os.path.dirname(first))
            self.paths.discard(first)
        elif call.name != "flock":
            self.paths.add(first)
            if "O_CREAT" in call.flags:
                self.paths.add(os.path.dirname(first))

    def beneath(self, *folders):
        return {path for path in self.paths if any(beneath(path, folder) for folder in folders)}


def beneath(path, folder):
    return path == folder or path.startswith(folder + "/")


@pytest.mark.parametrize("first", [True, False], ids=["the first build", "a build after a removal"])
def test_everything_is_synced_before_the_rename_that_publishes(builders, tmp_path, first):
    write_corpus(tmp_path / "corpus", DOCUMENTS)
    if not first:
        assert not builders[0].build(tmp_path)["reply"]["error"]
        (tmp_path / "corpus" / "laptops.md").unlink()
        (tmp_path / "corpus" / "leave.md").write_text(FORTY_DAYS)
    index = tmp_path / "index"
    outcome, calls = builders[0].traced(tmp_path, tmp_path / "trace")
    generation = f"{index}/generations/{outcome['reply']['value']['generation']}"
    calls = tracing.changes(calls, index)
    [published] = [step for step, call in enumerate(calls) if tracing.publishes(call, index)]
    [moved] = [step for step, call in enumerate(calls) if call.name == "rename" and call.paths[1] == generation]

    unsynced = Unsynced()
    for call in calls[:moved]:
        unsynced.follow(call)
    written = {path.relative_to(generation) for path in Path(generation).rglob("*")}
    finished = calls[moved].paths[0]
    synced = {Path(call.paths[0]).relative_to(finished) for call in calls[:moved] if call.name == "fsync"}
    assert len(written) > 10
    assert synced == written | {Path()}
    assert not unsynced.beneath(finished)
    for call in calls[moved:published]:
        unsynced.follow(call)
    assert not unsynced.beneath(generation, f"{index}/staging/CURRENT")
    assert not {str(index), f"{index}/generations"} & unsynced.paths
    # Deleting the older generation first could leave a CURRENT that names what is no longer there.
    after = calls[published + 1]
    assert (after.name, after.paths) == ("fsync", (str(index),))


def test_a_second_builder_is_told_so_until_the_first_one_is_dead(builders, tmp_path):
    write_corpus(tmp_path / "corpus", DOCUMENTS)
    held = tmp_path / "held"
    with ThreadPoolExecutor(1) as thread:
        killed = thread.submit(builders[0].build, tmp_path, hold=str(held))
        while not held.exists():
            time.sleep(0.01)
        refused = builders[1].build(tmp_path)["reply"]
        assert refused["error"] == "IndexBusyError"
        assert "Wait until it has finished" in refused["hint"]
        os.kill(int(held.read_text()), signal.SIGKILL)
        assert killed.result()["status"] == -signal.SIGKILL
    assert builders[1].build(tmp_path)["reply"]["value"]["published"]
    assert "thirty days" in builders[1].ask(tmp_path)["reply"]["value"]["answers"][0]


def test_of_two_builders_at_once_one_waits_for_another_time(builders, tmp_path):
    with ThreadPoolExecutor(2) as threads:
        for number in range(10):
            write_corpus(tmp_path / "corpus", {"leave.md": DOCUMENTS["leave.md"].replace("thirty", str(100 + number))})
            done = list(threads.map(lambda builder: builder.build(tmp_path)["reply"], builders))
            assert {reply["error"] for reply in done} <= {None, "IndexBusyError"}
            assert sum(bool(reply.get("value", {}).get("published")) for reply in done) == 1
            assert f"{100 + number} days" in builders[0].ask(tmp_path)["reply"]["value"]["answers"][0]
    assert sorted(os.listdir(tmp_path / "index")) == ["CURRENT", "build.lock", "generations"]


def test_readers_see_one_whole_generation_while_builds_publish(build, corpus, tmp_path, embedder, settings):
    index = tmp_path / "index"
    build()
    shared = open_assistant(index, settings=settings, embedder=embedder)
    published = {}  # generation: days of leave, and the text of every document
    seen, errors, asked, stop = set(), [], [0] * 4, threading.Event()

    def record(name, days):
        assistant = open_assistant(index, settings=settings, embedder=embedder)
        published[name] = days, {name: assistant.document(name).text for name in assistant.documents()}

    def read(number):
        while not stop.is_set():
            try:
                # One of the readers is always another program that has just started.
                assistant = shared if number else open_assistant(index, settings=settings, embedder=embedder)
                answer = assistant.ask(QUESTION)
                seen.add((answer.generation, answer.answer, answer.citations))
                asked[number] += 1
            except Exception as error:
                errors.append(error)

    record(shared.ask(QUESTION).generation, "thirty")
    readers = [threading.Thread(target=read, args=[number]) for number in range(4)]
    for reader in readers:
        reader.start()
    started, days = time.monotonic(), 1000
    try:
        while time.monotonic() < started + MINUTE and not errors:
            days += 1
            write_corpus(corpus, {"leave.md": DOCUMENTS["leave.md"].replace("thirty", str(days))})
            if days % 2:
                write_corpus(corpus, {"aside.txt": f"Aside number {days}, on employees."})
            else:
                (corpus / "aside.txt").unlink()  # now the older generation is deleted under those who read it
            record(build().generation, str(days))
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert not errors
    for generation, answer, citations in seen:
        days, texts = published[generation]
        assert f"{days} days" in answer
        for citation in citations:
            text = texts[citation.document_id]
            assert citation.quote == text[citation.start : citation.end]
            assert citation.passage == text[citation.passage_start : citation.passage_end]
    assert len({generation for generation, *_ in seen}) > len(published) / 2 > 10
    assert min(asked) > 10
    assert shared.ask(QUESTION).generation == list(published)[-1]
