"""Builds: what they do again, what they refuse, and that the same corpus gives the same index (laws 5, 7 and 8)."""

import json
import shutil

import numpy as np
import pytest
from conftest import DOCUMENTS, WordEmbedder, write_corpus
from filelock import FileLock

from cydqa import build_index, open_assistant
from cydqa.errors import (
    CydqaError,
    DocumentError,
    IndexBusyError,
    IndexCorruptError,
    IndexMismatchError,
    IndexNotBuiltError,
)
from cydqa.index.status import index_status
from cydqa.library import Listing, list_corpus
from cydqa.settings import Settings

QUESTIONS = ["How many days of leave?", "Who checks invoices?", "laptops abroad", "unrelated words entirely"]


def live_folder(index_dir):
    return index_dir / "generations" / (index_dir / "CURRENT").read_text().strip()


def hits_of(assistant):
    return [[(hit.chunk.id, round(hit.score, 4)) for hit in assistant.search(question)] for question in QUESTIONS]


def test_a_build_reports_what_it_did(build, corpus, embedder):
    report = build()
    assert report.added == ("laptops.md", "leave.md", "notes/invoices.txt")
    assert report.published
    assert report.passages == 5

    (corpus / "laptops.md").write_text(DOCUMENTS["laptops.md"] + "\nNew ones are grey.\n")
    (corpus / "leave.md").unlink()
    write_corpus(corpus, {"new.txt": "Something new.", "broken.txt": b"\xff\xfe\xff", "empty.md": ""})
    report = build()
    assert (report.added, report.changed, report.removed) == (("new.txt",), ("laptops.md",), ("leave.md",))
    assert report.unchanged == ("notes/invoices.txt",)
    assert report.failed.keys() == {"broken.txt", "empty.md"}
    assert "Save the file as UTF-8" in report.failed["broken.txt"]


def test_nothing_changed_is_nothing_published(build, tmp_path):
    name = build().generation
    again = build()
    assert (again.published, again.embedded, again.generation) == (False, 0, name)
    assert [folder.name for folder in (tmp_path / "index" / "generations").iterdir()] == [name]


def test_unchanged_texts_keep_their_vectors(build, corpus, embedder):
    build()
    embedder.embedded.clear()
    (corpus / "leave.md").rename(corpus / "renamed.md")
    assert build().embedded == 0
    (corpus / "renamed.md").write_text(DOCUMENTS["leave.md"].replace("thirty days", "forty days"))
    build()
    assert len(embedder.embedded) == 2  # the passage and the sentence that changed
    assert all("forty days" in text for text in embedder.embedded)
    embedder.embedded.clear()
    build(rebuild=True)
    assert len(embedder.embedded) > 8


def test_a_deleted_index_is_built_again_to_the_same_ids_and_hits(build, tmp_path, assistant, embedder, settings):
    before = hits_of(assistant)
    shutil.rmtree(tmp_path / "index")
    build()
    assert hits_of(open_assistant(tmp_path / "index", settings=settings, embedder=embedder)) == before


def test_it_does_not_matter_by_which_way_an_index_came_to_be(build, corpus, tmp_path, embedder, settings):
    write_corpus(corpus, {"other.txt": "Other text about leave."})
    build()
    (corpus / "other.txt").unlink()
    build()
    grown = hits_of(open_assistant(tmp_path / "index", settings=settings, embedder=embedder))
    build_index(corpus, tmp_path / "fresh", settings=settings, embedder=embedder)
    assert grown == hits_of(open_assistant(tmp_path / "fresh", settings=settings, embedder=embedder))


def test_opening_and_asking_write_nothing(assistant, tmp_path):
    def state():
        return {path: path.stat().st_mtime_ns for path in (tmp_path / "index").rglob("*")}

    before = state()
    assistant.ask("How many days of leave?")
    assert state() == before


def test_the_generation_before_is_kept_unless_something_of_it_is_gone(build, corpus, tmp_path):
    generations = tmp_path / "index" / "generations"
    first = build().generation
    write_corpus(corpus, {"a.txt": "Alpha."})
    second = build().generation
    assert {folder.name for folder in generations.iterdir()} == {first, second}
    write_corpus(corpus, {"b.txt": "Beta."})
    third = build().generation
    assert {folder.name for folder in generations.iterdir()} == {second, third}
    (corpus / "a.txt").unlink()
    fourth = build().generation
    assert {folder.name for folder in generations.iterdir()} == {fourth}
    assert not [path for path in (tmp_path / "index").rglob("*") if path.is_file() and b"Alpha" in path.read_bytes()]


