"""Builds as processes of their own: real processes, with the fake encoder."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from conftest import write_corpus
from filelock import FileLock

from cydqa import jobs
from cydqa.errors import IndexBusyError, StateError
from cydqa.settings import Settings

SECONDS = 60
START = "from cydqa import jobs; from cydqa.settings import Settings; import sys; jobs.COMMAND = sys.argv[2:]; "
START += "print(jobs.start(Settings.model_validate_json(sys.argv[1])).state)"


@pytest.fixture
def settings(tmp_path, corpus, fast_builds):
    return Settings(corpus=corpus, index=tmp_path / "index", state=tmp_path / "state")


@pytest.fixture
def hold(tmp_path, monkeypatch):
    """While this file is there, builds wait before they embed."""
    path = tmp_path / "hold"
    path.touch()
    monkeypatch.setenv("TEST_HOLD", str(path))
    yield path
    path.unlink(missing_ok=True)


def when(is_so, settings):
    """The build when that is so of it."""
    end = time.monotonic() + SECONDS
    while not is_so(job := jobs.current(settings)):
        assert time.monotonic() < end, job
        time.sleep(0.05)
    return job


def ended(settings):
    return when(lambda job: not job.running, settings)


def embedding(settings):
    return when(lambda job: job.stage in {"embedding", "loading the encoder"}, settings)


def test_a_build_reports_what_it_did(settings, corpus):
    write_corpus(corpus, {"broken.txt": b"\xff\0"})
    assert jobs.current(settings) is None
    assert jobs.start(settings).running
    job = ended(settings)
    assert (job.state, job.error) == ("done", "")
    assert job.report.added == ("laptops.md", "leave.md", "notes/invoices.txt")
    assert job.report.failed.keys() == {"broken.txt"}
    assert job.report.passages == 5
    assert (settings.index / "CURRENT").is_file()


def test_a_running_build_says_how_far_it_is(settings, hold):
    jobs.start(settings)
    job = embedding(settings)
    assert (job.documents, job.passages, job.report) == (3, 5, None)
    hold.unlink()
    assert ended(settings).state == "done"


def test_two_starts_at_once_are_one_build(settings, hold):
    found = []
    starters = [threading.Thread(target=lambda: found.append(jobs.start(settings))) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert [job.state for job in found] == ["running"] * 4
    first = embedding(settings).started
    assert jobs.start(settings).started == first
    hold.unlink()
    assert ended(settings).started == first


def test_a_build_outlives_the_program_that_started_it_and_is_found_again(settings, hold):
    arguments = [sys.executable, "-c", START, settings.model_dump_json(), *jobs.COMMAND]
    starter = subprocess.run(arguments, capture_output=True, text=True, timeout=SECONDS, check=True)
    assert starter.stdout == "running\n"
    assert embedding(settings).running
    hold.unlink()
    assert ended(settings).state == "done"


def test_a_cancelled_build_leaves_the_index_as_it_was(settings, hold, corpus):
    hold.unlink()
    jobs.start(settings)
    before = ended(settings).report.generation
    hold.touch()
    (corpus / "new.txt").write_text("New.")
    jobs.start(settings)
    embedding(settings)
    jobs.cancel(settings)
    job = ended(settings)
    assert (job.state, job.report) == ("cancelled", None)
    assert (settings.index / "CURRENT").read_text().strip() == before
    hold.unlink()
    jobs.start(settings)
    assert ended(settings).report.added == ("new.txt",)


def test_a_build_that_does_not_heed_is_killed_after_a_while(settings, hold, monkeypatch):
    monkeypatch.setenv("TEST_BUILD", "stubborn")
    monkeypatch.setattr(jobs, "PATIENCE_SECONDS", 0.5)
    jobs.start(settings)
    embedding(settings)
    jobs.cancel(settings)
    assert jobs.current(settings).stopping
    assert ended(settings).state == "cancelled"


def test_cancelling_what_does_not_run_harms_nobody(settings, tmp_path):
    jobs.cancel(settings)
    jobs.start(settings)
    assert ended(settings).state == "done"
    (started,) = (tmp_path / "state").rglob("started")
    record = json.loads(started.read_text())
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as bystander:  # has got the number of the build
        started.write_text(json.dumps({**record, "pid": bystander.pid}))
        jobs.cancel(settings)
        assert bystander.poll() is None
        bystander.kill()
    assert jobs.current(settings).state == "done"


def test_a_killed_build_is_lost_and_the_next_one_is_not(settings, monkeypatch):
    monkeypatch.setenv("TEST_BUILD", "killed")
    jobs.start(settings)
    job = ended(settings)
    assert (job.state, job.report) == ("lost", None)
    assert "ended without a report" in job.error
    assert str(settings.state) in job.hint
    monkeypatch.delenv("TEST_BUILD")
    jobs.start(settings)
    assert ended(settings).state == "done"


def test_what_a_machine_left_that_crashed_is_a_lost_build(settings, tmp_path, hold):
    jobs.start(settings)
    embedding(settings)
    (started,) = (tmp_path / "state").rglob("started")
    os.killpg(json.loads(started.read_text())["pid"], signal.SIGKILL)
    assert ended(settings).state == "lost"


def test_an_error_is_reported_with_its_hint(settings, corpus):
    for path in list(corpus.rglob("*.*")):
        path.write_bytes(b"\xff\0")
    jobs.start(settings)
    job = ended(settings)
    assert job.state == "failed"
    assert job.error.startswith("None of the documents in")
    assert job.hint.startswith("Correct or replace the files")


def test_a_build_that_somebody_runs_elsewhere_is_said(settings):
    settings.index.mkdir()
    with FileLock(settings.index / "build.lock"), pytest.raises(IndexBusyError, match="Another program is building"):
        jobs.start(settings)
    assert jobs.current(settings) is None


def test_a_dismissed_report_is_gone_and_a_running_build_is_not(settings, hold):
    jobs.start(settings)
    embedding(settings)
    jobs.dismiss(settings)
    assert jobs.current(settings).running
    hold.unlink()
    ended(settings)
    jobs.dismiss(settings)
    assert jobs.current(settings) is None


def test_a_rebuild_reads_everything_again(settings):
    jobs.start(settings)
    embedded = ended(settings).report.embedded
    jobs.start(settings)
    assert not ended(settings).report.published
    jobs.start(settings, rebuild=True)
    job = ended(settings)
    assert (job.rebuild, job.report.published, job.report.embedded) == (True, True, embedded)


def test_each_index_has_builds_of_its_own(settings, tmp_path):
    jobs.start(settings)
    ended(settings)
    assert jobs.current(settings.model_copy(update={"index": tmp_path / "other"})) is None
    assert jobs.current(settings.model_copy(update={"index": tmp_path / "corpus" / ".." / "index"})).state == "done"


def test_a_build_has_the_settings_of_the_page_and_a_low_priority(settings, hold, tmp_path):
    jobs.start(settings.model_copy(update={"chunk_tokens": 16, "curators": ("a@b.example", "c@d.example")}))
    embedding(settings)
    (started,) = (tmp_path / "state").rglob("started")
    pid = json.loads(started.read_text())["pid"]
    assert os.getpriority(os.PRIO_PROCESS, pid) > os.getpriority(os.PRIO_PROCESS, 0)
    hold.unlink()
    assert ended(settings).report.passages > 5


def test_looking_while_a_build_starts_does_not_stop_it(settings, hold):
    looking = threading.Event()

    def look():
        while not looking.is_set():
            jobs.current(settings)

    lookers = [threading.Thread(target=look) for _ in range(3)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(3):
            assert jobs.start(settings).running
            jobs.cancel(settings)
            assert ended(settings).state == "cancelled"
    finally:
        looking.set()
        for looker in lookers:
            looker.join()


def test_a_state_folder_that_can_not_be_written_is_an_error_with_advice(settings, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match="can't be used") as caught:
        jobs.start(settings.model_copy(update={"state": tmp_path / "file"}))
    assert "CYDQA_STATE" in caught.value.hint


@pytest.mark.model
def test_the_real_command_builds_offline(tmp_path, corpus):
    assert jobs.COMMAND[0] == sys.executable
    settings = Settings(corpus=corpus, index=tmp_path / "index", state=tmp_path / "state")
    jobs.start(settings)
    assert ended(settings).state == "done"
    missing = settings.model_copy(update={"model": "nobody/has-this-model"})
    jobs.start(missing)
    job = ended(missing)
    assert job.state == "failed"
    assert "neither a folder nor on this machine" in job.error
    assert "unset CYDQA_MODEL" in job.hint
