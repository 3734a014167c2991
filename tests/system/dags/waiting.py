# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Fifty sensors that wait in the triggerer, and a DAG that the triggerer starts."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import DAG, Asset, AssetWatcher

from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator
from airflow_provider_marketsync.sensors.customers import CustomersChangedSensor
from airflow_provider_marketsync.triggers.watching import CustomersChangedTrigger

SYNC = "syncs/directo_to_smaily.yaml"
WHEN = {"start_date": datetime(2026, 1, 1), "catchup": False}

with DAG("fifty_sensors", schedule=None, max_active_tasks=64, **WHEN):
    for number in range(50):
        CustomersChangedSensor(task_id=f"sensor_{number:02}", sync=SYNC, deferrable=True, poke_interval=1, timeout=3600)

watcher = AssetWatcher(name="changed", trigger=CustomersChangedTrigger(sync_id="directo_to_smaily", every=2))
with DAG("watched", schedule=[Asset("customers", watchers=[watcher])], max_active_runs=1, **WHEN):
    fetch = FetchCustomersOperator(task_id="fetch", sync=SYNC)
    UpsertContactsOperator(task_id="upsert", sync=SYNC, extract=fetch.output)
