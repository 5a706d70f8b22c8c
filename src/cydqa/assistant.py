"""The assistant: the one module that knows the whole chain from a question to an answer."""

import threading
import time
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from cydqa.answering import MODE, Origin, cite, cite_passages, compose
from cydqa.confidence import confidence, features_of
from cydqa.conversation import read_as
from cydqa.cores import Turns, cores
from cydqa.disagreement import disagreements
from cydqa.documents.drawing import PageDrawer
from cydqa.embedding import Embedder, Matrix, opening
from cydqa.errors import CydqaError, DocumentError
from cydqa.explaining import explain
from cydqa.index import Rows
from cydqa.index.publish import built_name, live_name
from cydqa.index.store import Generation, open_live
from cydqa.question import read_question
from cydqa.quoting import choose_quotes
from cydqa.retrieval import Retrieval, retrieve
from cydqa.settings import Settings, load_settings
from cydqa.types import Answer, Chunk, Document, Hit, Metadata, Overview, PageImage

_NEAREST = 3  # passages shown with a declined answer
_QUESTIONS = 1024  # whose vectors are kept, because people ask again


class Assistant:
    """Answers questions from one index. Safe to share between threads; picks up a newly published index."""

    def __init__(self, index_dir: Path, corpus_dir: Path | None, settings: Settings, embedder: Embedder) -> None:
        """Use `open_assistant`."""
        self._index_dir = index_dir
        self._corpus_dir = corpus_dir
        self._settings = settings
        self._embedder = embedder
        self._embed_query = lru_cache(_QUESTIONS)(embedder.embed_query)
        self._pages = PageDrawer()
        self._lock = threading.Lock()
        # More threads than cores would only wait for each other inside Python, which costs a tenth of the answers.
        self._turns = Turns(cores())
        self._generation = open_live(index_dir, embedder)
        self._warm = False
        self._overview: tuple[str, Overview] | None = None  # of the generation of that name

    def ask(
        self,
        question: str,
        *,
        documents: Sequence[str] | None = None,
        history: Sequence[Answer] = (),
        min_confidence: float | None = None,
    ) -> Answer:
        """Answer with numbered quotes, or decline and show the nearest passages.

        Args:
            question: what the person typed; any length, the encoder reads its first 256 tokens.
            documents: ids to search in; None for all.
            history: earlier answers of the conversation, oldest first; a follow-up is read with them. What it is read
                as stands in the answer; without a history every question is taken as it was typed.
            min_confidence: decline below this probability; None for that of the settings, 0 never to decline.

        Raises:
            CydqaError: if the question is empty, the index can't be read, or the encoder can't be loaded.
            DocumentError: if a document asked for is not in the index.
        """
        started = time.perf_counter()
        with self._turns:
            generation = self._live()
            read = read_as(question, history)
            found = self._retrieve(generation, read or question, documents, self._settings.hits, definitions=True)
            threshold = self._settings.min_confidence if min_confidence is None else min_confidence
            choice = choose_quotes(found, most_words=self._settings.quote_words)
            features = features_of(found, choice) if found.hits else None
            probability = confidence(features) if features else 0.0
            declined = features is None or probability < threshold

            @cache  # several quotes are often of one document
            def origin(document_id: str) -> Origin:
                return Origin(*generation.passages.origin(document_id), self._stale(generation, document_id))

            nearest = cite_passages(found.hits[:_NEAREST], origin) if declined else ()
            citations = () if declined else cite(choice.quotes, found.hits, origin)
            text, parts = compose(citations)
            return Answer(
                question=question,
                read_as=read,
                declined=declined,
                confidence=probability,
                mode=MODE,
                generation=generation.name,
                answer=text,
                parts=parts,
                citations=citations,
                nearest=nearest,
                took_ms=(time.perf_counter() - started) * 1000,
                disagreements=disagreements(citations, found.question),
                explanation=explain(found, choice, features, threshold),
            )

    def search(self, query: str, *, k: int = 10, documents: Sequence[str] | None = None) -> list[Hit]:
        """The k best passages, best first; raises like `ask`."""
        return list(self._retrieve(self._live(), query, documents, k).hits)

    def document(self, document_id: str) -> Document:
        """A whole document as it was indexed, to check offsets against.

        Raises:
            DocumentError: if there is none of that id.
        """
        document = self._live().passages.document(document_id)
        if document is None:
            raise _unknown(document_id)
        return document

    def passages(self, document_id: str) -> list[Chunk]:
        """The passages that a document was cut into, in their order.

        Raises:
            DocumentError: if there is none of that id.
        """
        generation = self._live()
        stored = generation.passages.chunks(self._rows(generation, [document_id]))
        return [passage.chunk for passage in stored]

    def page_images(self, document_id: str, start: int, end: int, *, width: int = 1200) -> tuple[PageImage, ...]:
        """The pages of a PDF that `document.text[start:end]` stands on, with exactly that slice marked.

        Args:
            width: of each picture, in pixels.

        Returns:
            One picture for each page, in order; none for a document of another format.
        Raises:
            DocumentError: if there is no document of that id, or its file is not the one that was indexed.
        """
        generation = self._live()
        reading = generation.passages.reading(document_id)
        if reading is None:
            raise _unknown(document_id)
        return self._pages.draw(self._corpus(generation) / document_id, reading, start, end, width)

    def page_image(
        self, document_id: str, page: int, *, start: int = 0, end: int = 0, width: int = 1200
    ) -> PageImage | None:
        """One page of a PDF, counted from 1, with what stands on it of `document.text[start:end]` marked.

        Returns:
            The picture; None for a document of another format, or where it has no such page.
        Raises:
            DocumentError: like `page_images`.
        """
        generation = self._live()
        reading = generation.passages.reading(document_id)
        if reading is None:
            raise _unknown(document_id)
        if not reading.characters or not 1 <= page <= len(reading.pages):
            return None
        path = self._corpus(generation) / document_id
        return next(iter(self._pages.draw(path, reading, start, end, width, page)), None)

    def documents(self) -> list[str]:
        """Ids of all documents in the index, in order."""
        return self._live().passages.document_ids()

    def overview(self) -> Overview:
        """What the index holds, and when it was built."""
        generation = self._live()
        kept = self._overview
        if kept is None or kept[0] != generation.name:
            documents = generation.passages.summaries()
            passages = sum(document.passages for document in documents)
            kept = self._overview = generation.name, Overview(generation.manifest.created, documents, passages)
        return kept[1]

    def metadata(self, document_id: str) -> Metadata:
        """What a document says about itself, without its text.

        Raises:
            DocumentError: if there is none of that id.
        """
        return self._live_with(document_id).passages.origin(document_id)[0]

    def is_stale(self, document_id: str) -> bool:
        """Whether a document's file has changed, or gone, since it was indexed.

        Raises:
            DocumentError: if there is none of that id.
        """
        return self._stale(self._live_with(document_id), document_id)

    def warm_up(self) -> None:
        """Load the encoder now instead of at the first question."""
        self._embed("")

    @property
    def is_warm(self) -> bool:
        """Whether the encoder is loaded, so that a question is answered at once."""
        return self._warm

    def _embed(self, text: str) -> Matrix:
        vector = self._embed_query(text)
        self._warm = True
        return vector

    def _live(self) -> Generation:
        name = live_name(self._index_dir)
        if name == self._generation.name:
            return self._generation
        with self._lock:
            if live_name(self._index_dir) != self._generation.name:  # another thread may have opened it meanwhile
                self._generation = open_live(self._index_dir, self._embedder)
            return self._generation

    def _live_with(self, document_id: str) -> Generation:
        generation = self._live()
        if document_id not in generation.manifest.documents:
            raise _unknown(document_id)
        return generation

    def _retrieve(
        self,
        generation: Generation,
        query: str,
        documents: Sequence[str] | None,
        k: int,
        *,
        definitions: bool = False,
    ) -> Retrieval:
        if not query.strip():
            raise CydqaError("The question is empty.", hint="Type a question about the documents.")
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        question = read_question(query, generation.lexical, generation.lexicon)
        return retrieve(
            generation,
            question,
            self._embed(question.embedded),
            k=k,
            candidates=self._settings.candidates,
            rows=None if documents is None else self._rows(generation, documents),
            definitions=definitions,
        )

    def _rows(self, generation: Generation, documents: Sequence[str]) -> Rows:
        for document_id in documents:
            if document_id not in generation.manifest.documents:
                raise _unknown(document_id)
        return generation.passages.rows_of(documents)

    def _stale(self, generation: Generation, document_id: str) -> bool:
        return generation.manifest.documents[document_id].is_stale(self._corpus(generation) / document_id)

    def _corpus(self, generation: Generation) -> Path:
        return self._corpus_dir or Path(generation.manifest.corpus)


def open_assistant(
    index_dir: Path | str,
    *,
    corpus_dir: Path | str | None = None,
    settings: Settings | None = None,
    embedder: Embedder | None = None,
) -> Assistant:
    """Open an index for questions. The encoder is found and checked now, and loaded at the first question.

    Args:
        index_dir: what `build_index` wrote.
        corpus_dir: where the documents are, to see whether they changed; None for the folder they were built from.
        settings: None for those of the environment.
        embedder: None for the encoder that the settings name.

    Raises:
        IndexNotBuiltError, IndexMismatchError, IndexCorruptError: with the command that mends it.
        ModelUnavailableError: if the encoder's files are missing or damaged.
    """
    index_dir = Path(index_dir)
    settings = settings or load_settings()
    built_name(index_dir)  # a missing index is said before the encoder is looked for
    embedder = embedder or opening.open_encoder(settings.model, index_dir)
    return Assistant(index_dir, Path(corpus_dir) if corpus_dir else None, settings, embedder)


def _unknown(document_id: str) -> DocumentError:
    return DocumentError(
        f"There is no document {document_id} in the index.",
        hint="`cydqa status` lists the documents; after adding one, run `cydqa index`.",
    )
