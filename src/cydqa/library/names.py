"""Names that every file system takes and no reader is fooled by."""

import re
import unicodedata

_MOST_BYTES = 120  # of a name in UTF-8; leaves room for what is put behind it
_MOST_SUFFIX_BYTES = 20
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_DROPPED = {"Cc", "Cf"}  # control characters, and those that only format, such as a change of direction
_REPLACED = {"Cs", "Co", "Cn"}  # bytes that were no UTF-8, private and unassigned characters
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)


def safe_name(name: str) -> str:
    """The name under which a file of that name is stored: its suffix, in lower case, is kept whatever is cut."""
    stem, dot, suffix = _clean(name).rpartition(".")
    if not dot or len(suffix.encode()) > _MOST_SUFFIX_BYTES:
        return safe_folder_name(name, otherwise="document")
    suffix = "." + suffix.lower()
    return _fitting(stem, _MOST_BYTES - len(suffix.encode()), "document") + suffix


def safe_folder_name(name: str, *, otherwise: str = "folder") -> str:
    """The name under which a folder of that name is stored; `otherwise` where nothing of it is left."""
    return _fitting(_clean(name), _MOST_BYTES, otherwise)


def name_key(name: str) -> str:
    """What two names share that some file system takes for the same: those that differ by case or Unicode form."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def _clean(name: str) -> str:
    shown = (
        "_" if unicodedata.category(character) in _REPLACED else character
        for character in re.sub(r"\s", " ", name)
        if unicodedata.category(character) not in _DROPPED
    )
    text = _FORBIDDEN.sub("_", _BLANK.sub("", "".join(shown)))
    return " ".join(unicodedata.normalize("NFC", text).split()).rstrip(". ")


def _fitting(stem: str, most_bytes: int, otherwise: str) -> str:
    stem = stem.lstrip(".- ")
    if _DEVICE.match(stem):
        stem = "_" + stem
    return stem.encode()[:most_bytes].decode(errors="ignore").rstrip(". ") or otherwise
