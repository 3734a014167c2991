# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The DAG under the real scheduler of `airflow standalone`, at DEBUG: nothing personal or secret is left behind.

Looked through: every file below Airflow's home but the extracts and carry-over, whose purpose is to hold records and
which only their owner can read; every cell of every table of the metadata database; what the REST API tells of the run.
"""

from __future__ import annotations

import json
import sqlite3
import stat
import time
from contextlib import closing
from importlib.metadata import version
from urllib.parse import quote, quote_plus

import pytest

from demo.people import CAST, CROWD, MARI
from demo.stage import DAG
from demo.standalone import Standalone

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.skipif(version("apache-airflow").startswith("2."), reason="Airflow 2 has no such standalone"),
]

WITHIN = 180.0
ENDED = frozenset({"success", "failed"})
COLUMNS = ("email", "name", "phone", "address1")
NO_NEEDLE = {"", "puudub", "email", "name"}


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    """An Airflow whose DAG ran four times: held, created, refused by a message that names the address, fed broken text."""
    airflow = Standalone(tmp_path_factory.mktemp("standalone") / "home", AIRFLOW__LOGGING__LOGGING_LEVEL="DEBUG")
    stage = airflow.stage
    try:
        stage.call("/directo/seed", {**CROWD, "count": 800})
        stage.call("/directo/seed", CAST)
        airflow.start()
        airflow.runs = [wait_for_end(airflow, first_run(airflow))]
        stage.marketsync("accept", DAG, "--yes")
        airflow.runs.append(trigger(airflow))
        stage.call("/directo/act", {"action": "edit", "code": MARI, "fields": {"name": "Mari Murakas"}})
        named = {"kind": "code_204", "match": {"method": "POST"}, "details": ["mari@pood.example.com"]}
        stage.call("/smaily/faults", [named])
        airflow.runs.append(trigger(airflow))
        stage.call("/directo/faults", [{"kind": "not_utf8"}])
        airflow.runs.append(trigger(airflow, ENDED | {"up_for_retry"}))
        yield airflow
    finally:
        airflow.stop()


def first_run(airflow):
    """Wait for the run that the schedule makes."""
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        for run in airflow.ask(f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"]:
            return run["dag_run_id"]
        time.sleep(0.5)
    raise TimeoutError("the scheduler made no run")


def trigger(airflow, until=ENDED):
    run = airflow.ask(f"/api/v2/dags/{DAG}/dagRuns", {"logical_date": None})
    return wait_for_end(airflow, run["dag_run_id"], until)


def wait_for_end(airflow, run, until=ENDED):
    """Wait for a run to end, or for one of its tasks to wait for its next try where that is asked for."""
    deadline = time.monotonic() + WITHIN
    path = f"/api/v2/dags/{DAG}/dagRuns/{quote(run, safe='')}"
    while time.monotonic() < deadline:
        tasks = {one["task_id"]: one["state"] for one in airflow.ask(f"{path}/taskInstances")["task_instances"]}
        if airflow.ask(path)["state"] in until or "up_for_retry" in until & set(tasks.values()):
            return {"path": path, **tasks}
        time.sleep(0.5)
    raise TimeoutError(f"the run {run} did not end")


@pytest.fixture(scope="module")
def needles(airflow):
    """Everything personal and secret that either vendor holds, in each form in which it could be written down."""
    stage = airflow.stage
    personal = {card.get(column, "") for card in stage.cards() for column in COLUMNS}
    personal |= {value for one in stage.subscribers().values() for value in (one["email"], one.get("name", ""))}
    secrets = {stage.call("/directo/credentials")[name] for name in ("token", "key")}
    secrets.add(stage.call("/smaily/credentials")["password"])
    plain = {word for word in personal | secrets if word.lower() not in NO_NEEDLE}
    assert len(plain) > 1500
    forms = (
        plain
        | {json.dumps(word)[1:-1] for word in plain}
        | {quote(word) for word in plain}
        | {quote_plus(word) for word in plain}
    )
    return {form.lower().encode() for form in forms}


def found(needles, text):
    """Say how many needles stand in a text, and show none of them."""
    text = text.lower()
    return sum(needle in text for needle in needles)


def test_the_dag_ran_under_the_real_scheduler_and_did_its_work(airflow):
    held, created, refused, broken = airflow.runs

    assert (held["upsert"], created["upsert"], refused["upsert"]) == ("success", "success", "failed")
    assert broken["fetch"] != "success"
    assert airflow.stage.call("/smaily/store?count=1")["counts"]["mailable"] > 400
    assert airflow.stage.call("/smaily/mails") == []


def test_the_scan_would_find_what_it_looks_for(airflow, needles):
    assert found(needles, b"x " + CAST[0]["email"].encode() + b" y") >= 1
    assert found(needles, json.dumps("Küsimata Kaja").encode()) >= 1


def test_no_log_holds_anything_personal_or_secret(airflow, needles):
    stage = airflow.stage
    logs = [path for path in stage.home.rglob("*") if path.is_file() and stage.home / "marketsync" not in path.parents]
    logs = [path for path in logs if not path.name.startswith("airflow.db")]
    leaks = {str(path.relative_to(stage.home)): found(needles, path.read_bytes()) for path in logs}

    assert any("task_id=upsert" in name for name in leaks), "no task log was found"
    assert any(b"debug" in path.read_bytes().lower() for path in logs), "nothing was logged at DEBUG"
    assert {name: number for name, number in leaks.items() if number} == {}


def test_no_table_of_the_metadata_database_holds_anything_personal_or_secret(airflow, needles):
    leaks, rows = {}, 0
    with closing(sqlite3.connect(f"file:{airflow.stage.home}/airflow.db?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):
                rows += 1
                number = sum(found(needles, _bytes(cell)) for cell in row if isinstance(cell, (str, bytes)))
                if number:
                    leaks[table] = leaks.get(table, 0) + number

    assert {"xcom", "rendered_task_instance_fields", "log", "connection"} <= set(tables)
    assert rows > 30
    assert leaks == {}


@pytest.mark.parametrize("task", ["fetch", "upsert"])
def test_what_the_pages_show_of_a_run_holds_nothing_personal_or_secret(airflow, needles, task):
    for run in airflow.runs:
        place = f"{run['path']}/taskInstances/{task}"
        if run[task] is None or run["fetch"] != "success":
            continue
        instance = airflow.ask(place)
        entries = airflow.ask(f"{place}/xcomEntries")["xcom_entries"]
        values = [airflow.ask(f"{place}/xcomEntries/{entry['key']}") for entry in entries]

        assert instance["rendered_fields"]
        assert "summary" in {entry["key"] for entry in entries}
        assert found(needles, json.dumps([instance, values], ensure_ascii=False).encode()) == 0


def test_the_ledger_holds_no_address_name_or_secret(airflow, needles):
    assert found(needles, airflow.stage.ledger.read_bytes()) == 0


def test_extracts_can_be_read_by_their_owner_only(airflow):
    memory = airflow.stage.home / "marketsync"
    places = [memory / "ledger.db", *(memory / "extracts").glob("*"), *(memory / "extracts").glob("*/*/*")]

    assert any(path.name == "manifest.json" for path in places)
    assert {str(path) for path in places if stat.S_IMODE(path.stat().st_mode) & 0o077} == set()


def _bytes(cell):
    return cell if isinstance(cell, bytes) else cell.encode()
