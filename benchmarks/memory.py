# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The most memory that fetch and upsert use above the process after imports, for few and for many customers."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.child import cost_of
from benchmarks.feed import write_feed
from benchmarks.server import serving
from benchmarks.sizes import Sizes
from benchmarks.table import Result, Row

TARGET = 64.0
"""MB, for any number of customers."""


def measure(sizes: Sizes) -> Result:
    """Run both sizes: a first run that delivers everybody, and one in which nothing has changed."""
    rows = [row for customers in (sizes.small, sizes.large) for row in _rows(customers)]
    return Result(rows, {"customers": [sizes.small, sizes.large]})


def _rows(customers: int) -> list[Row]:
    with TemporaryDirectory() as folder:
        feed = Path(folder, "feed.xml")
        write_feed(feed, customers)
        with serving(feed) as url:
            fetch = cost_of("benchmarks.work:fetch_all", url, folder)
            first = cost_of("benchmarks.work:deliver", url, folder, fetch.said)
            again = cost_of("benchmarks.work:fetch_and_deliver", url, folder)
    peaks = {"fetch": fetch.peak, "upsert, everybody new": first.peak, "fetch and upsert, unchanged": again.peak}
    return [Row.at_most(f"{what}, {customers:,}", f"{peak:.1f} MB", peak, TARGET) for what, peak in peaks.items()]
