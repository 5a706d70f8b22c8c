"""Everything on the page that changes documents or index. Each function first asks whether the visitor may do that."""

from collections.abc import Iterable, Sequence

from cydqa import jobs
from cydqa.library.adding import Added, add_content, merge
from cydqa.library.fetching import add_url
from cydqa.library.removing import Removed, remove_documents
from cydqa.saved import ConversationStore
from cydqa.ui.visit import Visit


def add_uploads(visit: Visit, files: Iterable[tuple[str, bytes]], *, replace: bool = False) -> Added:
    """Store files by their names; what became of each stands in what is returned."""
    visit.visitor.require_curator()
    settings = visit.settings
    return merge(
        add_content(settings.corpus, name, content, replace=replace, index_dir=settings.index)
        for name, content in files
    )


def add_address(visit: Visit, url: str, *, replace: bool = False) -> Added:
    """Fetch a document from the web and store it."""
    visit.visitor.require_curator()
    return add_url(visit.settings.corpus, url, replace=replace, index_dir=visit.settings.index)


def remove(visit: Visit, document_ids: Sequence[str], *, forget: bool = False) -> Removed:
    """Delete documents and, with `forget`, the saved conversations that quote them."""
    visit.visitor.require_curator()
    removed = remove_documents(visit.settings.corpus, document_ids, index_dir=visit.settings.index)
    if forget:
        ConversationStore(visit.settings.state).erase_quoting(None, removed.removed)
    return removed


def start_build(visit: Visit, *, rebuild: bool = False) -> jobs.Job:
    """Start a build of the index, or find the one that runs."""
    visit.visitor.require_curator()
    return jobs.start(visit.settings, rebuild=rebuild)


def cancel_build(visit: Visit) -> None:
    """Stop the build that runs."""
    visit.visitor.require_curator()
    jobs.cancel(visit.settings)


def dismiss_report(visit: Visit) -> None:
    """Forget what the last build reported."""
    visit.visitor.require_curator()
    jobs.dismiss(visit.settings)
