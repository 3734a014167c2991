# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a fetch costs beside a parser that does nothing with the same bytes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.child import cost_of
from benchmarks.feed import write_feed
from benchmarks.server import serving
from benchmarks.sizes import Sizes
from benchmarks.table import Result, Row, middle

TARGET = 2.0


def measure(sizes: Sizes) -> Result:
    """Read, parse, select and write the large feed, each repeat next to a bare parse."""
    with TemporaryDirectory() as folder:
        feed = Path(folder, "feed.xml")
        size = write_feed(feed, sizes.large)
        with serving(feed) as url:
            pairs = [_pair(feed, url, str(Path(folder, str(number)))) for number in range(sizes.repeats)]
    bare, fetch = (middle(costs) for costs in zip(*pairs, strict=True))
    ratio = middle([ours / theirs for theirs, ours in pairs])
    rows = [
        Row.plain("bare lxml target parser", f"{bare:.2f} s CPU", bare),
        Row.plain("fetch", f"{fetch:.2f} s CPU, {fetch / sizes.large * 1e6:.1f} µs a record", fetch),
        Row.at_most("fetch beside the bare parser", f"{ratio:.2f} times the CPU", ratio, TARGET),
    ]
    return Result(rows, {"customers": sizes.large, "bytes": size, "repeats": sizes.repeats})


def _pair(feed: Path, url: str, folder: str) -> tuple[float, float]:
    Path(folder).mkdir()
    return cost_of("benchmarks.work:parse_only", str(feed)).cpu, cost_of("benchmarks.work:fetch_all", url, folder).cpu
