# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Every module can be imported, and none leans on a path that this Airflow means to take away."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version

SINCE_3_1 = {"airflow_provider_marketsync.operators.approval"}
"""Modules that ask a person in Airflow's pages; before 3.1 there is nothing to derive from, and nobody imports them."""
SINCE_3_3 = {"RetryDecision", "RetryPolicy"}
AIRFLOW = tuple(int(part) for part in version("apache-airflow").split(".")[:2])
IMPORT_EVERYTHING = """
import importlib, json, pkgutil, sys, warnings
import airflow_provider_marketsync as package

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    names = [found.name for found in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
    names = [name for name in names if not name.endswith("__main__") and name not in sys.argv[1:]]
    for name in names:
        importlib.import_module(name)
ours = [f"{one.filename}:{one.lineno} {one.message}" for one in caught if "airflow_provider_marketsync" in one.filename]
print("\\n" + json.dumps({"modules": names, "warnings": ours}))
"""


def test_every_module_can_be_imported_without_a_warning():
    newer = SINCE_3_1 if AIRFLOW < (3, 1) else set()
    told = subprocess.run([sys.executable, "-c", IMPORT_EVERYTHING, *newer], capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr[-4000:]
    found = json.loads(told.stdout.strip().splitlines()[-1])
    assert {f"airflow_provider_marketsync.{name}" for name in ("hooks.directo", "operators.upsert", "cli.main")} <= set(
        found["modules"]
    )
    assert found["warnings"] == []


def test_every_name_of_the_compat_module_is_found():
    from airflow_provider_marketsync import compat

    assert set(compat.__all__) == set(compat._HOMES)
    missing = {name for name in compat.__all__ if getattr(compat, name, None) is None}
    assert missing == (SINCE_3_3 if AIRFLOW < (3, 3) else set())
