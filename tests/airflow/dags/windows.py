# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A fetch that is told by its run where to begin, where the run knows it."""

from __future__ import annotations

from datetime import datetime

from airflow import DAG

from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator

with DAG(
    "windows", schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False, params={"windows": True}, max_active_runs=1
):
    fetch = FetchCustomersOperator(
        task_id="fetch",
        sync="syncs/directo_to_smaily.yaml",
        updated_since="{{ data_interval_start | default('') if params.windows else '' }}",
    )
    UpsertContactsOperator(task_id="upsert", sync="syncs/directo_to_smaily.yaml", extract=fetch.output)
