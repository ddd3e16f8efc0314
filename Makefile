# Everything here works on a machine that has Python 3.11 or newer, git and make. `make` alone says what there is.

PYTHON ?= python3
VENV   ?= .venv
JOBS   ?= 2
PEOPLE ?= 440000
SEED   ?= 7
DATA   ?=
SETS   ?=
SPLINK ?=
LABELS ?=
SEQUENCES ?= 500
FAULTS    ?= 300
MONTHS    ?= 24

BIN   := $(VENV)/bin
STAMP := $(VENV)/installed
WORLD := .bench/world-$(PEOPLE)-$(SEED)

# Whatever indexes this machine is set up with, hashes come from the public one alone.
PIP_COMPILE := env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND='make lock' \
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --annotation-style line \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# What is compiled once need not be compiled again by each of the hundreds of processes that tests start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check format-check lint types imports format docs schema bench spark soak matrix world lock upgrade wheel clean

help: ## Say what there is (this).
	@awk -F ': .*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  PYTHON=$(PYTHON)  VENV=$(VENV)  JOBS=$(JOBS)  PEOPLE=$(PEOPLE)  SEED=$(SEED)  DATA=$(DATA)  SETS=$(SETS)"
	@echo
	@echo "  bench with DATA=folder LABELS=yes measures what labels teach (resolve --learn)."
	@echo "  bench measures Splink beside cxunify with SPLINK=.bench/splink/bin/python, once that is there:"
	@echo "  $(PYTHON) -m venv .bench/splink && .bench/splink/bin/python -m pip install splink==5.0.0"

setup: $(STAMP) ## Make the environment: the pinned packages, checked by their hashes, and cxunify itself.

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## Run everything on the sample data, into ./demo.
	$(BIN)/cxunify demo demo

test: setup ## Run the tests.
	$(BIN)/pytest -n $(JOBS)

check: format-check lint types imports test ## Format, lint, types, import contracts, tests.

format-check: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

format: setup ## Format the code and mend what can be mended by itself.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup ## Write the generated parts of README.md and docs/ anew.
	$(BIN)/python -m tests.docs

schema: setup ## Write configs/cxunify.schema.json anew from the models, and note what is published anew.
	$(BIN)/python -m tests.schema
	$(BIN)/python -m tests.contract

bench: setup ## Measure: speed on a world of PEOPLE people, or accuracy on the labelled data in DATA=folder.
	$(BIN)/python -m tests.bench $(if $(DATA),--data $(DATA) --sets '$(SETS)',--people $(PEOPLE) --seed $(SEED)) \
		$(if $(SPLINK),--splink $(SPLINK)) $(if $(LABELS),--labels)

spark: setup ## Hold Spark to what one machine makes of a world of PEOPLE people; the tests do so of the smallest.
	CXUNIFY_SPARK_PEOPLE=$(PEOPLE) $(BIN)/pytest -n 0 tests/spark

PYTHONS := 3.11 3.12 3.13 3.14

matrix: ## Run the tests under each Python of PYTHONS that is on the PATH, each in an environment of its own.
	@failed=; for version in $(PYTHONS); do \
		if ! python$$version -c '' 2> /dev/null; then echo "Python $$version: missing"; continue; fi; \
		if $(MAKE) --no-print-directory test PYTHON=python$$version VENV=.bench/venv-$$version; \
		then echo "Python $$version: passed"; else echo "Python $$version: FAILED"; failed="$$failed $$version"; fi; \
	done; test -z "$$failed"

soak: setup ## Hold SEQUENCES random sequences of events, worlds and damaged extracts, FAULTS kills and MONTHS months to what is promised.
	CXUNIFY_SEQUENCES=$(SEQUENCES) CXUNIFY_WORLDS=$(SEQUENCES) CXUNIFY_EXTRACTS=$(SEQUENCES) CXUNIFY_FAULTS=$(FAULTS) \
		CXUNIFY_MONTHS=$(MONTHS) $(BIN)/pytest -n $(JOBS) tests/test_sequences.py tests/identity/test_worlds.py \
		tests/test_silence.py tests/cli/test_faults.py tests/test_months.py

world: setup ## Generate a world of PEOPLE people, with its truth, into .bench/.
	$(BIN)/python sample_data/generate.py $(WORLD) --people $(PEOPLE) --seed $(SEED)

lock: setup ## Pin what pyproject.toml asks for, with the hashes of the public index alone.
	$(PIP_COMPILE) --output-file requirements.lock pyproject.toml
	$(PIP_COMPILE) --output-file requirements-dev.lock --extra dev --extra spark pyproject.toml

upgrade: PIP_COMPILE += --upgrade
upgrade: lock ## The same, with the newest versions that pyproject.toml allows.

wheel: setup ## Build the wheel into dist/.
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

clean: ## Remove everything that was made here, the environment too.
	rm -rf $(VENV) .bench .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist cxunify-demo demo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
