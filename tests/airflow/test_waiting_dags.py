# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Whole DAG runs that wait: for changes, for opt-outs, and for a vendor that asks for patience."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest

from airflow_provider_marketsync.triggers import moment

pytestmark = pytest.mark.airflow

CARD = {"code": "1001", "name": "Mari Kask", "email": "mari@kask.example.com", "country": "EE", "closed": "0",
        "class": "ERA", "datafields": [{"code": "OPTIN", "content": "jah", "param": "2024-05-01"}]}  # fmt: skip
DONE = {"changed": "success", "fetch": "success", "upsert": "success"}


@pytest.fixture
def vendors(sandbox, connections, marketsync):
    sandbox.call("/directo/seed", [CARD])
    return sandbox


@pytest.fixture
def dags(dag_bag):
    return dag_bag().dags


@pytest.fixture
def delivered(vendors, dags):
    """The sync has run: nothing is new."""
    assert set(states(dags["directo_to_smaily"].test()).values()) == {"success"}
    return vendors


@pytest.fixture
def soon():
    """Return a function that calls another one in a second."""
    timers = []

    def later(function, *arguments):
        timers.append(threading.Timer(1.0, function, arguments))
        timers[-1].start()

    yield later
    for timer in timers:
        timer.cancel()


def states(run):
    return {instance.task_id: str(instance.state) for instance in run.get_task_instances()}


def told(run, task_id):
    return run.get_task_instance(task_id).xcom_pull(task_ids=task_id, key="return_value")


def cursors(marketsync):
    connection = sqlite3.connect(marketsync / "ledger.db")
    try:
        return connection.execute("SELECT cursor, complete_at FROM sync").fetchall()
    finally:
        connection.close()


def test_the_example_dags_wait_as_they_say(dags):
    sensor = dags["when_customers_change"].get_task("changed")
    assert (sensor.deferrable, sensor.poke_interval, sensor.soft_fail) == (True, 600, True)
    assert sensor.timeout == timedelta(hours=12).total_seconds()


def test_a_dag_that_a_watcher_starts_parses_on_airflow_3_and_is_left_out_on_2(dag_bag):
    bag = dag_bag()
    assert bag.import_errors == {}
    try:
        from airflow.sdk import AssetWatcher  # noqa: F401
    except ImportError:
        assert "watched_customers" not in bag.dags
    else:
        assert set(bag.dags["watched_customers"].task_dict) == {"fetch", "upsert"}


@pytest.mark.parametrize("dag_id", ["when_customers_change", "watched_customers", "deferred_sensor"])
def test_a_dag_that_waits_survives_serialisation(dags, dag_id):
    try:
        from airflow.serialization.serialized_objects import DagSerialization as Serialization
    except ImportError:
        from airflow.serialization.serialized_objects import SerializedDAG as Serialization

    if dag_id not in dags:
        pytest.skip("Airflow 2 has no watchers")
    kept = json.loads(json.dumps(Serialization.to_dict(dags[dag_id])))
    assert set(Serialization.from_dict(kept).task_dict) == set(dags[dag_id].task_dict)


def test_a_sensor_before_the_first_run_does_not_wait(vendors, dags):
    run = dags["deferred_sensor"].test()
    assert states(run) == DONE
    assert told(run, "changed")["news"] == "first run"


def test_a_deferred_sensor_starts_the_sync_when_a_customer_changes(delivered, dags, marketsync, soon):
    before = cursors(marketsync)
    soon(delivered.call, "/directo/act", {"action": "edit", "code": "1001", "fields": {"name": "Mari Murakas"}})
    began = time.monotonic()
    run = dags["deferred_sensor"].test()
    assert states(run) == DONE
    assert time.monotonic() - began > 1
    assert told(run, "changed") | {"seconds": 0} == {
        "sync": "directo_to_smaily",
        "news": "customers changed",
        "read": 1,
        "seconds": 0,
    }
    assert delivered.call("/smaily/store")["contacts"][0]["name"] == "Mari Murakas"
    assert cursors(marketsync) != before


def test_a_sensor_moves_nothing(delivered, dags, marketsync):
    before = cursors(marketsync)
    assert states(dags["impatient_sensor"].test()) == {"changed": "skipped"}
    assert cursors(marketsync) == before


def test_a_deferred_sensor_sees_an_opt_out(delivered, dags, soon):
    soon(delivered.call, "/smaily/act", {"action": "unsubscribe", "email": CARD["email"]})
    run = dags["deferred_opt_outs"].test()
    assert states(run) == {"opted_out": "success", "upsert": "success"}
    assert told(run, "opted_out")["news"] == "opt-outs"


def test_an_error_in_the_triggerer_fails_the_sensor_and_says_why(delivered, dags, connect, soon, capfd, caplog):
    wrong = {**delivered.connections["directo"], "password": "wrong-made-token"}
    soon(lambda: connect("directo_default", **wrong))
    assert states(dags["deferred_sensor"].test())["changed"] == "failed"
    said = caplog.text + "".join(capfd.readouterr())
    assert "AuthError: Directo refused the key or token" in said
    assert "wrong-made-token" not in said


def test_a_poking_sensor_survives_nothing_and_says_so(delivered, dags, capfd, caplog):
    delivered.call("/directo/faults", [{"kind": "503"}])
    assert states(dags["poking_sensor"].test())["changed"] == "failed"
    assert "ServerError" in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(("vendor", "task"), [("directo", "fetch"), ("smaily", "upsert")])
def test_a_long_wait_is_deferred_and_spends_no_try(vendors, dags, monkeypatch, vendor, task, capfd, caplog):
    vendors.call(f"/{vendor}/faults", [{"kind": "429", "times": 2, "retry_after": 120}])
    # Whatever moment the trigger is given has come.
    monkeypatch.setattr(moment, "time", SimpleNamespace(time=lambda: time.time() + 86_400))
    run = dags["directo_to_smaily"].test()
    assert states(run) == {"fetch": "success", "upsert": "success"}
    assert run.get_task_instance(task).try_number <= 1
    said = caplog.text + "".join(capfd.readouterr())
    assert said.count("no try is spent") >= 2
    assert [contact["email"] for contact in vendors.call("/smaily/store")["contacts"]] == [CARD["email"]]
