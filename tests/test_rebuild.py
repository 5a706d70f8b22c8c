"""Rebuilding after a change: what is read, cut and embedded again, and that the way there leaves no trace."""

import os
import random
import shutil
import sqlite3
import threading

import pytest
from conftest import DOCUMENTS, WordEmbedder, write_corpus

from cydqa import build_index, open_assistant
from cydqa.errors import BuildCancelledError, ModelUnavailableError
from cydqa.index import vectors
from cydqa.index.status import index_status
from cydqa.index.store import open_live

FRENCH = "Le gouvernement a décidé que la sécurité des réseaux est une priorité pour tous les ministères. " * 4


class CountingParsers:
    """A pool of parsers that remembers what it was asked to read."""

    def __init__(self, pool):
        self._pool = pool
        self.workers = pool.workers
        self.read_files = []

    def read(self, path, sidecar=None, **options):
        self.read_files.append(path.name)
        return self._pool.read(path, sidecar, **options)


@pytest.fixture
def rebuild(tmp_path, corpus, embedder, settings, parsers):
    """Build again: (report, names of the files that were read, texts that were embedded)."""

    def rebuild(**options):
        counting = CountingParsers(parsers)
        embedder.embedded.clear()
        usual = {"settings": settings, "embedder": embedder, "parsers": counting}
        report = build_index(corpus, tmp_path / "index", **{**usual, **options})
        return report, sorted(counting.read_files), list(embedder.embedded)

    rebuild()
    return rebuild


def test_only_what_changed_is_read_and_embedded(rebuild, corpus):
    (corpus / "laptops.md").write_text(DOCUMENTS["laptops.md"].replace("second floor", "third floor"))
    report, read, embedded = rebuild()
    assert (report.changed, read) == (("laptops.md",), ["laptops.md"])
    assert len(embedded) == 2  # the passage, and the sentence in it
    assert all("third floor" in text for text in embedded)


@pytest.mark.parametrize(("old", "new"), [("leave.md", "zz/annual.md"), ("notes/invoices.txt", "aa.txt")])
def test_a_renamed_file_is_neither_read_nor_embedded(rebuild, corpus, tmp_path, settings, old, new):
    (corpus / new).parent.mkdir(exist_ok=True)
    (corpus / old).rename(corpus / new)
    report, read, embedded = rebuild()
    assert (report.added, report.removed, read, embedded) == ((new,), (old,), [], [])
    assistant = open_assistant(tmp_path / "index", settings=settings, embedder=WordEmbedder())
    assert assistant.passages(new)
    assert old not in assistant.documents()


def test_an_index_that_grew_has_the_same_words_as_one_built_at_once(rebuild, corpus, tmp_path, settings, parsers):
    abbreviated = "The Group of Governmental Experts (GGE) met.\n\nOrganisations in São Paulo | 2012/13\n"
    write_corpus(corpus, {"b.md": abbreviated, "zz.md": "Zebras graze.", "aa.md": "Aardvarks dig."})
    rebuild()
    (corpus / "zz.md").unlink()
    (corpus / "aa.md").unlink()
    (corpus / "notes" / "invoices.txt").rename(corpus / "m.txt")
    write_corpus(corpus, {"laptops.md": DOCUMENTS["laptops.md"].replace("disk", "drive")})
    assert rebuild()[0].unchanged == ("b.md", "leave.md")
    options = {"settings": settings, "embedder": WordEmbedder(), "parsers": parsers}
    build_index(corpus, tmp_path / "fresh", **options)
    grown, fresh = open_live(tmp_path / "index"), open_live(tmp_path / "fresh")
    files = sorted(path.name for path in (fresh.folder / "lexical").iterdir())
    assert {"vocabulary.npy", "words.npy", "terms.npy", "scores.npy"} < set(files)
    assert sorted(path.name for path in (grown.folder / "lexical").iterdir()) == files
    for name in files:
        assert (grown.folder / "lexical" / name).read_bytes() == (fresh.folder / "lexical" / name).read_bytes(), name
    assert grown.passages.abbreviations() == fresh.passages.abbreviations()
    assert fresh.lexicon.long_forms("gge") == (("group", "government", "expert"),)
    assert fresh.lexicon.short_forms(["group", "government", "expert"]) == [
        (("group", "government", "expert"), ("gge",))
    ]


def test_a_file_that_was_only_touched_is_not_read_again(rebuild, corpus):
    os.utime(corpus / "leave.md", (1, 1))
    report, read, _ = rebuild()
    assert (report.published, read) == (False, [])


