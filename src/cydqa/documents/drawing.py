"""Pictures of a PDF's pages with a slice of its text marked."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cydqa.documents import Reading
from cydqa.types import PageImage

if TYPE_CHECKING:
    from cydqa.documents.isolation import ParserPool


class PageDrawer:
    """Draws in a process of its own, which starts with the first picture. Safe to share between threads."""

    @cached_property
    def _parsers(self) -> "ParserPool":
        from cydqa.documents.isolation import ParserPool

        return ParserPool(workers=1)

    def draw(
        self, path: Path, reading: Reading, start: int, end: int, width: int, page: int | None = None
    ) -> tuple[PageImage, ...]:
        """The pages that a slice stands on, or only `page`, whether or not it stands there; none of no PDF.

        Raises:
            DocumentError: if the file at `path` is not the one that was read.
        """
        from cydqa.documents.protocol import Mark

        there = (run for run in reading.characters if page in (None, run.page))
        marked = tuple(run for run in there if run.start < end and run.start + run.length > start)
        if not marked and page is None:
            return ()
        return self._parsers.draw(path, Mark(reading.sha256, marked, start, end, width, page))
