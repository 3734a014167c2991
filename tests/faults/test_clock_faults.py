# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A clock that steps back, or goes wrong."""

from __future__ import annotations

import sys
import time
from datetime import datetime

import pytest

from airflow_provider_marketsync.exceptions import LimitExceeded, ServerError

from .world import CLICK


class Watch:
    """The module ``time`` with another present."""

    def __init__(self):
        self.days = 0.0
        self.slept = 0.0

    def __getattr__(self, name):
        return getattr(time, name)

    def time(self):
        return time.time() + self.days * 86_400 + self.slept

    def sleep(self, seconds):
        self.slept += seconds


@pytest.fixture
def our_clock(monkeypatch):
    """Our machine's clock, as the package sees it, some days off; the vendors keep the right time."""
    watch = Watch()

    class Shifted(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(watch.time(), tz)

    for name, module in list(sys.modules.items()):
        if name.startswith("airflow_provider_marketsync.") and ".sandbox" not in name:
            for word, other in (("datetime", Shifted), ("time", watch)):
                if getattr(module, word, None) in (datetime, time):
                    monkeypatch.setattr(module, word, other)
    return watch


@pytest.mark.parametrize("ahead", [400, 10, 1 / 24])
def test_a_clock_that_steps_back_between_two_runs(world, undisturbed, our_clock, ahead):
    our_clock.days = ahead
    world.tell("second day")
    our_clock.days = 0
    fetched = world.fetch()
    assert fetched.summary["complete"]
    assert fetched.summary["why"] == "completely: the clock has stepped back"
    world.upsert(fetched.path)
    assert world.settled() == undisturbed["second day"]
    assert not world.fetch().summary["complete"]


def test_a_clock_that_steps_back_between_fetch_and_upsert(world, undisturbed, our_clock, day):
    our_clock.days = 10
    world.tell(day)
    path = world.fetch().path
    our_clock.days = 0
    world.upsert(path)
    assert world.settled() == undisturbed[day]


def test_a_clock_that_is_slow_hides_no_change_for_good(world, undisturbed, our_clock):
    world.tell("second day")
    our_clock.days = -3
    fetched = world.fetch()
    assert any("later than our clock" in notice for notice in fetched.summary["notices"])
    world.upsert(fetched.path)
    our_clock.days = 0
    assert world.settled() == undisturbed["second day"]


def test_an_acknowledgement_from_the_future_is_not_waited_for(world, our_clock):
    world.tell("first day")
    path = world.fetch().path
    world.order("smaily", "500", match={"path": "list=1"}, after=1)
    our_clock.days = 10
    world.fails(ServerError, "failed on its side", world.upsert, path)
    world.calm()
    world.call("/smaily/act", {"action": "forget", "email": "jaan@pood.example.com"})
    our_clock.days = 0
    world.fails(LimitExceeded, "acknowledged, but not stored", world.run)
    assert our_clock.slept <= 60
    our_clock.days = 1
    world.run()
    assert world.mailable() == {"mari", "jaan", "klikkija"}


def test_opt_outs_that_a_clock_hid_are_read_from_the_whole_base(world, our_clock):
    """The last pull seems to lie ahead; meanwhile the log, which holds thirty days, has forgotten a click."""
    our_clock.days = 40
    world.tell("first day")
    world.run()
    world.call("/clock", {"advance": 86_400})
    world.call("/smaily/act", CLICK)
    world.call("/clock", {"advance": 34 * 86_400})
    our_clock.days = 35
    summary = world.run()
    assert (summary["rebaselined"], summary["opt_outs_new"]) == (True, 1)