def test_a_change_that_keeps_size_and_time_is_noticed(rebuild, corpus):
    times = (corpus / "leave.md").stat()
    (corpus / "leave.md").write_text(DOCUMENTS["leave.md"].replace("thirty", "twenty"))
    os.utime(corpus / "leave.md", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert rebuild()[0].changed == ("leave.md",)


def test_a_sidecar_gives_metadata_and_its_change_is_noticed(rebuild, corpus, assistant):
    write_corpus(corpus, {"notes/invoices.txt.yaml": "publisher: Accounts\npublished: 2024-01-31\n"})
    report, read, embedded = rebuild()
    assert (report.changed, read, embedded) == (("notes/invoices.txt",), ["invoices.txt"], [])
    metadata = assistant.document("notes/invoices.txt").metadata
    assert (metadata.publisher, metadata.published) == ("Accounts", "2024-01-31")
    (corpus / "notes" / "invoices.txt.yaml").unlink()
    assert rebuild()[0].changed == ("notes/invoices.txt",)
    assert assistant.document("notes/invoices.txt").metadata.publisher is None


def test_a_file_that_can_not_be_read_is_tried_again_only_when_it_changed(rebuild, corpus):
    write_corpus(corpus, {"empty.md": ""})
    assert rebuild()[1] == ["empty.md"]
    report, read, _ = rebuild()
    assert (report.published, read, report.failed.keys()) == (False, [], {"empty.md"})
    assert "empty.md" in rebuild(rebuild=True)[1]
    write_corpus(corpus, {"empty.md": "No longer."})
    assert rebuild()[0].added == ("empty.md",)


def test_a_new_version_of_one_parser_reads_its_files_alone(rebuild, monkeypatch):
    monkeypatch.setattr("cydqa.documents.plain.VERSION", 99)
    report, read, embedded = rebuild()
    assert (report.published, read, embedded) == (True, ["invoices.txt"], [])


def test_another_chunking_reads_nothing(rebuild, monkeypatch):
    monkeypatch.setattr("cydqa.chunking.VERSION", 99)
    report, read, embedded = rebuild()
    assert (report.published, read, embedded) == (True, [], [])


def test_another_encoder_embeds_everything_and_reads_nothing(rebuild):
    other = WordEmbedder("words-2")
    _, read, _ = rebuild(embedder=other)
    assert read == []
    assert len(other.embedded) > 8


def test_a_text_that_stands_twice_is_embedded_once(rebuild, corpus, tmp_path, settings, embedder):
    write_corpus(corpus, {"first.txt": "The same text.", "second.txt": "The same text."})
    assert len(rebuild()[2]) == 1
    assistant = open_assistant(tmp_path / "index", settings=settings, embedder=embedder)
    first, second = assistant.search("the same text", k=2)
    assert first.score == second.score


class Failing(WordEmbedder):
    """Embeds so many blocks of texts, and then no more."""

    def __init__(self, blocks, fingerprint="words-1"):
        super().__init__(fingerprint)
        self._left = blocks

    def embed_chunks(self, texts, done=lambda n: None):
        self._left -= 1
        if self._left < 0:
            raise ModelUnavailableError("The model is gone.", hint="Fetch it again.")
        return super().embed_chunks(texts, done)


@pytest.fixture
def interrupted(rebuild, corpus, monkeypatch):
    """A build of forty new texts that got through three blocks of five; returns the texts that were embedded."""
    monkeypatch.setattr(vectors, "_BLOCK", 5)
    write_corpus(corpus, {f"n{number}.txt": f"Number {number} is news." for number in range(40)})
    failing = Failing(3)
    with pytest.raises(ModelUnavailableError):
        rebuild(embedder=failing)
    return failing.embedded


def test_a_build_goes_on_where_an_interrupted_one_was(rebuild, interrupted, corpus, tmp_path, settings, parsers):
    assert len(interrupted) == 15
    (corpus / "n0.txt").unlink()
    report, _, embedded = rebuild()
    assert not set(embedded) & set(interrupted)
    assert report.embedded == len(embedded) == 25
    assert not (tmp_path / "index" / "staging").exists()
    fresh = build_index(corpus, tmp_path / "fresh", settings=settings, embedder=WordEmbedder(), parsers=parsers)
    assert fresh.passages == report.passages
    assert contents(tmp_path / "index") == contents(tmp_path / "fresh")


def test_another_encoder_takes_nothing_from_an_interrupted_build(rebuild, interrupted):
    other = WordEmbedder("words-2")
    rebuild(embedder=other)
    assert set(interrupted) <= set(other.embedded)


def test_a_damaged_file_of_an_interrupted_build_is_forgotten(rebuild, interrupted, tmp_path):
    [path] = (tmp_path / "index" / "staging").iterdir()
    path.write_bytes(b"no database" * 1000)
    report, _, embedded = rebuild()
    assert report.published
    assert set(interrupted) <= set(embedded)


def contents(index):
    """Everything that an index says, whatever its bytes are."""
    folder = index / "generations" / (index / "CURRENT").read_text().strip()
    connection = sqlite3.connect(folder / "passages.sqlite")
    tables = {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in TABLES}  # noqa: S608
    connection.close()
    files = {path.name: path.read_bytes() for path in folder.rglob("*") if path.suffix in {".faiss", ".npy", ".json"}}
    files.pop("manifest.json")
    return tables, files


TABLES = ["documents", "sections", "chunks", "sentences"]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_way_the_index_is_that_of_a_fresh_build(
    rebuild, corpus, tmp_path, settings, embedder, parsers, seed
):
    chosen = random.Random(seed)  # noqa: S311
    names = [f"{folder}{letter}.txt" for folder in ("", "m/", "z/") for letter in "abc"]
    for _ in range(6):
        for _ in range(chosen.randint(1, 4)):
            name, path = chosen.choice(names), corpus / chosen.choice(names)
            path.parent.mkdir(exist_ok=True)
            step = chosen.choice(["write", "write", "remove", "rename", "break"])
            if step == "write":
                sentences = [f"Fact {chosen.randint(1, 9)} is about leave." for _ in range(chosen.randint(1, 40))]
                path.write_text(" ".join(sentences))
            elif step == "break":
                path.write_bytes(b"\0")
            elif path.exists() and step == "remove":
                path.unlink()
            elif path.exists():
                (corpus / name).parent.mkdir(exist_ok=True)
                path.rename(corpus / name)
        rebuild()
    fresh = tmp_path / "fresh"
    build_index(corpus, fresh, settings=settings, embedder=embedder, parsers=parsers)
    assert contents(tmp_path / "index") == contents(fresh)


def test_progress_counts_up_and_says_how_long(rebuild, corpus):
    write_corpus(corpus, {f"{number}.txt": f"Text number {number} says something else." for number in range(20)})
    steps = []
    report, _, _ = rebuild(progress=steps.append)
    by_stage = {}
    for step in steps:
        by_stage.setdefault(step.stage, []).append(step)
    assert list(by_stage) == [
        "reading documents",
        "embedding",
        "storing vectors",
        "indexing words",
        "publishing the index",
    ]
    for stage in by_stage.values():
        assert [step.done for step in stage] == sorted(step.done for step in stage)
    last = by_stage["reading documents"][-1]
    assert (last.done, last.total, last.documents, last.passages) == (23, 23, 23, report.passages)
    assert by_stage["embedding"][-1].done == by_stage["embedding"][-1].total == report.embedded
    left = [step.seconds_left for step in by_stage["embedding"]]
    assert all(seconds is None or seconds >= 0 for seconds in left)  # at first nobody knows
    assert left[-1] == 0


def test_a_build_can_be_cancelled_at_every_step(rebuild, corpus, tmp_path, settings, embedder):
    write_corpus(corpus, {"new.txt": "Something new."})
    before = contents(tmp_path / "index")
    steps = []
    shutil.copytree(tmp_path / "index", tmp_path / "copy")
    build_index(corpus, tmp_path / "copy", settings=settings, embedder=embedder, progress=steps.append)
    assert len(steps) > 5
    for number in range(len(steps)):
        stop, seen = threading.Event(), []

        def on_progress(step, number=number, stop=stop, seen=seen):
            if len(seen) == number:
                stop.set()
            seen.append(step)

        if number == len(steps) - 1:  # from here on there is nothing left to cancel
            assert rebuild(progress=on_progress, stop=stop)[0].published
            break
        with pytest.raises(BuildCancelledError, match="cancelled"):
            rebuild(progress=on_progress, stop=stop)
        assert set(os.listdir(tmp_path / "index")) - {"staging"} == {"CURRENT", "build.lock", "generations"}
        assert {path.name for path in (tmp_path / "index").glob("staging/*")} <= {"texts.sqlite"}
        assert contents(tmp_path / "index") == before
        shutil.rmtree(tmp_path / "index" / "staging", ignore_errors=True)  # or the next one has fewer steps
    assert sorted(os.listdir(tmp_path / "index")) == ["CURRENT", "build.lock", "generations"]


def test_a_language_that_the_encoder_does_not_know_is_a_warning(rebuild, corpus, tmp_path, settings, embedder):
    write_corpus(corpus, {"loi.txt": FRENCH, "latin.txt": "Größe und Länge.".encode("cp1252")})
    report = rebuild()[0]
    assert report.warnings.keys() == {"loi.txt", "latin.txt"}
    assert "(fr) is not the encoder's (en)" in report.warnings["loi.txt"]
    assert "read as cp1252" in report.warnings["latin.txt"]
    again = rebuild()[0]
    assert (again.published, again.warnings) == (False, report.warnings)
    assert index_status(corpus, tmp_path / "index", settings=settings, embedder=embedder).warnings == report.warnings
