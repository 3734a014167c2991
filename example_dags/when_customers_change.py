# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The same sync as `directo_to_smaily`, started by a change instead of the clock: a sensor waits, without a worker's slot.

Use one of the two DAGs. The sensor looks every ten minutes and reads up to the first changed card; a triggerer has to run
beside the scheduler (`docs/waiting.md`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow import DAG

from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator
from airflow_provider_marketsync.sensors.customers import CustomersChangedSensor

SYNC = "syncs/directo_to_smaily.yaml"

with DAG(
    "when_customers_change",
    description="Customers from Directo to Smaily, as soon as one changes",
    schedule="@continuous",  # a new run begins to wait when the last one has ended
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=2), "retry_exponential_backoff": True},
    tags=["marketsync"],
    doc_md=__doc__,
) as dag:
    changed = CustomersChangedSensor(
        task_id="changed",
        sync=SYNC,
        deferrable=True,
        poke_interval=600,
        timeout=timedelta(hours=12),
        soft_fail=True,  # nothing changed in twelve hours: skipped, and the next run waits on
    )
    fetch = FetchCustomersOperator(task_id="fetch", sync=SYNC)
    changed >> fetch
    UpsertContactsOperator(task_id="upsert", sync=SYNC, extract=fetch.output)
