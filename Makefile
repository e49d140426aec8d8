# Needs Python >= 3.11 with venv; the browser tests also need Chromium, or Node >= 20 with npm.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 5000
# Two more than cores: many tests wait for leases, servers and browsers.
WORKERS ?= 4
VENV := .venv
LOWEST := .venv-lowest
BIN := $(VENV)/bin
# What is imported is compiled then, once for all processes; the rest of these packages never is.
unexport PYTHONDONTWRITEBYTECODE
PIP_INSTALL := -m pip --disable-pip-version-check install --quiet --no-input --no-compile

# A guide that was built with warnings is a guide with dead links.
GUIDE_ENV := NO_MKDOCS_2_WARNING=1 DISABLE_MKDOCS_2_WARNING=true

.PHONY: help
help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, set PYTHON=") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python $(PIP_INSTALL) --no-deps --require-hashes -r requirements.lock
	$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	touch $@

$(LOWEST)/.installed: tests/lowest.lock pyproject.toml
	$(PYTHON) -m venv --clear $(LOWEST)
	$(LOWEST)/bin/python $(PIP_INSTALL) --no-deps --require-hashes -r tests/lowest.lock
	$(LOWEST)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	touch $@

.PHONY: install
install: $(VENV)/.installed ## Make .venv with everything that is needed here

.PHONY: demo
demo: install ## Run the example ATS with its worker on 127.0.0.1:$PORT (5000)
	PORT=$(PORT) $(BIN)/python -m examples.ats.demo

.PHONY: browser
browser: ## Get a Chromium for the tests where the system has none
	@if command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable; then \
	  true; \
	elif [ -d build/browser/node_modules/@sparticuz/chromium ]; then \
	  echo build/browser; \
	elif command -v npm >/dev/null && command -v node >/dev/null; then \
	  mkdir -p build/browser && npm install --prefix build/browser --no-save --no-package-lock --no-audit --no-fund \
	    --loglevel error @sparticuz/chromium@147; \
	else \
	  echo "NO BROWSER: install Chromium, or Node 20 with npm; browser tests will be left out" >&2; \
	fi

.PHONY: lint
lint: install ## Check style, format, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: install ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: guide
guide: install ## Build the guide into build/site, warnings are errors
	$(GUIDE_ENV) $(BIN)/mkdocs build --strict --quiet

.PHONY: pages
pages: install ## Write the generated pages of the guide anew
	$(BIN)/python -m tools.reference
	$(BIN)/python -m tools.contact_sheet

.PHONY: screens
screens: install browser ## Photograph the demo for the guide and the README
	$(BIN)/python -m tools.screenshots

.PHONY: readability
readability: install ## Measure how easy the candidates' pages are to read
	$(BIN)/python -m tools.readability

.PHONY: journey
journey: install ## Count what a rejection, a recall to pool and a yes enter, and their statements
	$(BIN)/python -m tools.journey

.PHONY: lighthouse
lighthouse: guide browser ## Measure the guide with Lighthouse, and weigh its pages
	$(BIN)/python -m tools.lighthouse

.PHONY: wheel
wheel: install ## Build the wheel and use it in a clean environment
	$(BIN)/python -m pytest tests/wheel -p no:randomly

# SQLAlchemy 2.0.23 does not import on Python 3.13 and later, which ask for a newer one anyway.
LOWEST_RUNS := $(shell $(PYTHON) -c 'import sys; print("yes" if sys.version_info < (3, 13) else "no")')

# What touches the libraries in the most places: sessions, mapping, commands, templates, mail.
LOWEST_TESTS := $(addprefix tests/services/test_,$(addsuffix .py,sync check forget two_apps adopt))

.PHONY: lowest
lowest: $(if $(filter yes,$(LOWEST_RUNS)),$(LOWEST)/.installed) ## Run the service tests on the lowest supported versions
ifeq ($(LOWEST_RUNS),yes)
	$(LOWEST)/bin/python -m pytest $(LOWEST_TESTS) -m "not postgres" -n $(WORKERS) -W default::DeprecationWarning
else
	@echo "LOWEST VERSIONS WERE NOT RUN: they need Python 3.11 or 3.12" >&2
endif

PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --ignore=tests/wheel --durations=10

# Else all test processes compile all tests at the same time.
.PHONY: compiled-tests
compiled-tests: install
	@mkdir -p build
	@$(BIN)/python -m pytest --collect-only -qq > build/collected || { cat build/collected; exit 1; }

.PHONY: check
check: lint ## What to run before each commit: lint, unit and service tests on SQLite; a few minutes
	$(PYTEST) -m "not slow and not postgres" tests/unit tests/services

# Coverage is measured where tests/conftest.py says. pytest runs last, so that its closing line is the run's.
.PHONY: test
test: ## Everything that continuous integration checks
	$(MAKE) --no-print-directory -j2 install $(if $(filter yes,$(LOWEST_RUNS)),$(LOWEST)/.installed) browser
	$(MAKE) --no-print-directory -j3 --output-sync=target lint wheel guide lowest compiled-tests
	rm -f .coverage .coverage.*
	BUILT_GUIDE=$(CURDIR)/build/site $(PYTEST) --cov --cov-report=term

.PHONY: stress
stress: install browser ## Everything on both databases, and thoroughly what `make test` does in moderation
	STRESS_APPLICATIONS=2000 $(PYTEST)

.PHONY: bench
bench: install ## Measure against a peer or a limit in the same run
	$(BIN)/python $(PIP_INSTALL) --no-deps --require-hashes -r benchmarks/peers.lock
	$(BIN)/python -m benchmarks

.PHONY: lock
lock: install ## Write both lock files anew
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links tests/lowest.in -o tests/lowest.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links benchmarks/peers.in -o benchmarks/peers.lock

.PHONY: clean
clean: ## Remove what was made
	rm -rf $(VENV) $(LOWEST) build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
