# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Runs of every kind that needs no scheduler, from the sandbox's Directo to its Smaily."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timezone
from importlib.metadata import version

import pytest

pytestmark = pytest.mark.airflow

AIRFLOW_2 = version("apache-airflow").startswith("2.")
CREATED = "2026-10-01T09:00:00"
DAYS = [datetime(2026, 11, day, tzinfo=timezone.utc) for day in (3, 10, 17)]


def card(code, country="EE", said="yes", changed=CREATED, **columns):
    optin = [{"code": "OPTIN", "content": said, "param": "2024-05-01"}] if said else []
    plain = {"code": code, "name": f"Põhja {code}", "email": f"{code}@pood.example.com", "country": country, "closed": "0"}
    return {**plain, "class": "ERA", "ts": changed, "datafields": optin, **columns}


@pytest.fixture
def vendors(sandbox, connections, marketsync):
    sandbox.call("/directo/seed", [card("anu"), card("epp", "LV"), card("ivo", "FI"), card("mari", said="no")])
    return sandbox


@pytest.fixture
def dag(dag_bag):
    return lambda name: dag_bag().dags[name]


def names(vendors):
    return {one["email"].partition("@")[0]: one.get("name") for one in vendors.call("/smaily/store")["contacts"]}


def mailable(vendors):
    return {one["email"].partition("@")[0] for one in vendors.call("/smaily/store")["contacts"] if one["mailable"]}


def writes(vendors):
    return [call for call in vendors.call("/smaily/requests") if call["method"] == "POST"]


def read_since(vendors):
    """The moment each reading of Directo began at; empty for complete ones."""
    return [call["parameters"].get("ts", "") for call in vendors.call("/directo/requests")]


def rename(vendors, code, name):
    vendors.call("/directo/act", {"action": "edit", "code": code, "fields": {"name": name}})


def states(run):
    return [str(instance.state) for instance in run.get_task_instances()]


def run(dag, date=None, **conf):
    """Run a DAG without a scheduler, on a date where one is given."""
    dated = {"execution_date": date} if AIRFLOW_2 and date else {} if AIRFLOW_2 else {"logical_date": date}
    done = dag.test(run_conf=conf, **dated)
    assert set(states(done)) == {"success"}
    return done


def command(*words):
    """Run one of Airflow's commands in this process."""
    from airflow.cli.cli_parser import get_parser

    arguments = get_parser().parse_args(words)
    arguments.func(arguments)


# ------------------------------------------------------------------------------------------------ windows


def test_windows_of_their_own_deliver_and_move_no_watermark(vendors, dag):
    vendors.call("/clock", {"set": "2026-11-05T08:00:00Z"})
    rename(vendors, "anu", "Anu Allik")
    run(dag("windows"), windows=False)
    vendors.call("/clock", {"set": "2026-11-20T08:00:00Z"})
    for code in ("anu", "epp", "mari"):
        rename(vendors, code, f"Uus {code}")
    for day in reversed(DAYS):
        run(dag("windows"), day, windows=True)
    assert names(vendors) == {"anu": "Uus anu", "epp": "Uus epp", "mari": "Uus mari"}
    assert mailable(vendors) == {"anu", "epp"}

    run(dag("windows"), windows=False)
    # Directo is asked for whole days, and for the one before; Airflow 2 gives a run the day before its date.
    windows = ["15.11.2026", "08.11.2026", "01.11.2026"] if AIRFLOW_2 else ["16.11.2026", "09.11.2026", "02.11.2026"]
    assert read_since(vendors) == ["", *windows, "04.11.2026"]
    assert [int(call["rows"]) for call in writes(vendors)] == [3, 3]


def test_a_window_as_the_first_run_ever_delivers_and_the_next_run_reads_everything(vendors, dag):
    vendors.call("/directo/seed", [card("kai", changed="2026-11-04T09:00:00")])
    run(dag("windows"), datetime(2026, 11, 4, tzinfo=timezone.utc), windows=True)
    assert mailable(vendors) == {"kai"}
    run(dag("windows"), windows=False)
    assert read_since(vendors)[-1] == ""
    assert mailable(vendors) == {"anu", "epp", "kai"}


def test_a_run_without_dates_falls_back_to_the_watermark(vendors, dag):
    if AIRFLOW_2:
        pytest.skip("each run has a date in Airflow 2")
    run(dag("windows"), windows=True)
    run(dag("windows"), windows=True)
    complete, since = read_since(vendors)
    assert (complete, bool(since)) == ("", True)
    assert mailable(vendors) == {"anu", "epp"}


# ------------------------------------------------------------------------------------------------ commands


