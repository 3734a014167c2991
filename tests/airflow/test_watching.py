# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What tasks let be seen of themselves: metrics over a real socket, events of assets, the link, the log's first and last line."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from importlib.metadata import version

import pytest
from test_dags import CARDS, installation, told, xcom  # noqa: F401  the fixture

from airflow_provider_marketsync.exceptions import (
    AuthError,
    DefinitionError,
    LimitExceeded,
    NoAnswerError,
    PlanError,
    RateLimitError,
)
from airflow_provider_marketsync.links import MarketSyncLink
from airflow_provider_marketsync.operators import events, metrics
from airflow_provider_marketsync.operators.watching import watched

pytestmark = pytest.mark.airflow

OLD = version("apache-airflow").startswith("2.")
GROUP = "directo_to_smaily"
RUN = """
import inspect, sys
try:  # as Airflow's task runner does it when a task starts
    from airflow.sdk.configuration import conf
    from airflow.sdk.observability import stats
    from airflow.sdk.observability.metrics import stats_utils
    stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=True)
except ImportError:
    pass
try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:
    from airflow.models.dagbag import DagBag
known = inspect.signature(DagBag).parameters
bag = DagBag(**({"include_examples": False} if "include_examples" in known else {}))
bag.dags["grouped_sync"].test()
"""


