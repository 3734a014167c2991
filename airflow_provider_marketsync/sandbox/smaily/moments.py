# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Times: stamps in Estonian local time without offset, as Smaily prints them (contract section 7)."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

TALLINN = ZoneInfo("Europe/Tallinn")
NEVER = "0000-00-00 00:00:00"
DAY = 86_400
HORIZON = 30 * DAY


class Moment(NamedTuple):
    """
    A point in time.

    :param at: seconds since 1970, UTC
    :param stamp: the same as Smaily prints it
    """

    at: float
    stamp: str


@lru_cache(maxsize=4096)
def _stamp(second: int) -> str:
    return datetime.fromtimestamp(second, TALLINN).strftime("%Y-%m-%d %H:%M:%S")


def moment(at: float) -> Moment:
    """Make a moment of seconds since 1970."""
    return Moment(at, _stamp(int(at)))


def moment_of(stamp: str) -> Moment:
    """
    Read a Tallinn stamp; the hour that comes twice is its first coming.

    :raises ValueError: it is no such stamp
    """
    local = datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=TALLINN)
    return Moment(local.timestamp(), stamp)


def rfc3339(at: float) -> str:
    """Print a time as the newer scripts do: UTC with offset and milliseconds."""
    return datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="milliseconds")