def test_dags_test_delivers(vendors, dag):
    dag("directo_to_smaily")
    command("dags", "test", "directo_to_smaily")
    assert mailable(vendors) == {"anu", "epp"}
    assert vendors.call("/smaily/mails") == []


def test_tasks_test_of_the_upsert_alone_sends_nothing_new(vendors, dag):
    """What it gets from the fetch task is nothing; so it delivers what earlier runs left unfinished, which is nothing."""
    dag("directo_to_smaily")
    command("tasks", "test", "directo_to_smaily", "upsert")
    assert names(vendors) == {}


def test_tasks_test_of_the_fetch_reads_and_moves_no_watermark(vendors, dag):
    dag("directo_to_smaily")
    for _ in range(2):
        command("tasks", "test", "directo_to_smaily", "fetch")
    assert read_since(vendors) == ["", ""]
    assert names(vendors) == {}


@pytest.mark.skipif(not AIRFLOW_2, reason="Airflow 3 has no `tasks test --dry-run`")
@pytest.mark.parametrize("task", ["fetch", "upsert"])
def test_a_dry_run_asks_nobody(vendors, dag, task, connections, capfd):
    dag("directo_to_smaily")
    command("tasks", "test", "--dry-run", "directo_to_smaily", task)
    said = capfd.readouterr().out
    assert "Dry run" in said
    assert "Rendering template for" in said
    assert connections["directo"]["password"] not in said
    assert vendors.call("/directo/requests") == []
    assert vendors.call("/smaily/requests") == []


# -------------------------------------------------------------------------------------------------- mapped


def test_syncs_mapped_by_expand_and_expand_kwargs_each_deliver_their_own(vendors, dag):
    done = run(dag("mapped_syncs"))
    assert len(done.get_task_instances()) == 4
    assert names(vendors).keys() == {"anu", "epp", "ivo", "mari"}
    assert mailable(vendors) == {"anu", "epp", "ivo"}
    run(dag("mapped_syncs"))
    assert len(writes(vendors)) == 2


def test_one_broken_shop_of_the_example_stops_no_other(vendors, dag, connections, connect):
    for shop in ("tallinn", "riga"):
        connect(f"directo_{shop}", **connections["directo"])
        connect(f"smaily_{shop}", **connections["smaily"])
    done = run(dag("several_syncs"))
    assert len(done.get_task_instances()) == 4
    assert mailable(vendors) == {"anu", "epp"}

    connect("directo_riga", **{**connections["directo"], "password": "made-wrong-token"})
    rename(vendors, "anu", "Anu Allik")
    assert sorted(states(dag("several_syncs").test())) == ["failed", "success", "success", "upstream_failed"]
    assert names(vendors)["anu"] == "Anu Allik"


# ---------------------------------------------------------------------------------------- rows of one's own


def test_rows_of_a_database_are_delivered_by_the_example(vendors, dag, tmp_path):
    def fill(*people):
        with sqlite3.connect(tmp_path / "warehouse.db") as warehouse:
            warehouse.execute(
                "CREATE TABLE IF NOT EXISTS person (id PRIMARY KEY, email, name, newsletter, newsletter_on, changed)"
            )
            warehouse.executemany("REPLACE INTO person VALUES (?, ?, ?, ?, ?, ?)", people)

    places = {"database": str(tmp_path / "warehouse.db"), "extracts": str(tmp_path / "rows")}
    fill(
        (1, "anu@pood.example.com", "Anu", "yes", "2026-05-01", "2026-10-01"),
        (2, "epp@pood.example.com", "Epp", "no", "2026-05-01", "2026-10-01"),
        (3, "ivo@pood.example.com", "Ivo", None, None, "2026-10-01"),
    )
    run(dag("warehouse_to_smaily"), **places)
    assert names(vendors) == {"anu": "Anu", "epp": "Epp"}
    assert mailable(vendors) == {"anu"}

    fill((1, "anu@pood.example.com", "Anu Allik", "yes", "2026-05-01", "2026-11-01"))
    run(dag("warehouse_to_smaily"), **places)
    assert names(vendors) == {"anu": "Anu Allik", "epp": "Epp"}
    assert [int(call["rows"]) for call in writes(vendors)][-1] == 1
    assert vendors.call("/smaily/mails") == []


def test_the_sync_that_an_import_triggers_goes_on_where_the_hourly_one_ended(vendors, dag):
    run(dag("directo_to_smaily"))
    rename(vendors, "anu", "Anu Allik")
    run(dag("directo_after_import"))
    complete, since = read_since(vendors)
    assert (complete, bool(since)) == ("", True)
    assert names(vendors)["anu"] == "Anu Allik"
    assert [int(call["rows"]) for call in writes(vendors)][-1] == 1
