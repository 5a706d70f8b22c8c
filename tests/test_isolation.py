"""Law 10: a document that crashes, hangs or bloats its parser costs that file, with a clear reason, and nothing else.

The parser is made to misbehave inside its own process, by words in the file that it reads.
"""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cydqa import build_index
from cydqa.documents.isolation import Limits, ParserPool
from cydqa.errors import BuildCancelledError, CydqaError, DocumentError

# Python runs a sitecustomize.py that it finds on its path before anything else.
MISBEHAVIOUR = r"""
import ctypes, os, signal, socket, subprocess, sys, time
from cydqa.documents import plain
from cydqa.documents.extracted import Extracted
from cydqa.errors import DocumentError
from cydqa.types import Metadata, Section

real = plain.extract

hoarded = []

def said(text):
    return Extracted(None, text, (Section((), 0, len(text)),), Metadata())

def extract(content):
    word = content.decode().strip()
    if word == "process":
        return said(str(os.getpid()))
    if word == "hoard":
        hoarded.append("x" * (700 * 2**20))
    if word == "crash":
        ctypes.string_at(0)
    if word == "abort":
        os.abort()
    if word == "exit":
        os._exit(3)
    if word == "hang":
        time.sleep(1000)
    if word == "compute":
        while True:
            pass
    if word == "balloon":
        return said("x" * (3 * 2**30))
    if word == "much":
        return said("x" * (12 * 2**20))
    if word == "spans":
        return Extracted(None, "short", (Section((), 0, 1000),), Metadata())
    if word == "chatter":
        print("not an answer")
        os.write(2, b"x" * 2**20)
    if word == "environment":
        return said(repr(sorted(os.environ)))
    if word == "connect":
        socket.create_connection(("127.0.0.1", 9))
    if word == "program":
        subprocess.run(["/bin/true"])
    if word == "fork":
        os.fork()
    if word == "write":
        open(os.environ["PYTHONPATH"] + "/written", "w")
    if word == "write natively":
        libc = ctypes.CDLL(None)
        libc.write(libc.creat(os.environ["PYTHONPATH"].encode() + b"/written", 0o600), b"x" * 100, 100)
    if word == "delete":
        os.remove(os.environ["PYTHONPATH"] + "/file.txt")
    if word == "kill":
        os.kill(os.getppid(), signal.SIGTERM)
    if word == "shout":
        raise DocumentError("it\x1b[2J\nlooks" + " odd" * 1000 + ".", hint="Do \x07 nothing.")
    return real(content)

plain.extract = extract
"""


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Read a file of one word in a pool with tight limits: the reading, or the reason and hint."""
    (tmp_path / "sitecustomize.py").write_text(MISBEHAVIOUR)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SECRET_TOKEN", "hidden")
    with ParserPool(Limits(seconds=2, memory=2**30, answer=10 * 2**20), workers=1) as pool:

        def read(word, **options):
            (tmp_path / "file.txt").write_text(word)
            return pool.read(tmp_path / "file.txt", **options)

        yield read


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("crash", r"its parser crashed \(SIGSEGV\)"),
        ("abort", r"its parser crashed \(SIGABRT\)"),
        ("exit", r"its parser crashed \(status 3\)"),
        ("hang", "reading it takes longer than 2 s"),
        ("compute", "reading it takes longer than 2 s"),
        ("balloon", "reading it needs more than 1 GiB of memory"),
        ("much", "what is in it takes more than 10 MiB"),
        ("spans", "makes no sense"),
        ("connect", "a parser may not do this: socket"),
        ("program", "a parser may not do this: subprocess"),
        ("fork", "a parser may not do this: os.fork"),
        ("write", "a parser may not do this: open"),
        ("delete", "a parser may not do this: os.remove"),
        ("kill", "a parser may not do this: os.kill"),
        ("shout", r"^it \[2J looks odd"),
    ],
)
def test_a_parser_that_misbehaves_costs_its_file_alone(read, tmp_path, word, reason):
    assert read("Before.").text == "Before."
    with pytest.raises(DocumentError, match=reason) as caught:
        read(word)
    assert caught.value.hint
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 300
    assert caught.value.hint.isprintable()
    assert read("After.").text == "After."
    assert not (tmp_path / "written").exists()


def test_not_even_native_code_fills_a_file(read, tmp_path):
    assert read("write natively").text == "write natively"
    assert (tmp_path / "written").stat().st_size == 0


def test_what_a_parser_prints_does_not_mix_with_the_answers(read):
    assert read("chatter").text == "chatter"
    assert read("After.").text == "After."


def test_a_process_reads_many_files_and_is_replaced_when_it_keeps_their_memory(read):
    large = bytes(range(256)) * 2**21  # that of the program that asks says nothing of it
    first = read("process").text
    assert read("process").text == first
    assert read("hoard").text == "hoard"
    assert read("process").text != first
    assert large


def test_a_parser_gets_no_secrets(read):
    assert "SECRET_TOKEN" not in read("environment").text


def test_a_build_that_is_cancelled_does_not_wait_for_a_parser(read):
    read("Before.")
    started = time.monotonic()
    with pytest.raises(BuildCancelledError):
        read("hang", stopped=lambda: time.monotonic() > started + 0.2)
    assert time.monotonic() - started < 1.9
    assert read("After.").text == "After."


def test_a_parser_that_can_not_even_start_is_no_fault_of_the_file(tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text("import cydqa\ncydqa.__path__.clear()\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "file.txt").write_text("Text.")
    with ParserPool(workers=1) as pool, pytest.raises(CydqaError, match=r"can't be started: .*documents") as caught:
        pool.read(tmp_path / "file.txt")
    assert not isinstance(caught.value, DocumentError)


@pytest.mark.parametrize("word", ["Text.", "hang", "compute"])
def test_a_parser_outlives_no_parent_that_was_killed(read, tmp_path, word):
    """Whether it waits for the next file or is busy with one."""
    code = (
        "import os, sys, threading\n"
        "from pathlib import Path\n"
        "from cydqa.documents.isolation import ParserPool\n"
        "pool = ParserPool(workers=1)\n"
        "pool.read(Path(sys.argv[1]) / 'before.txt')\n"
        "worker = pool._free.get()\n"
        "pool._free.put(worker)\n"
        "print(worker._process.pid, flush=True)\n"
        "threading.Timer(0.3, lambda: os.kill(os.getpid(), 9)).start()\n"
        "pool.read(Path(sys.argv[1]) / 'file.txt')\n"
    )
    (tmp_path / "before.txt").write_text("Before.")
    (tmp_path / "file.txt").write_text(word)
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True)
    worker = int(done.stdout)
    for _ in range(50):
        if not _is_running(worker):
            break
        time.sleep(0.1)
    assert not _is_running(worker)


def _is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_many_threads_share_a_pool(tmp_path):
    for number in range(20):
        (tmp_path / f"{number}.txt").write_text(f"Text {number}.")
    with ParserPool(workers=2) as pool, ThreadPoolExecutor(6) as threads:
        readings = list(threads.map(lambda number: pool.read(tmp_path / f"{number}.txt").text, range(20)))
    assert readings == [f"Text {number}." for number in range(20)]


def test_a_build_reports_the_file_and_indexes_the_rest(read, corpus, tmp_path, embedder, settings):
    for word in ("crash", "hang", "balloon"):
        (corpus / f"{word}.txt").write_text(word)
    pool = ParserPool(Limits(seconds=2, memory=2**30, answer=10 * 2**20), workers=2)
    with pool:
        report = build_index(corpus, tmp_path / "index", settings=settings, embedder=embedder, parsers=pool)
        assert report.added == ("laptops.md", "leave.md", "notes/invoices.txt")
        assert report.failed.keys() == {"crash.txt", "hang.txt", "balloon.txt"}
        started = time.monotonic()
        again = build_index(corpus, tmp_path / "index", settings=settings, embedder=embedder, parsers=pool)
    assert time.monotonic() - started < 2  # a file that hung is not tried again until it changes
    assert (again.published, again.failed) == (False, report.failed)


def test_a_build_can_be_cancelled_while_a_parser_hangs(read, corpus, tmp_path, embedder, settings):
    (corpus / "hang.txt").write_text("hang")
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    started = time.monotonic()
    with ParserPool(Limits(seconds=60), workers=1) as pool, pytest.raises(BuildCancelledError):
        build_index(corpus, tmp_path / "index", settings=settings, embedder=embedder, parsers=pool, stop=stop)
    assert time.monotonic() - started < 10
    assert sorted(os.listdir(tmp_path / "index")) == ["build.lock"]
