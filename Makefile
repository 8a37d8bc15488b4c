# Two commands: `make demo` (ARGS=--exit ends it after the walk) and `make test`.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The environment's own programs come first: `sam build` looks for python3.13 on the PATH.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
export PYTHONDONTWRITEBYTECODE := 1
unexport PYTHONPATH PYTHONHOME

# One process more than cores: those that drive an embedded stack wait most of the time.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
SIDE_BY_SIDE := --numprocesses $(WORKERS)
PYTEST := pytest $(ARGS)
LOCK := uv pip compile --quiet --python-version 3.13 --generate-hashes --no-header --no-annotate

.PHONY: help demo test environment build check schema lint types template client
.PHONY: unit integration contract world exploration infrastructure e2e browser lock redrive explore mutants

help:
	@echo "make demo              build, start the embedded stack, walk through the product, stay up"
	@echo "make demo ARGS=--exit  the same, and end after the walk"
	@echo "make test              everything that is checked; one part: make lint, types, template,"
	@echo "                       unit, integration, contract, world, infrastructure or e2e"
	@echo "make explore           go through schedules of concurrent actors for as long as told;"
	@echo "                       make mutants: break the product in named ways, see it noticed"
	@echo "make check             read the journey documents in layers/journeys; make schema writes"
	@echo "                       the JSON Schema by which editors check them"
	@echo "make browser           find a Chrome or Chromium for the tests, or get one"
	@echo "make client            write the declarations of the browser client (web/client)"
	@echo "make lock              compile the requirement files anew"
	@echo "make redrive           put messages that were set aside back on the queue of a deployed"
	@echo "                       stack: STACK=jumio-bff REGION=... ENDPOINT=... (docs/runbook.md)"

demo: build
	@python -m local demo --with-parent $(ARGS)

test: lint types check template build browser
	@$(PYTEST) $(SIDE_BY_SIDE)

environment:
	@bash local/environment.sh

build: environment
	@echo "==> sam build"
	@mkdir -p .aws-sam
	@sam build >.aws-sam/build.log 2>&1 || { cat .aws-sam/build.log; exit 1; }

check: environment
	@echo "==> journey documents"
	@cd layers/journeys && PYTHONPATH=../verification python check.py

schema: environment
	@cd layers/journeys && PYTHONPATH=../verification python check.py --write-schema

lint: environment
	@echo "==> ruff"
	@ruff check .
	@ruff format --check .
	@echo "==> import-linter"
	@mkdir -p .local
	@PYTHONPATH=layers/verification lint-imports >.local/lint-imports.log || { cat .local/lint-imports.log; exit 1; }
	@lint-imports --config simulator/pyproject.toml >.local/lint-imports.log || { cat .local/lint-imports.log; exit 1; }

types: environment
	@echo "==> mypy"
	@mypy --strict --package verification --package local --package jumio_simulator

template: environment
	@echo "==> sam validate --lint"
	@sam validate --lint

unit contract: environment
	@$(PYTEST) tests/$@

integration world exploration: environment
	@$(PYTEST) $(SIDE_BY_SIDE) tests/$@

explore: export PYTHONPATH := layers/verification
explore: environment
	@python -m tests.exploration $(ARGS)

mutants: environment
	@python -m tests.exploration.mutants $(ARGS)

infrastructure: build
	@$(PYTEST) tests/$@

e2e: build browser
	@$(PYTEST) $(SIDE_BY_SIDE) tests/$@

browser: environment
	@python -m tests.support.chromium

client: environment
	@echo "==> the browser client's declarations"
	@node .venv/node_modules/typescript/bin/tsc --project web/client --noEmit false \
		--declaration --emitDeclarationOnly --outDir web/client

lock: environment
	@$(LOCK) requirements/runtime.in -c requirements/constraints.txt \
		-o layers/dependencies/requirements.txt
	@$(LOCK) requirements/dev.in -c layers/dependencies/requirements.txt \
		-c requirements/constraints.txt -o requirements/dev.txt
	@npm install --prefix requirements --package-lock-only --omit-lockfile-registry-resolved --silent

STACK ?= jumio-bff
redrive: environment
	@python -m scripts.redrive --stack "$(STACK)" \
		$(if $(REGION),--region "$(REGION)") $(if $(ENDPOINT),--endpoint "$(ENDPOINT)")
