# Two commands are enough: `make serve` and `make test`. `make help` lists the rest.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PACKAGES := graphql_api resolvers models
UV_VERSION := 0.13.8
LOCK := .cache/lock/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml

# npm is optional: without it GraphiQL's page loads the same pinned files from a CDN.
NODE_FOLDERS := $(patsubst %/package-lock.json,%,$(wildcard graphql_api/http/assets/package-lock.json \
	tests/graphql_api/http/audit/package-lock.json))
NODE_INSTALLED := $(addsuffix /node_modules/.package-lock.json,$(NODE_FOLDERS))

# No configuration of the user's own decides what is installed; PIP_INDEX_URL or PIP_CONFIG_FILE name a mirror where needed.
export PIP_CONFIG_FILE ?= /dev/null

# Sets $$python in a recipe's shell.
FIND_PYTHON = for python in python3.11 python3 none; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; done; \
	if [ $$python = none ]; then echo "Python 3.11 or newer is needed: install it as python3.11 or python3." >&2; exit 1; fi

.PHONY: help serve test check assets bench growth live soak fix lock clean
.DEFAULT_GOAL := help

help: ## List these targets
	@sed -nE 's/^([a-z]+):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  make %-8s %s\n' "$$name" "$$text"; done

serve: $(INSTALLED) ## Start the server, with its own MongoDB unless MONGODB_URI is set
	@$(MAKE) --silent assets || echo "GraphiQL's files could not be installed; its page will load them from a CDN."
	@exec $(BIN)/python -m graphql_api serve

test: check assets ## Check everything: format, lint, types, tests, coverage
	BOTH_PATHS=1 $(BIN)/pytest -n 2 --cov --cov-fail-under=95

check: $(INSTALLED) ## Check format, lint and types only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

ifneq ($(shell command -v npm),)
assets: $(NODE_INSTALLED) ## Install the browser files of GraphiQL and the tests' node packages
else
assets:
	@echo "npm is not installed: GraphiQL's page will load its files from a CDN."
endif

%/node_modules/.package-lock.json: %/package-lock.json
	@npm ci --prefix $* --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

$(INSTALLED): requirements.lock
	@$(FIND_PYTHON); test -x $(BIN)/python || $$python -m venv --clear $(VENV)
	@echo "Installing the Python packages; this takes about half a minute, once."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

PEERS := benchmarks/peers/node

$(VENV)/.bench: requirements-bench.lock $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

bench: $(VENV)/.bench $(PEERS)/node_modules/.package-lock.json ## Measure the server beside others: benchmarks/results
	$(BIN)/python -m benchmarks compare

growth: $(VENV)/.bench ## Measure the server with more processes, larger tables and deeper pages
	$(BIN)/python -m benchmarks growth

live: $(VENV)/.bench $(PEERS)/node_modules/.package-lock.json ## Measure lists that stay up to date, for 1,000 and 10,000 subscribers
	$(BIN)/python -m benchmarks live

soak: $(VENV)/.bench ## Send a million requests, and let MongoDB fail again and again
	$(BIN)/python -m benchmarks soak
	FAILOVER_ROUNDS=10 timeout 900 $(BIN)/pytest tests/failover

fix: $(INSTALLED) ## Format, and repair what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .cache/lock/bin/uv ## Pin the dependencies of pyproject.toml (delete the .lock files first to take newer ones)
	$(LOCK) --extra embedded --extra dev --output-file requirements.lock
	$(LOCK) --constraint requirements.lock --output-file requirements-server.lock
	$(LOCK) --constraint requirements.lock --extra bench --output-file requirements-bench.lock

.cache/lock/bin/uv: Makefile
	@$(FIND_PYTHON); $$python -m venv --clear .cache/lock
	@.cache/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

clean: ## Remove all that was installed or generated, but not the data
	rm -rf $(VENV) .cache .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache *.egg-info
	rm -rf $(addsuffix /node_modules,$(NODE_FOLDERS) $(PEERS))
	find $(PACKAGES) tests -name __pycache__ -type d -prune -exec rm -rf {} +
