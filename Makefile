# The same few commands for people, hooks and CI. Everything runs in .venv, which the first command makes.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: install run test check index eval screenshots clean

install: .venv/.installed

run: .venv/.installed
	@test -f index/CURRENT || $(BIN)/cydqa index
	$(BIN)/streamlit run app.py

test: .venv/.installed-dev
	$(BIN)/pytest

check: .venv/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

index: .venv/.installed
	$(BIN)/cydqa index

eval: .venv/.installed
	@test -f index/CURRENT || $(BIN)/cydqa index
	$(BIN)/cydqa eval --split test

screenshots: .venv/.installed-dev
	$(BIN)/python tests/take_screenshots.py

clean:
	rm -rf index/CURRENT index/generations index/staging index/build.lock tests/screenshots
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis src/*.egg-info

.venv/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	touch $@

.venv/.installed-dev: .venv/.installed
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[test,lint]'
	touch $@
