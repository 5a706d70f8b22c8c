"""Builds and questions in forked children, which may be killed, traced or crash; `tracing.Builders` runs this program.

It imports once what a build imports, and has one thread and no open index, so that a fork of it is a fresh process that
starts at once. Each line on stdin is a request in JSON; each line on stdout is what became of the child.
"""

import ctypes
import dataclasses
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from conftest import DOCUMENTS, WordEmbedder, write_corpus

from cydqa import build_index, open_assistant
from cydqa.documents import read_file
from cydqa.errors import CydqaError
from cydqa.settings import Settings

QUESTIONS = (
    "How many days of annual leave has an employee?",
    "Who checks every invoice?",
    "What happens to broken laptops on the second floor?",
    "zymurgist",
)
_LONGEST_SECONDS = 60
_SET_PTRACER, _ANY = 0x59616D61, -1


class ReadInThisProcess:
    """In the place of a ParserPool, so that a trace shows what the build does and no process that parses."""

    workers = 1

    def read(self, path, sidecar=None, *, stopped=lambda: False):
        return read_file(path, sidecar)


def build(folder, *, rebuild=False, hold=None):
    """Build `folder`/corpus; with `hold`, a path, write the pid there before publishing, and go no further."""

    def progress(step):
        if hold and step.stage == "publishing the index":
            partial = Path(hold + ".partial")
            partial.write_text(str(os.getpid()))
            partial.rename(hold)
            time.sleep(_LONGEST_SECONDS)

    report = build_index(
        folder / "corpus",
        folder / "index",
        settings=Settings(),
        embedder=WordEmbedder(),
        parsers=ReadInThisProcess(),
        progress=progress,
        rebuild=rebuild,
    )
    return dataclasses.asdict(report)


def ask(folder):
    """Everything that anyone can get out of the index, and from which generation."""
    assistant = open_assistant(folder / "index", settings=Settings(min_confidence=0), embedder=WordEmbedder())
    documents = {name: assistant.document(name) for name in assistant.documents()}
    answers = [assistant.ask(question) for question in QUESTIONS]
    for answer in answers:
        for citation in answer.citations:
            text = documents[citation.document_id].text
            assert text[citation.start : citation.end] == citation.quote
            assert text[citation.passage_start : citation.passage_end] == citation.passage
    return {
        "generations": sorted({answer.generation for answer in answers}),
        "texts": {name: document.text for name, document in documents.items()},
        "answers": [answer.answer for answer in answers],
        "hits": [
            [(hit.chunk.id, hit.chunk.text, f"{hit.score:.4f}") for hit in assistant.search(question)]
            for question in QUESTIONS
        ],
    }


def in_child(do, folder, *, options=None, globals_to_set=None, strace=None):
    """Run `do` in a forked child, under strace if its options are given.

    Returns its reply (None if it was killed) and its exit status (minus the signal that killed it).
    """
    assert len(os.listdir("/proc/self/task")) == 1, "a process with threads can't be forked"
    wait, go = os.pipe()
    replies, reply = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(replies)
        try:
            signal.alarm(_LONGEST_SECONDS)
            ctypes.CDLL(None).prctl(_SET_PTRACER, _ANY, 0, 0, 0)  # Yama lets strangers trace only who asks for it
            os.read(wait, 1)
            for name, value in (globals_to_set or {}).items():
                module, _, variable = name.rpartition(".")
                setattr(importlib.import_module(module), variable, value)
            said = json.dumps(_reply(do, Path(folder), options or {})).encode()
            with open(reply, "wb") as pipe:
                pipe.write(said)
        finally:
            os._exit(0)
    os.close(reply)
    tracer = _attach(strace, child) if strace else None
    os.write(go, b"!")
    with open(replies, "rb") as pipe:
        said = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(wait)
    os.close(go)
    if tracer:
        tracer.communicate()
    return {"status": status, "reply": json.loads(said) if said else None}


def _reply(do, folder, options):
    try:
        return {"value": do(folder, **options), "error": None}
    except CydqaError as error:
        return {"error": type(error).__name__, "message": str(error), "hint": error.hint}
    except BaseException as error:
        return {"error": "not a CydqaError", "message": f"{type(error).__name__}: {error}", "hint": ""}


def _attach(options, pid):
    tracer = subprocess.Popen(["strace", "-p", str(pid), *options], stderr=subprocess.PIPE, text=True)
    said = tracer.stderr.readline()
    if f"Process {pid} attached" not in said:
        raise RuntimeError(said + tracer.stderr.read())
    return tracer


def _imports_of_a_build():
    """The modules that a build and a question import late: no child is to spend its time, or its trace, on that."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_corpus(folder / "corpus", DOCUMENTS)

        def modules(folder):
            build(folder)
            ask(folder)
            return [name for name in sys.modules.keys() - before if _can_be_imported(name)]

        before = set(sys.modules)
        reply = in_child(modules, folder)["reply"]
        assert not reply["error"], reply
        return reply["value"]


def _can_be_imported(name):
    specification = getattr(sys.modules[name], "__spec__", None)
    return specification is not None and specification.name == name


def main():
    """Serve requests until stdin ends."""
    for name in _imports_of_a_build():
        importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        answer = in_child({"build": build, "ask": ask}[request.pop("do")], **request)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
