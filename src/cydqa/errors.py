"""What can go wrong in a way that the person at the keyboard can fix.

CydqaError
    SettingsError           a CYDQA_* variable or an option has a value that makes no sense
    DocumentError           a file can't be read as a document
    IndexNotBuiltError      there is no index yet
    IndexMismatchError      the index was built by something else than what opens it
    IndexCorruptError       a file of the index is damaged or missing
    IndexBusyError          another build is running
    BuildCancelledError     a build was stopped on the user's word
    ModelUnavailableError   the encoder's files are missing or not what they should be
    AccessError             a visitor of the page may not do that
    StateError              conversations or feedback can't be kept or read
"""


class CydqaError(Exception):
    """Something the person at the keyboard can fix: what is wrong, and in `hint` what to do."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class SettingsError(CydqaError):
    """A setting is unknown or has an impossible value."""


class DocumentError(CydqaError):
    """A file can't be read as a document."""


class IndexNotBuiltError(CydqaError):
    """There is no index in the folder."""


class IndexMismatchError(CydqaError):
    """The index was built by another version, encoder or chunking than the one that opens it."""


class IndexCorruptError(CydqaError):
    """A file of the index is missing or does not have the bytes that were written."""


class IndexBusyError(CydqaError):
    """Another process is building this index."""


class BuildCancelledError(CydqaError):
    """A build was stopped before it published; the index that was there still answers."""

    def __init__(self) -> None:
        super().__init__(
            "The build was cancelled; the index is as it was.", hint="Run `cydqa index` to build it another time."
        )


class ModelUnavailableError(CydqaError):
    """The encoder's files are missing, incomplete or not the ones expected."""


class AccessError(CydqaError):
    """A visitor of the page asks for what only curators may do."""


class StateError(CydqaError):
    """The file of the conversations can't be read or written."""
