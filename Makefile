# README's two commands. The work is in the `course` command; this only sees that it is installed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: lab test

lab: .venv/.installed
	$(BIN)/course lab

test: .venv/.installed
	$(BIN)/course model fetch
	$(BIN)/course build --check
	$(BIN)/ruff check .
	$(BIN)/pytest

.venv/.installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	touch $@
