# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a run costs in which nothing has changed: fetch and upsert together."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.child import Cost, cost_of
from benchmarks.feed import write_feed
from benchmarks.server import serving
from benchmarks.sizes import Sizes
from benchmarks.table import Result, Row, middle

TARGET = 24.0


def measure(sizes: Sizes) -> Result:
    """Deliver the large feed once, then run again and again with nothing new."""
    with TemporaryDirectory() as folder:
        feed = Path(folder, "feed.xml")
        write_feed(feed, sizes.large)
        with serving(feed) as url:
            first = cost_of("benchmarks.work:fetch_and_deliver", url, folder)
            again = [cost_of("benchmarks.work:fetch_and_deliver", url, folder) for _ in range(sizes.repeats)]
    for cost in again:
        assert cost.said["outcomes"]["unchanged"] == sizes.large, "a record was not unchanged"
    delivering, unchanged = _each(first, sizes.large), middle([_each(cost, sizes.large) for cost in again])
    rows = [
        Row.plain("first run, everybody delivered", f"{delivering:.1f} µs CPU a record", delivering),
        Row.at_most("unchanged run, fetch and upsert", f"{unchanged:.1f} µs CPU a record", unchanged, TARGET),
    ]
    return Result(rows, {"customers": sizes.large, "repeats": sizes.repeats})


def _each(cost: Cost, customers: int) -> float:
    return cost.cpu / customers * 1e6
