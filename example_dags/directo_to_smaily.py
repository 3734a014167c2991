# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Directo's customers in Smaily, every hour: only what changed, and nobody who did not agree.

The first run is held with its plan. Look at it (`marketsync plan`), accept it (`marketsync accept`), run again.
Several DAGs that read one Directo share its patience: give their fetch tasks a pool of one slot.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow import DAG

from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator

SYNC = "syncs/directo_to_smaily.yaml"

with DAG(
    "directo_to_smaily",
    description="Customers from Directo to Smaily",
    schedule="@hourly",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=2), "retry_exponential_backoff": True},
    params={"full": False, "plan_only": False, "apply_plan": None, "first_run": None},
    tags=["marketsync"],
    doc_md=__doc__,
) as dag:
    fetch = FetchCustomersOperator(
        task_id="fetch",
        sync=SYNC,
        full="{{ params.full }}",
    )
    UpsertContactsOperator(
        task_id="upsert",
        sync=SYNC,
        extract=fetch.output,
        plan_only="{{ params.plan_only }}",
        apply_plan="{{ params.apply_plan }}",
        first_run="{{ params.first_run }}",
    )
