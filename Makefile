# PeerLoop's commands. They need make and Python 3.11 or newer, nothing else; `make help` lists them.

PYTHON ?=
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
ARGS ?=

# The stamp's name carries the lists' checksum, so a changed list installs and an unchanged one costs nothing.
RUN_LOCK := $(shell cat requirements/run.txt requirements/embedded.txt | cksum | cut -d' ' -f1)
DEV_LOCK := $(shell cat requirements/dev.txt requirements/embedded.txt | cksum | cut -d' ' -f1)
RUN_STAMP := $(VENV)/.run-$(RUN_LOCK)
DEV_STAMP := $(VENV)/.dev-$(DEV_LOCK)

# A Python that was upgraded or removed under .venv leaves it broken: then the stamps are void.
$(shell $(PY) -c '' 2>/dev/null || rm -f $(VENV)/.run-* $(VENV)/.dev-*)

.DEFAULT_GOAL := help
.PHONY: help run test check format bench lock venv

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: $(RUN_STAMP) ## set everything up and start the site (PORT=8001 takes another port)
	@PORT=$(PORT) exec $(PY) -m peerloop.supervisor

test: $(DEV_STAMP) ## run every test (ARGS="tests/chat -x" runs some)
	@$(PY) -m pytest $(ARGS)

check: $(DEV_STAMP) ## format, lint, types, import contracts, migrations, generated docs
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(VENV)/bin/lint-imports
	$(PY) -m mypy .
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py describe --check

format: $(DEV_STAMP) ## put the code into its format and repair what ruff can
	$(PY) -m ruff check --fix --exit-zero .
	$(PY) -m ruff format .

bench: $(DEV_STAMP) ## measure (figures and method: docs/performance.md)
	@$(PY) -m bench $(ARGS)

lock: venv ## renew the hash-locked lists in requirements/
	requirements/lock.sh

venv: $(DEV_STAMP) ## only make .venv with everything for development

$(RUN_STAMP):
	@PYTHON=$(PYTHON) requirements/install.sh run
	@touch $@

# dev.txt holds run.txt whole, at the same releases: one install serves both.
$(DEV_STAMP):
	@PYTHON=$(PYTHON) requirements/install.sh dev
	@touch $@ $(RUN_STAMP)
