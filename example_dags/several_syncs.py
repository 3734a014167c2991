# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One sync for each shop, every hour: the same definition, other accounts.

Each pair of tasks stands for itself: a shop whose ERP is down stops no other. The connections are named after the
shops: ``directo_tallinn``, ``smaily_tallinn`` and so on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from airflow import DAG

try:
    from airflow.sdk import task_group
except ImportError:  # Airflow 2
    from airflow.decorators import task_group

from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator

SHOPS = {"tallinn": "EE", "riga": "LV"}


def definition(shop: str, country: str) -> dict[str, Any]:
    """Return the sync of one shop."""
    return {
        "id": f"shop_{shop}",
        "source": f"directo_{shop}",
        "target": f"smaily_{shop}",
        "where": {"closed": "0", "country": country},
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


with DAG(
    "several_syncs",
    description="Every shop's customers to its Smaily account",
    schedule="@hourly",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=2), "retry_exponential_backoff": True},
    tags=["marketsync"],
    doc_md=__doc__,
) as dag:

    @task_group
    def shop(sync: dict[str, Any], full: bool) -> None:
        fetch = FetchCustomersOperator(task_id="fetch", sync=sync, full=full)
        # Smaily allows five calls a second to each address, whatever the account: one shop after the other.
        UpsertContactsOperator(task_id="upsert", sync=sync, extract=fetch.output, max_active_tis_per_dag=1)

    shop.expand_kwargs([{"sync": definition(name, country), "full": False} for name, country in SHOPS.items()])
