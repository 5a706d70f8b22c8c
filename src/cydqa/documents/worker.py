"""The process that parses: reads requests from stdin, one line of JSON each, and answers with one line each.

Started by `isolation.py`. It knows the formats of documents and nothing else of cydqa, and has limits on memory and
processor time. Its Python code can change no file, open no connection and start or signal no program; code that takes
over a parser written in C is held back by the limits alone, which let it write nothing into a file.
"""

import hashlib
import os
import resource
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from cydqa.documents import file_content, read_file
from cydqa.documents.language import load_identifier
from cydqa.documents.protocol import LIMITS, REPLY, REQUEST, Limits, Mark, Reply, Request
from cydqa.errors import DocumentError
from cydqa.types import PageImage

_FORBIDDEN = (
    *("socket.", "subprocess.", "pty.", "shutil.", "signal."),
    *("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn", "os.kill"),
    *("os.remove", "os.rename", "os.truncate", "os.mkdir", "os.rmdir", "os.link", "os.symlink"),
    *("os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr"),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_LOOK_SECONDS = 1.0
_GRACE_SECONDS = 5  # of processor time beyond the limit, which the parent keeps first
_TIRED = 2  # a worker that still holds this part of its memory after a file is replaced by a fresh one


def main() -> None:
    """Answer until stdin ends."""
    limits = LIMITS.validate_json(sys.argv[1])
    answers = os.fdopen(os.dup(1), "wb")
    load_identifier()  # which unpacks itself into a file
    with open(os.devnull, "r+b") as nowhere:
        os.dup2(nowhere.fileno(), 1)  # what a parser prints must not mix with the answers
        answers.write(b"ready\n")
        answers.flush()
        os.dup2(nowhere.fileno(), 2)
    threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    _confine(limits)
    for line in sys.stdin.buffer:
        _allow_seconds(limits.seconds)
        reply = _reply(REQUEST.validate_json(line), limits)
        last = _held() > limits.memory // _TIRED
        answer = REPLY.dump_json(replace(reply, last=last))
        if len(answer) > limits.answer:
            error = f"what is in it takes more than {limits.answer / 2**20:g} MiB."
            answer = REPLY.dump_json(Reply(error=error, hint="Split it.", last=last))
        answers.write(answer + b"\n")
        answers.flush()
        if last:
            break


def _reply(request: Request, limits: Limits) -> Reply:
    path = Path(request.path)
    try:
        if request.mark:
            return Reply(images=_draw(path, request.mark))
        return Reply(read_file(path, Path(request.sidecar) if request.sidecar else None))
    except DocumentError as error:
        return Reply(error=str(error), hint=error.hint)
    except MemoryError:
        reason = f"reading it needs more than {limits.memory / 2**30:g} GiB of memory."
        return Reply(error=reason, hint="Split it, or open it in its own program and save it anew.")


def _draw(path: Path, mark: Mark) -> tuple[PageImage, ...]:
    from cydqa.documents.pdf.pages import mark_pages

    content = file_content(path)
    if hashlib.sha256(content).hexdigest() != mark.sha256:
        raise DocumentError("it has changed since it was indexed.", hint="Run `cydqa index` and ask again.")
    return tuple(mark_pages(content, mark.characters, mark.start, mark.end, width=mark.width, only=mark.page))


def _confine(limits: Limits) -> None:
    with suppress(ValueError, OSError):  # macOS knows this limit but does not let it be set
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN) or (event == "open" and arguments[2] & _WRITING):
            raise PermissionError(f"a parser may not do this: {event}")

    sys.addaudithook(refuse)


def _held() -> int:
    """Bytes of address space, which is what its limit counts; 0 where the system does not tell.

    Not its peak by getrusage: on Linux that begins with the peak of the process that started it.
    """
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _end_with(parent: int) -> None:
    """End this process, whatever it is at, when the one that started it is gone."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


def _allow_seconds(seconds: float) -> None:
    """End this process if it computes for longer, even when its parent is no longer there to do it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(usage.ru_utime + usage.ru_stime + seconds + _GRACE_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