def test_a_document_that_can_no_longer_be_read_leaves_the_index(build, corpus, tmp_path, assistant):
    (corpus / "leave.md").write_bytes(b"\0\xff")
    report = build()
    assert report.failed.keys() == {"leave.md"}
    assert "leave.md" not in assistant.documents()
    assert not [path for path in (tmp_path / "index").rglob("*") if path.is_file() and b"expires" in path.read_bytes()]


def test_a_corpus_with_nothing_readable_leaves_the_index_as_it_was(build, corpus, assistant):
    for path in corpus.rglob("*.*"):
        path.write_bytes(b"\0\xff")
    with pytest.raises(DocumentError, match="None of the documents"):
        build()
    assert not assistant.ask("How many days of annual leave does an employee have?").declined


def test_an_empty_corpus_gives_an_index_that_declines(tmp_path, embedder, settings):
    (tmp_path / "corpus").mkdir()
    assert build_index(tmp_path / "corpus", tmp_path / "index", settings=settings, embedder=embedder).passages == 0
    answer = open_assistant(tmp_path / "index", settings=settings, embedder=embedder).ask("Anything?")
    assert answer.declined
    assert answer.nearest == ()


def test_a_document_of_stop_words_alone_does_no_harm(tmp_path, embedder, settings):
    write_corpus(tmp_path / "corpus", {"a.txt": "To be or not to be."})
    build_index(tmp_path / "corpus", tmp_path / "index", settings=settings, embedder=embedder)
    assert open_assistant(tmp_path / "index", settings=settings, embedder=embedder).ask("What is it?").declined


def test_a_second_builder_is_told_so(build, tmp_path):
    build()
    with FileLock(tmp_path / "index" / "build.lock"), pytest.raises(IndexBusyError) as caught:
        build(rebuild=True)
    assert caught.value.hint


def test_an_index_that_is_not_there(tmp_path, embedder):
    with pytest.raises(IndexNotBuiltError) as caught:
        open_assistant(tmp_path, embedder=embedder)
    assert "cydqa index" in caught.value.hint


def test_another_encoder_is_refused_and_a_build_with_it_mends_that(build, tmp_path):
    build()
    other = WordEmbedder("words-2")
    with pytest.raises(IndexMismatchError) as caught:
        open_assistant(tmp_path / "index", embedder=other)
    assert "cydqa index" in caught.value.hint
    assert build(embedder=other).published
    assert open_assistant(tmp_path / "index", embedder=other).documents()


def test_another_chunking_is_noticed_by_the_next_build(build):
    build()
    assert build(settings=Settings(chunk_tokens=16)).published


@pytest.mark.parametrize("version", ["cydqa.index.manifest.SCHEMA", "cydqa.chunking.VERSION", "cydqa.words.VERSION"])
def test_an_index_of_another_version_is_refused_and_a_build_mends_that(build, tmp_path, embedder, monkeypatch, version):
    build()
    monkeypatch.setattr(version, 99)
    with pytest.raises(IndexMismatchError, match="another version") as caught:
        open_assistant(tmp_path / "index", embedder=embedder)
    assert "cydqa index" in caught.value.hint
    assert build().published
    assert open_assistant(tmp_path / "index", embedder=embedder).documents()


def test_a_file_that_does_not_belong_is_noticed(build, tmp_path, embedder):
    build()
    (live_folder(tmp_path / "index") / "extra.bin").write_bytes(b"x")
    with pytest.raises(IndexCorruptError, match=r"extra\.bin"):
        open_assistant(tmp_path / "index", embedder=embedder)


def test_current_that_names_nothing_is_corrupt(build, tmp_path, embedder):
    build()
    shutil.rmtree(tmp_path / "index" / "generations")
    with pytest.raises(IndexCorruptError, match="not there"):
        open_assistant(tmp_path / "index", embedder=embedder)


