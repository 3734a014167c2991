# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""How long imports take in a fresh interpreter: operators, which every DAG file pays for, and the core."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from statistics import median

from benchmarks.sizes import Sizes
from benchmarks.table import Result, Row

PACKAGE = "airflow_provider_marketsync"
OPERATORS = (f"{PACKAGE}.operators.fetch", f"{PACKAGE}.operators.upsert")
CORE = (f"{PACKAGE}.engine.fetch", f"{PACKAGE}.engine.upsert", f"{PACKAGE}.contacts.definition",
        f"{PACKAGE}.vendors.directo.source", f"{PACKAGE}.vendors.smaily.target")  # fmt: skip
FACES = ("airflow.sdk", "airflow.models.baseoperator")
"""What every DAG file imports anyway, on Airflow 3 and on 2."""
OPERATOR_MS, CORE_MS = 60.0, 300.0
REPEATS = 5


def measure(sizes: Sizes) -> Result:
    """Import in fresh interpreters."""
    repeats = min(REPEATS, sizes.repeats)
    core = _median(repeats, CORE)
    rows = [Row.at_most("the core, without Airflow", f"{core:.0f} ms", core, CORE_MS)]
    face = next((name for name in FACES if find_spec("airflow") and find_spec(name)), None)
    for operator in OPERATORS if face else ():
        beyond = _median(repeats, (operator,), before=face)
        rows.append(Row.at_most(f"{operator}, beyond {face}", f"{beyond:.0f} ms", beyond, OPERATOR_MS))
    return Result(rows, {"repeats": repeats, "airflow": face or "not installed"})


def _median(repeats: int, modules: tuple[str, ...], before: str | None = None) -> float:
    return median(_milliseconds(modules, before) for _ in range(repeats))


def _milliseconds(modules: tuple[str, ...], before: str | None) -> float:
    known = f"import {before}; " if before else ""
    program = f"{known}import time; began = time.perf_counter(); import {', '.join(modules)}; print(time.perf_counter() - began)"
    ended = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True)
    return float(ended.stdout.splitlines()[-1]) * 1000
