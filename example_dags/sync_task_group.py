# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A whole sync as one group of tasks: opt-outs first, then customers, and a report that always comes.

Where Airflow has it (3.1 and newer) a person is asked before customers are sent; opt-outs never wait for anybody.
"""

from __future__ import annotations

from datetime import datetime

from airflow import DAG
from airflow import __version__ as airflow_version

from airflow_provider_marketsync.operators.task_group import sync_task_group

try:
    from airflow.sdk import Asset
except ImportError:
    from airflow.datasets import Dataset as Asset

CAN_ASK = tuple(int(part) for part in airflow_version.split(".")[:2]) >= (3, 1)
SYNC = "syncs/directo_to_smaily.yaml"

with DAG(
    "sync_task_group",
    description="Customers from Directo to Smaily, opt-outs back",
    schedule="@hourly",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    params={"full": False, "first_run": None},
    tags=["marketsync"],
    doc_md=__doc__,
) as dag:
    sync_task_group(
        SYNC,
        full="{{ params.full }}",
        first_run="{{ params.first_run }}",
        approve=CAN_ASK,
        outlets=[Asset("x-marketsync://smaily/contacts")],
    )
