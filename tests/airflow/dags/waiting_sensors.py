# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Sensors that wait in the triggerer, in a worker, and between two looks nowhere."""

from __future__ import annotations

from datetime import datetime

from airflow import DAG

from airflow_provider_marketsync.exceptions import SettingsError
from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator
from airflow_provider_marketsync.retry_policy import MarketSyncRetryPolicy
from airflow_provider_marketsync.sensors.customers import CustomersChangedSensor
from airflow_provider_marketsync.sensors.optouts import OptOutsSensor

SYNC = "syncs/directo_to_smaily.yaml"
WHEN = {"start_date": datetime(2026, 1, 1), "catchup": False}
OFTEN = {"sync": SYNC, "poke_interval": 0.2, "timeout": 60}

try:
    POLICY = {"retry_policy": MarketSyncRetryPolicy()}
except SettingsError:  # before Airflow 3.3
    POLICY = {}

with DAG("deferred_sensor", schedule=None, **WHEN):
    fetch = FetchCustomersOperator(task_id="fetch", sync=SYNC, **POLICY)
    CustomersChangedSensor(task_id="changed", deferrable=True, **OFTEN) >> fetch
    UpsertContactsOperator(task_id="upsert", sync=SYNC, extract=fetch.output)

with DAG("deferred_opt_outs", schedule=None, **WHEN):
    opted_out = OptOutsSensor(task_id="opted_out", deferrable=True, **OFTEN)
    opted_out >> UpsertContactsOperator(task_id="upsert", sync=SYNC, extract=None)

with DAG("impatient_sensor", schedule=None, **WHEN):
    CustomersChangedSensor(task_id="changed", deferrable=False, soft_fail=True, **{**OFTEN, "timeout": 0.5})

with DAG("poking_sensor", schedule=None, **WHEN):
    CustomersChangedSensor(task_id="changed", deferrable=False, **OFTEN)
