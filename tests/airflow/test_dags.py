# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Whole DAG runs inside Airflow, from the sandbox's Directo to its Smaily."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator

pytestmark = pytest.mark.airflow

EXAMPLES = {"directo_to_smaily", "directo_import", "directo_after_import", "several_syncs", "warehouse_to_smaily"}
CARDS = [
    {"code": "1001", "name": "Mari Kask", "email": "mari@kask.example.com", "country": "EE", "closed": "0",
     "class": "ERA", "datafields": [{"code": "OPTIN", "content": "jah", "param": "2024-05-01"}]},
    {"code": "1002", "name": "Jānis Ozols", "email": "janis@ozols.example.com", "country": "LV", "closed": "0",
     "class": "ERA", "datafields": [{"code": "OPTIN", "content": "ei", "param": "2024-05-01"}]},
    {"code": "1003", "name": "Peeter Paju", "email": "peeter@paju.example.com", "country": "EE", "closed": "0",
     "class": "ERA", "datafields": []},
    {"code": "1004", "name": "Matti Virta", "email": "matti@virta.example.com", "country": "FI", "closed": "0",
     "class": "ERA", "datafields": [{"code": "OPTIN", "content": "yes", "param": "2024-05-01"}]},
]  # fmt: skip


@pytest.fixture
def installation(sandbox, connections, marketsync):
    sandbox.call("/directo/seed", CARDS)
    return sandbox


def xcom(run, task_id, key):
    return run.get_task_instance(task_id).xcom_pull(task_ids=task_id, key=key)


def manifest(path):
    return json.loads(Path(path).read_text())


def states(run):
    return {instance.task_id: str(instance.state) for instance in run.get_task_instances()}


def contacts(sandbox):
    return {contact["email"]: contact for contact in sandbox.call("/smaily/store")["contacts"]}


@pytest.fixture
def example(dag_bag):
    return dag_bag().dags["directo_to_smaily"]


def test_every_dag_file_parses(dag_bag):
    bag = dag_bag()
    assert bag.import_errors == {}
    assert EXAMPLES | {"one_fetch_two_syncs", "mapped_syncs", "windows"} <= set(bag.dags)


def test_the_example_runs_one_at_a_time_and_lets_directo_rest_between_tries(example):
    assert example.max_active_runs == 1
    assert not example.catchup
    fetch, upsert = example.get_task("fetch"), example.get_task("upsert")
    assert isinstance(fetch, FetchCustomersOperator)
    assert isinstance(upsert, UpsertContactsOperator)
    assert fetch.downstream_task_ids == {"upsert"}
    assert fetch.retries > 0
    assert fetch.retry_delay >= timedelta(seconds=60)


@pytest.mark.parametrize("dag_id", [*sorted(EXAMPLES), "one_fetch_two_syncs", "mapped_syncs", "windows"])
def test_a_dag_survives_serialisation(dag_bag, dag_id):
    try:
        from airflow.serialization.serialized_objects import DagSerialization as Serialization
    except ImportError:
        from airflow.serialization.serialized_objects import SerializedDAG as Serialization

    dag = dag_bag().dags[dag_id]
    back = Serialization.from_dict(json.loads(json.dumps(Serialization.to_dict(dag))))
    assert set(back.task_dict) == set(dag.task_dict)
    for task in dag.tasks:
        if isinstance(getattr(task, "sync", None), (dict, list)):
            assert back.get_task(task.task_id).sync == task.sync


def test_the_example_brings_customers_to_smaily_and_says_so(installation, example):
    run = example.test()
    assert states(run) == {"fetch": "success", "upsert": "success"}

    path = xcom(run, "fetch", "return_value")
    assert path.endswith("/manifest.json")
    assert manifest(path)["sync"] == "directo_to_smaily"
    fetched, delivered = xcom(run, "fetch", "summary"), xcom(run, "upsert", "summary")
    assert (fetched["read"], fetched["complete"]) == (4, True)
    assert sum(delivered["outcomes"].values()) == delivered["read"] == 4
    assert delivered["outcomes"]["created"] == 2
    assert delivered["mails_caused"] == 0
    assert xcom(run, "upsert", "return_value") is None

    found = contacts(installation)
    assert set(found) == {"mari@kask.example.com", "janis@ozols.example.com"}
    assert [str(found[address]["is_unsubscribed"]) for address in sorted(found)] == ["1", "0"]
    assert found["mari@kask.example.com"]["name"] == "Mari Kask"
    assert installation.call("/smaily/mails") == []