DAMAGED_POINTERS = {
    "empty": lambda path: path.write_bytes(b""),
    "no text": lambda path: path.write_bytes(b"\xff\xfe"),
    "NUL": lambda path: path.write_bytes(b"\0"),
    "out of the folder": lambda path: path.write_text("../../elsewhere"),
    "a generation that is not there": lambda path: path.write_text("20200101T000000-0123456789abcdef"),
}


@pytest.mark.parametrize("damage", DAMAGED_POINTERS.values(), ids=DAMAGED_POINTERS.keys())
def test_a_damaged_current_is_said_and_mended_by_a_build(build, tmp_path, embedder, settings, corpus, damage):
    build()
    damage(tmp_path / "index" / "CURRENT")
    with pytest.raises(IndexCorruptError):
        open_assistant(tmp_path / "index", embedder=embedder)
    with pytest.raises(IndexCorruptError):
        index_status(corpus, tmp_path / "index", settings=settings, embedder=embedder)
    assert build().published
    assert open_assistant(tmp_path / "index", embedder=embedder).documents()


def test_a_build_deletes_nothing_that_is_not_of_an_index(corpus, tmp_path, embedder, settings):
    write_corpus(tmp_path / "project", {"staging/thesis.txt": "Mine.", "generations/photos/a.txt": "Mine, too."})
    write_corpus(tmp_path / "other", {"thesis.txt": "Mine."})
    for folder in ("project", "other"):
        with pytest.raises(CydqaError, match="is no index folder") as caught:
            build_index(corpus, tmp_path / folder, settings=settings, embedder=embedder)
        assert "--index" in caught.value.hint
    assert (tmp_path / "project" / "staging" / "thesis.txt").read_text() == "Mine."
    with pytest.raises(CydqaError, match="lies in the index folder"):
        build_index(tmp_path / "project" / "staging", tmp_path / "project", settings=settings, embedder=embedder)
    assert (tmp_path / "project" / "staging" / "thesis.txt").is_file()


def test_a_stray_file_among_the_generations_does_no_harm(build, tmp_path):
    build()
    (tmp_path / "index" / "generations" / ".DS_Store").write_bytes(b"x")
    assert not build().published


def test_an_older_index_that_can_not_be_deleted_is_said(build, corpus, monkeypatch):
    build()
    (corpus / "leave.md").unlink()

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("cydqa.index.build.discard_all_but", refuse)
    monkeypatch.setattr("cydqa.index.build._live", lambda _: None)
    with pytest.raises(CydqaError, match="new index is live, but an older one"):
        build()


def test_a_changed_parser_makes_old_indexes_refused_and_rebuilt(build, tmp_path, embedder, monkeypatch):
    build()
    monkeypatch.setattr("cydqa.documents.plain.VERSION", 99)
    with pytest.raises(IndexMismatchError, match="another version"):
        open_assistant(tmp_path / "index", embedder=embedder)
    assert build().published


def test_a_parser_that_no_document_needs_does_not_matter(build, corpus, tmp_path, embedder, monkeypatch):
    (corpus / "notes" / "invoices.txt").unlink()
    build()
    monkeypatch.setattr("cydqa.documents.plain.VERSION", 99)
    assert open_assistant(tmp_path / "index", embedder=embedder).documents()
    assert not build().published


def test_an_unreadable_folder_is_reported_not_taken_for_removed(build, corpus, monkeypatch):
    build()
    listing = list_corpus(corpus, corpus / "index")
    files = [file for file in listing.files if not file.id.startswith("notes/")]
    hidden = Listing(files, {}, {"notes/": "it can't be read: Permission denied."})
    monkeypatch.setattr("cydqa.index.build.list_corpus", lambda *_: hidden)
    report = build()
    assert report.failed == {"notes/": "it can't be read: Permission denied."}
    assert report.removed == ()


def test_a_folder_that_can_not_be_written_is_no_traceback(corpus, tmp_path, embedder, settings):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CydqaError, match="could not be written"):
        build_index(corpus, tmp_path / "file", settings=settings, embedder=embedder)


def test_no_file_of_the_index_is_a_pickle(build, tmp_path):
    build()
    for path in live_folder(tmp_path / "index").rglob("*.npy"):
        np.load(path, allow_pickle=False)
    json.loads((live_folder(tmp_path / "index") / "manifest.json").read_text())
