# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A whole sync as one group of tasks."""

from __future__ import annotations

import csv
import os
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest
from airflow import DAG
from test_dags import CARDS, contacts, states, told, xcom

from airflow_provider_marketsync.exceptions import SettingsError
from airflow_provider_marketsync.operators.task_group import sync_task_group

pytestmark = pytest.mark.airflow

GROUP = "directo_to_smaily"
OLD = version("apache-airflow").startswith("2.")
FOLDER = Path(__file__).parents[2] / "example_dags"


@pytest.fixture
def installation(sandbox, connections, marketsync):
    sandbox.call("/directo/seed", CARDS)
    return sandbox


@pytest.fixture
def out():
    """Where the DAG puts the file for the source's people; its path is read when the DAG file is parsed."""
    return Path(os.environ["MADE_OPT_OUTS"])


@pytest.fixture
def grouped(tmp_path, monkeypatch, dag_bag, out_env):
    return dag_bag().dags["grouped_sync"]


@pytest.fixture
def out_env(tmp_path, monkeypatch):
    monkeypatch.setenv("MADE_OPT_OUTS", str(tmp_path / "for-people"))


def short(found):
    return {task.removeprefix(f"{GROUP}."): state for task, state in found.items()}


def group_of(sync=None, **arguments):
    """Build a group inside a DAG and return its tasks by their short names."""
    sync = sync or str(FOLDER / "syncs" / "directo_to_smaily.yaml")
    with DAG("made", schedule=None, start_date=datetime(2026, 1, 1), default_args=arguments.pop("default_args", {})) as dag:
        sync_task_group(sync, **arguments)
    return {task.task_id.partition(".")[2]: task for task in dag.tasks}


def above(task):
    return {name.rpartition(".")[2] for name in task.upstream_task_ids}


def test_opt_outs_are_pulled_before_anything_is_read_or_pushed_and_nothing_keeps_them_from_the_sources_people():
    tasks = group_of()
    assert {name: above(task) for name, task in tasks.items()} == {
        "preflight": set(),
        "opt_outs": {"preflight"},
        "opt_outs_back": {"opt_outs"},
        "fetch": {"opt_outs"},
        "upsert": {"fetch"},
        "report": {"upsert", "opt_outs_back"},
    }


def test_defaults_are_patient_and_give_way_to_those_of_the_dag_and_to_arguments():
    plain = group_of()
    assert {task.retries for name, task in plain.items() if name != "report"} == {3}
    assert plain["fetch"].retry_delay == timedelta(minutes=2)
    assert plain["report"].retries == 0
    assert [name for name, task in plain.items() if task.max_active_tis_per_dag == 1] == ["opt_outs", "upsert"]

    mine = group_of(default_args={"retries": 7, "owner": "crm"}, retry_delay=timedelta(seconds=9), pool="smaily")
    assert {task.retries for name, task in mine.items() if name != "report"} == {7}
    assert {(task.retry_delay, task.pool, task.owner) for task in mine.values()} == {(timedelta(seconds=9), "smaily", "crm")}


def test_the_group_is_named_after_its_sync_and_another_source_brings_its_own_extract():
    definition = {
        "id": "warehouse_to_smaily", "source": {"name": "warehouse"}, "target": "smaily_default",
        "mapping": {"email": "email"}, "new_contacts": "skip", "dismissed": ["optin"],
    }  # fmt: skip
    tasks = group_of(definition, extract="{{ params.path }}")
    assert tasks["preflight"].task_id == "warehouse_to_smaily.preflight"
    assert "fetch" not in tasks
    assert above(tasks["upsert"]) == {"opt_outs"}


