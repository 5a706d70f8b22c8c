"""Whatever a person names to be added: files, folders and web addresses."""

from collections.abc import Sequence
from pathlib import Path

from cydqa.library.adding import Added, add_files, merge
from cydqa.library.fetching import add_url


def add_sources(
    corpus_dir: Path, sources: Sequence[str], *, replace: bool = False, index_dir: Path | None = None
) -> Added:
    """Add files and folders, then what web addresses give; raises like `add_files`."""
    paths = [Path(source).expanduser() for source in sources if "://" not in source]
    added = [add_files(corpus_dir, paths, replace=replace, index_dir=index_dir)]
    added += [
        add_url(corpus_dir, source, replace=replace, index_dir=index_dir) for source in sources if "://" in source
    ]
    return merge(added)
