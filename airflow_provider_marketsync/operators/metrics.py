# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Airflow's metrics of a task: fixed names, and tags that are never an id and never personal (docs/watching.md)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

REQUESTS = "marketsync.requests"
RATE_LIMITED = "marketsync.rate_limited"
ROWS = "marketsync.rows"
REJECTED = "marketsync.rejected"
DURATION = "marketsync.duration"

_TOO_MANY = "429"
_REFUSED = ("rejected", "invalid", "refused")


@contextmanager
def measured(operation: str) -> Iterator[None]:
    """Count the requests made inside the block, and time it.

    :param operation: what the task does: ``fetch``, ``upsert``, ...
    """
    from airflow_provider_marketsync.compat import Stats
    from airflow_provider_marketsync.transport.observing import observed

    def count(vendor: str, status: str) -> None:
        tags = {"vendor": vendor, "operation": operation, "status": status}
        Stats.incr(REQUESTS, tags=tags)
        if status == _TOO_MANY:
            Stats.incr(RATE_LIMITED, tags=tags)

    began, status = time.monotonic(), "failed"
    try:
        with observed(count):
            yield
        status = "success"
    finally:
        # A timedelta, for Airflow 2.11 takes numbers for seconds or milliseconds as it is set up.
        spent = timedelta(seconds=time.monotonic() - began)
        Stats.timing(DURATION, spent, tags={"operation": operation, "status": status})


def count_rows(operation: str, summary: Mapping[str, Any]) -> None:
    """Count what became of the rows of a task.

    :param operation: what the task does
    :param summary: its summary; without outcomes every row counts as ``read``
    """
    from airflow_provider_marketsync.compat import Stats

    vendor = summary.get("target") or summary.get("source") or "none"
    if summary.get("sent") is False:
        return  # a plan has done nothing to anybody
    for status, number in (summary.get("outcomes") or {"read": summary.get("read", 0)}).items():
        tags = {"vendor": vendor, "operation": operation, "status": status}
        if number:
            Stats.incr(ROWS, number, tags=tags)
        if number and status in _REFUSED:
            Stats.incr(REJECTED, number, tags=tags)
