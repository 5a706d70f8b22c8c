"""cydqa answers questions from a folder of documents with numbered, verbatim quotes.

Names are loaded when first used, so that `import cydqa` costs almost nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cydqa.assistant import Assistant as Assistant
    from cydqa.assistant import open_assistant as open_assistant
    from cydqa.errors import BuildCancelledError as BuildCancelledError
    from cydqa.errors import CydqaError as CydqaError
    from cydqa.errors import DocumentError as DocumentError
    from cydqa.errors import IndexBusyError as IndexBusyError
    from cydqa.errors import IndexCorruptError as IndexCorruptError
    from cydqa.errors import IndexMismatchError as IndexMismatchError
    from cydqa.errors import IndexNotBuiltError as IndexNotBuiltError
    from cydqa.errors import ModelUnavailableError as ModelUnavailableError
    from cydqa.errors import SettingsError as SettingsError
    from cydqa.index.build import build_index as build_index
    from cydqa.settings import Settings as Settings
    from cydqa.types import Answer as Answer
    from cydqa.types import BuildReport as BuildReport
    from cydqa.types import Chunk as Chunk
    from cydqa.types import Citation as Citation
    from cydqa.types import Document as Document
    from cydqa.types import Hit as Hit
    from cydqa.types import PageImage as PageImage
    from cydqa.types import Progress as Progress
    from cydqa.types import Quote as Quote
    from cydqa.types import Section as Section

__version__ = "0.1.0"

_HOME = {
    "Answer": "types",
    "Assistant": "assistant",
    "BuildCancelledError": "errors",
    "BuildReport": "types",
    "Chunk": "types",
    "Citation": "types",
    "CydqaError": "errors",
    "Document": "types",
    "DocumentError": "errors",
    "Hit": "types",
    "IndexBusyError": "errors",
    "IndexCorruptError": "errors",
    "IndexMismatchError": "errors",
    "IndexNotBuiltError": "errors",
    "ModelUnavailableError": "errors",
    "PageImage": "types",
    "Progress": "types",
    "Quote": "types",
    "Section": "types",
    "Settings": "settings",
    "SettingsError": "errors",
    "build_index": "index.build",
    "open_assistant": "assistant",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'cydqa' has no attribute {name!r}")
    return getattr(import_module(f"cydqa.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
