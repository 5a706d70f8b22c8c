"""A published generation, opened for reading. Nothing is used before it was verified; opening writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from cydqa.embedding import Embedder, Matrix
from cydqa.errors import IndexCorruptError, IndexMismatchError
from cydqa.index import REBUILD, Rows, Scores
from cydqa.index.abbreviated import Abbreviations
from cydqa.index.arrays import Array, StoredArray
from cydqa.index.dense import DenseIndex, load_dense
from cydqa.index.exact import STORED, cosines, widened
from cydqa.index.lexical import LexicalIndex
from cydqa.index.lexicon import Lexicon
from cydqa.index.manifest import SENTENCES, Manifest, damages, read_manifest, refuse_other_versions
from cydqa.index.passages import Passages, Table
from cydqa.index.publish import built_name, generation_folder
from cydqa.types import DocumentSummary

PASSAGES = "passages.sqlite"
LEXICAL = "lexical"
_SAMPLE = 500

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Sample:
    """A fixed sample of the passages, by which the scores of every question are standardised."""

    rows: Rows
    vectors: Matrix  # (n, dim)
    sentence_vectors: Matrix  # (m, dim), those of the first passage, then those of the second, ...
    first_sentences: Rows  # (n,), where each passage's sentences start in `sentence_vectors`


@dataclass(frozen=True, slots=True)
class Generation:
    """The parts of one generation. Stays usable when its files are deleted."""

    folder: Path
    manifest: Manifest
    passages: Passages
    dense: DenseIndex
    lexical: LexicalIndex
    sentences: StoredArray
    sample: Sample
    lexicon: Lexicon

    @property
    def name(self) -> str:
        """The generation's name, which is its folder's."""
        return self.folder.name

    def vectors(self, table: Table, rows: Rows) -> Array:
        """(len(rows), dim) float16: the vectors of these rows of a table, as they are stored."""
        return self.dense.vectors(rows).astype(STORED) if table == "chunks" else self.sentences.take(rows)

    def sentence_cosines(self, rows: Rows, query: Matrix) -> tuple[Scores, Rows]:
        """(m,) float32: the cosines of `query` (dim,) with all sentences of these passages; where each's start."""
        vectors, starts = _sentence_vectors(self.lexical, self.sentences, rows)
        return cosines(vectors, query), starts


def open_live(index_dir: Path, embedder: Embedder | None = None, *, large_too: bool = False) -> Generation:
    """Open the generation that is live now; without an embedder to ask it with, one of other versions, too.

    Args:
        large_too: verify the large files now, and not when something in them is first used.

    Raises:
        IndexNotBuiltError: if nothing was ever published.
        IndexMismatchError: if another encoder than `embedder` or another version of cydqa built it.
        IndexCorruptError: if a file is missing or damaged.
    """
    return at_live(index_dir, lambda folder: open_generation(folder, embedder, large_too=large_too))


def at_live(index_dir: Path, read: Callable[[Path], Result]) -> Result:
    """What `read` makes of the folder of the live generation; again, if another is published meanwhile.

    Raises:
        IndexNotBuiltError: if nothing was ever published.
        IndexCorruptError: if the live generation is gone, or CURRENT is damaged.
    """
    while True:
        name = built_name(index_dir)
        try:
            return read(generation_folder(index_dir, name))
        except Exception as error:
            if built_name(index_dir) != name:
                continue  # a build published another and is deleting this one, file by file
            if isinstance(error, FileNotFoundError):
                raise IndexCorruptError(
                    f"{index_dir / 'CURRENT'} names the generation {name}, which is not there.", hint=REBUILD
                ) from error
            raise


def summaries(index_dir: Path) -> tuple[DocumentSummary, ...]:
    """What the live generation says of its documents, without verifying its files.

    Raises:
        IndexNotBuiltError: if nothing was ever published.
        IndexCorruptError: if the documents can't be read.
    """

    def read(folder: Path) -> tuple[DocumentSummary, ...]:
        if not (folder / PASSAGES).is_file():
            raise FileNotFoundError(folder)
        return Passages(folder / PASSAGES).summaries()

    return at_live(index_dir, read)


def open_generation(folder: Path, embedder: Embedder | None = None, *, large_too: bool = False) -> Generation:
    """Open one generation, verifying its files first; raises like `open_live`, or FileNotFoundError if it is gone."""
    manifest = read_manifest(folder)
    if embedder is not None:
        refuse_other_versions(manifest, folder)
    if embedder is not None and manifest.recipe.fingerprint != embedder.fingerprint:
        raise IndexMismatchError(
            f"{folder.parent.parent} was built with the encoder {manifest.recipe.encoder}, not with {embedder.name}.",
            hint="Run `cydqa index` to rebuild it, or set CYDQA_MODEL to the encoder that built it.",
        )
    try:
        for damage in damages(folder, manifest, large_too=large_too):
            raise IndexCorruptError(damage, hint=REBUILD)
        return _open_verified(folder, manifest, embedder)
    except Exception as error:  # whatever broke, it may be that a build deleted the folder meanwhile
        if not folder.is_dir():
            raise FileNotFoundError(folder) from error
        if isinstance(error, OSError):
            raise IndexCorruptError(f"{folder} can't be read: {error}.", hint=REBUILD) from error
        raise


def _open_verified(folder: Path, manifest: Manifest, embedder: Embedder | None) -> Generation:
    passages = Passages(folder / PASSAGES)
    dense = load_dense(folder)
    sentences = StoredArray(folder / SENTENCES)
    lexical = LexicalIndex.load(folder / LEXICAL)
    counts = (len(manifest.documents), manifest.passages, manifest.sentences)
    lengths = (len(dense), len(sentences)), (len(lexical), lexical.forward.sentences)
    if passages.counts() != counts or any(each != counts[1:] for each in lengths):
        raise IndexCorruptError(f"The parts of {folder} do not belong together.", hint=REBUILD)
    # Evenly spread rows: the same sample for the same index.
    rows = np.unique(np.linspace(0, len(dense) - 1, min(len(dense), _SAMPLE)).astype(np.int64))
    own, starts = _sentence_vectors(lexical, sentences, rows)
    sample = Sample(rows, dense.vectors(rows), widened(own), starts)
    lexicon = Lexicon(lexical, Abbreviations(folder / LEXICAL), embedder)
    return Generation(folder, manifest, passages, dense, lexical, sentences, sample, lexicon)


def _sentence_vectors(lexical: LexicalIndex, sentences: StoredArray, rows: Rows) -> tuple[Array, Rows]:
    """(m, dim) float16 of all sentences of these passages, and where those of each start."""
    first, counts = lexical.forward.sentence_rows(rows)
    return sentences.ranges(first, counts), np.cumsum(counts) - counts