@pytest.mark.skipif(OLD, reason="Airflow 2 can not ask")
def test_a_person_is_asked_after_the_sources_no_was_told_and_before_anything_else_is_sent():
    tasks = group_of(approve={"response_timeout": timedelta(hours=2)}, retries=5)
    asked = [above(tasks[name]) - {"fetch"} for name in ("tell_opt_outs", "plan", "approve", "upsert")]
    assert asked == [set(), {"tell_opt_outs"}, {"plan"}, {"approve"}]
    assert above(tasks["tell_opt_outs"]) == {"fetch"}
    assert tasks["tell_opt_outs"].opt_outs_only
    assert tasks["plan"].plan_only
    approve = tasks["approve"]
    # Airflow 3.1's standard provider calls it so.
    assert (getattr(approve, "response_timeout", approve.execution_timeout), approve.retries) == (timedelta(hours=2), 0)
    assert "task_ids='directo_to_smaily.plan'" in tasks["upsert"].apply_plan


@pytest.mark.skipif(not OLD, reason="Airflow 3 can ask")
def test_asking_a_person_is_refused_where_airflow_can_not():
    with pytest.raises(SettingsError, match=r"needs Airflow 3\.1.*marketsync accept"):
        group_of(approve=True)


def test_a_plan_of_ones_own_and_asking_for_one_exclude_each_other():
    with pytest.raises(SettingsError, match="exclude each other"):
        group_of(approve=True, apply_plan="plan-1")


def test_a_group_brings_customers_over_and_opt_outs_back_and_reports_in_one_place(installation, grouped, out):
    run = grouped.test()
    assert short(states(run)) == dict.fromkeys(
        ["preflight", "opt_outs", "opt_outs_back", "fetch", "upsert", "report", "after"], "success"
    )
    assert set(contacts(installation)) == {"mari@kask.example.com", "janis@ozols.example.com"}
    assert not out.exists()

    installation.call("/smaily/act", {"action": "unsubscribe", "email": "mari@kask.example.com"})
    run = grouped.test()
    (file,) = out.iterdir()
    lines = list(csv.reader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert lines[0] == ["key", "decision", "date", "reason"]
    assert [(line[0], line[1], line[3]) for line in lines[1:]] == [("customer:1001", "opted_out", "optout")]
    assert xcom(run, f"{GROUP}.opt_outs_back", "return_value") == str(file)
    told_of = xcom(run, f"{GROUP}.report", "summary")["tasks"]
    assert set(told_of) == {f"{GROUP}.{name}" for name in ("preflight", "opt_outs", "opt_outs_back", "fetch", "upsert")}
    assert told_of[f"{GROUP}.opt_outs_back"].startswith("Sync directo_to_smaily: 1 opt-outs were handed over.")

    run = grouped.test()
    assert set(short(states(run)).values()) == {"success"}
    assert len(list(out.iterdir())) == 1


def test_a_red_upsert_leaves_the_run_red_the_report_written_and_opt_outs_handed_over(installation, grouped, capfd, caplog):
    fault = {"kind": "code_204", "match": {"body": "mari@kask.example.com"}, "times": None}
    installation.call("/smaily/faults", [fault])
    run = grouped.test()
    found = short(states(run))
    assert (found["upsert"], found["opt_outs_back"], found["report"], found["after"]) == (
        "failed", "success", "success", "upstream_failed"
    )  # fmt: skip
    assert str(run.state).rpartition(".")[2] == "failed"
    assert "1 rejected" in xcom(run, f"{GROUP}.report", "summary")["tasks"][f"{GROUP}.upsert"]


def test_a_wrong_key_stops_the_group_at_its_first_task_which_says_what_to_do(
    installation, grouped, connections, connect, capfd, caplog
):
    connect("directo_default", **{**connections["directo"], "password": "wrong-made-token"})
    run = grouped.test()
    found = short(states(run))
    assert (found["preflight"], found["fetch"], found["report"]) == ("failed", "upstream_failed", "success")
    assert str(run.state).rpartition(".")[2] == "failed"
    text = told(capfd, caplog)
    assert "preflight failed: AuthError" in text
    assert "airflow connections test" in text
    assert "5 of 5 tasks told nothing" in text
    assert installation.call("/smaily/requests") == []
