# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One `airflow standalone` for all tests of this folder, at DEBUG, quick to notice what is dead."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from urllib.error import HTTPError

import pytest

from demo.people import CAST, CROWD
from demo.rest import AIRFLOW_2
from demo.stage import DAG, ROOT
from demo.standalone import Standalone, free_port

from .company import ENDED, Company, until

COMPANIES = (
    "retried", "rejects", "clear_fetch", "clear_upsert", "mark_success", "mark_failed", "killed", "zombie", "twice",
    "windows", "imported", "dated", "garbled",
)  # fmt: skip
QUICK = {
    "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "1",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
} | (
    {
        "AIRFLOW__SCHEDULER__LOCAL_TASK_JOB_HEARTBEAT_SEC": "2",
        "AIRFLOW__SCHEDULER__SCHEDULER_ZOMBIE_TASK_THRESHOLD": "15",
        "AIRFLOW__SCHEDULER__ZOMBIE_DETECTION_INTERVAL": "2",
        "AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME": "5",
    }
    if AIRFLOW_2
    else {
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    }
)


@pytest.fixture(scope="session")
def airflow(tmp_path_factory):
    """Airflow with the example DAGs and those of the companies."""
    place = tmp_path_factory.mktemp("standalone")
    dags = place / "dags"
    shutil.copytree(ROOT / "example_dags", dags)
    shutil.copytree(Path(__file__).parent / "dags", dags, dirs_exist_ok=True)
    airflow = Standalone(
        place / "home",
        [DAG, "several_syncs", "import_of_imported", *COMPANIES],
        # Not the favourite: somebody else may take it while this one is coming up.
        port=free_port(),
        AIRFLOW__CORE__DAGS_FOLDER=str(dags),
        AIRFLOW__LOGGING__LOGGING_LEVEL="DEBUG",
        MADE_COMPANIES=" ".join(COMPANIES),
        **QUICK,
    )
    airflow.companies = {}
    airflow.stage.call("/directo/seed", {**CROWD, "count": 800})
    airflow.stage.call("/directo/seed", CAST)
    try:
        airflow.start()
        yield airflow
    finally:
        airflow.stop()
        for company in airflow.companies.values():
            company.sandbox.stop()


@pytest.fixture(scope="session")
def company(airflow):
    """Return a function that founds a company, with six customers who agreed to mails."""

    def found(name, **more):
        airflow.companies[name] = Company(airflow.rest, name, **more)
        return airflow.companies[name]

    return found


@pytest.fixture(scope="session")
def windows(airflow, company):
    """A company whose DAG ran as scheduled, and then was backfilled with three windows."""
    windows = company("windows")
    windows.call("/clock", {"set": "2026-11-05T08:00:00Z"})
    windows.rename("anu", "Anu Allik")
    windows.rest.unpause("windows")
    scheduled = until(lambda: windows.rest.runs("windows"), "the scheduler made no run")[0]
    windows.ended(scheduled["dag_run_id"], "success")
    windows.call("/clock", {"set": "2026-11-20T08:00:00Z"})
    windows.rename("epp", "Epp Eerik")
    backfill(airflow, "windows", "2026-11-07", "2026-11-09")
    return windows


def backfill(airflow, dag, first, last):
    """Run a DAG for each day from the first to the last, and wait until all have ended."""
    if AIRFLOW_2:
        # Its exit code tells nothing: when all is done, its own executor ends with a broken pipe now and then.
        airflow.stage.airflow("backfill.log", "dags", "backfill", dag, "--start-date", first, "--end-date", last, "--local")
    else:
        days = {"from_date": f"{first}T00:00:00Z", "to_date": f"{last}T00:00:00Z", "max_active_runs": 1}
        until(lambda: accepted(airflow, {"dag_id": dag, **days}), "the backfill was not accepted")
    until(lambda: len(ended := backfilled(airflow, dag)) == 3 and set(ended) <= ENDED, "the backfill did not end")


def backfilled(airflow, dag):
    return [run["state"] for run in airflow.rest.runs(dag) if run["run_type"] == "backfill"]


def accepted(airflow, days):
    """Ask for a backfill; Airflow refuses with 503 while something else writes to its SQLite."""
    try:
        return airflow.rest.ask("/backfills", days)
    except HTTPError as error:
        if error.code != 503:
            raise
        return None


@pytest.fixture(scope="session")
def shops(airflow, company):
    """Two shops, and the run of the example that serves both by mapped tasks."""
    shops = SimpleNamespace(tallinn=company("tallinn"), riga=company("riga", country="LV"))
    airflow.rest.unpause("several_syncs")
    run = until(lambda: airflow.rest.runs("several_syncs"), "the scheduler made no run")[0]["dag_run_id"]
    until(lambda: airflow.rest.run("several_syncs", run)["state"] in ENDED, "the mapped run did not end")
    shops.run = airflow.rest.run("several_syncs", run)
    shops.tasks = airflow.rest.tasks("several_syncs", run)
    return shops


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Look for leaks at the end, when all the others have left what they leave."""
    items.sort(key=lambda item: "test_nothing_leaks" in item.nodeid)
