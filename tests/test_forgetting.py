"""Law 8: once a build after a removal reports success, nothing of the document is left, whatever was interrupted."""

import shutil
import signal

import numpy as np
import pytest
import tracing
from conftest import write_corpus

from cydqa import open_assistant
from cydqa.index import dense
from cydqa.index.store import open_live
from cydqa.words import terms

NAME = "quixotic-zugzwang.md"
TITLE = "Xylophonic brouhaha"
TEXT = f"""# {TITLE}

The snollygoster absquatulated with seventeen rutabagas.

## Flibbertigibbet protocols

Gobbledygook bamboozled a persnickety widdershins collywobble. Lollygagging skedaddled.
"""
WORDS = {word.lower() for word in TEXT.replace("#", "").replace(".", "").split() if len(word) > 7}
NAME_WORDS = {"quixotic", "zugzwang"}


def forms(words):
    """Bytes by which words could be found, but for their case."""
    stems = {stem for word in words for stem in terms(word)}
    return {text.encode(code) for text in words | stems for code in ("utf-8", "utf-16-le", "utf-16-be")}


def vectors(index, document_id=NAME):
    """The vectors of a document's passages and sentences in the live generation, as bytes of either precision."""
    generation = open_live(index)
    rows = generation.passages.rows_of([document_id])
    first, counts = generation.lexical.forward.sentence_rows(rows)
    passages = generation.vectors("chunks", rows)
    sentences = generation.vectors("sentences", np.arange(first[0], first[-1] + counts[-1]))
    assert len(passages) > 1
    assert len(sentences) > 2
    for some in (passages, sentences):
        assert is_all_there(index, {row.astype("<f2").tobytes() for row in some})
    return {row.astype(kind).tobytes() for row in np.concatenate([passages, sentences]) for kind in ("<f4", "<f2")}


def held(index, wanted):
    """For each file below the index folder, which of the wanted its bytes or its name hold."""
    found = {}
    for path in (path for path in index.rglob("*") if path.is_file()):
        content = path.read_bytes() + str(path.relative_to(index)).encode()
        lower = content.lower()
        found[str(path.relative_to(index))] = {one for one in wanted if one in content or one in lower}
    return found


def traces(index, wanted):
    """The files that hold some of the wanted."""
    return [name for name, some in held(index, wanted).items() if some]


def is_all_there(index, wanted):
    return set().union(*held(index, wanted).values()) == wanted


@pytest.fixture
def index(tmp_path, build, corpus):
    """An index that a document with unusual words was added to."""
    build()
    write_corpus(corpus, {NAME: TEXT})
    build()
    words = {word.encode() for word in WORDS | NAME_WORDS}
    assert is_all_there(tmp_path / "index", words)  # what is not found now says nothing when it is not found later
    return tmp_path / "index"


def test_nothing_is_left_of_a_document_that_was_removed(index, build, corpus):
    wanted = forms(WORDS | NAME_WORDS) | vectors(index)
    (corpus / NAME).unlink()
    assert build().removed == (NAME,)
    assert not traces(index, wanted)


def test_an_approximate_index_is_what_it_would_be_if_the_document_had_never_been(monkeypatch, index, build, corpus):
    def dense_files():
        return {path.name: path.read_bytes() for path in open_live(index).folder.glob("vectors.*")}

    monkeypatch.setattr(dense, "EXACT", 0)
    build(rebuild=True)
    wanted, before = forms(WORDS | NAME_WORDS) | vectors(index), dense_files()
    (corpus / NAME).unlink()
    assert build().removed == (NAME,)
    assert not traces(index, wanted)
    after = dense_files()
    build(rebuild=True)
    assert len(after) == 3
    assert dense_files() == after != before


def test_nothing_is_left_of_a_document_whose_name_another_took(index, build, corpus):
    wanted = forms(WORDS) | vectors(index)
    (corpus / NAME).write_text("# Another document\n\nIt says something else.\n")
    assert build().changed == (NAME,)
    assert not traces(index, wanted)


def test_nothing_is_left_of_a_document_that_can_no_longer_be_read(index, build, corpus):
    wanted = forms(WORDS) | vectors(index)  # its name stands in the manifest, with the reason
    (corpus / NAME).write_bytes(b"\0\xff")
    assert build().failed.keys() == {NAME}
    assert not traces(index, wanted)


