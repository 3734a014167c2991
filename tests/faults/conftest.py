# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One world a test, the same world undisturbed, and a watch over everything that is told of it."""

from __future__ import annotations

import logging

import pytest

from tests.ledger.test_faults import disk  # noqa: F401 - a fixture

from .world import World

DAYS = ("first day", "second day")


@pytest.fixture(scope="session")
def undisturbed(marketsync_sandbox_server, tmp_path_factory):
    """How each day ends when nothing goes wrong."""
    ends = {}
    for day in DAYS:
        marketsync_sandbox_server.reset()
        world = World(marketsync_sandbox_server, tmp_path_factory.mktemp("undisturbed"))
        world.tell(day)
        world.run()
        ends[day] = world.settled()
    assert all(end.mails == [] and not end.unfinished and end.watermark_covers_everything for end in ends.values())
    return ends


@pytest.fixture
def world(undisturbed, marketsync_sandbox, tmp_path, caplog):
    """A world before its first day. Nothing that is logged, raised or reported of it may be personal or secret."""
    caplog.set_level(logging.DEBUG)
    world = World(marketsync_sandbox, tmp_path)
    yield world
    records = caplog.get_records("setup") + caplog.get_records("call")
    told = "\n".join([*world.told, *(logging.Formatter("%(message)s").format(record) for record in records)]).lower()
    assert [len(needle) for needle in world.needles() if needle in told] == []
    assert world.call("/smaily/mails") == []


@pytest.fixture(params=DAYS)
def day(request):
    return request.param