def test_a_second_run_sends_nothing_again(installation, example):
    example.test()
    before = len(installation.call("/smaily/requests"))
    run = example.test()
    assert states(run) == {"fetch": "success", "upsert": "success"}
    posts = [call for call in installation.call("/smaily/requests")[before:] if call["method"] == "POST"]
    assert posts == []
    assert not xcom(run, "fetch", "summary")["complete"]


def test_a_run_without_a_logical_date_works(installation, example):
    import inspect

    dateless = {"logical_date": None} if "logical_date" in inspect.signature(example.test).parameters else {}
    assert set(states(example.test(**dateless)).values()) == {"success"}


def test_a_run_asked_for_a_plan_sends_nothing(installation, example):
    run = example.test(run_conf={"plan_only": True, "full": True})
    summary = xcom(run, "upsert", "summary")
    assert summary["sent"] is False
    assert contacts(installation) == {}
    assert xcom(run, "fetch", "summary")["why"] == "completely, as asked"


def test_a_wrong_run_argument_fails_at_once_and_says_what_is_allowed(installation, example, capfd, caplog):
    run = example.test(run_conf={"first_run": "everything"})
    assert states(run) == {"fetch": "success", "upsert": "failed"}
    assert 'first_run is "adopt" or nothing' in told(capfd, caplog)


def test_a_newly_refused_record_turns_the_task_red_without_retries_and_keeps_the_summary(installation, example):
    fault = {"kind": "code_204", "match": {"body": "mari@kask.example.com"}, "times": None}
    installation.call("/smaily/faults", [fault])
    run = example.test()
    assert states(run) == {"fetch": "success", "upsert": "failed"}
    outcomes = xcom(run, "upsert", "summary")["outcomes"]
    assert (outcomes["rejected"], outcomes["created"]) == (1, 1)
    assert set(contacts(installation)) == {"janis@ozols.example.com"}


def test_a_wrong_token_fails_the_fetch_at_once(installation, example, connections, connect, capfd, caplog):
    connect("directo_default", **{**connections["directo"], "password": "wrong-made-token"})
    assert states(example.test())["fetch"] == "failed"
    text = told(capfd, caplog)
    assert "AuthError: connection 'directo_default': Directo refused the key or token" in text
    assert "wrong-made-token" not in text


def told(capfd, caplog):
    captured = capfd.readouterr()
    return captured.out + captured.err + caplog.text


def test_logs_rendered_fields_xcom_and_database_hold_no_secret_and_nobodys_data(
    installation, example, connections, capfd, caplog
):
    run = example.test()
    assert states(run)["upsert"] == "success"
    places = [path.read_bytes() for path in Path(os.environ["AIRFLOW_HOME"]).glob("airflow.db*")]
    places.append(told(capfd, caplog).encode())
    assert b"directo_to_smaily" in places[0]
    secrets = [connections["directo"]["password"], connections["smaily"]["password"]]
    people = [card[name] for card in CARDS for name in ("email", "name")]
    for word in [*secrets, *people, "kask.example.com"]:
        assert not [word for place in places if word.encode() in place], word


def test_one_fetch_feeds_two_syncs_and_each_takes_its_own(installation, dag_bag):
    run = dag_bag().dags["one_fetch_two_syncs"].test()
    assert states(run) == {"fetch": "success", "upsert_ee": "success", "upsert_lv": "success"}
    paths, summaries = xcom(run, "fetch", "return_value"), xcom(run, "fetch", "summary")
    assert [summary["sync"] for summary in summaries] == ["customers_ee", "customers_lv"]
    assert [manifest(path)["sync"] for path in paths] == ["customers_ee", "customers_lv"]
    assert len(installation.call("/directo/requests")) == 1
    for task_id in ("upsert_ee", "upsert_lv"):
        assert xcom(run, task_id, "summary")["sync"] == task_id.replace("upsert", "customers")
