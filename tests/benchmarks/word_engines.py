"""What `words.py` compares: lexical engines, each given our own terms, separated by spaces where it takes text.

Each has `build`, which writes a folder and may take no more memory than it needs, and opens that folder. bm25s and
tantivy are imported where they are used, so that either may be missing.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import numpy as np

from cydqa import words
from cydqa.index.forward import PassageWords
from cydqa.index.forward_writing import Stretch
from cydqa.index.lexical import LexicalIndex

Found = tuple[Sequence[int], Sequence[float]]


def terms(unit: PassageWords) -> list[str]:
    """All terms of a passage, as our index has them."""
    return words.stems([word for part in (unit.heading, *unit.sentences) for word in part])


class Engine(Protocol):
    """What is compared; `None` where an engine can't."""

    def best(self, terms: list[str], k: int) -> Found: ...
    def given(self, terms: list[str], rows: np.ndarray) -> np.ndarray | None: ...
    def frequency(self, term: str) -> int | None: ...


class Ours:
    """`cydqa.index.lexical`."""

    @staticmethod
    def build(units: Iterator[PassageWords], folder: Path) -> None:
        LexicalIndex.build(units, folder)

    def __init__(self, folder: Path) -> None:
        self._index = LexicalIndex.load(folder)

    def best(self, terms, k):
        return self._index.search(dict.fromkeys(terms, 1.0), k)

    def given(self, terms, rows):
        return self._index.scores(dict.fromkeys(terms, 1.0))[rows]

    def frequency(self, term):
        return self._index.document_frequency(term)

    def update(self, units: list[PassageWords], folder: Path) -> None:
        """The first passage is another, all others stay."""
        forward = self._index.forward
        LexicalIndex.build([units[0], Stretch(forward, 1, len(forward))], folder)


class Bm25s:
    """Eager sparse scoring, of which ours is the streamed form."""

    @staticmethod
    def build(units: Iterator[PassageWords], folder: Path) -> None:
        import bm25s

        vocabulary: dict[str, int] = {"": 0}
        ids = [[vocabulary.setdefault(term, len(vocabulary)) for term in terms(unit)] or [0] for unit in units]
        index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        index.index((ids, vocabulary), show_progress=False)
        index.save(str(folder), show_progress=False)

    def __init__(self, folder: Path) -> None:
        import bm25s

        self._index = bm25s.BM25.load(str(folder), mmap=True, allow_pickle=False, show_progress=False)

    def _scores(self, terms):
        known = [term for term in terms if term in self._index.vocab_dict]
        return self._index.get_scores(known) if known else np.zeros(self._index.scores["num_docs"], np.float32)

    def best(self, terms, k):
        scores = self._scores(terms)
        found = np.argpartition(scores, -k)[-k:]
        found = found[np.lexsort((found, -scores[found]))]
        return found, scores[found]

    def given(self, terms, rows):
        return self._scores(terms)[rows]

    def frequency(self, term):
        place = self._index.vocab_dict.get(term)
        starts = self._index.scores["indptr"]
        return 0 if place is None else int(starts[place + 1] - starts[place])


class Tantivy:
    """An inverted index with block-max pruning, in Rust; lengths are rounded to a byte."""

    @staticmethod
    def build(units: Iterator[PassageWords], folder: Path) -> None:
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_unsigned_field("row", stored=True, indexed=True, fast=True)
        schema.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
        index = tantivy.Index(schema.build(), str(folder))
        writer = index.writer(heap_size=100_000_000, num_threads=1)
        for row, unit in enumerate(units):
            writer.add_document(_document(row, unit))
        writer.commit()
        writer.wait_merging_threads()

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._tantivy = tantivy
        self._folder = folder
        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()

    def _query(self, terms):
        query, occur = self._tantivy.Query, self._tantivy.Occur
        return query.boolean_query(
            [(occur.Should, query.term_query(self._index.schema, "terms", term, "freq")) for term in terms]
        )

    def best(self, terms, k):
        hits = self._searcher.search(self._query(terms), k, count=False).hits
        rows = [self._searcher.doc(address)["row"][0] for _, address in hits]
        return rows, [score for score, _ in hits]

    def given(self, terms, rows):
        query, occur = self._tantivy.Query, self._tantivy.Occur
        among = query.term_set_query(self._index.schema, "row", rows.tolist())
        wanted = query.boolean_query(
            [(occur.Must, query.const_score_query(among, 0.0)), (occur.Should, self._query(terms))]
        )
        found = dict.fromkeys(rows.tolist(), 0.0)
        for score, address in self._searcher.search(wanted, len(rows), count=False).hits:
            found[self._searcher.doc(address)["row"][0]] = score
        return np.array([found[row] for row in rows.tolist()], np.float32)

    def frequency(self, term):
        return self._searcher.doc_freq("terms", term)

    def update(self, units: list[PassageWords], folder: Path) -> None:
        """Delete and add one document; every later row keeps its number, as in no index of ours."""
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)
        writer = self._tantivy.Index.open(str(folder)).writer(num_threads=1)
        writer.delete_documents_by_term("row", 0)
        writer.add_document(_document(0, units[0]))
        writer.commit()
        writer.wait_merging_threads()


def _document(row: int, unit: PassageWords):
    import tantivy

    document = tantivy.Document()
    document.add_unsigned("row", row)
    document.add_text("terms", " ".join(terms(unit)))
    return document


class Fts5:
    """SQLite's; its k1 is 1.2, and its idf another."""

    @staticmethod
    def build(units: Iterator[PassageWords], folder: Path) -> None:
        with closing(sqlite3.connect(folder / "words.sqlite")) as connection, connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute(
                "CREATE VIRTUAL TABLE passages USING fts5(terms, content='',"
                """ tokenize="unicode61 remove_diacritics 0 tokenchars '_'''")"""
            )
            connection.execute("CREATE VIRTUAL TABLE counts USING fts5vocab(passages, row)")
            connection.executemany(
                "INSERT INTO passages (rowid, terms) VALUES (?, ?)",
                ((row, " ".join(terms(unit))) for row, unit in enumerate(units)),
            )

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection = sqlite3.connect(folder / "words.sqlite")

    def _match(self, terms):
        return " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)

    def best(self, terms, k):
        query = "SELECT rowid, -rank FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?"
        found = self._connection.execute(query, [self._match(terms), k]).fetchall()
        return [row for row, _ in found], [score for _, score in found]

    def given(self, terms, rows):
        query = "SELECT rowid, -rank FROM passages WHERE passages MATCH ? AND rowid IN (SELECT value FROM json_each(?))"
        found = dict(self._connection.execute(query, [self._match(terms), json.dumps(rows.tolist())]))
        return np.array([found.get(row, 0.0) for row in rows.tolist()], np.float32)

    def frequency(self, term):
        found = self._connection.execute("SELECT doc FROM counts WHERE term = ?", [term]).fetchone()
        return found[0] if found else 0

    def update(self, units: list[PassageWords], folder: Path) -> None:
        """Add one document; a table without content can't delete one without its text."""
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)
        with closing(sqlite3.connect(folder / "words.sqlite")) as connection, connection:
            connection.execute("INSERT INTO passages (terms) VALUES (?)", [" ".join(terms(units[0]))])


ENGINES = {"cydqa": Ours, "bm25s": Bm25s, "tantivy": Tantivy, "fts5": Fts5}