@pytest.fixture
def statsd():
    """A socket that metrics are sent to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.2)
        yield server


def received(server):
    """Return our metrics as (name, tags, value, kind)."""
    found = []
    while True:
        try:
            lines = server.recv(65536).decode().splitlines()
        except TimeoutError:
            return found
        for line in lines:
            name, value, kind = re.fullmatch(r"(.*):([^:|]+)\|(\w+).*", line).groups()
            name, *tags = name.split(",")
            if ".marketsync." in name:
                found.append((name.partition(".")[2], dict(tag.split("=") for tag in tags), float(value), kind))


def total(found, name, **tags):
    return sum(value for known, its, value, _ in found if known == name and tags.items() <= its.items())


def test_metrics_have_fixed_names_and_tags_that_name_nobody(installation, dag_bag, statsd, monkeypatch):  # noqa: F811
    pytest.importorskip("statsd")
    dag_bag()
    installation.call("/smaily/faults", [{"kind": "429", "times": 1}])
    environment = {
        **os.environ,
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(statsd.getsockname()[1]),
        "AIRFLOW__METRICS__STATSD_INFLUXDB_ENABLED": "True",
    }
    done = subprocess.run([sys.executable, "-c", RUN], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    found = received(statsd)
    names = {name for name, *_ in found}
    assert names == {metrics.REQUESTS, metrics.RATE_LIMITED, metrics.ROWS, metrics.DURATION}
    assert {key for _, tags, *_ in found for key in tags} == {"vendor", "operation", "status"}
    assert total(found, metrics.ROWS, vendor="directo", operation="fetch", status="read") == len(CARDS)
    assert total(found, metrics.ROWS, vendor="smaily", operation="upsert", status="created") == 2
    assert total(found, metrics.ROWS, operation="upsert") == len(CARDS)
    assert total(found, metrics.REQUESTS, vendor="directo", operation="fetch", status="200") == 1
    assert total(found, metrics.RATE_LIMITED, vendor="smaily") == total(found, metrics.REQUESTS, status="429") == 1
    asked = installation.call("/smaily/requests")
    assert total(found, metrics.REQUESTS, vendor="smaily") == len(asked)
    assert {tags["operation"] for name, tags, *_ in found if name == metrics.DURATION} == {
        "preflight", "opt_outs", "fetch", "upsert", "opt_outs_back"
    }  # fmt: skip


def test_refused_rows_and_a_lost_answer_are_counted_too(monkeypatch):
    counted = []

    class Stats:
        @staticmethod
        def incr(name, count=1, *, tags):
            counted.append((name, count, tags["status"]))

        timing = staticmethod(lambda name, spent, *, tags: counted.append((name, 1, tags["status"])))

    monkeypatch.setattr("airflow_provider_marketsync.compat.Stats", Stats, raising=False)
    metrics.count_rows("upsert", {"target": "smaily", "sent": True, "outcomes": {"created": 3, "rejected": 2, "skipped": 0}})
    metrics.count_rows("upsert", {"target": "smaily", "sent": False, "outcomes": {"created": 3}})
    assert counted == [
        ("marketsync.rows", 3, "created"),
        ("marketsync.rows", 2, "rejected"),
        ("marketsync.rejected", 2, "rejected"),
    ]

    from airflow_provider_marketsync.exceptions import UnreachableError
    from airflow_provider_marketsync.transport.retries import Retries
    from airflow_provider_marketsync.transport.session import HttpSession

    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    counted.clear()
    with pytest.raises(UnreachableError), metrics.measured("fetch"), HttpSession("made", retries=Retries(attempts=1)) as session:
        session.request("GET", f"http://127.0.0.1:{port}/", repeatable=True)
    assert counted == [("marketsync.requests", 1, "no_answer"), ("marketsync.duration", 1, "failed")]


def events_of(uri):
    """Return the extras of an asset's events from Airflow's database, oldest first."""
    if OLD:
        from airflow.models.dataset import DatasetEvent as Event
        from airflow.models.dataset import DatasetModel as Model

        key = Event.dataset_id
    else:
        from airflow.models.asset import AssetEvent as Event
        from airflow.models.asset import AssetModel as Model

        key = Event.asset_id
    from airflow.utils.session import create_session

    with create_session() as session:
        rows = session.query(Event.extra).join(Model, Model.id == key).filter(Model.uri == uri).order_by(Event.id)
        return [row[0] for row in rows]


def test_an_asset_the_user_named_as_outlet_gets_counts_path_and_watermark(installation, dag_bag):  # noqa: F811
    bag = dag_bag()
    if OLD:
        bag.sync_to_db()  # a dataset it has never heard of gets no event
    before = len(events_of("x-marketsync://smaily/contacts"))
    run = bag.dags["grouped_sync"].test()
    extra = events_of("x-marketsync://smaily/contacts")[before:][-1]
    assert extra["path"] == xcom(run, f"{GROUP}.fetch", "return_value")
    assert extra["watermark"] == xcom(run, f"{GROUP}.fetch", "summary")["watermark"]
    assert (extra["sync"], extra["rows"], extra["created"], extra["sent"]) == ("directo_to_smaily", 4, 2, True)
    assert json.loads(json.dumps(extra)) == extra
    assert "example.com" not in json.dumps(extra)


def test_events_of_several_syncs_add_up_and_a_context_without_outlets_is_no_fault():
    summaries = [{"sync": "a", "read": 3, "watermark": "x"}, {"sync": "b", "read": 4, "watermark": None}]
    extra = events.extra_of(summaries, ["/a/manifest.json", "/b/manifest.json"])
    assert extra["rows"] == 7
    assert [part["path"] for part in extra["syncs"]] == ["/a/manifest.json", "/b/manifest.json"]
    events.fill_outlets({}, summaries, ["/a", "/b"])


def test_the_link_leads_to_the_root_of_the_connections_server_and_holds_no_secret(installation, dag_bag):  # noqa: F811
    run = dag_bag().dags["grouped_sync"].test()
    for name, vendor in (("fetch", "directo"), ("upsert", "smaily"), ("opt_outs", "smaily"), ("preflight", "smaily")):
        link = xcom(run, f"{GROUP}.{name}", "vendor_url")
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", link), link
        assert installation.urls[vendor].startswith(link.rstrip("/"))
        if not OLD:
            assert xcom(run, f"{GROUP}.{name}", "_link_MarketSyncLink") == link


@pytest.mark.skipif(not OLD, reason="Airflow 3 keeps the link as an XCom of its own")
def test_the_web_server_of_airflow_2_finds_the_link_through_the_serialised_dag(installation, dag_bag):  # noqa: F811
    from airflow.serialization.serialized_objects import SerializedDAG

    dag = dag_bag().dags["grouped_sync"]
    run = dag.test()
    back = SerializedDAG.from_dict(json.loads(json.dumps(SerializedDAG.to_dict(dag))))
    instance = run.get_task_instance(f"{GROUP}.upsert")
    task = back.get_task(f"{GROUP}.upsert")
    assert task.extra_links == ["Open the vendor"]
    assert task.get_extra_links(instance, "Open the vendor") == xcom(run, f"{GROUP}.upsert", "vendor_url")


def test_a_task_that_never_reached_its_vendor_has_no_link_and_asks_nobody_for_one():
    class Operator:
        vendor_url = ""

    assert MarketSyncLink().get_link(Operator(), ti_key=None) == ""


def test_the_first_line_names_both_accounts_and_what_is_due_and_the_last_what_to_do(installation, dag_bag, capfd, caplog):  # noqa: F811
    run = dag_bag().dags["directo_to_smaily"].test()
    text = told(capfd, caplog)
    ledger = os.environ["AIRFLOW__MARKETSYNC__LEDGER"]
    number = xcom(run, "upsert", "summary")["run"]
    assert re.search(rf"Reading directo \S+ for directo_to_smaily, completely: nothing was delivered yet\. Ledger {ledger}", text)
    assert re.search(
        rf"Sync directo_to_smaily, run {number}: directo \S+ -> smaily \S+\. Ledger {ledger}\. Due: 4 records of a complete", text
    )
    assert "Sync directo_to_smaily: 2 created, 2 skipped. Look at the warnings above." in text


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (AuthError("made"), "airflow connections test"),
        (DefinitionError("made"), "Mend the definition, then clear this task"),
        (PlanError("made"), "marketsync plan shop"),
        (LimitExceeded("made", summary={}), "clear nothing"),
        (RateLimitError("made"), "one pool"),
        (NoAnswerError("made"), "Nothing is lost"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_the_last_line_of_a_failed_task_names_the_sync_the_fault_and_the_next_step(error, step, caplog):
    class Task:
        sync = {"id": "shop"}  # noqa: RUF012

    with pytest.raises(type(error)), watched(Task(), "upsert"):
        raise error
    assert caplog.messages[-1].startswith(f"Sync shop, upsert failed: {type(error).__name__}: made")
    assert step in caplog.messages[-1]
