# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What Airflow's buttons do, and what a worker's death does; each is a row of the table in docs/run-protocol.md."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing

import psutil
import pytest

from airflow_provider_marketsync.ledger.rows import Attention

from .company import EVERYBODY, until

pytestmark = pytest.mark.airflow


def gone(pid):
    """Tell whether a process lives no more; one that nobody has buried yet is dead too."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_cleared_upsert_goes_on_where_the_failed_try_ended(company):
    retried = company("retried")
    retried.order("401", after=1)
    run = retried.run("failed")
    assert len(retried.names()) == 2

    retried.ended(run, "success", tries=retried.clear(run))
    assert retried.mailable() == set(EVERYBODY)
    assert retried.rows() == len(EVERYBODY)
    assert retried.mails() == []


def test_red_rejects_stay_red_when_the_task_is_cleared_and_nothing_is_sent_twice(company):
    rejects = company("rejects")
    rejects.call("/smaily/faults", [{"kind": "code_204", "match": {"body": rejects.address("anu")}, "times": None}])
    run = rejects.run("failed")
    delivered, writes = set(EVERYBODY) - {"anu"}, len(rejects.writes())
    assert rejects.mailable() == delivered

    rejects.ended(run, "failed", tries=rejects.clear(run))
    assert len(rejects.writes()) == writes
    rejects.run()
    assert len(rejects.writes()) == writes

    rejects.calm()
    rejects.rename("anu", "Anu Allik")
    rejects.run()
    assert rejects.names()["anu"] == "Anu Allik"
    assert rejects.mails() == []


def test_a_cleared_fetch_reads_again_from_the_watermark(company):
    clear_fetch = company("clear_fetch")
    clear_fetch.run()
    run = clear_fetch.run()
    clear_fetch.rename("anu", "Anu Allik")
    clear_fetch.ended(run, "success", tries=clear_fetch.clear(run, "fetch", include_downstream=True))
    complete, *since = clear_fetch.read_since()
    assert complete == ""
    assert len(since) == 2
    assert all(since)
    assert clear_fetch.names()["anu"] == "Anu Allik"
    assert clear_fetch.rows() == len(EVERYBODY) + 1


def test_a_cleared_old_upsert_puts_no_old_values_over_newer_ones(company):
    clear_upsert = company("clear_upsert")
    old = clear_upsert.run()
    clear_upsert.rename("anu", "Anu Allik")
    clear_upsert.run()
    writes = len(clear_upsert.writes())
    clear_upsert.ended(old, "success", tries=clear_upsert.clear(old))
    assert clear_upsert.names()["anu"] == "Anu Allik"
    assert len(clear_upsert.writes()) == writes


def test_an_upsert_marked_as_success_has_not_moved_the_watermark(company):
    marked = company("mark_success")
    marked.run()
    marked.rename("anu", "Anu Allik")
    marked.order("401")
    run = marked.run("failed")
    marked.rest.mark(marked.name, run, "upsert", "success")
    marked.ended(run, "success")
    assert marked.names()["anu"] != "Anu Allik"

    marked.run()
    assert marked.names()["anu"] == "Anu Allik"
    assert marked.read_since()[1] == marked.read_since()[2] != ""


def test_a_running_upsert_marked_as_failed_stops_and_loses_nothing(company):
    marked = company("mark_failed")
    marked.order("silent_after", after=1)
    run = marked.start()
    marked.struck("silent_after")
    pid = marked.task(run)["pid"]
    marked.rest.mark(marked.name, run, "upsert", "failed")
    until(lambda: gone(pid), "the marked task still runs")
    assert marked.task(run)["state"] == "failed"
    assert len(marked.writes()) == 2

    marked.ended(run, "success", tries=marked.clear(run))
    assert marked.mailable() == set(EVERYBODY)
    assert marked.mails() == []


def test_a_killed_worker_is_taken_over_at_once_by_the_next_try(company):
    killed = company("killed")
    killed.order("silent_after", after=1)
    run = killed.start()
    killed.struck("silent_after")
    os.kill(killed.task(run)["pid"], signal.SIGKILL)
    killed.ended(run, "success", tries=2)
    assert killed.mailable() == set(EVERYBODY)
    assert killed.mails() == []
    # Only the batch whose answer was lost was sent again.
    assert killed.rows() == len(EVERYBODY)
    assert [int(one["rows"]) for one in killed.writes()] == [2, 2, 2, 2]


def marked_again(ledger):
    """Count the records that a task which had lost its lock wants to be sent again."""
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        (number,) = connection.execute(f"SELECT count(*) FROM record WHERE attention & {int(Attention.RESEND)}").fetchone()
    return number


def test_a_suspended_worker_that_comes_back_writes_nothing(airflow, company):
    zombie = company("zombie")
    zombie.order("slow_first_byte", after=1, seconds=4)
    run = zombie.start()
    zombie.struck("slow_first_byte")
    task = psutil.Process(zombie.task(run)["pid"])
    worker = task.parent()
    worker.suspend()  # it sends the heartbeats
    task.suspend()
    try:
        zombie.ended(run, "success", tries=2)
        zombie.rename("anu", "Anu Allik")
        zombie.run()
        writes = len(zombie.writes())
        task.resume()
        until(lambda: marked_again(airflow.stage.ledger), "the task that came back did not find that it was too late")
        assert len(zombie.writes()) == writes
    finally:
        worker.resume()
    until(lambda: gone(task.pid), "the task that came back still runs")
    assert len(zombie.writes()) == writes
    zombie.run()
    assert zombie.task(run)["state"] == "success"
    assert zombie.names()["anu"] == "Anu Allik"
    assert zombie.mailable() == set(EVERYBODY)
    assert zombie.mails() == []


@pytest.mark.long
def test_a_second_run_at_the_same_time_waits_for_the_first(company):
    twice = company("twice")
    twice.order("slow_first_byte", after=1, seconds=8)
    first = twice.start()
    twice.struck("slow_first_byte")
    second = twice.start()
    until(lambda: twice.task(second)["state"] == "deferred", "the second upsert does not wait")
    assert twice.task(first)["state"] == "running"
    twice.ended(first, "success")
    twice.ended(second, "success", tries=1)
    assert twice.rows() == len(EVERYBODY)
    assert twice.mailable() == set(EVERYBODY)
