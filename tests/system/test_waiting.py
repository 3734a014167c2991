# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Waiting under the real scheduler and a real triggerer, which is killed in the middle of it.

The tests stand in the order in which they run: one Airflow serves all of them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from demo import standalone
from demo.stage import DAG, ROOT
from demo.standalone import Standalone, free_port

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.long,
    pytest.mark.skipif(version("apache-airflow").startswith("2."), reason="Airflow 2 has no such standalone"),
]

HAS_POLICIES = tuple(map(int, version("apache-airflow").split(".")[:2])) >= (3, 3)
WITHIN = 600.0
SENSORS = 50
SLOW = 5
ROUND = 40.0
"""Seconds; two rounds of 32 threads are 10, and took 13 on two busy cores. One look after the other would be 250."""
CARD = {"code": "1001", "name": "Mari Kask", "email": "mari@kask.example.com", "country": "EE", "closed": "0",
        "class": "ERA", "datafields": [{"code": "OPTIN", "content": "jah", "param": "2024-05-01"}]}  # fmt: skip


class Triggerer:
    """A triggerer of our own beside the standalone Airflow."""

    def __init__(self, stage):
        self.log = stage.logs / "triggerer.log"
        with self.log.open("wb") as log:
            command = [str(Path(sys.executable).with_name("airflow")), "triggerer"]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=stage.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )

    def stop(self):
        kill(psutil.Process(self.process.pid))
        self.process.wait()


def kill(process):
    """Kill -9, the children too."""
    for one in [process, *process.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            one.kill()


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    """An Airflow whose sync has run once: nothing is new."""
    folder = tmp_path_factory.mktemp("waiting")
    shutil.copytree(ROOT / "example_dags", folder / "dags")
    shutil.copytree(Path(__file__).parent / "dags", folder / "dags", dirs_exist_ok=True)
    settings = {
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
        "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "5",
        "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "1",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standalone, "FAVOURITE", standalone.free_port())  # another Airflow may be about to take the usual one
        airflow = Standalone(folder / "home", port=free_port(), **settings)
    airflow.second = None
    try:
        airflow.stage.call("/directo/seed", [CARD])
        airflow.start()
        until(lambda: runs(airflow, DAG) and runs(airflow, DAG)[0]["state"] == "success")
        yield airflow
    finally:
        if airflow.second:
            airflow.second.stop()
        airflow.stop()


def until(condition, within=WITHIN, pause=0.5):
    """Wait for a condition and return what it gave."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(pause)
    raise TimeoutError(f"not within {within} s")


def runs(airflow, dag):
    return airflow.rest.ask(f"/dags/{dag}/dagRuns")["dag_runs"]


def start(airflow, dag):
    airflow.rest.ask(f"/dags/{dag}", {"is_paused": False}, "PATCH")
    run = airflow.rest.ask(f"/dags/{dag}/dagRuns", {"logical_date": None})["dag_run_id"]
    return f"/dags/{dag}/dagRuns/{quote(run, safe='')}"


def tasks(airflow, run):
    found = airflow.rest.ask(f"{run}/taskInstances?limit=100")["task_instances"]
    return {one["task_id"]: (one["state"], one["try_number"]) for one in found}


def edit(airflow, name):
    airflow.stage.call("/directo/act", {"action": "edit", "code": "1001", "fields": {"name": name}})


def asked(airflow):
    return len(airflow.stage.call("/directo/requests"))


def test_a_vendor_that_asks_for_65_seconds_gets_them_and_no_try_is_spent(airflow):
    airflow.stage.call("/directo/faults", [{"kind": "429", "retry_after": 65}])
    run = start(airflow, DAG)
    assert until(lambda: tasks(airflow, run)["fetch"][0] == "deferred")
    began = time.monotonic()
    assert until(lambda: airflow.rest.ask(run)["state"] == "success")
    assert time.monotonic() - began > 50
    assert {task_id: tries for task_id, (_, tries) in tasks(airflow, run).items()} == {"fetch": 1, "upsert": 1}


@pytest.mark.skipif(not HAS_POLICIES, reason="Airflow before 3.3 knows no retry policies")
def test_the_retry_policy_tries_again_when_directo_says_and_not_when_the_task_says(airflow):
    airflow.stage.call("/directo/faults", [{"kind": "503"}])
    run = start(airflow, "patient")
    assert until(lambda: tasks(airflow, run)["fetch"][0] == "up_for_retry")
    began = time.monotonic()
    assert until(lambda: airflow.rest.ask(run)["state"] == "success")
    assert time.monotonic() - began > 45
    assert tasks(airflow, run) == {"fetch": ("success", 2)}


def test_fifty_deferred_sensors_survive_a_kill_and_look_in_one_short_round_without_blocking(airflow, capsys):
    run = start(airflow, "fifty_sensors")
    until(lambda: states(airflow, run)["deferred"] == SENSORS)
    own = next(child for child in psutil.Process(airflow._process.pid).children(recursive=True) if is_triggerer(child))
    kill(own)
    time.sleep(1)
    airflow.stage.call("/directo/faults", [{"kind": "slow_first_byte", "seconds": SLOW, "times": 4 * SENSORS}])
    before = asked(airflow)
    airflow.second = Triggerer(airflow.stage)

    until(lambda: asked(airflow) > before, pause=0.05)
    began = time.monotonic()
    until(lambda: asked(airflow) >= before + SENSORS, pause=0.05)
    took = time.monotonic() - began + SLOW
    with capsys.disabled():
        print(f"\none round of {SENSORS} deferred sensors against a server of {SLOW} s took {took:.1f} s")
    assert took < ROUND
    assert states(airflow, run)["deferred"] == SENSORS

    edit(airflow, "Mari Murakas")
    began = time.monotonic()
    until(lambda: states(airflow, run)["deferred"] == 0)
    with capsys.disabled():
        print(f"{time.monotonic() - began:.1f} s after the change all of them were woken")
    # The first triggerer shared two cores with four workers that start one after the other; this one's threads had them.
    assert b"thread was blocked" not in airflow.second.log.read_bytes()
    until(lambda: states(airflow, run)["success"] == SENSORS)


def states(airflow, run):
    return Counter(state for state, _ in tasks(airflow, run).values())


def is_triggerer(process):
    try:
        return "triggerer" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def test_a_watcher_starts_the_dag_when_a_customer_changes_and_not_again(airflow):
    stage = airflow.stage
    airflow.stage.sandbox.call("/directo/faults", method="DELETE")
    settling = start(airflow, DAG)
    until(lambda: airflow.rest.ask(settling)["state"] == "success")
    airflow.rest.ask("/dags/watched", {"is_paused": False}, "PATCH")
    time.sleep(10)
    assert runs(airflow, "watched") == []

    edit(airflow, "Mari Maasikas")
    first = until(lambda: runs(airflow, "watched"))[0]
    assert first["run_type"] == "asset_triggered"
    until(lambda: runs(airflow, "watched")[0]["state"] == "success")
    assert name_of(stage) == "Mari Maasikas"
    time.sleep(10)
    assert len(runs(airflow, "watched")) == 1

    edit(airflow, "Mari Mets")
    until(lambda: [run["state"] for run in runs(airflow, "watched")] == ["success", "success"])
    assert name_of(stage) == "Mari Mets"


def name_of(stage):
    return stage.call("/smaily/store")["contacts"][0]["name"]
