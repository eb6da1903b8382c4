# Every target sets up what it needs: Python 3.11+, git and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test quick coverage check format dist docs picture lock bench clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/run: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "arxiv-watch needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV), once: about a minute ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@# The command itself, without a build: it runs the checkout, isolated from the folder it is started in.
	@$(BIN)/python -I -c 'import sys, sysconfig; open(sysconfig.get_path("purelib") + "/checkout.pth", "w").write(sys.argv[1])' "$(CURDIR)/src"
	@printf '#!/bin/sh\nexec "%s/python" -I -m arxiv_watch "$$@"\n' "$(CURDIR)/$(BIN)" > $(BIN)/arxiv-watch
	@chmod +x $(BIN)/arxiv-watch
	@touch $@

$(VENV)/dev: requirements-dev.lock pyproject.toml $(VENV)/run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(VENV)/run ## the whole cycle, offline, from an announcement to an open pull request
	@$(BIN)/arxiv-watch demo
	@echo "The command is $(CURDIR)/$(BIN)/arxiv-watch"

test: $(VENV)/dev ## run the tests
	$(BIN)/python -m pytest -n auto --dist worksteal

quick: $(VENV)/dev ## run the tests that are not marked as slow
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

coverage: $(VENV)/dev ## run the tests and fail below 95 % branch coverage, subprocesses included
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term --cov-fail-under=95

check: $(VENV)/dev ## run the linters and type checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/zizmor --offline --pedantic --quiet .
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	if command -v actionlint; then actionlint; else echo "actionlint is not on PATH: left out"; fi

format: $(VENV)/dev ## format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

docs: $(VENV)/dev ## regenerate the parts of the documentation that come from the program
	$(BIN)/python tools/reference.py

picture: $(VENV)/dev ## draw docs/pull-request.png from the demo's pull request (needs Chromium)
	PYTHONPATH=tests/support $(BIN)/python tools/picture.py

bench: $(VENV)/dev ## measure the classifier against its baselines (slow; reads ../shared)
	$(BIN)/python benchmarks/replay_days.py --plain
	$(BIN)/python benchmarks/replay.py
	$(BIN)/python benchmarks/replay_lists.py

dist: $(VENV)/dev ## build the wheel and the source archive
	rm -rf dist
	$(BIN)/python -m hatchling build

lock: $(VENV)/dev ## resolve the lock files again, with releases that are at least a week old
	$(BIN)/uv pip compile --quiet --universal --exclude-newer "7 days" --python-version 3.11 --generate-hashes --no-strip-extras --no-header --no-annotate pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --exclude-newer "7 days" --python-version 3.11 --generate-hashes --no-strip-extras --no-header --no-annotate pyproject.toml --group dev -o requirements-dev.lock

clean: ## remove what these targets installed and cached
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
