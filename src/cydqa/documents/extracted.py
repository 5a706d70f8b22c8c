"""What a format's module returns, and the builder that keeps text and sections in step."""

from dataclasses import dataclass

from cydqa.types import CharacterRun, Metadata, Section


@dataclass(frozen=True, slots=True)
class Extracted:
    """The reading text of a file, with its sections in the order of the text."""

    title: str | None  # None where the file has none of its own
    text: str
    sections: tuple[Section, ...]
    metadata: Metadata
    pages: tuple[int, ...] = ()  # offset at which each page or slide starts
    characters: tuple[CharacterRun, ...] = ()  # of a PDF, in the order of the text
    warnings: tuple[str, ...] = ()  # what a reader of the answers should know of the extraction: whole sentences


class TextBuilder:
    """Collects blocks of reading text, one blank line apart, and the sections that they fall into."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._length = 0
        self._sections: list[Section] = []
        self._path: tuple[str, ...] = ()
        self._start = 0

    def add(self, block: str) -> None:
        """Append a block to the current section; an empty one is left out."""
        if block.strip():
            self._blocks.append(block + "\n\n")
            self._length += len(self._blocks[-1])

    def open_section(self, path: tuple[str, ...], heading: str) -> None:
        """Close the current section, write the heading, and start the section under it."""
        self._close()
        self._blocks.append(heading + "\n\n")
        self._length += len(self._blocks[-1])
        self._path, self._start = path, self._length

    def finish(self) -> tuple[str, tuple[Section, ...]]:
        """The whole text, and its sections that are not empty."""
        self._close()
        return "".join(self._blocks), tuple(self._sections)

    def _close(self) -> None:
        if self._length > self._start:
            self._sections.append(Section(self._path, self._start, self._length))
