"""The settings: few, frozen, read once from CYDQA_* variables by the entry points."""

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from platformdirs import user_state_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cydqa.errors import SettingsError

PREFIX = "CYDQA_"


class Settings(BaseSettings):
    """What a user may choose; each field is also an environment variable, CYDQA_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", protected_namespaces=())

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    model: str = ""  # a folder, or a name on the Hugging Face hub; empty: the model that is installed with cydqa
    chunk_tokens: int = Field(200, ge=16, le=4096)  # of the encoder's tokenizer, at most, in one passage
    candidates: int = Field(50, ge=1, le=1000)  # of each retriever, before fusion
    hits: int = Field(6, ge=1, le=50)  # passages that quotes are chosen from
    quote_words: int = Field(100, ge=10, le=1000)  # all quotes of an answer together; one quote may be longer
    state: Path = Field(default_factory=lambda: user_state_path("cydqa"))  # conversations, and builds of the page
    read_only: bool = False  # nobody adds, removes or rebuilds on the page
    curators: Annotated[
        tuple[str, ...], NoDecode
    ] = ()  # separated by commas: e-mail addresses of those who may, among people who sign in; empty: all may
    min_confidence: float = Field(0.26, ge=0, le=1)  # below it a question is declined

    @field_validator("curators", mode="before")
    @classmethod
    def _separated(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        names = tuple(filter(None, map(str.strip, value.split(","))))
        if value.strip() and not names:
            raise ValueError("it names nobody")  # and would let everybody in
        return names


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment, with `overrides` that are not None on top.

    Raises:
        SettingsError: for an unknown CYDQA_* variable or an impossible value.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            close = get_close_matches(name.upper(), known, n=1, cutoff=0.8)
            hint = f"Did you mean {close[0]}?" if close else f"The settings are: {', '.join(sorted(known))}."
            raise SettingsError(f"There is no setting {name}.", hint=f"{hint} Rename the variable or unset it.")
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise SettingsError(
            f"{name} can't be {first['input']!r}: {first['msg']}.", hint="Correct the value, or unset it."
        ) from error
