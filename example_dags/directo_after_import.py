# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The sync of ``directo_to_smaily`` on another occasion: as soon as a nightly import into Directo has ended.

Such a run has no logical date and no data interval, and needs none: how far the sync has come stands in its ledger,
which both DAGs share. Should both run at once, the second one waits for its next try.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow import DAG

try:
    from airflow.sdk import Asset, task
except ImportError:  # Airflow 2 says dataset
    from airflow.datasets import Dataset as Asset
    from airflow.decorators import task

from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator

SYNC = "syncs/directo_to_smaily.yaml"
CUSTOMERS = Asset("x-directo://customers")
CONTACTS = Asset("x-smaily://contacts")

with DAG("directo_import", schedule=None, start_date=datetime(2026, 1, 1), catchup=False, tags=["marketsync"]) as imports:

    @task(outlets=[CUSTOMERS])
    def end_of_import() -> None:
        """Stand for whatever brings customers into Directo."""

    end_of_import()

with DAG(
    "directo_after_import",
    description="Customers from Directo to Smaily, after each import",
    schedule=[CUSTOMERS],
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=2), "retry_exponential_backoff": True},
    tags=["marketsync"],
    doc_md=__doc__,
) as dag:
    fetch = FetchCustomersOperator(task_id="fetch", sync=SYNC)
    UpsertContactsOperator(task_id="upsert", sync=SYNC, extract=fetch.output, outlets=[CONTACTS])
