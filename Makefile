# Everything runs in .venv, which uv makes from uv.lock; uv itself is fetched by pip when it is missing.
SHELL := /bin/bash
UV := $(shell command -v uv || echo .uv/bin/uv)
RUN := $(UV) run --frozen --quiet
PORT ?= 8000
BROWSER := $(shell command -v chromium)

.DEFAULT_GOAL := help
.PHONY: help demo test test-long check format schemas bench services install

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 14

$(UV):
	@python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .uv uv

install: $(UV) ## Install Hansa and its tools into .venv
	@$(UV) sync --frozen --quiet

demo: install ## Serve two demo shops on PORT (default 8000)
	@exec .venv/bin/hansa demo --port $(PORT)

test: install ## Run every test that needs only the package registries
ifeq ($(BROWSER),)
	@echo "Left out: tests marked 'services' (Chromium is missing; 'make services' installs it)."
	@$(RUN) pytest -n 2 -q -m "not long and not services"
else
	@$(RUN) pytest -n 2 -q -m "not long"
endif

test-long: install ## Run the tests that take minutes, too
	@$(RUN) pytest -n 2 -q

check: install ## Format, lint, types, import contracts
	@$(RUN) ruff format --check --quiet
	@$(RUN) ruff check --quiet
	@$(RUN) mypy
	@$(RUN) lint-imports > /tmp/hansa-contracts.txt || { cat /tmp/hansa-contracts.txt; exit 1; }
	@echo "check: all is well"

format: install ## Format and fix what can be fixed
	@$(RUN) ruff format --quiet
	@$(RUN) ruff check --fix --quiet

schemas: install ## Write the API descriptions that tests compare with (docs/api)
	@$(RUN) python -m hansa.interfaces.storefront > docs/api/storefront.json

bench: install ## Measure: ratios within one run
	@$(RUN) python -m bench

services: ## Install what some tests need from Debian: Chromium, wrk
	@command -v chromium wrk > /dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium wrk > /dev/null; }
	@echo "services: $$(chromium --version 2> /dev/null), wrk"
