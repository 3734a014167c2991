# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The same sync as `directo_to_smaily`, as a DAG that Airflow 3 starts when customers changed. No run stands waiting.

The watcher runs in the triggerer, looks every ten minutes, and goes by the definition of the sync's last run
(`docs/waiting.md`). Use this DAG or `directo_to_smaily`, not both.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow import DAG

from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator
from airflow_provider_marketsync.triggers.watching import CustomersChangedTrigger

try:
    from airflow.sdk import Asset, AssetWatcher
except ImportError:  # Airflow 2 starts no DAG by a trigger
    Asset = None

SYNC = "syncs/directo_to_smaily.yaml"

if Asset is not None:
    watcher = AssetWatcher(name="changed", trigger=CustomersChangedTrigger(sync_id="directo_to_smaily", every=600))
    with DAG(
        "watched_customers",
        description="Customers from Directo to Smaily, as soon as one changes",
        schedule=[Asset("directo_customers", watchers=[watcher])],
        start_date=datetime(2026, 1, 1),
        max_active_runs=1,
        default_args={"retries": 3, "retry_delay": timedelta(minutes=2), "retry_exponential_backoff": True},
        tags=["marketsync"],
        doc_md=__doc__,
    ) as dag:
        fetch = FetchCustomersOperator(task_id="fetch", sync=SYNC)
        UpsertContactsOperator(task_id="upsert", sync=SYNC, extract=fetch.output)
