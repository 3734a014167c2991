# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One mapped task instance for each sync, by ``expand`` and by ``expand_kwargs``."""

from __future__ import annotations

from datetime import datetime

from airflow import DAG

from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator

MAPPED = {
    "id": "mapped_map",
    "source": "directo_default",
    "target": "smaily_default",
    "where": {"country": "FI"},
    "mapping": {"email": "email"},
    "consent": {"email": {"state": "datafields.OPTIN", "granted": ["yes"], "withdrawn": ["no"]}},
    "new_contacts": {"granted": "subscribe", "pending": "skip", "unknown": "skip", "withdrawn": "skip"},
}
SYNCS = {"directo_to_smaily": "syncs/directo_to_smaily.yaml", "mapped_map": MAPPED}


def delivery(path):
    """Say which sync an extract is of: its folder is named after it."""
    return {"sync": next(sync for name, sync in SYNCS.items() if f"/{name}/" in path), "extract": path}


with DAG("mapped_syncs", schedule=None, start_date=datetime(2026, 1, 1), catchup=False):
    fetch = FetchCustomersOperator.partial(task_id="fetch", full="{{ params.full }}", params={"full": True}).expand(
        sync=list(SYNCS.values())
    )
    UpsertContactsOperator.partial(task_id="upsert", max_active_tis_per_dag=1).expand_kwargs(fetch.output.map(delivery))
