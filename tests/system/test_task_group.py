# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A group that asks a person, under the real scheduler of `airflow standalone`: held until the yes, the "no" told before it."""

from __future__ import annotations

import socket
import time
from importlib.metadata import packages_distributions, version
from urllib.parse import quote

import pytest

from demo.people import MARI
from demo.standalone import Standalone, free_port

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.long,
    pytest.mark.skipif(version("apache-airflow").startswith("2."), reason="Airflow 2 can not ask a person"),
]

DAG = "sync_task_group"
GROUP = "directo_to_smaily"
WITHIN = 180.0
INSTALLED = packages_distributions()
CARDS = [
    {"code": MARI, "name": "Mari Kask", "email": "mari@kask.example.com", "country": "EE", "closed": "0", "class": "ERA",
     "datafields": [{"code": "OPTIN", "content": "jah", "param": "2024-05-01"}]},
    {"code": "1002", "name": "Jaan Mets", "email": "jaan@mets.example.com", "country": "EE", "closed": "0", "class": "ERA",
     "datafields": [{"code": "OPTIN", "content": "jah", "param": "2024-05-01"}]},
]  # fmt: skip


@pytest.fixture(scope="module")
def statsd():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.2)
        yield server


@pytest.fixture(scope="module")
def airflow(tmp_path_factory, statsd):
    metrics = {
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(statsd.getsockname()[1]),
        "AIRFLOW__METRICS__STATSD_INFLUXDB_ENABLED": "True",
        "AIRFLOW__METRICS__METRICS_ALLOW_LIST": "marketsync",
    }
    settings = metrics if "statsd" in INSTALLED else {}
    airflow = Standalone(tmp_path_factory.mktemp("group") / "home", port=free_port(), **settings)
    try:
        airflow.stage.call("/directo/seed", CARDS)
        airflow.start()
        airflow.rest.ask(f"/dags/{GROUP}", {"is_paused": True}, "PATCH")
        airflow.rest.ask(f"/dags/{DAG}", {"is_paused": False}, "PATCH")
        yield airflow
    finally:
        airflow.stop()


class Run:
    """One run of the DAG, driven through the REST API."""

    def __init__(self, airflow, run_id):
        self._airflow, self.path = airflow, f"/dags/{DAG}/dagRuns/{quote(run_id, safe='')}"

    def states(self):
        found = self._airflow.rest.ask(f"{self.path}/taskInstances")["task_instances"]
        return {one["task_id"].partition(".")[2]: one["state"] for one in found}

    def wait(self, task, *states):
        return self._until(lambda: self.states().get(task) in states, f"{task} did not become {states}")

    def wait_for_end(self):
        """Wait, and return the tasks that neither succeeded nor were skipped."""
        self._until(lambda: self._airflow.rest.ask(self.path)["state"] in ("success", "failed"), "the run did not end")
        return {task: state for task, state in self.states().items() if state not in ("success", "skipped")}

    def _until(self, reached, otherwise):
        deadline = time.monotonic() + WITHIN
        while not reached():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{otherwise}: {self.states()}")
            time.sleep(0.5)

    def task(self, name, *more):
        return "/".join([f"{self.path}/taskInstances/{GROUP}.{name}", *more])

    def answer(self, option):
        answer = {"chosen_options": [option], "params_input": {}}
        self._airflow.rest.ask(self.task("approve", "-1", "hitlDetails"), answer, "PATCH")


def first(airflow):
    """Return the run that the schedule made."""
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        for run in airflow.rest.ask(f"/dags/{DAG}/dagRuns")["dag_runs"]:
            return Run(airflow, run["dag_run_id"])
        time.sleep(0.5)
    raise TimeoutError("the scheduler made no run")


def again(airflow):
    return Run(airflow, airflow.rest.ask(f"/dags/{DAG}/dagRuns", {"logical_date": None})["dag_run_id"])


def test_nothing_is_sent_before_the_yes_and_a_no_never_waits(airflow, statsd):
    stage = airflow.stage
    run = first(airflow)
    run.wait("approve", "awaiting_input", "deferred")
    assert stage.subscribers() == {}
    asked = airflow.rest.ask(run.task("approve", "-1", "hitlDetails"))
    assert "* created: **2** (can be mailed 2)" in asked["body"]
    assert "example.com" not in asked["body"]
    run.answer("Approve")
    assert run.wait_for_end() == {}
    assert set(run.states().values()) == {"success"}
    assert set(stage.subscribers()) == {"mari@kask.example.com", "jaan@mets.example.com"}

    for name in ("preflight", "fetch", "opt_outs", "upsert"):
        (link,) = airflow.rest.ask(run.task(name, "links"))["extra_links"].values()
        vendor = "directo" if name == "fetch" else "smaily"
        assert stage.sandbox.urls[vendor].startswith(link.rstrip("/"))

    no = {"action": "set_datafield", "code": MARI, "datafield": "OPTIN", "content": "ei", "param": "2026-11-20"}
    stage.call("/directo/act", no)
    stage.call("/directo/act", {"action": "edit", "code": "1002", "fields": {"name": "Jaan Mets noorem"}})
    run = again(airflow)
    run.wait("approve", "awaiting_input", "deferred")
    found = stage.subscribers()
    assert str(found["mari@kask.example.com"]["is_unsubscribed"]) == "1"
    assert found["jaan@mets.example.com"]["name"] == "Jaan Mets"
    run.answer("Reject")
    assert run.wait_for_end() == {}
    states = run.states()
    assert (states["approve"], states["upsert"], states["opt_outs_back"], states["report"]) == (
        "success", "skipped", "success", "success"
    )  # fmt: skip
    assert stage.subscribers()["jaan@mets.example.com"]["name"] == "Jaan Mets"

    run = again(airflow)
    run.wait("approve", "awaiting_input", "deferred")
    run.answer("Approve")
    assert run.wait_for_end() == {}
    assert stage.subscribers()["jaan@mets.example.com"]["name"] == "Jaan Mets noorem"

    run = again(airflow)
    assert run.wait_for_end() == {}, "nobody is asked about a plan that would change nothing"
    assert set(run.states().values()) == {"success"}
    if "statsd" in INSTALLED:
        assert b"marketsync.rows,vendor=smaily,operation=upsert,status=created:2|c" in heard(statsd)


def heard(server):
    """Return everything that was sent to a socket so far."""
    parts = []
    while True:
        try:
            parts.append(server.recv(65536))
        except TimeoutError:
            return b"\n".join(parts)
