from pathlib import Path

import pytest

from cydqa.errors import SettingsError
from cydqa.settings import load_settings


def test_the_environment_and_then_the_command_line_decide(monkeypatch):
    monkeypatch.setenv("CYDQA_CORPUS", "elsewhere")
    monkeypatch.setenv("CYDQA_HITS", "3")
    assert load_settings().corpus == Path("elsewhere")
    assert load_settings(corpus=Path("here"), index=None).corpus == Path("here")
    assert load_settings().hits == 3


def test_an_unknown_setting_is_an_error_that_guesses(monkeypatch):
    monkeypatch.setenv("CYDQA_MODLE", "x")
    with pytest.raises(SettingsError, match="no setting CYDQA_MODLE") as caught:
        load_settings()
    assert "CYDQA_MODEL" in caught.value.hint


@pytest.mark.parametrize(("name", "value"), [("HITS", "0"), ("HITS", "many"), ("MIN_CONFIDENCE", "1.5")])
def test_an_impossible_value_is_named(monkeypatch, name, value):
    monkeypatch.setenv(f"CYDQA_{name}", value)
    with pytest.raises(SettingsError, match=f"CYDQA_{name} can't be '{value}'"):
        load_settings()
