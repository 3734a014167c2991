# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One DAG for each company of the tests; they differ in their connections and in nothing else."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from airflow import DAG

try:
    from airflow.sdk import Asset, task
except ImportError:
    from airflow.datasets import Dataset as Asset
    from airflow.decorators import task

from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator

DAILY = {"windows"}
IMPORTED = {"imported"}


def sync(name):
    return {
        "id": name,
        "source": f"directo_{name}",
        "target": f"smaily_{name}",
        "full_every": "30d",
        "where": {"closed": "0"},
        "mapping": {"email": "email", "name": "name | trim"},
        "allow_new_fields": ["name"],
        "consent": {
            "email": {
                "state": "datafields.OPTIN",
                "date": "datafields.OPTIN.param",
                "formats": ["yyyy-mm-dd"],
                "granted": ["yes"],
                "withdrawn": ["no"],
            }
        },
        "new_contacts": {"granted": "subscribe", "pending": "skip", "unknown": "skip", "withdrawn": "create_unsubscribed"},
    }


def occasion(name):
    if name in IMPORTED:
        return [Asset(f"x-directo://{name}")]
    return "@daily" if name in DAILY else None


for name in os.environ["MADE_COMPANIES"].split():
    with DAG(
        name,
        schedule=occasion(name),
        start_date=datetime(2026, 1, 1),
        catchup=False,
        max_active_runs=2,
        is_paused_upon_creation=name in DAILY,
        default_args={"retries": 30, "retry_delay": timedelta(seconds=1)},
    ) as dag:
        fetch = FetchCustomersOperator(
            task_id="fetch",
            sync=sync(name),
            updated_since="{{ data_interval_start if dag_run.run_type == 'backfill' else '' }}",
        )
        UpsertContactsOperator(task_id="upsert", sync=sync(name), extract=fetch.output)
    globals()[name] = dag

for name in IMPORTED:
    with DAG(f"import_of_{name}", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False) as dag:

        @task(outlets=occasion(name))
        def end_of_import():
            """Stand for whatever brings customers into Directo."""

        end_of_import()
    globals()[f"import_of_{name}"] = dag
