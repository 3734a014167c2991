# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Faults that only Airflow can have, and what a task says of one that comes from below."""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from types import SimpleNamespace

import pytest

from .world import DEFINITION, WRONG

TYPES = "set it to one of directo, smaily"


class Tasks:
    """Both tasks of the sync, executed by hand with the connections of the environment."""

    def __init__(self, world, monkeypatch):
        from airflow import DAG

        from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
        from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator

        self.world, self._monkeypatch = world, monkeypatch
        for vendor in ("directo", "smaily"):
            self.connect(vendor)
        with DAG("company", schedule=None):
            self._fetch = FetchCustomersOperator(task_id="fetch", sync=DEFINITION)
            self._upsert = UpsertContactsOperator(task_id="upsert", sync=DEFINITION, extract=None)
        pushed = SimpleNamespace(dag_id="company", run_id="r", task_id="t", map_index=-1, xcom_push=self._told)
        self._context = {"ti": pushed}

    def connect(self, vendor, without=(), **changed):
        known = self.world.sandbox.connections[vendor]
        extra = {**known["extra"], "calls_per_second": 1000}
        connection = {**known, "extra": extra, **changed}
        kept = {name: value for name, value in connection.items() if name not in without}
        self._monkeypatch.setenv(f"AIRFLOW_CONN_{vendor.upper()}_DEFAULT", json.dumps(kept))

    def fetch(self):
        return self._fetch.execute(self._context)

    def upsert(self, path):
        self._upsert.extract = path
        self._upsert.execute(self._context)

    def fails(self, kind, about, step, *arguments):
        with pytest.raises(kind, match=f"(?s){about}") as caught:
            step(*arguments)
        assert type(caught.value) is kind
        self.world.told.append("".join(traceback.format_exception(caught.value)))

    def _told(self, key, value):
        self.world.told.append(json.dumps(value))


@pytest.fixture(scope="session")
def airflow(tmp_path_factory):
    """Import Airflow, which sets logging up anew, before any test looks at logs; in a home of its own if nobody gave one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "*")
        if "airflow" not in sys.modules:
            patch.setenv("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
            patch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
        importlib.import_module("airflow.settings")
        yield


@pytest.fixture
def tasks(airflow, world, monkeypatch):
    monkeypatch.setenv("AIRFLOW__MARKETSYNC__LEDGER", str(world.ledger))
    monkeypatch.setenv("AIRFLOW__MARKETSYNC__EXTRACTS", str(world.extracts))
    return Tasks(world, monkeypatch)


@pytest.fixture
def errors(airflow):
    from airflow_provider_marketsync.compat import AirflowException, AirflowFailException

    try:
        from airflow.sdk.exceptions import TaskDeferred
    except ImportError:
        from airflow.exceptions import TaskDeferred
    return SimpleNamespace(final=AirflowFailException, passing=AirflowException, deferred=TaskDeferred)


@pytest.mark.parametrize(
    ("without", "changed", "told"),
    [(["conn_type"], {}, "no type"), ([], {"conn_type": ""}, "no type"), ([], {"conn_type": "http"}, "the type 'http'")],
    ids=["no type", "empty type", "another type"],
)
def test_a_connection_in_json_without_a_type(world, undisturbed, tasks, errors, without, changed, told):
    world.tell("first day")
    before = world.outside()
    tasks.connect("directo", without, **changed)
    tasks.fails(errors.final, f"SettingsError: .*'directo_default' has {told}; {TYPES}", tasks.fetch)
    assert world.outside() == before
    tasks.connect("directo")
    path = tasks.fetch()
    tasks.connect("smaily", without, **changed)
    tasks.fails(errors.final, f"SettingsError: .*'smaily_default' has {told}; {TYPES}", tasks.upsert, path)
    assert (world.people(), world.watermark()) == ({}, None)
    tasks.connect("smaily")
    tasks.upsert(path)
    assert world.settled() == undisturbed["first day"]


def test_what_a_person_must_mend_is_not_retried_what_passes_is_and_a_long_wait_is_no_failure(world, undisturbed, tasks, errors):
    world.tell("first day")
    tasks.connect("directo", password=WRONG)
    tasks.fails(errors.final, "AuthError: .*check the connection's password field", tasks.fetch)
    tasks.connect("directo")
    world.order("directo", "503", times=1)
    tasks.fails(errors.passing, "ServerError: .*ask its support if this lasts", tasks.fetch)
    path = tasks.fetch()
    tasks.connect("smaily", password=WRONG)
    tasks.fails(errors.final, "AuthError: .*user name or password of the API user are wrong", tasks.upsert, path)
    tasks.connect("smaily")
    world.order("smaily", "429", times=1, retry_after=90)
    with pytest.raises(errors.deferred):
        tasks.upsert(path)
    tasks.upsert(path)
    assert world.settled() == undisturbed["first day"]
