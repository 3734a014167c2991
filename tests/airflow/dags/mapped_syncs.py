# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One mapped task instance for each sync."""

from __future__ import annotations

from datetime import datetime

from airflow import DAG

from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator

with DAG("mapped_syncs", schedule=None, start_date=datetime(2026, 1, 1), catchup=False):
    FetchCustomersOperator.partial(task_id="fetch", full="{{ params.full }}", params={"full": True}).expand(
        sync=[
            "syncs/directo_to_smaily.yaml",
            {
                "id": "mapped_map",
                "source": "directo_default",
                "target": "smaily_default",
                "mapping": {"email": "email"},
                "dismissed": ["datafields.OPTIN"],
                "new_contacts": "skip",
            },
        ]
    )
