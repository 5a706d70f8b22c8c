"""Kill a build at its first, second, third ... step that changes the file system, in a child process each.

Run by test_publishing.py as a program: nothing is built in this process, so its children may use FAISS's threads.
For each kill it prints what the index says afterwards; the last line is the number of steps of a whole build.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from conftest import DOCUMENTS, WordEmbedder, write_corpus

from cydqa import build_index, open_assistant
from cydqa.errors import IndexNotBuiltError
from cydqa.settings import Settings

STEPS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "sqlite3.connect"}
QUESTION = "How many days of annual leave has an employee?"


def build(folder):
    build_index(folder / "corpus", folder / "index", settings=Settings(), embedder=WordEmbedder())


def said(folder):
    """The answer, as anyone would get it now."""
    try:
        answer = open_assistant(folder / "index", settings=Settings(min_confidence=0), embedder=WordEmbedder()).ask(
            QUESTION
        )
    except IndexNotBuiltError:
        return "no index"
    return "sixty" if "sixty" in answer.answer else "thirty" if "thirty" in answer.answer else answer.answer


def in_child(function, *arguments):
    """Run in a forked child; its exit status, or minus the signal that killed it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            function(*arguments)
            code = 0
        finally:
            sys.stdout.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def build_and_die(folder, step):
    """Build, but be killed at the step-th event that concerns the index folder."""
    count = 0

    def count_down(event, arguments):
        nonlocal count
        writes = event in STEPS or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if writes and str(folder / "index") in str(arguments):
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count_down)
    build(folder)


def main(folder, start):
    write_corpus(folder / "corpus", DOCUMENTS)
    if start == "existing":
        assert in_child(build, folder) == 0
    for step in range(1, 1000):
        changed = DOCUMENTS["leave.md"].replace("thirty", "sixty") + "\n" * step
        (folder / "corpus" / "leave.md").write_text(changed if start == "existing" else DOCUMENTS["leave.md"])
        status = in_child(build_and_die, folder, step)
        assert in_child(lambda: print(said(folder))) == 0
        if status == 0:
            break
        assert status == -signal.SIGKILL, status
        # The next build succeeds and leaves no litter.
        (folder / "corpus" / "leave.md").write_text(DOCUMENTS["leave.md"])
        assert in_child(build, folder) == 0
        assert in_child(lambda: print(said(folder))) == 0
        litter = [path.name for path in (folder / "index").iterdir()]
        assert sorted(litter) == ["CURRENT", "build.lock", "generations"], litter
        assert len(list((folder / "index" / "generations").iterdir())) <= 2
        if start == "none":
            shutil.rmtree(folder / "index")
    print(step)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
