# make run    the demo: proxy, sample documents, built-in model
# make serve  the proxy with your own settings (groundwire.yaml)
# make test   all tests; EXTRAS=dev,original adds the comparison with the embedding model's PyTorch original
# make test-clients  the tests with clients that people use: LangChain, LlamaIndex, the OpenAI SDK for Node and more
# make test-litellm  the guardrail of a real LiteLLM proxy, which is installed apart; takes minutes
# make test-browser  the console in Chromium, which must be installed or named in CHROMIUM; pictures of every page
# make check  ruff, format check, mypy
# make format puts the code into shape
# make docs   writes the settings table into the README
# make lock   resolves requirements.lock anew

PYTHON ?= python3
EXTRAS ?= dev
BIN := .venv/bin
RUNTIME := .venv/.runtime
TOOLS := .venv/.tools-$(EXTRAS)
CLIENTS := .venv/.clients
BROWSER := .venv/.browser
NODE := .venv/.node/node_modules/openai
LITELLM := .venv/.litellm
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run serve test test-clients test-litellm test-browser check format docs lock

run: $(RUNTIME)
	@$(BIN)/groundwire demo

serve: $(RUNTIME)
	@$(BIN)/groundwire serve

test: $(TOOLS)
	$(BIN)/pytest

# Without npm, or where it can't install, the tests with Node are skipped and say so.
test-clients: $(CLIENTS)
	@test -d $(NODE) || npm install --silent --no-audit --no-fund --prefix .venv/.node openai@6 \
	  || echo "The OpenAI SDK for Node could not be installed with npm; its tests are skipped."
	$(BIN)/pytest -rs tests/clients

# LiteLLM pins packages that we use in other versions, so that it gets a place of its own.
test-litellm: $(TOOLS)
	@test -x $(LITELLM)/bin/litellm || ($(BIN)/python -m venv $(LITELLM) \
	  && $(LITELLM)/bin/python -m pip --disable-pip-version-check --quiet install 'litellm[proxy]>=1.100,<2')
	$(BIN)/pytest -rs tests/clients/test_litellm.py

# Without Chromium the tests are skipped and say so.
test-browser: $(BROWSER)
	$(BIN)/pytest -rs tests/browser

check: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(TOOLS)
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

docs: $(RUNTIME)
	$(BIN)/python -m groundwire.settings_table README.md

lock: $(TOOLS)
	$(PIP) install pip-tools
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links \
	  --no-emit-trusted-host --output-file requirements.lock pyproject.toml

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv .venv

# The lock pins every package with its digest; Groundwire itself is then installed without looking for others.
$(RUNTIME): .venv/bin/python requirements.lock pyproject.toml
	@echo "Installing Groundwire into .venv; the first time this takes a minute."
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --no-deps --editable .
	@touch $@

$(TOOLS): $(RUNTIME)
	$(PIP) install --editable '.[$(EXTRAS)]'
	@touch $@

$(CLIENTS): $(TOOLS)
	$(PIP) install --editable '.[$(EXTRAS),clients]'
	@touch $@

$(BROWSER): $(TOOLS)
	$(PIP) install --editable '.[$(EXTRAS),browser]'
	@touch $@
