# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Every module can be imported, and none leans on a path that this Airflow means to take away."""

from __future__ import annotations

import json
import subprocess
import sys

IMPORT_EVERYTHING = """
import importlib, json, pkgutil, warnings
import airflow_provider_marketsync as package

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    names = [found.name for found in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
    names = [name for name in names if not name.endswith("__main__")]
    for name in names:
        importlib.import_module(name)
ours = [f"{one.filename}:{one.lineno} {one.message}" for one in caught if "airflow_provider_marketsync" in one.filename]
print("\\n" + json.dumps({"modules": names, "warnings": ours}))
"""


def test_every_module_can_be_imported_without_a_warning():
    told = subprocess.run([sys.executable, "-c", IMPORT_EVERYTHING], capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr[-4000:]
    found = json.loads(told.stdout.strip().splitlines()[-1])
    assert {f"airflow_provider_marketsync.{name}" for name in ("hooks.directo", "operators.upsert", "cli.main")} <= set(
        found["modules"]
    )
    assert found["warnings"] == []


def test_every_name_of_the_compat_module_is_found():
    from airflow_provider_marketsync import compat

    assert set(compat.__all__) == set(compat._HOMES)
    assert [name for name in compat.__all__ if getattr(compat, name, None) is None] == []
