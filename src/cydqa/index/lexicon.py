"""What an index knows about words: how else they are written, and what its abbreviations stand for."""

from functools import lru_cache, partial

from cydqa.embedding import Embedder
from cydqa.index.abbreviated import Abbreviations, Phrase
from cydqa.index.lexical import LexicalIndex
from cydqa.words import stems

_SHORTEST = 5  # letters of a word that may be misspelt: shorter ones are too near to each other
_LONG = 9  # letters from which two slips are allowed
_PART = 3  # letters of each part of a compound, at least
_LONGEST = 40  # letters of a word that may be a compound or misspelt: what is longer is no word, but takes long to try


class Lexicon:
    """The words of one index. Safe to share between threads."""

    def __init__(self, lexical: LexicalIndex, abbreviations: Abbreviations, embedder: Embedder | None) -> None:
        """Prepare for questions.

        Args:
            embedder: a word that its tokenizer has whole is a word of the language; without one, nothing is corrected.
        """
        self._lexical = lexical
        self.long_forms, self.short_forms = abbreviations.long_forms, abbreviations.short_forms
        self.correction = lru_cache(maxsize=256)(partial(_correction, lexical=lexical, embedder=embedder))

    def knows(self, term: str) -> bool:
        """Whether any passage has the term."""
        return self._lexical.column(term) is not None

    def parts(self, word: str) -> Phrase | None:
        """The two words that a compound is written as in the documents ("multistakeholder": multi-stakeholder)."""
        if len(word) > _LONGEST:
            return None
        found = []
        for place in range(_PART, len(word) - _PART + 1):
            parts = tuple(stems([word[:place], word[place:]]))
            counts = [self._lexical.document_frequency(part) for part in parts]
            if all(counts):
                found.append((min(counts), parts))
        return max(found)[1] if found else None


def _correction(word: str, lexical: LexicalIndex, embedder: Embedder | None) -> str | None:
    """The word of the index that one in lower case is most likely a slip for, or None.

    One insertion, deletion, replacement or exchange of neighbours (two in a long word); of several such words the
    one in the most passages. A word that the tokenizer has whole is none: Slovakia is no misspelt Slovenia.
    """
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha() or embedder is None:
        return None
    if embedder.tokenizer.count(word) < 2:
        return None
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    most = 1 + (len(word) >= _LONG)
    others = lexical.forward.vocabulary.near(word, most)
    near = process.extract(word, others, scorer=OSA.distance, score_cutoff=most, limit=None)
    ranked = [
        (distance, -lexical.document_frequency(term), other)
        for (other, distance, _), term in zip(near, stems([other for other, _, _ in near]), strict=True)
        if other.isalpha()
    ]
    return min(ranked)[2] if ranked else None
