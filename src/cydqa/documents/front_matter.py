"""The YAML block at the head of a Markdown file, or in a sidecar file -> typed metadata."""

import dataclasses
from datetime import date, datetime
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from cydqa.documents.decoding import decode
from cydqa.errors import DocumentError
from cydqa.types import Metadata, Reference, Source


def _as_text(value: Any) -> Any:
    """YAML reads 2025-07-11 as a date and 2025 as a number; here both are words."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


_Text = Annotated[str, BeforeValidator(_as_text)]
_Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\x00-\x20\x7f]{1,2000}$")]
_MODEL = ConfigDict(extra="ignore", frozen=True)  # people's files carry keys of other programs


class _Loader(yaml.SafeLoader):
    """YAML without aliases, of which a few nested ones unfold to more than memory holds."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it repeats a value by an alias (*), which is not allowed here")
        return super().compose_node(parent, index)


class _Reference(BaseModel):
    model_config = _MODEL
    number: Annotated[int, Field(ge=0, le=1_000_000)]
    title: _Text
    url: _Url | None = None
    document: str | None = None


class _Source(BaseModel):
    model_config = _MODEL
    title: _Text
    url: _Url | None = None
    publisher: _Text | None = None
    published: _Text | None = None


class _FrontMatter(BaseModel):
    model_config = _MODEL
    title: _Text | None = None
    url: _Url | None = None
    publisher: _Text | None = None
    authors: tuple[_Text, ...] = ()
    published: _Text | None = None
    accessed: _Text | None = None
    kind: _Text | None = None
    language: str | None = None
    references: tuple[_Reference, ...] = ()
    sources: tuple[_Source, ...] = ()
    questions: tuple[_Text, ...] = ()


def add_sidecar(metadata: Metadata, sidecar: bytes) -> tuple[str | None, Metadata]:
    """The title that a sidecar gives, if it does, and the metadata of a file with what its sidecar says of it.

    Raises:
        DocumentError: like `parse_front_matter`.
    """
    block, _ = decode(sidecar)
    title, beside = _parse(block, "its sidecar", "the file that is named like it and ends in .yaml")
    said = {field.name: value for field in dataclasses.fields(Metadata) if (value := getattr(beside, field.name))}
    return title, dataclasses.replace(metadata, **said)


def parse_front_matter(block: str) -> tuple[str | None, Metadata]:
    """The title, if there is one, and the metadata of a front-matter block (without its --- lines).

    Raises:
        DocumentError: if the block is not YAML, or a key that cydqa knows has a value of the wrong kind.
    """
    return _parse(block, "its front matter", "the block between the --- lines")


def _parse(block: str, name: str, place: str) -> tuple[str | None, Metadata]:
    try:
        values = yaml.load(block, _Loader)  # noqa: S506  a safe one
    except Exception as error:  # besides YAMLError, a wrong tag brings whatever its constructor stumbles over
        reason = " ".join(str(error).split())[:200]
        raise DocumentError(
            f"{name} is not YAML: {reason}.",
            hint=f"Correct {place}, or remove it.",
        ) from error
    try:
        front = _FrontMatter.model_validate(values or {})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "as a whole"
        raise DocumentError(
            f"{name} is wrong at {where}: {first['msg']}.",
            hint=f"Correct that key in {place}, or remove it.",
        ) from error
    own = {field.name: getattr(front, field.name) for field in dataclasses.fields(Metadata)}
    own["references"] = tuple(Reference(**entry.model_dump()) for entry in front.references)
    own["sources"] = tuple(Source(**entry.model_dump()) for entry in front.sources)
    return front.title, Metadata(**own)
