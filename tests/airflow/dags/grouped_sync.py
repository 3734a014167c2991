# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A whole sync as one group, with a task of the user's own after it."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from airflow import DAG

from airflow_provider_marketsync.operators.task_group import sync_task_group

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.sdk import Asset
except ImportError:
    from airflow.datasets import Dataset as Asset
    from airflow.operators.empty import EmptyOperator

CONTACTS = Asset("x-marketsync://smaily/contacts")

with DAG(
    "grouped_sync",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"retry_delay": timedelta(seconds=90)},
    params={"full": False},
):
    group = sync_task_group(
        "syncs/directo_to_smaily.yaml",
        full="{{ params.full }}",
        opt_outs_folder=os.environ.get("MADE_OPT_OUTS", "/nowhere"),
        outlets=[CONTACTS],
        retries=0,
    )
    group >> EmptyOperator(task_id="after")
