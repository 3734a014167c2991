# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0

# Everything below needs make and one Python from 3.10 on; name another with `make test PYTHON=python3.12`.
PYTHON ?= python3
VERSIONS := constraints/airflow-3.3.txt
VENV := .venv
BIN := $(VENV)/bin

export UV_PYTHON_DOWNLOADS := never

.DELETE_ON_ERROR:
.PHONY: help env test test-long matrix package soak lint types imports ci constraints clean

help:  ## show what can be made
	@sed -n 's/^\([a-z0-9.-]*\):.*## /  make \1 — /p' $(MAKEFILE_LIST)

# ---- environments: one folder each, made again when its list of versions changes ----

env: $(VENV)/ready  ## make .venv with everything for development

$(VENV)/ready: $(VERSIONS) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
		|| { echo 'This needs Python 3.10 or newer; name one, as in: make test PYTHON=python3.12'; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $< uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint $< --group dev --editable '.[sandbox,phone]'
	@touch $@

# ---- checks ----

test: $(VENV)/ready  ## run every test but those that wait for minutes
	$(BIN)/python -m pytest -m 'not long'

test-long: $(VENV)/ready  ## run those that wait for minutes under a real scheduler
	$(BIN)/python -m pytest -m long

matrix:  ## try every version of Airflow and Python; some only: make matrix ONLY="airflow-3.1 lowest"
	$(PYTHON) -m matrix $(ONLY)

package: $(VENV)/ready  ## build wheel and source distribution into dist/, and check them
	rm -rf dist
	$(BIN)/python -m hatchling build
	$(BIN)/twine check --strict dist/*

soak: $(VENV)/ready  ## kill workers 500 times, and play hundreds of long stories
	MARKETSYNC_KILLS=500 MARKETSYNC_SOAK=1 $(BIN)/python -m pytest tests/engine/test_kill.py tests/engine/test_machine.py

lint: $(VENV)/ready  ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/ready  ## check types
	$(BIN)/mypy

imports: $(VENV)/ready  ## check that layers import only what they may
	$(BIN)/lint-imports

ci:  ## run all checks as a submission does
	.ci/run

# ---- trying out ----

.PHONY: demo ui

demo: .demo/ready  ## watch the whole story on the terminal, in a throw-away Airflow
	@.demo/venv/bin/python -m demo

ui: .demo/ready  ## open Airflow's web page on the example DAG, with the sandbox behind it
	@.demo/venv/bin/python -m demo.ui

.demo/ready: $(VERSIONS) pyproject.toml demo/environment.py
	@$(PYTHON) demo/environment.py

# ---- measuring ----

.PHONY: bench

bench: .bench/ready  ## measure speed and memory against the targets, and keep the figures in benchmarks/out
	.bench/venv/bin/python -m benchmarks.run $(BENCH)

.bench/ready: $(VERSIONS) pyproject.toml .bench/dlt/ready .bench/drt-core/ready .bench/singer-sdk/ready
	$(PYTHON) -m venv --clear .bench/venv
	.bench/venv/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint $(VERSIONS) --editable '.[sandbox]'
	@touch $@

# Each rival has its own folder: none of them fits together with Airflow's versions.
.bench/%/ready: benchmarks/rivals/%.txt
	$(PYTHON) -m venv --clear .bench/$*
	.bench/$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# ---- upkeep ----

constraints:  ## resolve the versions anew that environments are made of (matrix/jobs.py names them and their dates)
	$(PYTHON) -m matrix.resolve $(ONLY)

clean:  ## remove everything that was made
	rm -rf .venv .matrix .demo .ui .bench .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
