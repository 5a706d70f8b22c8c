"""Reading the bytes of files that anybody may have put there."""

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

from cydqa.errors import DocumentError

MOST_BYTES = 300 * 2**20
MOST_SIDECAR_BYTES = 2**20


def open_regular(path: Path, *, follow: bool = True) -> BufferedReader:
    """Open a regular file; raises OSError for anything else too, because a pipe would never end.

    Args:
        follow: also where it is a link.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # opening some devices does something
        raise _not_regular(path)
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    file = open(os.open(path, flags), "rb")  # noqa: SIM115  closed by whoever reads it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # it was exchanged in between
        file.close()
        raise _not_regular(path)
    return file


def read_bytes(path: Path, most: int, *, follow: bool = True) -> bytes:
    """The content of a regular file.

    Raises:
        DocumentError: if it has more than `most` bytes.
        OSError: if it can't be read.
    """
    with open_regular(path, follow=follow) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise too_large(most)
    return content


def too_large(most: int) -> DocumentError:
    """The error for a file of more than `most` bytes."""
    return DocumentError(f"it is larger than {most >> 20} MiB.", hint="Split it.")


def _not_regular(path: Path) -> OSError:
    return OSError(errno.EINVAL, "not a regular file", str(path))
