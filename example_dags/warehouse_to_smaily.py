# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""People of your own database in Smaily: any rows can be the source of a sync.

Each run reads all of them, whatever occasion it has: half a million rows are compared in seconds, and what is unchanged
is not sent. So nothing is missed after a day without a run, and nobody has to remember how far the last one came.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from airflow import DAG

try:
    from airflow.sdk import task
except ImportError:  # Airflow 2
    from airflow.decorators import task

from airflow_provider_marketsync.extracts.rows import write_extract
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator

EVERYBODY = "SELECT id, email, name, newsletter, newsletter_on, changed FROM person"


@task
def read(params: dict[str, Any]) -> str:
    with closing(sqlite3.connect(params["database"])) as warehouse:  # any DB-API connection, such as a hook's
        cursor = warehouse.execute(EVERYBODY)
        columns = [column[0] for column in cursor.description]
        rows = (dict(zip(columns, row, strict=True)) for row in cursor)
        return write_extract(rows, params["extracts"], source="warehouse", key="id", changed="changed", complete=True)


with DAG(
    "warehouse_to_smaily",
    description="People of a database to Smaily",
    schedule="@daily",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=2)},
    params={"database": "/srv/marketsync/warehouse.db", "extracts": "/srv/marketsync/warehouse"},
    tags=["marketsync"],
    doc_md=__doc__,
) as dag:
    UpsertContactsOperator(task_id="upsert", sync="syncs/warehouse_to_smaily.yaml", extract=read())
