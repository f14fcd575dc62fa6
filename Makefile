# What a developer types. `make run` is all that a newcomer needs; each target sets up what it uses.

.DEFAULT_GOAL := help
.PHONY: help setup run test check kafka bench contracts lock clean java
.DELETE_ON_ERROR:

DISTRIBUTIONS := chassis services/customer services/orders services/complaints \
                 services/segmentation gateway deploy
OWN_NAMES := carnet carnet-chassis carnet-customer carnet-orders carnet-complaints \
             carnet-segmentation carnet-gateway
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
    && echo $$python && break; done)
BIN := .venv/bin
UV := $(BIN)/uv
LOCKED := .venv/.locked-installed
RUNTIME := .venv/.runtime-installed
DEVELOPMENT := .venv/.development-installed

help:
	@echo 'make run        set up if needed, then start the whole suite (ARGS="--port 8080" and so on)'
	@echo 'make setup      install what the suite needs into .venv'
	@echo 'make check      format, lint, types, imports, contracts, fast tests'
	@echo 'make test       every test, on real PostgreSQL and Kafka (ARGS="-k name" and so on)'
	@echo 'make kafka      run a Kafka broker for development on port 9092'
	@echo 'make bench      measure, and write bench/results/'
	@echo 'make contracts  write event schemas and OpenAPI documents into contracts/'
	@echo 'make lock       pin dependencies anew (ARGS=--upgrade takes newer ones)'
	@echo 'make clean      remove .venv and what tools left'

setup: $(RUNTIME)

run: $(RUNTIME)
	@$(BIN)/carnet up $(ARGS)

check: $(RUNTIME) $(DEVELOPMENT)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/carnet contracts --check
	$(BIN)/pytest -q -n 2 -m 'not kafka and not slow'

# The fast tests share two processes; the others need the machine for themselves.
test: $(RUNTIME) $(DEVELOPMENT) java
ifdef ARGS
	@$(BIN)/pytest $(ARGS)
else
	@$(BIN)/pytest -n 2 -m 'not kafka and not slow'
	@$(BIN)/pytest -m 'kafka or slow'
endif

kafka: $(RUNTIME) java
	@$(BIN)/python deploy/kafka/broker.py $(ARGS)

bench: $(RUNTIME) $(DEVELOPMENT) java
	@$(BIN)/python -m bench $(ARGS)

contracts: $(RUNTIME)
	@$(BIN)/carnet contracts

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment that was made in another folder, or whose Python has gone, is made anew.
.venv/.folder: $(if $(filter-out $(CURDIR),$(shell cat .venv/.folder 2>/dev/null)),FORCE)
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo 'Carnet needs Python 3.11 or later as python3, or named: make PYTHON=/path/to/python' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call debian_installs,python3-venv) || \
	  { echo 'Python has no venv module: install it (Debian: apt-get install python3-venv)' >&2; exit 1; }
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@echo '$(CURDIR)' > $@
FORCE:

# pip brings uv; where only pip knows the way to a package index, pip brings the rest too.
$(LOCKED): .venv/.folder requirements.lock
	@echo 'Installing what Carnet needs into .venv'
	@awk '/^[a-z]/ { keep = /^uv==/ } keep' requirements.lock > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
	@$(UV) pip sync --quiet --python $(BIN)/python --compile-bytecode --require-hashes requirements.lock \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(RUNTIME): $(LOCKED) $(DISTRIBUTIONS:%=%/pyproject.toml)
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline \
	  $(DISTRIBUTIONS:%=--editable %)
	@$(BIN)/python -m compileall -q $(DISTRIBUTIONS:%=%/src)
	@touch $@

$(DEVELOPMENT): $(LOCKED) requirements-dev.lock
	@echo 'Installing what tests and checks need into .venv'
	@$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements-dev.lock \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# A Kafka broker needs Java and, once, Maven; without them its tests say what to install.
java:
	@test -n "$$CARNET_KAFKA" || { command -v java && command -v mvn; } >/dev/null \
	  || $(call debian_installs,default-jre-headless maven) || true

debian_installs = { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
  && echo 'Installing $(1) with apt-get' && mkdir -p /usr/share/man/man1 && apt-get update -qq >/dev/null \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null; }

LOCK = @$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
  --no-emit-index-url --no-emit-find-links --no-header $(OWN_NAMES:%=--no-emit-package %) $(ARGS)

lock: $(RUNTIME)
	$(LOCK) --group pyproject.toml:build --output-file requirements.lock \
	  $(DISTRIBUTIONS:%=%/pyproject.toml)
	$(LOCK) --group pyproject.toml:dev --constraints requirements.lock \
	  --output-file requirements-dev.lock
