"""`cydqa check`: whatever is wrong with an index is found, and each finding says how to mend it."""

import shutil
import threading
from dataclasses import replace

import numpy as np
import pytest
from conftest import WordEmbedder, write_corpus
from filelock import FileLock

from cydqa import build_index, open_assistant
from cydqa.errors import BuildCancelledError, IndexCorruptError
from cydqa.index import arrays, manifest
from cydqa.index.check import check_index
from cydqa.index.store import open_live


@pytest.fixture
def check(tmp_path, corpus, embedder, parsers):
    """The findings, as (what, remedy)."""

    def check(**options):
        usual = {"embedder": embedder, "parsers": parsers}
        found = check_index(corpus, tmp_path / "index", **{**usual, **options})
        return [(finding.what, finding.remedy) for finding in found]

    return check


def live_folder(index):
    return index / "generations" / (index / "CURRENT").read_text().strip()


def test_a_sound_index_has_no_findings(build, check, corpus):
    build()
    assert check() == []
    (corpus / "leave.md").write_text("Something else.")  # that is for `status` to say
    assert check() == []


def test_an_index_that_is_not_there_is_a_finding(check):
    assert [remedy for _, remedy in check()] == ["Run `cydqa index` to build it."]


def test_damaged_files_are_all_named(build, check, tmp_path):
    build()
    folder = live_folder(tmp_path / "index")
    for name in ("vectors.npy", "passages.sqlite"):
        with (folder / name).open("r+b") as file:
            file.write(b"rot")
    found = check()
    assert [name in what for name, (what, _) in zip(("passages", "vectors"), found, strict=True)] == [True, True]
    assert all("cydqa index --rebuild" in remedy for _, remedy in found)
    (folder / "manifest.json").unlink()
    assert "manifest.json" in check()[0][0]


def test_leftovers_are_findings_but_not_while_a_build_is_running(build, check, tmp_path):
    name = build().generation
    generations = tmp_path / "index" / "generations"
    shutil.copytree(generations / name, generations / "20200101T000000-0123456789abcdef")
    (tmp_path / "index" / "staging").mkdir()
    found = check()
    assert len(found) == 2
    assert all("interrupted" in what and "cydqa index" in remedy for what, remedy in found)
    with FileLock(tmp_path / "index" / "build.lock"):
        assert check() == []
    build()
    assert check() == []


def test_a_generation_that_is_replaced_meanwhile_is_not_blamed(build, check, corpus, tmp_path, embedder):
    build()

    class Replacing(WordEmbedder):
        """Finds fault, but only with what two builds replace and delete meanwhile."""

        replaced = False

        def embed_chunks(self, texts, done=lambda n: None):
            vectors = super().embed_chunks(texts, done)
            if self.replaced:
                return vectors
            self.replaced = True
            for text in ("New.", "Newer."):
                write_corpus(corpus, {"new.txt": text})
                build()
            return np.roll(vectors, 1, axis=1)

    encoder = Replacing()
    assert check(embedder=encoder) == []
    assert encoder.replaced


def test_a_check_can_be_cancelled(build, check):
    build()
    stop = threading.Event()
    with pytest.raises(BuildCancelledError):
        check(stop=stop, progress=lambda *_: stop.set())


def test_the_generation_before_is_examined_too(build, check, corpus, tmp_path):
    first = build().generation
    write_corpus(corpus, {"new.txt": "New."})
    build()
    with (tmp_path / "index" / "generations" / first / "sentences.npy").open("r+b") as file:
        file.write(b"rot")
    found = check()
    assert len(found) == 1
    assert first in found[0][0]
    assert "Delete" in found[0][1]


class OtherReading:
    """Parsers that read something else than what is in the file."""

    def __init__(self, pool, change):
        self.workers, self._pool, self._change = pool.workers, pool, change

    def read(self, path, sidecar=None, **options):
        return self._change(self._pool.read(path, sidecar, **options))


def test_a_text_that_is_not_what_its_source_says_is_found(build, check, parsers):
    def change(reading):
        return replace(reading, text=reading.text.replace("thirty", "ninety"))

    build(parsers=OtherReading(parsers, change))
    found = check()
    assert {what.split(" reads")[0] for what, _ in found} == {"leave.md", "notes/invoices.txt"}


class Skewed(WordEmbedder):
    """Its vectors are too long."""

    def embed_chunks(self, texts, done=lambda n: None):
        return 2 * super().embed_chunks(texts, done)


class Drifted(WordEmbedder):
    """Under the same name, another encoder."""

    def embed_chunks(self, texts, done=lambda n: None):
        return np.roll(super().embed_chunks(texts, done), 1, axis=1)


def test_vectors_of_the_wrong_length_are_found(build, check):
    build(embedder=Skewed())
    found = [what for what, _ in check(embedder=Skewed())]
    assert found[:2] == [
        "5 of 5 vectors of passages do not have length 1.",
        "9 of 9 vectors of sentences do not have length 1.",
    ]


def test_an_encoder_that_gives_other_vectors_is_found(build, check):
    build()
    assert "another vector" in check(embedder=Drifted())[0][0]
    what, remedy = check(embedder=WordEmbedder("words-2"))[0]
    assert "built with the encoder" in what
    assert "cydqa index" in remedy


def test_a_large_array_is_verified_block_by_block(corpus, tmp_path, embedder, settings, parsers, monkeypatch, check):
    """Opening reads nothing of it; a damaged block is noticed by the first question that needs it, and by `check`."""
    monkeypatch.setattr(manifest, "WHOLE", 1000)
    monkeypatch.setattr(arrays, "BLOCK", 1088)
    write_corpus(corpus, {f"m{number:04}.txt": f"Rule {number} is about thing{number}." for number in range(2000)})
    build_index(corpus, tmp_path / "index", settings=settings, embedder=embedder, parsers=parsers)
    path = live_folder(tmp_path / "index") / "sentences.npy"
    assert check() == []
    generation = open_live(tmp_path / "index", embedder)
    rows = {name: int(generation.passages.rows_of([name])[0]) for name in generation.manifest.documents}
    read = set(generation.sample.rows.tolist())
    name, unread = next((name, row) for name, row in rows.items() if row > 10 and not read & {row - 1, row, row + 1})
    content = bytearray(path.read_bytes())
    size = 2 * embedder.dim
    row = int(generation.lexical.forward.sentence_rows(np.array([unread]))[0][0])
    content[-size * (generation.manifest.sentences - row) + size // 2] ^= 1  # in the middle of that row
    path.write_bytes(content)
    assert "sentences.npy is damaged" in check()[0][0]
    sums = path.with_name("vectors.npy.sums")
    stored = sums.read_bytes()
    sums.unlink()
    assert [what for what, _ in check() if "vectors.npy.sums is missing" in what]
    sums.write_bytes(stored)
    assistant = open_assistant(tmp_path / "index", settings=settings, embedder=embedder)
    with pytest.raises(IndexCorruptError, match=r"sentences\.npy is damaged") as caught:
        assistant.ask("What is the rule about?", documents=[name])
    assert "--rebuild" in caught.value.hint
