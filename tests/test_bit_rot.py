"""Whatever happens to a file of an index, it is named with the command that mends it; no answer is ever wrong.

Each damage is looked at in a process of its own: what reads a damaged file may crash.
"""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
import tracing
from conftest import DOCUMENTS, write_corpus

ERRORS = {"IndexCorruptError", "IndexNotBuiltError", "IndexMismatchError"}
# The corpus is taken for a large one: its dense index is approximate, its files are verified in parts, in small blocks.
LARGE = {"cydqa.index.manifest.WHOLE": 0, "cydqa.index.arrays.BLOCK": 1984, "cydqa.index.dense.EXACT": 0}


def flipped(position):
    def flip(path, _):
        content = bytearray(path.read_bytes())
        content[position(len(content))] ^= 1
        path.write_bytes(content)

    return flip


DAMAGES = {
    "one byte flipped at the start": flipped(lambda size: 0),
    "one byte flipped in the middle": flipped(lambda size: size // 2),
    "one byte flipped at the end": flipped(lambda size: size - 1),
    "cut in half": lambda path, _: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "cut by one byte": lambda path, _: path.write_bytes(path.read_bytes()[:-1]),
    "emptied": lambda path, _: path.write_bytes(b""),
    "deleted": lambda path, _: path.unlink(),
    "replaced by that of another generation": lambda path, other: shutil.copyfile(other, path),
}


@pytest.fixture(scope="module")
def builders():
    with tracing.lanes() as some:
        yield some


@pytest.fixture(scope="module", params=[{}, LARGE], ids=["small", "large"])
def rotting(request, builders, tmp_path_factory):
    """Looks at damages: what is wrong with how each is noticed and mended."""
    lanes = [Rotting(builder, tmp_path_factory.mktemp("lane"), request.param) for builder in builders]

    def look(damage, names=lanes[0].names):
        def share(number):
            return [said for name in names[number :: len(lanes)] for said in lanes[number].look(name, damage)]

        with ThreadPoolExecutor(len(lanes)) as threads:
            return [said for some in threads.map(share, range(len(lanes))) for said in some]

    look.names = lanes[0].names
    return look


class Rotting:
    """An index with two generations, to which it can be brought back."""

    def __init__(self, builder, folder, globals_to_set):
        self._builder, self._folder, self._globals = builder, folder, globals_to_set
        write_corpus(folder / "corpus", DOCUMENTS)
        self._build()
        self._old = self._current()
        old_answers = self._ask()
        generations = folder / "index" / "generations"
        shutil.copytree(generations / self._old, folder / "old")
        # Of the same length in every file: sizes alone would not show that a file is of another generation.
        write_corpus(folder / "corpus", {"leave.md": DOCUMENTS["leave.md"].replace("thirty", "twenty")})
        self._build()
        self._live = self._current()
        self._answers = self._ask()
        assert self._answers["value"]["answers"] != old_answers["value"]["answers"]
        self._whole = [old_answers, self._answers]
        shutil.copytree(folder / "old", generations / self._old)  # as if its deletion had been interrupted
        shutil.copytree(folder / "index", folder / "start")
        generation = generations / self._live
        self.names = ["CURRENT", *sorted(str(path.relative_to(generation)) for path in files(generation))]

    def look(self, name, damage):
        index = self._folder / "index"
        shutil.rmtree(index)
        shutil.copytree(self._folder / "start", index)
        path = index / name if name == "CURRENT" else index / "generations" / self._live / name
        if name == "CURRENT":
            other = self._folder / "other"
            other.write_text(self._old + "\n")
        else:
            other = index / "generations" / self._old / name
        before = path.read_bytes()
        DAMAGES[damage](path, other)
        same = path.exists() and path.read_bytes() == before  # two generations may share a file's content
        found = self._wrong(self._ask(), path, same)
        self._build()
        if self._ask()["value"]["answers"] != self._answers["value"]["answers"]:
            found.append("a build does not mend it")
        return [f"{name} {damage}: {what}" for what in found]

    def _wrong(self, reply, path, same):
        if reply is None:
            return ["it crashes"]
        if not reply["error"]:
            # What no answer rests on may be damaged unnoticed where a file is not verified whole.
            unread = self._globals and path.suffix == ".sqlite"
            allowed = self._whole if path.name == "CURRENT" or same else [self._answers] if unread else []
            return [] if reply in allowed else [f"it answers {reply['value']}"]
        if reply["error"] not in ERRORS:
            return [f"it says {reply}"]
        # Without CURRENT there is no index, as far as anyone can tell.
        named = str(path.parent if path.name == "CURRENT" and not path.exists() else path)
        helped = re.search("`cydqa index( --rebuild)?`", reply["hint"])
        return [] if named in reply["message"] and helped else [f"it says {reply}"]

    def _ask(self):
        return self._builder.ask(self._folder, globals_to_set=self._globals)["reply"]

    def _build(self):
        reply = self._builder.build(self._folder, globals_to_set=self._globals)["reply"]
        assert reply, "a build crashes"
        assert not reply["error"], reply

    def _current(self):
        return (self._folder / "index" / "CURRENT").read_text().strip()


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("rotting", [LARGE], ids=["large"], indirect=True)
@pytest.mark.parametrize("tenth", range(10))
def test_no_answer_rests_on_a_damaged_row(rotting, monkeypatch, tenth):
    """Wherever in the file of documents and passages a byte is flipped, eight of them in each tenth."""
    for eighth in range(8):
        monkeypatch.setitem(DAMAGES, "flip", flipped(lambda size: size * (8 * tenth + eighth) // 80))  # noqa: B023
        troubles = rotting("flip", ["passages.sqlite"])
        assert not troubles, "\n".join(troubles)


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_damage_to_a_file_goes_unnoticed(rotting, damage):
    assert len(rotting.names) > 10
    troubles = rotting(damage)
    assert not troubles, "\n".join(troubles)
