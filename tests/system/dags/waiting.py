# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Fifty sensors that wait in the triggerer, a DAG that the triggerer starts, and one whose error decides about the retry."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from airflow.sdk import DAG, Asset, AssetWatcher

from airflow_provider_marketsync.exceptions import SettingsError
from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator
from airflow_provider_marketsync.retry_policy import MarketSyncRetryPolicy
from airflow_provider_marketsync.sensors.customers import CustomersChangedSensor
from airflow_provider_marketsync.triggers.watching import CustomersChangedTrigger

SYNC = "syncs/directo_to_smaily.yaml"
WHEN = {"start_date": datetime(2026, 1, 1), "catchup": False}

with DAG("fifty_sensors", schedule=None, max_active_tasks=64, **WHEN):
    for number in range(50):
        CustomersChangedSensor(task_id=f"sensor_{number:02}", sync=SYNC, deferrable=True, poke_interval=1, timeout=3600)

with suppress(SettingsError), DAG("patient", schedule=None, **WHEN):  # before 3.3 there are no policies
    FetchCustomersOperator(
        task_id="fetch", sync=SYNC, retries=1, retry_delay=timedelta(days=1), retry_policy=MarketSyncRetryPolicy()
    )

watcher = AssetWatcher(name="changed", trigger=CustomersChangedTrigger(sync_id="directo_to_smaily", every=2))
with DAG("watched", schedule=[Asset("customers", watchers=[watcher])], max_active_runs=1, **WHEN):
    fetch = FetchCustomersOperator(task_id="fetch", sync=SYNC)
    UpsertContactsOperator(task_id="upsert", sync=SYNC, extract=fetch.output)
