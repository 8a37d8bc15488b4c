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
ALONGSIDE := $(MAKE) --silent --no-print-directory --jobs=2 --output-sync=target --keep-going
FOUND := .local/found.log
SCANNERS := .local/scanners
LOCK := uv pip compile --quiet --python-version 3.13 --generate-hashes --no-header --no-annotate

.PHONY: help demo test environment build check schema lint types template client
.PHONY: compiled benchmark crowd growth outage deploy rollback scan unit integration contract world exploration infrastructure e2e browser lock sbom audit redrive events invoke smoke pause resume put-back erase-again rotate-pepper story explore mutants

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
	@echo "make sbom              list what is deployed (CycloneDX); make audit looks for what is known"
	@echo "                       of its weaknesses"
	@echo "make deploy            build, and deploy to AWS: STAGE=staging (samconfig.toml), with STACK=,"
	@echo "                       REGION= and PARAMETERS='Name=value ...' on top; make rollback takes it back"
	@echo "make scan              have checkov and parliament look at the template, at what SAM makes of it"
	@echo "                       and at the policies of its roles; make test does it, too"
	@echo "make benchmark         what cold starts and warm requests take (docs/performance.md);"
	@echo "                       ARGS=--samples=3 for a quick look; make crowd: fifty people at once"
	@echo "                       for a minute; make growth: the same requests among 100,000 people;"
	@echo "                       make outage: a Jumio that is silent for ten minutes"
	@echo "make lock              compile the requirement files anew"
	@echo "make invoke EVENT=...  let a function answer an event in events/; make events fills all in"
	@echo "make redrive           put messages that were set aside back on the queue (docs/runbook.md)"
	@echo "make pause, make resume, make put-back, make erase-again"
	@echo "                       around a table from a backup (same page)"
	@echo "make rotate-pepper     new people come under a new pepper (same page)"
	@echo "make story             what happened to one person: ARGS='--reference ...'"
	@echo "                       These take STACK=jumio-bff REGION=... for a deployed stack"
	@echo "make smoke API=... TOKEN=...  whether a deployment answers as it should (ORIGIN=, SESSION=no)"

demo: build
	@python -m local demo --with-parent $(ARGS)

# First what the tests need, and what is wrong most often. The rest is looked at beside the tests, which
# leave a processor idle now and then; what it has found is said after them. Whatever fails, all fails.
test: environment
	@$(ALONGSIDE) lint check build browser compiled $(SCANNERS)/installed
	@mkdir -p .local
	@$(ALONGSIDE) types template scan >$(FOUND) 2>&1 & looking=$$!; \
		trap 'kill $$looking 2>/dev/null || true' EXIT; \
		$(PYTEST) $(SIDE_BY_SIDE) && passed=yes || passed=; \
		wait $$looking && right=yes || right=; \
		cat $(FOUND); [[ $$passed && $$right ]]

environment:
	@bash local/environment.sh

# `make` lets nobody write bytecode: otherwise each process of the tests compiles what it imports.
compiled: environment
	@python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true

# For which processors; the layers' Makefiles read it, too.
export ARCHITECTURE ?= x86_64

build: environment
	@echo "==> sam build"
	@mkdir -p .aws-sam
	@sam build --parameter-overrides "Architecture=$(ARCHITECTURE)" >.aws-sam/build.log 2>&1 \
		|| { cat .aws-sam/build.log; exit 1; }
	@echo "$(ARCHITECTURE)" >.aws-sam/architecture

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
	@echo "==> zizmor"
	@zizmor --offline --quiet --no-progress .github

types: environment
	@echo "==> mypy"
	@mypy --strict --package verification --package local --package jumio_simulator
	@mypy --strict examples/attestation/app.py

template: environment
	@echo "==> sam validate --lint"
	@sam validate --lint

$(SCANNERS)/installed: requirements/scan.txt | environment
	@echo "==> installing the pinned scanners (once)"
	@mkdir -p .local
	@uv venv --quiet --clear --python .venv/bin/python $(SCANNERS)
	@uv pip install --quiet --python $(SCANNERS)/bin/python --require-hashes -r $<
	@touch $@

