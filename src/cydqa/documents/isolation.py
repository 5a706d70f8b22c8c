"""Parsing in processes of their own, because documents are hostile: one that crashes, hangs or bloats its parser costs
that file alone.

A worker answers in JSON of limited size, which is checked field by field; nothing that a worker says is ever run.
"""

import os
import queue
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from pydantic import ValidationError

from cydqa.cores import cores
from cydqa.documents import Reading
from cydqa.documents.names import named
from cydqa.documents.protocol import LIMITS, REPLY, REQUEST, Limits, Mark, Reply, Request
from cydqa.errors import BuildCancelledError, CydqaError, DocumentError
from cydqa.types import PageImage

_MOST_WORKERS = 4
_POLL_SECONDS = 0.05
_PIECE = 1 << 20
_START_SECONDS = 60
_MOST_CHARACTERS = 2**31  # on a page
_SHA256 = re.compile("[0-9a-f]{64}")
# A worker gets no secrets: only what Python needs to start.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT")
_ANEW = "Open it in its own program and save it anew, or leave it out."


class ParserPool:
    """Workers that parse, started when first needed. Safe to share between threads; close it at the end."""

    def __init__(self, limits: Limits | None = None, *, workers: int | None = None) -> None:
        self.workers = workers or min(cores(), _MOST_WORKERS)
        self._limits = limits or Limits()
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(self.workers):
            self._free.put(None)  # a place for a worker that has yet to be started

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, path: Path, sidecar: Path | None = None, *, stopped: Callable[[], bool] = lambda: False) -> Reading:
        """Read one file like `documents.read_file`, in a worker.

        Raises:
            DocumentError: if the file can't be read, or reading it crashed or went beyond a limit.
            BuildCancelledError: when `stopped()` says so; it is asked all the time.
        """
        reading = self._ask(Request(str(path), str(sidecar) if sidecar else None), stopped).reading
        if reading is None:
            raise _nonsense()
        spans = [(section.start, section.end) for section in reading.sections]
        spans += [(run.start, run.start + run.length) for run in reading.characters]
        spans += [(page, page) for page in reading.pages]
        numbers = [number for run in reading.characters for number in (run.page, run.first)]
        if (
            any(not 0 <= start <= end <= len(reading.text) for start, end in spans)
            or any(not 0 <= number < _MOST_CHARACTERS for number in numbers)
            or not all(_SHA256.fullmatch(digest) for digest in (reading.sha256, reading.sidecar_sha256) if digest)
        ):
            raise _nonsense()
        return reading

    def draw(self, path: Path, mark: Mark) -> tuple[PageImage, ...]:
        """Draw pages of a PDF with a slice of its text marked, in a worker.

        Raises:
            DocumentError: if the file is no longer the one that was read, or can't be drawn.
        """
        return self._ask(Request(str(path), mark=mark), lambda: False).images

    def close(self) -> None:
        """End the workers that are idle; a pool that is used again starts new ones."""
        for _ in range(self.workers):
            worker = self._free.get()
            if worker:
                worker.end()
        for _ in range(self.workers):
            self._free.put(None)

    def _ask(self, request: Request, stopped: Callable[[], bool]) -> Reply:
        worker = self._free.get()
        kept = None
        try:
            if stopped():
                kept = worker
                raise BuildCancelledError
            worker = worker or _Worker(self._limits, stopped)
            reply = worker.ask(request, stopped)
            kept = None if reply.last else worker
        finally:
            if worker and not kept:
                worker.end()
            self._free.put(kept)
        if reply.error:
            raise DocumentError(named(reply.error), hint=named(reply.hint))
        return reply


class _Worker:
    def __init__(self, limits: Limits, stopped: Callable[[], bool]) -> None:
        self._limits = limits
        self._started = tempfile.TemporaryFile()  # noqa: SIM115  what it says when it can't even start
        self._process = subprocess.Popen(  # noqa: S603
            # -P: a file json.py in the folder where somebody stands must not be imported.
            [sys.executable, "-P", "-m", "cydqa.documents.worker", LIMITS.dump_json(limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._started,
            bufsize=0,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | {"OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,  # Ctrl-C is for the program that asked
        )
        self._requests = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)
        # Also where nobody closes the pool: at the end of the program, or when the pool is forgotten.
        self.end = weakref.finalize(self, _end, self._process, self._started)
        try:
            self._line(_START_SECONDS, stopped)
        except BuildCancelledError:
            self.end()
            raise
        except DocumentError as error:
            self._started.seek(0)
            said = self._started.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
            self.end()
            raise CydqaError(
                f"The process that reads documents can't be started: {said or error}",
                hint="Install cydqa again; README says how.",
            ) from error

    def ask(self, request: Request, stopped: Callable[[], bool]) -> Reply:
        with suppress(BrokenPipeError):  # that it ended is noticed in a moment, with the reason
            self._requests.write(REQUEST.dump_json(request) + b"\n")
        line = self._line(self._limits.seconds, stopped)
        try:
            return REPLY.validate_json(line)
        except ValidationError as error:
            raise _nonsense() from error

    def _line(self, seconds: float, stopped: Callable[[], bool]) -> bytes:
        """The next line that it says."""
        pieces, length = [], 0
        for piece in self._pieces(time.monotonic() + seconds, stopped):
            pieces.append(piece)
            length += len(piece)
            if piece.endswith(b"\n"):
                return b"".join(pieces)
            if length > self._limits.answer + _PIECE:
                break
        raise DocumentError(f"what is in it takes more than {self._limits.answer / 2**20:g} MiB.", hint="Split it.")

    def _pieces(self, deadline: float, stopped: Callable[[], bool]) -> Iterator[bytes]:
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            while True:
                if stopped():
                    raise BuildCancelledError
                if time.monotonic() > deadline:
                    raise self._too_slow()
                if not selector.select(_POLL_SECONDS):
                    continue
                piece = os.read(self._answers.fileno(), _PIECE)
                if not piece:
                    raise self._crashed()
                yield piece

    def _too_slow(self) -> DocumentError:
        return DocumentError(f"reading it takes longer than {self._limits.seconds:g} s.", hint=_ANEW)

    def _crashed(self) -> DocumentError:
        status = self._process.wait()
        if status == -signal.SIGXCPU:
            return self._too_slow()
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return DocumentError(f"its parser crashed ({how}); it may be damaged, or too large.", hint=_ANEW)


def _end(process: "subprocess.Popen[bytes]", started: IO[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, started):
        if stream:
            stream.close()


def _nonsense() -> DocumentError:
    return DocumentError("its parser gave an answer that makes no sense.", hint=_ANEW)
