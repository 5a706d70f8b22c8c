"""An answer as a record of plain values that JSON can hold, and back again, exactly.

Records outlive the version that wrote them: what a record says beyond the fields of today is left aside, and what it
does not say takes the default of its field. So a field added to `types` needs a default.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from cydqa.types import Answer

_Maker: TypeAlias = Callable[[Any], Any]

_DOCUMENT = "document_id"  # what every field is called that names a document


def record_of(answer: Answer) -> dict[str, Any]:
    """The answer with all that belongs to it, by the names of the fields."""
    return asdict(answer)


def answer_of(record: Any) -> Answer:
    """The answer that a record holds.

    Raises:
        ValueError: if a value is not of the type of its field, or one without a default is missing.
    """
    answer: Answer = _maker(Answer)(record)
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
def _maker(kind: Any) -> _Maker:
    """What makes a value of this type from what JSON gives for it, or raises ValueError."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        (wanted,) = (_maker(argument) for argument in arguments if argument is not type(None))
        return lambda value: None if value is None else wanted(value)
    if origin is tuple and arguments[1:] == (Ellipsis,):
        each = _maker(arguments[0])
        return lambda value: tuple([each(held) for held in _checked(value, (list, tuple))])
    if origin is tuple:
        makers = [_maker(argument) for argument in arguments]
        return lambda value: tuple(
            [make(held) for make, held in zip(makers, _checked(value, (list, tuple)), strict=True)]
        )
    if origin is dict:
        each = _maker(arguments[1])
        return lambda value: {name: each(held) for name, held in _checked(value, dict).items()}
    if is_dataclass(kind):
        return _record_maker(kind)
    wanted_types = (int, float) if kind is float else kind
    return lambda value: _checked(value, wanted_types)


def _record_maker(kind: Any) -> _Maker:
    hints = get_type_hints(kind)
    makers = [(each.name, _maker(hints[each.name])) for each in fields(kind)]

    def make(value: Any) -> Any:
        given = _checked(value, dict)
        try:
            return kind(**{name: made(given[name]) for name, made in makers if name in given})
        except TypeError as error:
            raise ValueError(f"a record of {kind.__name__} is incomplete: {error}") from error

    return make


def _checked(value: Any, kinds: Any) -> Any:
    if isinstance(value, kinds):
        return value
    raise ValueError(f"{value!r:.80} is not of the type {kinds}")
