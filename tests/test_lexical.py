"""The lexical index at scale: bm25s as a referee, builds that stream and take over, memory, threads, and damage."""

import os
import random
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from mmap import mmap
from pathlib import Path
from tempfile import TemporaryDirectory

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cydqa.errors import BuildCancelledError, IndexCorruptError
from cydqa.index import arrays, forward_writing, postings
from cydqa.index.forward import PassageWords
from cydqa.index.forward_writing import Stretch
from cydqa.index.lexical import LexicalIndex, best
from cydqa.words import stems

NAMES = [f"word{number}" for number in range(400)] + ["organisation", "organizations", "café", "🛰"]
unit = st.lists(st.sampled_from(NAMES[-8:]), max_size=5)
some = st.lists(st.builds(PassageWords, unit, st.lists(unit, min_size=1, max_size=4)), max_size=8)


def made_up(count, seed=0):
    """Passages of words of which few are frequent and most are rare, as in texts; one at a time."""
    chosen = random.Random(seed)  # noqa: S311
    for _ in range(count):
        heading, *sentences = (
            [NAMES[min(int(chosen.paretovariate(0.5)), len(NAMES)) - 1] for _ in range(chosen.randrange(12))]
            for _ in range(chosen.randrange(2, 6))
        )
        yield PassageWords(heading, sentences)


def built(items, folder, name="lexical"):
    folder = Path(folder, name)
    folder.mkdir()
    return LexicalIndex.build(items, folder)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


@pytest.fixture
def small_blocks(monkeypatch):
    """Builds in many blocks, as those of large corpora are."""
    for module, name, size in (
        (forward_writing, "_PASSAGES", 7),
        (forward_writing, "_WORDS", 50),
        (postings, "_PASSAGES", 11),
        (postings, "_TOGETHER", 60),
    ):
        monkeypatch.setattr(module, name, size)


def test_every_score_is_that_of_bm25s(tmp_path, small_blocks):
    items = [*made_up(300), PassageWords([], [[]])]
    lexical = built(items, tmp_path)
    passages = [stems([word for unit in (item.heading, *item.sentences) for word in unit]) for item in items]
    referee = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    referee.index([terms or [""] for terms in passages], show_progress=False)
    every = {term for terms in passages for term in terms}
    assert len(every) > 100
    for term in every:
        assert lexical.scores({term: 1.0}).tolist() == referee.get_scores([term]).tolist()
    several = sorted(every)[::9]
    weights = {term: number / 7 for number, term in enumerate(several, 1)}
    expected = sum(weight * referee.get_scores([term]) for term, weight in weights.items())
    assert np.allclose(lexical.scores(weights), expected, atol=1e-5)


def test_the_best_of_many_rows_are_those_of_a_sort():
    chosen = np.random.default_rng(0)
    for values in (chosen.random(20_000), chosen.integers(0, 5, 20_000), np.zeros(20_000), -chosen.random(20_000)):
        scores = values.astype(np.float32)
        for k in (1, 50, 156, 157, 30_000):
            order = np.lexsort((np.arange(len(scores)), -scores))
            expected = order[scores[order] > 0][:k]
            found, own = best(scores, k)
            assert found.tolist() == expected.tolist()
            assert own.tolist() == scores[expected].tolist()


def test_a_build_in_many_blocks_is_the_same_as_one_at_once(tmp_path, request):
    items = list(made_up(200))
    whole = built(items, tmp_path, "whole")
    request.getfixturevalue("small_blocks")
    streamed = built(iter(items), tmp_path, "streamed")
    assert contents(tmp_path / "streamed") == contents(tmp_path / "whole")
    assert len(streamed) == len(whole) == 200


@given(some, some, some, st.data())
@hypothesis_settings(deadline=None)
def test_taking_passages_over_is_the_same_as_indexing_them_again(one, other, new, data):
    with TemporaryDirectory() as folder:
        olds = [(items, built(items, folder, name).forward) for name, items in (("one", one), ("other", other))]
        items, stream = list(new), list(new)
        for old, forward in data.draw(st.lists(st.sampled_from(olds), max_size=4)):
            first = data.draw(st.integers(0, len(old)))
            stop = data.draw(st.integers(first, len(old)))
            place = data.draw(st.integers(0, len(stream)))
            before = sum(each.stop - each.first if isinstance(each, Stretch) else 1 for each in stream[:place])
            stream.insert(place, Stretch(forward, first, stop))
            items[before:before] = old[first:stop]
        built(items, folder, "fresh")
        built(stream, folder, "carried")
        assert contents(Path(folder, "carried")) == contents(Path(folder, "fresh"))


