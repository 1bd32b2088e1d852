# Everything runs in .venv, which uv makes from uv.lock; uv itself is fetched by pip when it is missing.
SHELL := /bin/bash
UV := $(shell command -v uv || echo .uv/bin/uv)
BIN := .venv/bin
PORT ?= 8000
ONLY ?= # of what is tested: ONLY='-k desktop'
APT := DEBIAN_FRONTEND=noninteractive apt-get install -y -qq

.DEFAULT_GOAL := help
.PHONY: help install demo test test-faults test-browser test-long check format schemas bench services

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: install ## Serve two demo shops on PORT (default 8000)
	@exec $(BIN)/hansa demo --port $(PORT)

test: install ## Run the tests that need only the package registries
	@$(BIN)/pytest -n 3 -q -m "not long and not faults and not services"
	@echo "Left out: 'make test-faults' (kills servers and workers, takes brokers away, lets the bank fail; 10 minutes),"
	@echo "          'make test-browser' (a real Chromium; 'make services' installs it)."

test-faults: install ## Run what kills processes and starts servers of its own
	@$(BIN)/pytest -n 2 -q -m "faults and not long" $(ONLY)

test-browser: install services ## Run what needs a real browser
	@$(BIN)/pytest -n 2 -q -m "services and not long" $(ONLY)

check: install ## Format, lint, types, import contracts
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo > .venv/contracts.txt || { cat .venv/contracts.txt; exit 1; }
	@tail -n 1 .venv/contracts.txt

format: install ## Format, and fix what can be fixed
	@$(BIN)/ruff format --quiet
	@$(BIN)/ruff check --fix --quiet

schemas: install ## Write the API descriptions that the tests compare with
	@$(BIN)/python -m hansa.interfaces.storefront > docs/api/storefront.json
	@$(BIN)/python -m hansa.interfaces.management > docs/api/management.json

test-long: install services ## Run the tests that take minutes, too
	@$(BIN)/pytest -n 3 -q

bench: install services ## Measure: ratios within one run
	@$(BIN)/python -m bench

services: ## Install what some tests need from Debian: Chromium, wrk, RabbitMQ, Redis
	@command -v chromium wrk > /dev/null || { apt-get update -qq && $(APT) chromium wrk > /dev/null; }
	@command -v rabbitmq-server redis-server > /dev/null || \
		{ apt-get update -qq && $(APT) --no-install-recommends rabbitmq-server redis-server > /dev/null; }
	@chromium --version; command -v wrk rabbitmq-server redis-server

install: .venv/installed ## Install Hansa and its tools into .venv

# Bytecode is compiled once here, so that every later start is quick, also where PYTHONDONTWRITEBYTECODE is set.
.venv/installed: pyproject.toml uv.lock .python-version | $(UV)
	@echo "Installing into .venv …"
	@$(UV) sync --frozen --quiet --compile-bytecode || $(UV) sync --frozen --quiet --compile-bytecode --python ">=3.12"
	@$(BIN)/python -m compileall -q src
	@touch $@

.uv/bin/uv:
	@python3 -m pip install -qq --disable-pip-version-check --root-user-action=ignore --target .uv uv
