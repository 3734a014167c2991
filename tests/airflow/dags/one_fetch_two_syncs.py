# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One reading of the source for two syncs."""

from __future__ import annotations

from datetime import datetime

from airflow import DAG

from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator


def sync(country):
    return {
        "id": f"customers_{country.lower()}",
        "source": "directo_default",
        "target": "smaily_default",
        "where": {"country": country},
        "mapping": {"email": "email", f"name_{country.lower()}": "name"},
        "allow_new_fields": [f"name_{country.lower()}"],
        "dismissed": ["datafields.OPTIN"],
        "new_contacts": "create_unsubscribed",
    }


with DAG("one_fetch_two_syncs", schedule=None, start_date=datetime(2026, 1, 1), catchup=False):
    fetch = FetchCustomersOperator(task_id="fetch", sync=[sync("EE"), sync("LV")])
    ee = UpsertContactsOperator(task_id="upsert_ee", sync=sync("EE"), extract=fetch.output)
    lv = UpsertContactsOperator(task_id="upsert_lv", sync=sync("LV"), extract=fetch.output)
    ee >> lv