def test_words_of_passages_that_are_gone_are_in_no_file(tmp_path):
    secret = PassageWords(["secret"], [["secretary", "zebra"]])
    old = built([*made_up(5), secret, *made_up(5, 1)], tmp_path, "old")
    new = built([Stretch(old.forward, 0, 5), Stretch(old.forward, 6, 11)], tmp_path, "new")
    assert len(new) == 10
    assert new.column("secret") is None
    assert any(b"secret" in content for content in contents(tmp_path / "old").values())
    assert not any(b"secret" in content or b"zebra" in content for content in contents(tmp_path / "new").values())


@pytest.mark.parametrize("again", [False, True], ids=["new", "taken over"])
def test_memory_does_not_grow_with_the_passages(tmp_path, monkeypatch, again):
    for module, name in ((forward_writing, "_PASSAGES"), (forward_writing, "_WORDS"), (postings, "_PASSAGES")):
        monkeypatch.setattr(module, name, 512)
    monkeypatch.setattr(postings, "_TOGETHER", 2048)
    monkeypatch.setattr(arrays, "_SMALL", 0)  # nothing stays in memory for being small
    mapped = []  # sizes of files whose pages may come into memory, which tracemalloc does not see

    def mapping(file, *args, **options):
        mapped.append(os.fstat(file).st_size)
        return mmap(file, *args, **options)

    monkeypatch.setattr(arrays, "mmap", mapping)

    def peak(count):
        items = made_up(count)
        if again:
            items = [Stretch(built(items, tmp_path, f"old {count}").forward, 0, count)]
        mapped.clear()
        tracemalloc.start()
        try:
            built(items, tmp_path, f"new {count}")
            return tracemalloc.get_traced_memory()[1], max(mapped)
        finally:
            tracemalloc.stop()

    peak(500)  # whatever is only made once
    (small, map_small), (large, map_large) = peak(2000), peak(12_000)
    words = (tmp_path / "new 12000" / "words.npy").stat().st_size
    assert words > 900_000
    assert large < small + words / 10
    assert map_large < map_small + words / 10


def test_a_build_that_is_stopped_leaves_nothing_running(tmp_path, small_blocks):
    def after(calls):
        def stop():
            if not next(left, None):
                raise BuildCancelledError

        left = iter(range(calls, 0, -1))
        return stop

    for calls in (0, 30, 62, 66):
        with pytest.raises(BuildCancelledError):
            LexicalIndex.build(made_up(60), tmp_path, after(calls))
    assert len(LexicalIndex.build(made_up(60), tmp_path, after(1000))) == 60
    assert all(path.suffix == ".npy" for path in tmp_path.iterdir())


def everything(lexical):
    """All that can be asked of an index."""
    terms = list(lexical.forward.terms)
    found = [lexical.scores({term: 1.0}).tolist() for term in terms]
    units = lexical.forward.units(np.arange(len(lexical))[::-1])
    words = list(lexical.forward.vocabulary)
    return (
        *(terms, words, found, [each.tolist() for each in units], lexical.idf(terms), lexical.forward.sentences),
        *(lexical.forward.vocabulary.near(words[3], 2), [lexical.column(term) for term in terms]),
        *(each.tolist() for each in lexical.forward.sentence_rows(np.arange(len(lexical)))),
    )


def test_threads_share_an_index(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "BLOCK", 1984)
    built(made_up(300), tmp_path)
    for path in list((tmp_path / "lexical").iterdir()):
        arrays.write_sums(path)
    expected = everything(LexicalIndex.load(tmp_path / "lexical"))
    shared = LexicalIndex.load(tmp_path / "lexical")
    with ThreadPoolExecutor(8) as threads:
        assert all(found == expected for found in threads.map(everything, [shared] * 8))


def test_no_damage_to_a_large_file_goes_unnoticed(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "BLOCK", 1984)
    built(made_up(300), tmp_path)
    paths = sorted((tmp_path / "lexical").iterdir())
    assert len(paths) == 12
    for path in paths:
        arrays.write_sums(path)
    expected = everything(LexicalIndex.load(tmp_path / "lexical"))
    for path in paths:
        content = path.read_bytes()
        for place in {0, 130, len(content) // 2, len(content) - 1}:
            damaged = bytearray(content)
            damaged[place] ^= 1
            path.write_bytes(damaged)
            with pytest.raises(IndexCorruptError, match=path.name):
                everything(LexicalIndex.load(tmp_path / "lexical"))
        path.write_bytes(content)
    assert everything(LexicalIndex.load(tmp_path / "lexical")) == expected
