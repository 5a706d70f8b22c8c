"""Titles, headings and other facts about a document, as they name it in answers: short, one line, nothing hidden."""

import dataclasses
import unicodedata
from typing import Any, TypeVar

_MOST = 300  # characters; every passage and every sentence is read together with its heading
_ADDRESSES = {"url", "document"}  # of use whole or not at all

Value = TypeVar("Value")


def named(text: str) -> str:
    """A title or heading on one line of at most 300 characters, without control characters and halves of characters."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    shown = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in whole[: 4 * _MOST])
    line = " ".join(shown.split())
    return line if len(line) <= _MOST else line[: _MOST - 1].rstrip() + "…"


def tidy(value: Value) -> Value:
    """Metadata, or a part of them, each text of which is fit to be shown."""
    return _tidy(value)  # type: ignore[no-any-return]


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return named(value)
    if isinstance(value, tuple):
        return tuple(_tidy(entry) for entry in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **{k: _address(v) if k in _ADDRESSES else _tidy(v) for k, v in parts.items()})
    return value


def _address(value: str | None) -> str | None:
    return value if value and value.isprintable() else None
