"""An answer as a record of plain values that JSON can hold, and back again, exactly.

Records outlive the version that wrote them: what a record says beyond the fields of today is left aside, and what it
does not say takes the default of its field. So a field added to `types` needs a default.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from cydqa.types import Answer

_DOCUMENT = "document_id"  # what every field is called that names a document


def record_of(answer: Answer) -> dict[str, Any]:
    """The answer with all that belongs to it, by the names of the fields."""
    return asdict(answer)


def answer_of(record: Any) -> Answer:
    """The answer that a record holds.

    Raises:
        ValueError: if a value is not of the type of its field, or one without a default is missing.
    """
    answer: Answer = _made(Answer, record)
    return answer


def documents_in(record: Any) -> Iterator[str]:
    """Ids of the documents that a record quotes, shows or explains, some more than once."""
    if isinstance(record, Mapping):
        if isinstance(record.get(_DOCUMENT), str):
            yield record[_DOCUMENT]
        record = record.values()
    elif not isinstance(record, (list, tuple)):
        return
    for value in record:
        yield from documents_in(value)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _made(kind: Any, value: Any) -> Any:
    """A value of this type from what JSON gives for it."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        (wanted,) = (argument for argument in arguments if argument is not type(None))
        return None if value is None else _made(wanted, value)
    if origin is tuple and isinstance(value, (list, tuple)):
        kinds = [arguments[0]] * len(value) if arguments[1:] == (Ellipsis,) else arguments
        return tuple(_made(each, held) for each, held in zip(kinds, value, strict=True))
    if origin is dict and isinstance(value, Mapping):
        return {name: _made(arguments[1], held) for name, held in value.items()}
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, Mapping):
        hints = _hints(kind)
        given = {each.name: _made(hints[each.name], value[each.name]) for each in fields(kind) if each.name in value}
        try:
            return kind(**given)
        except TypeError as error:
            raise ValueError(f"a record of {kind.__name__} is incomplete: {error}") from error
    if origin is None and isinstance(value, (int, float) if kind is float else kind):
        return value
    raise ValueError(f"{value!r:.80} is no {kind}")
