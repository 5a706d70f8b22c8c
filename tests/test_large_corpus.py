"""A corpus that is taken for a large one: an approximate index and files verified in parts, through the public door."""

import shutil

import numpy as np
import pytest
from conftest import WordEmbedder, write_corpus

from cydqa import build_index, open_assistant
from cydqa.index import approximate, arrays, dense, manifest
from cydqa.index.approximate import ApproximateIndex
from cydqa.index.store import open_live

COLOURS = ("red", "green", "blue", "black", "white", "yellow")
THINGS = ("laptop", "invoice", "leave", "travel", "disk", "desk", "calendar", "office")
NOTES = {
    f"d{number:03}.txt": f"The {COLOURS[number % 6]} {THINGS[number // 6 % 8]} has rule {number}. It is rule {number}."
    for number in range(240)
}
QUESTIONS = [f"Which rule has the {colour} {thing}?" for colour in COLOURS for thing in THINGS[:4]]


@pytest.fixture
def build_large(tmp_path, monkeypatch, settings, parsers):
    """Builds the notes as if they were many; returns the folder of the index."""
    monkeypatch.setattr(approximate, "_LEAST", 20)
    monkeypatch.setattr(approximate, "_AGAIN", 1)
    monkeypatch.setattr(arrays, "BLOCK", 1024)
    write_corpus(tmp_path / "corpus", NOTES)

    def build_large(name="index", exact=100, **options):
        monkeypatch.setattr(dense, "EXACT", exact)
        monkeypatch.setattr(manifest, "WHOLE", 0 if exact < len(NOTES) else 2**25)
        usual = {"settings": settings, "embedder": WordEmbedder(), "parsers": parsers}
        build_index(tmp_path / "corpus", tmp_path / name, **usual, **options)
        return tmp_path / name

    return build_large


def ask(index, settings, **options):
    assistant = open_assistant(index, settings=settings, embedder=WordEmbedder())
    return {text: [(hit.chunk.id, hit.score) for hit in assistant.search(text, **options)] for text in QUESTIONS}


def test_nearly_the_same_is_found_as_by_exact_search(build_large, settings):
    large, small = build_large(), build_large("small", exact=1000)
    assert isinstance(open_live(large, WordEmbedder()).dense, ApproximateIndex)
    assert not isinstance(open_live(small, WordEmbedder()).dense, ApproximateIndex)
    shares = []
    for found, expected in zip(ask(large, settings).values(), ask(small, settings).values(), strict=True):
        scores = dict(expected)
        common = [name for name, _ in found if name in scores]
        shares.append(len(common) / len(expected))
        assert [dict(found)[name] for name in common] == pytest.approx([scores[name] for name in common], abs=1e-3)
    assert np.mean(shares) > 0.9


@pytest.mark.parametrize("few", [0, approximate._FEW])
def test_a_question_to_some_documents_is_answered_from_them(build_large, settings, monkeypatch, few):
    monkeypatch.setattr(approximate, "_FEW", few)
    index, some = build_large(), sorted(NOTES)[30:50]
    assistant = open_assistant(index, settings=settings, embedder=WordEmbedder())
    for question in QUESTIONS:
        hits = assistant.search(question, k=5, documents=some)
        assert len(hits) == 5
        assert {hit.chunk.document_id for hit in hits} <= set(some)


def test_two_builds_of_one_corpus_have_the_same_lists(build_large):
    files = []
    for name in ("one", "other"):
        live = open_live(build_large(name)).folder
        files.append({path.name: path.read_bytes() for path in live.iterdir() if path.name.startswith("vectors.")})
    assert len(files[0]) == 6  # three, each with checksums
    assert files[0] == files[1]


def test_an_open_index_answers_when_its_files_are_gone(build_large, settings):
    index = build_large()
    expected = ask(index, settings)
    assistant = open_assistant(index, settings=settings, embedder=WordEmbedder())
    generation = next((index / "generations").iterdir())
    shutil.move(generation, index / "away")
    (index / "generations" / generation.name).mkdir()
    shutil.rmtree(index / "away")
    for text, hits in expected.items():
        assert [(hit.chunk.id, hit.score) for hit in assistant.search(text)] == hits


def test_an_index_that_outgrows_exact_search_and_shrinks_again_answers(build_large, tmp_path, settings):
    index = build_large(exact=1000)
    before = ask(index, settings)
    write_corpus(tmp_path / "corpus", {"zz.txt": "Zebras graze."})
    build_large(exact=100)
    assert isinstance(open_live(index, WordEmbedder()).dense, ApproximateIndex)
    (tmp_path / "corpus" / "zz.txt").unlink()
    build_large(exact=1000)
    assert ask(index, settings) == before
