"""What the abbreviations of all documents stand for, in files, looked up both ways without reading the others."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from cydqa.abbreviations import ExplainedTerm
from cydqa.index.vocabulary import Vocabulary

Phrase = tuple[str, ...]  # terms that stand for something together
_LONG, _SHORT = "long_forms", "short_forms"
_WITHIN, _BETWEEN = " ", "\t"  # the terms of a phrase, and a phrase and an abbreviation: neither is in a term


class Abbreviations:
    """Pairs of a term and a phrase, sorted by the one and by the other. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Open what `write` wrote; raises like `StoredArray`."""
        self._long, self._short = Vocabulary(folder, _LONG), Vocabulary(folder, _SHORT)

    @staticmethod
    def write(explained: Iterable[ExplainedTerm], folder: Path) -> None:
        """Store what is explained; a pair may come more than once."""
        pairs = {(short, _WITHIN.join(long)) for short, long in explained}
        Vocabulary.write(sorted(short + _BETWEEN + long for short, long in pairs), folder, _LONG)
        Vocabulary.write(sorted(long + _BETWEEN + short for short, long in pairs), folder, _SHORT)

    def long_forms(self, term: str) -> tuple[Phrase, ...]:
        """What the documents say that an abbreviation stands for, sorted."""
        key = term + _BETWEEN
        return tuple(sorted(tuple(each[len(key) :].split(_WITHIN)) for each in self._long.beginning_with(key)))

    def short_forms(self, sequence: Sequence[str]) -> list[tuple[Phrase, tuple[str, ...]]]:
        """Phrases of two or more neighbouring terms of a sequence, and the abbreviations that are explained by exactly
        them; short phrases first.
        """
        found = []
        for start in range(len(sequence)):
            for stop in range(start + 2, len(sequence) + 1):
                begun = _WITHIN.join(sequence[start:stop])
                if next(self._short.beginning_with(begun), None) is None:
                    break
                key = begun + _BETWEEN
                if short := tuple(each[len(key) :] for each in self._short.beginning_with(key)):
                    found.append((tuple(sequence[start:stop]), short))
        return sorted(found, key=lambda each: len(each[0]))
