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

.PHONY: help demo test environment build lint types template
.PHONY: unit integration contract infrastructure e2e lock redrive

help:
	@echo "make demo              build, start the embedded stack, walk through the product, stay up"
	@echo "make demo ARGS=--exit  the same, and end after the walk"
	@echo "make test              everything that is checked; one part: make lint, types, template,"
	@echo "                       unit, integration, contract, infrastructure or e2e"
	@echo "make lock              compile the requirement files anew"
	@echo "make redrive           put messages that were set aside back on the queue of a deployed"
	@echo "                       stack: STACK=jumio-bff REGION=... ENDPOINT=... (docs/runbook.md)"

demo: build
	@python -m local demo --with-parent $(ARGS)

test: lint types template build
	@$(PYTEST) $(SIDE_BY_SIDE)

environment:
	@bash local/environment.sh

build: environment
	@echo "==> sam build"
	@mkdir -p .aws-sam
	@sam build >.aws-sam/build.log 2>&1 || { cat .aws-sam/build.log; exit 1; }

lint: environment
	@echo "==> ruff"
	@ruff check .
	@ruff format --check .

types: environment
	@echo "==> mypy"
	@mypy --strict --package verification --package local --package jumio_simulator

template: environment
	@echo "==> sam validate --lint"
	@sam validate --lint

unit contract: environment
	@$(PYTEST) tests/$@

integration: environment
	@$(PYTEST) $(SIDE_BY_SIDE) tests/$@

infrastructure: build
	@$(PYTEST) tests/$@

e2e: build
	@$(PYTEST) $(SIDE_BY_SIDE) tests/$@

lock: environment
	@$(LOCK) requirements/runtime.in -c requirements/constraints.txt \
		-o layers/dependencies/requirements.txt
	@$(LOCK) requirements/dev.in -c layers/dependencies/requirements.txt \
		-c requirements/constraints.txt -o requirements/dev.txt

STACK ?= jumio-bff
redrive: environment
	@python -m scripts.redrive --stack "$(STACK)" \
		$(if $(REGION),--region "$(REGION)") $(if $(ENDPOINT),--endpoint "$(ENDPOINT)")
