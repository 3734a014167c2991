# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Airflow under the real scheduler, at DEBUG: nothing personal or secret is left behind.

Looked through, after everything else that the tests of this folder did: every file below Airflow's home but the
extracts and carry-over, whose purpose is to hold records and which only their owner can read; every cell of every table
of the metadata database; what the REST API tells of the runs.
"""

from __future__ import annotations

import json
import sqlite3
import stat
from collections import defaultdict
from contextlib import closing
from urllib.parse import quote, quote_plus

import pytest

from demo.people import CAST, MARI
from demo.rest import run_path
from demo.stage import DAG

from .company import ENDED, until

pytestmark = pytest.mark.airflow

COLUMNS = ("email", "name", "phone", "address1")
NO_NEEDLE = {"", "puudub", "email", "name"}
WRONG = "made-wrong-secret-7d20"
VENDORS = ("directo", "smaily")
BEGINNING = 5


@pytest.fixture(scope="module")
def story(airflow, company, windows, shops):
    """The example's DAG was held, created, and refused by a message that names the address.

    Besides, one reading was garbled and tried again, connection tests failed, three windows were backfilled and two
    shops were served by mapped tasks.
    """
    stage = airflow.stage
    runs = [ended(airflow, until(lambda: airflow.rest.runs(DAG), "the scheduler made no run")[0]["dag_run_id"])]
    stage.marketsync("accept", DAG, "--yes")
    runs.append(ended(airflow, airflow.rest.trigger(DAG)))
    stage.call("/directo/act", {"action": "edit", "code": MARI, "fields": {"name": "Mari Murakas"}})
    named = {"kind": "code_204", "match": {"method": "POST"}, "details": ["mari@pood.example.com"]}
    stage.call("/smaily/faults", [named])
    runs.append(ended(airflow, airflow.rest.trigger(DAG)))
    garbled = company("garbled")
    garbled.call("/directo/faults", [{"kind": "truncated", "times": 6}])
    garbled.again = garbled.ended(garbled.run(), "success", "fetch")["try_number"]
    return runs


def ended(airflow, run):
    """Wait for a run of the example to end, and say how its tasks did."""
    until(lambda: airflow.rest.run(DAG, run)["state"] in ENDED, f"the run {run} did not end")
    return {"path": run_path(DAG, run), **{one["task_id"]: one["state"] for one in airflow.rest.tasks(DAG, run)}}


@pytest.fixture(scope="module")
def needles(airflow, story):
    """Everything personal and secret that any vendor holds, in each form in which it could be written down."""
    plain = {WRONG}
    for sandbox in (airflow.stage, *airflow.companies.values()):
        cards, contacts = sandbox.call("/directo/store")["customers"], sandbox.call("/smaily/store")["contacts"]
        plain |= {one.get(column) or "" for one in [*cards, *contacts] for column in COLUMNS}
        plain |= {sandbox.call("/directo/credentials")[name] for name in ("token", "key")}
        plain.add(sandbox.call("/smaily/credentials")["password"])
    plain = {word for word in plain if word.lower() not in NO_NEEDLE}
    assert len(plain) > 1500
    forms = (
        plain
        | {json.dumps(word)[1:-1] for word in plain}
        | {quote(word) for word in plain}
        | {quote_plus(word) for word in plain}
    )
    grouped = defaultdict(set)
    for form in forms:
        grouped[form.lower().encode()[:BEGINNING]].add(form.lower().encode())
    return grouped


def found(needles, text):
    """Say how many needles stand in a text, and show none of them; groups whose common beginning is missing cost one look."""
    text = text.lower()
    return sum(needle in text for beginning, group in needles.items() if beginning in text for needle in group)


def test_the_dag_ran_under_the_real_scheduler_and_did_its_work(airflow, story):
    held, created, refused = story

    assert (held["upsert"], created["upsert"], refused["upsert"]) == ("success", "success", "failed")
    assert airflow.companies["garbled"].again > 1
    assert airflow.stage.call("/smaily/store?count=1")["counts"]["mailable"] > 400
    assert airflow.stage.call("/smaily/mails") == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_failed_connection_test_says_what_to_do_and_shows_no_secret(airflow, story, needles, vendor):
    known = airflow.stage.sandbox.connections[vendor]
    assert airflow.rest.check("made_check", known)["status"]
    wrong = airflow.rest.check("made_check", {**known, "password": WRONG})
    nowhere = airflow.rest.check("made_check", {**known, "extra": {**known["extra"], "base_url": "http://127.0.0.1:9"}})
    assert not wrong["status"]
    assert any(word in wrong["message"].lower() for word in ("password", "token"))
    assert found(needles, json.dumps([wrong, nowhere]).encode()) == 0


def test_the_scan_would_find_what_it_looks_for(airflow, needles):
    assert found(needles, b"x " + CAST[0]["email"].encode() + b" y") >= 1
    assert found(needles, json.dumps("Küsimata Kaja").encode()) >= 1


def test_no_log_holds_anything_personal_or_secret(airflow, needles):
    stage = airflow.stage
    logs = [path for path in stage.home.rglob("*") if path.is_file() and stage.home / "marketsync" not in path.parents]
    logs = [path for path in logs if not path.name.startswith("airflow.db")]
    leaks = {str(path.relative_to(stage.home)): found(needles, path.read_bytes()) for path in logs}

    for kind in ("task_id=upsert", "task_id=shop.upsert", "run_id=backfill__", "attempt=2"):
        assert any(kind in name for name in leaks), f"no log of {kind} was found"
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

    assert {"xcom", "rendered_task_instance_fields", "log", "connection", "trigger", "dag_code"} <= set(tables)
    assert rows > 200
    assert leaks == {}


@pytest.mark.parametrize("task", ["fetch", "upsert"])
def test_what_the_pages_show_of_a_run_holds_nothing_personal_or_secret(airflow, story, needles, task):
    for run in story:
        place = f"{run['path']}/taskInstances/{task}"
        instance = airflow.rest.ask(place)
        entries = airflow.rest.ask(f"{place}/xcomEntries")["xcom_entries"]
        values = [airflow.rest.ask(f"{place}/xcomEntries/{entry['key']}") for entry in entries]

        assert instance["rendered_fields"]
        assert "summary" in {entry["key"] for entry in entries}
        assert found(needles, json.dumps([instance, values], ensure_ascii=False).encode()) == 0


@pytest.mark.parametrize("task", ["shop.fetch", "shop.upsert"])
def test_what_the_pages_show_of_a_mapped_task_holds_nothing_personal_or_secret(airflow, shops, needles, task):
    instances = [one for one in shops.tasks if one["task_id"] == task]
    assert len(instances) == 2
    for instance in instances:
        assert instance["rendered_fields"]
        assert found(needles, json.dumps(instance, ensure_ascii=False).encode()) == 0


def test_the_ledger_holds_no_address_name_or_secret(airflow, needles):
    assert found(needles, airflow.stage.ledger.read_bytes()) == 0


def test_extracts_can_be_read_by_their_owner_only(airflow):
    memory = airflow.stage.home / "marketsync"
    places = [memory / "ledger.db", *(memory / "extracts").glob("*"), *(memory / "extracts").glob("*/*/*")]

    assert any(path.name == "manifest.json" for path in places)
    assert {str(path) for path in places if stat.S_IMODE(path.stat().st_mode) & 0o077} == set()


def _bytes(cell):
    return cell if isinstance(cell, bytes) else cell.encode()
