"""Builds in processes of their own, every file-system call of which is seen and can be made to fail (strace)."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

# All that can change a folder; with a ? because not every kernel has every one.
CALLS = (
    "?open,openat,?openat2,?creat,write,writev,pwrite64,pwritev,?pwritev2,sendfile,?copy_file_range,ftruncate,truncate,"
    "fallocate,?rename,?renameat,renameat2,?unlink,unlinkat,?mkdir,mkdirat,?rmdir,?link,linkat,?symlink,symlinkat,"
    "?mknod,mknodat,?chmod,fchmod,fchmodat,?chown,fchown,fchownat,?lchown,?utime,?utimes,utimensat,?futimesat,"
    "setxattr,fsetxattr,fsync,fdatasync,?sync_file_range,syncfs,flock"
)
NEEDS_SPACE = {"write", "writev", "pwrite64", "ftruncate", "fallocate", "mkdir", "rename", "link", "fsync", "fdatasync"}
_LINE = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+|\?)(.*)")
_NAMED = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>(?:\(deleted\))?, )?"((?:[^"\\]|\\.)*)"')
_OPEN = re.compile(r"\d+<([^>]*)>")
_FOR_WRITING = re.compile(r"O_(?:WRONLY|RDWR|CREAT|TRUNC)")
_GENERATION = re.compile(r"\d{8}T\d{6}-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Call:
    """One system call of a build, made by its main thread."""

    name: str
    number: int  # counts from 1 among the calls of that name, whatever they concern
    paths: tuple[str, ...]
    flags: str  # what an open was for
    outcome: str  # "0", "-1 ENOENT (No such file or directory)", "?" if it never came back

    @property
    def writes(self) -> bool:
        return bool(_FOR_WRITING.search(self.flags)) if self.name.startswith("open") else True

    def __str__(self) -> str:
        return f"{self.name}#{self.number}({', '.join(self.paths)}) = {self.outcome}"

    def resembles(self, other: "Call") -> bool:
        """Whether it is the same step of another build; folders list the files to delete or sync in any order."""
        return (self.name, self.number) == (other.name, other.number) and kind(self) == kind(other)


def kind(call):
    """The folders that a call concerns, whatever their generations are called."""
    return [_GENERATION.sub("*", os.path.dirname(path)) for path in call.paths]


class Builders:
    """The program `crash_builds.py`. Used as a context."""

    def __init__(self):
        if not shutil.which("strace"):
            raise RuntimeError("These tests need strace: install it, for example with `apt-get install strace`.")
        self._program = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("crash_builds.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"},
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._program.stdin.close()
        self._program.stdout.close()
        self._program.wait()

    def build(self, folder, *, globals_to_set=None, strace=None, **options):
        return self._ask("build", folder, options=options, globals_to_set=globals_to_set, strace=strace)

    def ask(self, folder, *, globals_to_set=None):
        return self._ask("ask", folder, globals_to_set=globals_to_set)

    def traced(self, folder, trace, inject=None):
        """Build, and return what came of it with the calls that its main thread made."""
        options = ["-y", "-s0", "-o", str(trace), "-e", f"trace={CALLS}"]
        outcome = self.build(folder, strace=options + (["-e", f"inject={inject}"] if inject else ["-ff"]))
        traces = [trace] if inject else sorted(trace.parent.glob(trace.name + ".*"))
        calls = [_calls(path) for path in traces]
        main = max(calls, key=len)
        others = [call for some in calls if some is not main for call in changes(some, folder / "index")]
        assert not others, f"calls of another thread, which are not counted: {others}"
        for path in traces:
            path.unlink()
        return outcome, main

    def _ask(self, do, folder, **request):
        self._program.stdin.write(json.dumps({"do": do, "folder": str(folder), **request}) + "\n")
        self._program.stdin.flush()
        said = self._program.stdout.readline()
        assert said, f"crash_builds.py ended with status {self._program.wait()}"
        return json.loads(said)


@contextmanager
def lanes(number=2):
    """Builders to work side by side, which start together."""
    with ExitStack() as stack:
        yield [stack.enter_context(Builders()) for _ in range(number)]


def in_memory():
    """A folder of its own where a sync costs nothing, if there is one: a real one takes most of the time of a build."""
    return TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)  # noqa: S108


def changes(calls, index):
    """Those that change or sync something in the index folder, without those that failed by themselves."""
    return [
        call
        for call in calls
        if call.writes
        and (not call.outcome.startswith("-1") or "INJECTED" in call.outcome)
        and any(path == str(index) or path.startswith(f"{index}/") for path in call.paths)
    ]


def publishes(call, index):
    """Whether the call is the rename that makes another generation the live one."""
    return call.name.startswith("rename") and call.paths[-1] == f"{index}/CURRENT"


def _calls(trace):
    calls, numbers = [], {}
    for line in trace.read_text("utf-8", "replace").splitlines():
        if not (found := _LINE.match(line)):
            assert line.startswith(("+++ ", "--- ")), line
            continue
        name, arguments, result, why = found.groups()
        numbers[name] = numbers.get(name, 0) + 1
        calls.append(Call(name, numbers[name], _paths(arguments), arguments, result + why.partition("<")[0]))
    return calls


def _paths(arguments):
    named = [os.path.join(folder, name) for folder, name in _NAMED.findall(arguments) if name]
    return tuple(named or _OPEN.findall(arguments)[:1])