def test_its_abbreviations_and_its_words_are_gone_from_questions_too(tmp_path, build, corpus, embedder, settings):
    write_corpus(corpus, {NAME: "The Quincunx of Zymurgical Gallimaufry (QZG) met a tatterdemalion.\n"})
    build()
    assistant = open_assistant(tmp_path / "index", settings=settings, embedder=embedder)
    assert [word.alternatives for word in assistant.ask("What is the QZG?").explanation.words] == [
        ("quincunx zymurg gallimaufri",)
    ]
    wanted = {b"QZG", b"qzg", b"zymurgical", b"zymurg", b"gallimaufri", b"tatterdemalion"}
    assert is_all_there(tmp_path / "index", wanted)
    (corpus / NAME).unlink()
    build()
    assert not traces(tmp_path / "index", wanted)
    assert [word.alternatives for word in assistant.ask("What is the QZG?").explanation.words] == [()]


def test_the_old_name_of_a_renamed_document_is_gone(index, build, corpus):
    (corpus / NAME).rename(corpus / "plain.md")
    build()
    assert not traces(index, forms(NAME_WORDS))
    assert traces(index, forms(WORDS))


def test_a_document_is_gone_although_the_index_that_held_it_was_damaged(index, build, corpus):
    wanted = forms(WORDS | NAME_WORDS) | vectors(index)
    live = index / "generations" / (index / "CURRENT").read_text().strip()
    (live / "vectors.npy").unlink()
    (corpus / NAME).unlink()
    build()
    assert not traces(index, wanted)


@pytest.fixture(scope="module")
def builder():
    with tracing.Builders() as builder:
        yield builder


@pytest.fixture
def interrupt(builder, tmp_path):
    """Kill the build that is due at one of its calls that change the index."""
    index, start, trace = tmp_path / "index", tmp_path / "start", tmp_path / "trace"

    def interrupt(choose):
        shutil.copytree(index, start)
        outcome, calls = builder.traced(tmp_path, trace)
        assert not outcome["reply"]["error"]
        call = choose(tracing.changes(calls, index))
        shutil.rmtree(index)
        start.rename(index)
        outcome, calls = builder.traced(tmp_path, trace, f"{call.name}:signal=SIGKILL:when={call.number}")
        assert outcome["status"] == -signal.SIGKILL
        assert calls[-1].resembles(call)

    return interrupt


def at(share):
    return lambda calls: calls[int(len(calls) * share)]


def at_publishing(calls):
    return next(call for call in calls if call.paths[-1].endswith("index/CURRENT"))


def at_a_deletion(number):
    def choose(calls):
        deletions = calls[calls.index(at_publishing(calls)) :]
        return [call for call in deletions if call.name == "unlinkat" and "generations" in call.paths[0]][number]

    return choose


MOMENTS = {
    "while it writes": at(0.2),
    "while it writes more": at(0.4),
    "while it syncs": at(0.6),
    "at the moment it publishes": at_publishing,
    "before it deletes": at_a_deletion(0),
    "while it deletes": at_a_deletion(7),
    "at the end": at(0.99),
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_a_killed_removal_is_finished_by_the_next_build(index, build, corpus, interrupt, moment):
    wanted = forms(WORDS | NAME_WORDS) | vectors(index)
    (corpus / NAME).unlink()
    interrupt(moment)
    build()
    assert not traces(index, wanted)


@pytest.mark.parametrize("number", [0, 3, 7])
def test_a_build_that_finds_nothing_changed_finishes_a_deletion(index, build, corpus, interrupt, number):
    wanted = forms(WORDS | NAME_WORDS) | vectors(index)
    (corpus / NAME).unlink()
    interrupt(at_a_deletion(number))
    assert traces(index, wanted)
    assert not build().published
    assert not traces(index, wanted)


@pytest.mark.parametrize("moment", [at(0.8), at_publishing], ids=["while it writes", "at the moment it publishes"])
def test_nothing_is_left_of_a_document_whose_only_build_was_killed(tmp_path, build, corpus, interrupt, moment):
    build()
    write_corpus(corpus, {NAME: TEXT})
    interrupt(moment)
    assert traces(tmp_path / "index", forms(WORDS))
    (corpus / NAME).unlink()
    assert not build().published
    assert not traces(tmp_path / "index", forms(WORDS | NAME_WORDS))
