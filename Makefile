# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0

# Everything below needs make and one Python from 3.10 on; name another with `make test PYTHON=python3.12`.
PYTHON ?= python3
# The newest Airflow needs Python 3.11; on 3.10 everything is tried with 2.11.
AIRFLOW ?= $(shell $(PYTHON) -c 'import sys; print("airflow-3.3" if sys.version_info >= (3, 11) else "airflow-2.11")')
VENV := .venv
BIN := $(VENV)/bin

export UV_PYTHON_DOWNLOADS := never

.DELETE_ON_ERROR:
.PHONY: help env test test-airflow-2.11 soak lint types imports ci constraints clean

help:  ## show what can be made
	@sed -n 's/^\([a-z0-9.-]*\):.*## /  make \1 — /p' $(MAKEFILE_LIST)

# ---- environments: one folder each, made again when its list of versions changes ----

env: $(VENV)/ready  ## make .venv with everything for development

$(VENV)/ready: constraints/$(AIRFLOW).txt pyproject.toml
	$(call make-env,$(VENV),$<)

.matrix/%/ready: constraints/%.txt pyproject.toml
	$(call make-env,.matrix/$*,$<)

define make-env
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
		|| { echo 'This needs Python 3.10 or newer; name one, as in: make test PYTHON=python3.12'; exit 1; }
	$(PYTHON) -m venv --clear $(1)
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check --constraint $(2) uv
	$(1)/bin/uv pip install --quiet --python $(1)/bin/python --constraint $(2) --group dev --editable '.[sandbox,phone]'
	@touch $@
endef

# ---- checks ----

test: $(VENV)/ready  ## run every test
	$(BIN)/python -m pytest

test-airflow-2.11: .matrix/airflow-2.11/ready  ## run Airflow's tests on Airflow 2.11
	.matrix/airflow-2.11/bin/python -m pytest tests/airflow

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

.demo/ready: $(wildcard constraints/$(AIRFLOW).txt) pyproject.toml demo/environment.py
	@$(PYTHON) demo/environment.py

# ---- measuring ----

.PHONY: bench

bench: .bench/ready  ## measure speed and memory against the targets, and keep the figures in benchmarks/out
	.bench/venv/bin/python -m benchmarks.run $(BENCH)

.bench/ready: $(wildcard constraints/$(AIRFLOW).txt) pyproject.toml .bench/dlt/ready .bench/drt-core/ready .bench/singer-sdk/ready
	$(PYTHON) -m venv --clear .bench/venv
	.bench/venv/bin/python -m pip install --quiet --disable-pip-version-check \
		$(addprefix --constraint ,$(wildcard constraints/$(AIRFLOW).txt)) --editable '.[sandbox]'
	@touch $@

# Each rival has its own folder: none of them fits together with Airflow's versions.
.bench/%/ready: benchmarks/rivals/%.txt
	$(PYTHON) -m venv --clear .bench/$*
	.bench/$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# ---- upkeep ----

constraints: $(VENV)/ready  ## resolve the versions anew that environments are made of
	$(call resolve,airflow-3.3,apache-airflow==3.3.2,--python-version 3.11)
	$(call resolve,airflow-2.11,apache-airflow==2.11.2,--python-version 3.10 --exclude-newer 2026-03-20)

define resolve
	echo '$(2)' | $(BIN)/uv pip compile --quiet --upgrade --no-header --no-annotate $(3) \
		--extra sandbox --extra phone --group dev pyproject.toml - --output-file constraints/$(1).txt > /dev/null
endef

clean:  ## remove everything that was made
	rm -rf .venv .matrix .demo .ui .bench .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
