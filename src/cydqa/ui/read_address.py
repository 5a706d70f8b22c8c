"""What the address of the page for reading says: which document, which place in it, and where the reader came from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cydqa.types import Citation, Span

_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Address:
    """The address, taken apart; what it says may still name nothing that there is."""

    document: str | None
    start: str | None
    end: str | None
    part: int | None  # of a long document, from 1
    carried: Mapping[str, str]  # "conversation" and "turn", where it has them

    def of_part(self, part: int) -> dict[str, str]:
        """The parameters of the same address but for the part."""
        named = {"document": self.document, "start": self.start, "end": self.end, **self.carried, "part": str(part)}
        return {name: value for name, value in named.items() if value is not None}


def parameters_of(citation: Citation) -> dict[str, str]:
    """What names the place of a citation in an address."""
    return {"document": citation.document_id, "start": str(citation.start), "end": str(citation.end)}


def address_of(parameters: Mapping[str, str]) -> Address:
    """Take the parameters of an address apart; raises nothing, whatever they are."""
    carried = {name: parameters[name] for name in ("conversation", "turn") if parameters.get(name)}
    return Address(
        parameters.get("document") or None,
        parameters.get("start"),
        parameters.get("end"),
        _number(parameters.get("part")),
        carried,
    )


def place_of(address: Address, text: str) -> tuple[Span | None, str]:
    """The slice of the text that an address names, or None and why in words, which are empty if it names none."""
    if address.start is None and address.end is None:
        return None, ""
    start, end = _number(address.start), _number(address.end)
    if start is None or end is None:
        return None, "The address names no place in the text: its start and end must be numbers, 0 or more."
    if start >= end:
        return None, f"The address names no place in the text: its start, {start}, is not before its end, {end}."
    if end > len(text):
        return None, (
            f"The address names the characters {start} to {end}, but the text has only {len(text)}."
            " The document may have changed since the address was made."
        )
    if not text[start:end].strip():
        return None, "At the place that the address names the text has nothing but white space."
    return (start, end), ""


def _number(written: str | None) -> int | None:
    return int(written) if written is not None and _NUMBER.fullmatch(written) else None
