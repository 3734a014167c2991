# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Triggers in a real event loop: what they carry, what they tell, and that they never block."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from datetime import datetime, timedelta, timezone
from importlib import import_module

import pytest

from airflow_provider_marketsync.engine.peek import CHANGED, FIRST_RUN, FULL, Peek
from airflow_provider_marketsync.exceptions import AuthError, NoAnswerError, RateLimitError
from airflow_provider_marketsync.ledger.ledger import Ledger
from airflow_provider_marketsync.triggers import threads, watching
from airflow_provider_marketsync.triggers.moment import MomentTrigger
from airflow_provider_marketsync.triggers.sensing import CustomersSensingTrigger, OptOutsSensingTrigger
from airflow_provider_marketsync.triggers.watching import CustomersChangedTrigger, OptOutsTrigger

NOTHING = Peek(None, "no customer changed", 3, 0.1)
NEWS = Peek(CHANGED, "a customer changed", 1, 0.1)


def first(trigger, within=5.0):
    """Return the payload of a trigger's first event, None if it ended without one."""

    async def run():
        async for event in trigger.run():
            return event.payload
        return None

    return asyncio.run(asyncio.wait_for(run(), within))


def looking(trigger, *answers):
    """Let a trigger see these answers in turn, errors among them; the last one for ever."""
    left = list(answers)

    def look(sync_id, ledger):
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    trigger.look = look
    return trigger


def sensing(*answers, every=0.01):
    return looking(CustomersSensingTrigger("shop", "/nowhere/ledger.db", every), *answers)


# ------------------------------------------------------------------------------------------ what they carry


@pytest.mark.parametrize(
    "trigger",
    [
        MomentTrigger("2026-11-21T10:00:00+00:00", 120.0),
        CustomersSensingTrigger("shop", "/srv/ledger.db", 60.0),
        OptOutsSensingTrigger("shop", "/srv/ledger.db", 60.0),
        CustomersChangedTrigger("shop", every=60),
        OptOutsTrigger("shop"),
    ],
    ids=lambda trigger: type(trigger).__name__,
)
def test_a_trigger_is_made_again_from_plain_json_without_anything_but_ids(trigger):
    path, arguments = trigger.serialize()
    module, _, name = path.rpartition(".")
    again = getattr(import_module(module), name)(**json.loads(json.dumps(arguments)))
    assert type(again) is type(trigger)
    assert again.serialize() == (path, arguments)
    assert set(arguments) <= {"sync_id", "ledger", "every", "moment", "waited"}


# ----------------------------------------------------------------------------------------------- the moment


def test_a_moment_that_is_past_fires_at_once_and_tells_how_long_its_task_has_waited():
    moment = (datetime.now(timezone.utc) - timedelta(hours=1)).isoformat()
    assert first(MomentTrigger(moment, 300.0)) == {"status": "reached", "waited": 300.0}


def test_a_moment_to_come_is_waited_for():
    began = time.monotonic()
    first(MomentTrigger((datetime.now(timezone.utc) + timedelta(seconds=0.3)).isoformat(), 0.3))
    assert 0.25 < time.monotonic() - began < 3


# -------------------------------------------------------------------------------------------------- sensing


def test_a_sensing_trigger_looks_until_there_is_news_and_tells_counts_only():
    payload = first(sensing(NOTHING, NOTHING, NEWS))
    assert payload == {"status": "news", "sync": "shop", "news": CHANGED, "read": 1, "seconds": 0.1}


@pytest.mark.parametrize(
    ("error", "fatal", "text"),
    [
        (AuthError("The token is wrong"), True, "AuthError: The token is wrong"),
        (NoAnswerError("silence"), False, "NoAnswerError: silence"),
        (ValueError("mari@kask.example.com"), False, "Unexpected ValueError"),
    ],
)
def test_every_error_is_one_event_that_may_be_read_by_anybody(error, fatal, text):
    payload = first(sensing(NOTHING, error))
    assert (payload["status"], payload["fatal"]) == ("error", fatal)
    assert text in payload["error"]
    assert "kask" not in json.dumps(payload)


def test_a_ledger_the_triggerer_does_not_see_is_an_error_that_says_so(tmp_path):
    trigger = CustomersSensingTrigger("shop", str(tmp_path / "ledger.db"), 0.01)
    payload = first(trigger)
    assert payload["fatal"]
    assert "There is no ledger at" in payload["error"]
    assert "docs/waiting.md" in payload["error"]
    assert not list(tmp_path.iterdir())


def test_a_sync_the_ledger_does_not_know_counts_as_news(tmp_path):
    Ledger(tmp_path / "ledger.db").close()
    assert first(OptOutsSensingTrigger("shop", str(tmp_path / "ledger.db"), 0.01))["news"] == FIRST_RUN


def test_a_look_that_takes_too_long_is_an_error_and_holds_nobody_up(monkeypatch):
    over = threading.Event()

    async def short():
        with pytest.raises(NoAnswerError, match="took longer than"):
            await threads.in_thread(over.wait, limit=0.05)

    began = time.monotonic()
    asyncio.run(short())
    assert time.monotonic() - began < 2
    over.set()


