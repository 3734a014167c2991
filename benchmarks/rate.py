# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Whether Smaily's limit is used and never exceeded, and how many requests a run makes; on the real clock.

The server is the sandbox, whose limiter counts the requests of the last second, as Smaily's does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from airflow_provider_marketsync.sandbox import Sandbox
from benchmarks.child import cost_of
from benchmarks.feed import write_feed
from benchmarks.server import serving
from benchmarks.sizes import Sizes
from benchmarks.table import Result, Row

LIMIT = 5.0
BATCH = 10
"""Small, so that many requests need few contacts."""
PULL = 3
"""The action log, the opted-out base, the action log again: a first pull has no cursor to begin from."""
WALKS = 2
"""Who stands at the target before anybody is created, and whether everybody does afterwards; one page each."""
PREFLIGHT = 0
"""The definition allows its fields as new, so nobody has to be looked at for them."""
LARGE_BATCH = 1_000
LEAST_SHARE, MOST_EXTRA, MOST_FOR_ONE = 0.95, 1.01, 21


def measure(sizes: Sizes) -> Result:
    """Deliver under the limit, then have one bad row spoil a large batch."""
    with Sandbox() as sandbox:
        entries = _deliver(sandbox, sizes.waiting)
        unnamed, named = (_requests_for(sandbox, address) for address in ("nobody@mailbox.test", "no.@body@example.com"))
    needed = -(-sizes.waiting // BATCH) + PULL + WALKS + PREFLIGHT
    rate, limited = _rate(entries), sum(entry["status"] == 429 for entry in entries)
    rows = [
        Row.at_least("rate while contacts wait", f"{rate:.2f} of {LIMIT:g} requests/s", rate / LIMIT, LEAST_SHARE),
        Row.at_most("answers with 429", f"{limited}", limited, 0),
        Row.at_most("requests beside what a run needs", f"{len(entries)} of {needed}", len(entries) / needed, MOST_EXTRA),
        Row.at_most("one bad row in 1,000, batch refused whole", f"{unnamed} requests", unnamed, MOST_FOR_ONE),
        Row.at_most("the same, where the answer names the row", f"{named} requests", named, MOST_FOR_ONE),
    ]
    settings = {"contacts": sizes.waiting, "contacts_per_request": BATCH, "pull": PULL, "walks": WALKS, "preflight": PREFLIGHT}
    return Result(rows, settings)


def _deliver(sandbox: Sandbox, count: int) -> list[dict[str, Any]]:
    """Deliver so many contacts and return the requests that came in."""
    with TemporaryDirectory() as folder:
        feed = Path(folder, "feed.xml")
        write_feed(feed, count)
        with serving(feed) as url:
            extract = cost_of("benchmarks.work:fetch_all", url, folder).said
        sandbox.reset()
        said = cost_of("benchmarks.work:deliver_within", sandbox.urls["smaily"], folder, extract, str(LIMIT), str(BATCH)).said
    assert said["outcomes"]["created"] == count, said["outcomes"]
    entries: list[dict[str, Any]] = sandbox.call("/smaily/requests")
    return entries


def _rate(entries: Sequence[dict[str, Any]]) -> float:
    """Return the requests a second from the first upsert to the last."""
    times = [datetime.fromisoformat(entry["time"]) for entry in entries if entry["method"] == "POST"]
    return (len(times) - 1) / (times[-1] - times[0]).total_seconds()


def _requests_for(sandbox: Sandbox, address: str) -> int:
    """Return how many requests a batch takes in which one address is refused, and everybody else with it."""
    sandbox.reset()
    sandbox.call("/smaily/switches", {"mixed_batch": "refuse_all", "rate_limit": 0})
    said = cost_of("benchmarks.work:deliver_with_one_bad_row", sandbox.urls["smaily"], str(LARGE_BATCH), address).said
    assert said == {"accepted": LARGE_BATCH - 1, "refused": 1}, said
    requests: int = sandbox.call("/smaily/requests?count=1")["count"]
    return requests
