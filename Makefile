# make run   the baseline scenario, from nothing to its charts
# make test  lint, types, import floors, tests
# make bench the engine against a hand-written loop and plain SimPy
# make docs  the pages and the schema that are made from the code
# make mutants ROOM=analysis/ledger.py   small changes to a room or file, which its tests should see

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test test-all bench mutants lint docs clean

run: $(READY)
	$(BIN)/simcap run scenarios/baseline.yaml

test: lint
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow"

test-all: lint
	$(BIN)/pytest -n 2 --dist worksteal

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m benchmarks

docs: $(READY)
	$(BIN)/simcap schema > simcap/scenario/scenario.schema.json.new
	mv simcap/scenario/scenario.schema.json.new simcap/scenario/scenario.schema.json
	$(BIN)/python -m docs.generate

mutants: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[mutants]"
	$(BIN)/python -m tests.mutants $(ROOM)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	$(BIN)/python -m simcap.floor.warm
	touch $(READY)

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis
