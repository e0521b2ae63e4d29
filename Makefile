# make run   the baseline scenario, from nothing to its charts
# make test  lint, types, import floors, tests
# make ci    what a clean clone has to pass: make test, then the wheel on the newest Python, with the coverage of its
#            quick tests, and the lowest versions allowed
# make bench the engine against a hand-written loop and plain SimPy
# make bench-peers   the engine beside Ciw, salabim, SimPy and hand-written loops; writes docs/benchmarks.md
# make faults   kills, full disks, flipped bits and twins against every command (half an hour)
# make fuzz MINUTES=60   mutated inputs of every kind for so long each, led by coverage; TARGETS="scenario data" for some
# make matrix  golden figures and quick tests, on each Python with the lowest and the newest versions of all libraries
# make release the wheel, built twice to the same bytes, with a signed list of the hashes of its contents (KEY=~/.ssh/id)
# make audit   known vulnerabilities of what is pinned; asks databases on the internet
# make docs  the pages and the schema that are made from the code
# make picture the picture with which README opens: compares, and shows the page in Chromium
# make mutants ROOM=analysis/ledger.py   small changes to a room or file, which its tests should see

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MINUTES ?= 2
READY := $(VENV)/.ready

# A quick part of the tests: the grammar, statistics, fits, hand-worked traces, and some whole runs.
QUICK := tests/golden tests/scenario tests/analysis tests/tables tests/report/pages tests/demand tests/calibration/fits/test_attrition.py tests/calibration/fits/test_families.py \
	tests/planning/test_sobol.py tests/experiment/test_kept.py tests/report/wording tests/report/terminal tests/test_traces.py
# The newest Python here that simcap allows.
NEWEST = $(shell for python in python3.13 $(HOME)/.pyenv/versions/3.13*/bin/python python3.12 $(PYTHON); do \
	$$python -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && { echo $$python; break; }; done)

.PHONY: run test test-all ci wheel lowest bench bench-peers faults fuzz mutants lint matrix release audit docs picture clean

# Each worker rewrites the assertions of all tests, for ten seconds, unless they are kept from the run before.
test test-all: export PYTHONDONTWRITEBYTECODE =
test test-all: export PYTHONPYCACHEPREFIX = $(CURDIR)/build/pycache

run: $(READY)
	$(BIN)/simcap run scenarios/baseline.yaml

test: lint
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow"

test-all: lint
	$(BIN)/pytest -n 2 --dist worksteal

# The wheel and the lowest versions are set up while tests wait for the environment, lint and one another.
ci:
	$(MAKE) -j2 -O test wheel lowest

wheel:
	rm -rf build/wheel build/newest build/demo
	$(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/wheel .
	$(NEWEST) -m venv build/newest
	build/newest/bin/python -m pip install --quiet --disable-pip-version-check build/wheel/*.whl
	cd build && newest/bin/simcap init demo --example last-quarter
	cd build/demo && ../newest/bin/simcap check scenarios/last-quarter.yaml --quiet
	cd build/demo && ../newest/bin/simcap run scenarios/last-quarter.yaml --replications 2 --quiet
	build/newest/bin/python -m pip install --quiet --disable-pip-version-check pytest pytest-xdist pytest-cov hypothesis
	echo "$(CURDIR)" > "$$(build/newest/bin/python -c 'import site; print(site.getsitepackages()[0])')/tests.pth"
	COVERAGE_CORE=sysmon build/newest/bin/pytest -q -p no:cacheprovider --import-mode=importlib -m "not slow" \
		--cov="$$(build/newest/bin/python -c 'import site; print(site.getsitepackages()[0])')/simcap" \
		--cov-report=term $(QUICK)

# Golden figures and quick tests, on each Python that is here, with the lowest and the newest versions.
HERE = $(shell for python in python$(1) $(HOME)/.pyenv/versions/$(1).*/bin/python; do \
	$$python -c "" 2>/dev/null && { echo $$python; break; }; done)
MATRIX = $(foreach version,3.11 3.12 3.13,$(foreach bound,lowest-direct highest,$(version)/$(bound)))
matrix: $(MATRIX:%=matrix/%)
matrix/%:
	rm -rf build/$@
	$(PYTHON) -m venv build/matrix/uv
	build/matrix/uv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv
	build/matrix/uv/bin/uv venv --quiet --python "$(call HERE,$(*D))" build/$@
	VIRTUAL_ENV=build/$@ build/matrix/uv/bin/uv pip install --quiet --resolution $(*F) --editable .
	VIRTUAL_ENV=build/$@ build/matrix/uv/bin/uv pip install --quiet pytest pytest-xdist hypothesis
	build/$@/bin/pytest -q -n 2 -p no:cacheprovider -m "not slow" $(QUICK)

# `ssh-keygen -Y verify` checks the signature; in the folder of installed packages, `sha256sum -c` what is installed.
release: export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)
release:
	rm -rf build/release
	mkdir -p build/release/again build/release/inside
	$(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/release .
	$(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/release/again .
	cmp build/release/*.whl build/release/again/*.whl
	$(PYTHON) -m zipfile -e build/release/*.whl build/release/inside
	cd build/release/inside && find . -type f ! -name RECORD | LC_ALL=C sort | xargs -d '\n' sha256sum > ../CONTENTS
	cd build/release && sha256sum *.whl CONTENTS > SHA256SUMS && rm -r again inside
	$(if $(KEY),ssh-keygen -Y sign -f $(KEY) -n simcap build/release/SHA256SUMS,@echo "not signed: make release KEY=FILE")

audit: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/pip-audit --requirement constraints.txt --no-deps --disable-pip --strict

lowest:
	rm -rf build/lowest
	$(PYTHON) -m venv build/lowest
	build/lowest/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv
	VIRTUAL_ENV=build/lowest build/lowest/bin/uv pip install --quiet --resolution lowest-direct --editable .
	VIRTUAL_ENV=build/lowest build/lowest/bin/uv pip install --quiet pytest pytest-xdist hypothesis
	build/lowest/bin/pytest -q -p no:cacheprovider -m "not slow" $(QUICK)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m benchmarks

bench-peers: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[peers]"
	$(BIN)/python -m benchmarks.peers --write

faults: $(READY)
	$(BIN)/python -m tests.faults

# atheris is for Linux; without it, inputs are mutated without being led by what they reach.
fuzz: $(READY)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[fuzz]"
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES) $(TARGETS)

docs: $(READY)
	$(BIN)/simcap schema > simcap/scenario/scenario.schema.json.new
	mv simcap/scenario/scenario.schema.json.new simcap/scenario/scenario.schema.json
	$(BIN)/simcap schema --calibration > simcap/calibration/calibration.schema.json.new
	mv simcap/calibration/calibration.schema.json.new simcap/calibration/calibration.schema.json
	$(BIN)/python -m docs.generate

picture: $(READY)
	$(BIN)/simcap compare scenarios/baseline.yaml scenarios/move-20-to-kestrel.yaml --out build/decision --force
	$(BIN)/python -m docs.picture build/decision/report.html docs/images/decision.png

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
