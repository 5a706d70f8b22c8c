"""Whatever a person names to be added: files, folders and web addresses."""

from collections.abc import Sequence
from pathlib import Path

from cydqa.library.adding import Added, add_files, merge
from cydqa.library.fetching import add_url


def add_sources(
    corpus_dir: Path, sources: Sequence[str], *, replace: bool = False, index_dir: Path | None = None
) -> Added:
    """Add files and folders, then what web addresses give; raises like `add_files`."""
    named = [source for source in sources if "://" not in source]
    failed = {source: reason for source in named if (reason := _wrong(source))}
    paths = [Path(source).expanduser() for source in named if source not in failed]
    added = [Added(failed=failed), add_files(corpus_dir, paths, replace=replace, index_dir=index_dir)]
    added += [
        add_url(corpus_dir, source, replace=replace, index_dir=index_dir) for source in sources if "://" in source
    ]
    return merge(added)


def _wrong(source: str) -> str | None:
    if not source.strip():
        return "it is empty. Name a file, a folder or a web address."  # Path("") would be the folder one stands in
    try:
        Path(source).expanduser()
    except RuntimeError:
        return "it names the home of a user who is not there. Check its name."
    return None