# The template, what SAM makes of it, and the policies of its roles.
scan: environment $(SCANNERS)/installed
	@echo "==> checkov"
	@python -m tests.support.deployed >.local/translated.json
	@$(SCANNERS)/bin/checkov --config-file .checkov.yaml -f template.yaml .local/translated.json
	@echo "==> parliament"
	@python -m tests.support.policies .local/policies
	@$(SCANNERS)/bin/python -W ignore $(SCANNERS)/bin/parliament --directory .local/policies </dev/null

unit contract: environment
	@$(PYTEST) tests/$@

integration world exploration: environment
	@$(PYTEST) $(SIDE_BY_SIDE) tests/$@

explore: export PYTHONPATH := layers/verification
explore: environment
	@python -m tests.exploration $(ARGS)

mutants: environment
	@python -m tests.exploration.mutants $(ARGS)

infrastructure: build scan
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
	@$(LOCK) requirements/scan.in -o requirements/scan.txt
	@$(LOCK) examples/attestation/requirements.in -c requirements/dev.txt \
		-o examples/attestation/requirements.txt
	@npm install --prefix requirements --package-lock-only --omit-lockfile-registry-resolved --silent

# Both ask the package index for a pinned tool, and the second one for what is known of weaknesses.
sbom: environment
	@uvx --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py requirements \
		layers/dependencies/requirements.txt --output-file .local/sbom.json
	@echo "the packages of the deployed layer, as CycloneDX: .local/sbom.json"

audit: environment
	@uvx --quiet pip-audit==2.10.1 --strict --disable-pip --require-hashes \
		--requirement layers/dependencies/requirements.txt

# It ends with the smoke test, for which it needs a TOKEN; no session is opened.
STAGE ?= default
STAGED = --stage "$(STAGE)" $(if $(STACK),--stack "$(STACK)") $(if $(REGION),--region "$(REGION)")
deploy: export TOKEN := $(TOKEN)
deploy: environment
	@architecture=$$(python -m scripts.deploy --architecture $(STAGED) $(PARAMETERS)) \
		&& $(MAKE) --no-print-directory build ARCHITECTURE="$$architecture"
	@python -m scripts.deploy $(STAGED) $(PARAMETERS)

rollback: environment
	@python -m scripts.deploy --rollback $(STAGED)

# Of a deployed stack: STACK=jumio-bff REGION=...; without STACK, of the one on this machine.
DEPLOYMENT = $(if $(STACK),--stack "$(STACK)") $(if $(REGION),--region "$(REGION)") \
	$(if $(ENDPOINT),--endpoint "$(ENDPOINT)")
SCRIPT := PYTHONPATH=layers/verification python -m

redrive: environment
	@$(SCRIPT) scripts.redrive $(DEPLOYMENT)

events: environment
	@$(SCRIPT) scripts.ready_events $(DEPLOYMENT) write

invoke: environment
	@$(SCRIPT) scripts.ready_events $(DEPLOYMENT) invoke "$(EVENT)"

# A person's access token comes by the environment or as TOKEN=, and is not shown.
smoke: export TOKEN := $(TOKEN)
smoke: environment
	@python -m scripts.smoke "$(API)" $(if $(ORIGIN),--origin "$(ORIGIN)") \
		$(if $(filter no,$(SESSION)),--no-session)

pause: environment
	@$(SCRIPT) scripts.pause $(DEPLOYMENT)

resume: environment
	@$(SCRIPT) scripts.pause --resume $(DEPLOYMENT)

put-back: environment
	@$(SCRIPT) scripts.put_back $(DEPLOYMENT) $(ARGS)

erase-again: environment
	@$(SCRIPT) scripts.erase_again $(DEPLOYMENT) $(ARGS)

rotate-pepper: environment
	@$(SCRIPT) scripts.rotate_pepper $(DEPLOYMENT)

story: environment
	@$(SCRIPT) scripts.story $(DEPLOYMENT) $(ARGS)

benchmark crowd growth outage: export PYTHONPATH := layers/verification:layers:simulator:.
benchmark: build
	@python -m benchmarks $(ARGS)

crowd: build
	@python -m benchmarks.crowd $(ARGS)

outage: build
	@python -m benchmarks.outage $(ARGS)

growth: environment
	@python -m benchmarks.growth $(ARGS)