def test_fifty_slow_looks_never_block_the_loop_and_take_two_rounds():
    lags = []

    async def watch():
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.01)
            lags.append(time.monotonic() - began)

    def slow(sync_id, ledger):
        time.sleep(0.4)
        return NEWS

    async def run():
        watcher = asyncio.create_task(watch())
        triggers = [sensing(NEWS) for _ in range(50)]
        for trigger in triggers:
            trigger.look = slow
        events = await asyncio.gather(*[anext_of(trigger) for trigger in triggers])
        watcher.cancel()
        return events

    began = time.monotonic()
    assert {event["status"] for event in asyncio.run(run())} == {"news"}
    assert time.monotonic() - began < 3
    assert max(lags) < 0.5


async def anext_of(trigger):
    async for event in trigger.run():
        return event.payload


def test_a_cancelled_trigger_ends_at_once_although_its_look_goes_on():
    over = threading.Event()

    def stuck(sync_id, ledger):
        over.wait(5)
        return NOTHING

    async def run():
        trigger = sensing(NOTHING)
        trigger.look = stuck
        task = asyncio.create_task(anext_of(trigger))
        await asyncio.sleep(0.1)
        task.cancel()
        began = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began < 1
        over.set()

    asyncio.run(run())


def test_a_cancellation_is_never_lost_whatever_moment_it_comes_at(caplog):
    async def run():
        for _ in range(300):
            task = asyncio.create_task(anext_of(sensing(*[NOTHING] * 500, NEWS, every=0.0)))
            await asyncio.sleep(random.random() / 100)
            task.cancel()
            await asyncio.wait({task})
            assert task.cancelled()

    asyncio.run(run())
    assert "never retrieved" not in caplog.text


# ------------------------------------------------------------------------------------------------- watching


@pytest.fixture
def ledger(tmp_path):
    """A ledger that knows the sync; ``ledger.end_run()`` ends a run of it."""

    class Made:
        path = str(tmp_path / "ledger.db")

        def end_run(self):
            with Ledger(self.path) as opened:
                sync = opened.open_sync("shop")
                with opened.transaction():
                    sync.runs.end(sync.runs.begin(1, "owner"), {})

    Ledger(Made.path).close()
    return Made()


def watched(ledger, seconds, *answers, between=lambda count: None):
    """Let a watching trigger run for a while and return its events' payloads; ``between`` is called after each."""
    trigger = looking(CustomersChangedTrigger("shop", every=0.02, ledger=ledger.path), *answers)
    events = []

    async def run():
        async for event in trigger.run():
            events.append(event.payload)
            between(len(events))

    async def limited():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(run(), seconds)

    asyncio.run(limited())
    return events


def test_a_watching_trigger_tells_news_once_until_a_run_has_ended(ledger):
    assert watched(ledger, 0.5, NEWS) == [{"sync": "shop", "news": CHANGED, "read": 1, "seconds": 0.1}]


def test_the_next_news_is_told_when_a_run_has_ended(ledger):
    def between(count):
        if count < 3:
            time.sleep(0.01)
            ledger.end_run()

    assert len(watched(ledger, 1.0, NEWS, between=between)) == 3


def test_after_a_run_that_left_nothing_no_event_comes(ledger):
    assert len(watched(ledger, 0.5, NEWS, NOTHING, between=lambda count: ledger.end_run())) == 1


def test_unheeded_news_is_told_again_after_an_hour(ledger, monkeypatch):
    monkeypatch.setattr(watching, "REMIND", 0.2)
    assert 2 <= len(watched(ledger, 0.7, NEWS)) <= 4


def test_what_stays_due_after_a_run_starts_no_chain_of_runs(ledger):
    due = Peek(FULL, "a complete reading is due", 0, 0.0)
    assert len(watched(ledger, 0.5, due, between=lambda count: ledger.end_run())) == 1


def test_a_change_behind_something_due_is_told_when_the_run_has_ended(ledger):
    due = Peek(FULL, "a complete reading is due", 0, 0.0)
    events = watched(ledger, 0.5, due, NEWS, between=lambda count: ledger.end_run() if count == 1 else None)
    assert [event["news"] for event in events] == [FULL, CHANGED]


def test_an_error_starts_no_dag_and_the_next_look_may_go_well(ledger, capfd, caplog):
    events = watched(ledger, 0.5, NoAnswerError("silence"), ValueError("mari@kask.example.com"), NEWS)
    assert [event["news"] for event in events] == [CHANGED]
    said = caplog.text + "".join(capfd.readouterr())
    assert "NoAnswerError: silence" in said
    assert "kask" not in said


@pytest.mark.parametrize("error", [AuthError("wrong token"), RateLimitError("slow down", retry_after=120)])
def test_an_error_that_lasts_is_not_asked_for_again_at_once(ledger, error):
    assert watched(ledger, 0.3, error, NEWS) == []


def test_a_ledger_that_is_not_there_counts_as_a_first_run_and_is_warned_of(tmp_path, monkeypatch, capfd, caplog):
    monkeypatch.setenv("AIRFLOW__MARKETSYNC__LEDGER", str(tmp_path / "ledger.db"))
    trigger = CustomersChangedTrigger("shop", every=0.01)
    assert first(trigger)["news"] == FIRST_RUN
    assert "the triggerer sees no ledger" in caplog.text + "".join(capfd.readouterr())
    assert not list(tmp_path.iterdir())
