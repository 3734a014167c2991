# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a DAG file pays for importing our operators: the scheduler parses it again and again."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

MEASURE = """
import json, sys, time
try:
    from airflow.sdk import BaseOperator, BaseSensorOperator
    import airflow.sdk.exceptions
except ImportError:
    from airflow.models import BaseOperator
    from airflow.sensors.base import BaseSensorOperator
import airflow.triggers.base
before = set(sys.modules)
began = time.perf_counter()
import airflow_provider_marketsync.{module}
took = time.perf_counter() - began
print("\\n" + json.dumps({{"milliseconds": took * 1000, "modules": sorted(set(sys.modules) - before)}}))
"""
HEAVY = {"requests", "aiohttp", "lxml", "rich", "pydantic", "pyrate_limiter", "yaml", "fsspec", "sqlite3", "email_validator"}


def measured(module):
    told = subprocess.run([sys.executable, "-c", MEASURE.format(module=module)], capture_output=True, text=True, check=True)
    return json.loads(told.stdout.strip().splitlines()[-1])


MODULES = [
    "operators.fetch",
    "operators.upsert",
    "operators.opt_outs",
    "operators.preflight",
    "operators.task_group",
    "sensors.customers",
    "sensors.optouts",
    "triggers.watching",
    "retry_policy",
]
FACES = {"operators", "sensors", "triggers", "retry_policy", "compat", "exceptions", "links"}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_of_a_dag_file_loads_nothing_that_only_a_running_task_needs(module, capsys):
    found = measured(module)
    with capsys.disabled():
        print(f"\n{module} costs {found['milliseconds']:.1f} ms beyond Airflow's own operators")
    ours = [name for name in found["modules"] if name.startswith("airflow_provider_marketsync.")]
    assert not [name for name in ours if name.split(".")[1] not in FACES]
    assert not HEAVY & set(found["modules"])
    assert found["milliseconds"] < 500
