# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Times as MailUp prints them: four forms, two zones (contract sections 4.2, 5.7, 7.4 and 8)."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")
ZONES = {"utc": timezone.utc, "rome": ROME}
DAY = 86_400.0


def utc_stamp(at: float) -> str:
    """Print as most of the REST service does: ``2020-01-27 10:05:53Z``."""
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%d %H:%M:%SZ")


def optin_stamp(at: float | None, zone: str) -> str:
    """Print as ``EmailOptins`` does, without zone; no time is an empty text."""
    if at is None:
        return ""
    local = datetime.fromtimestamp(at, ZONES[zone])
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}"


def event_date(at: float) -> str:
    """Print as a webhook does: Rome time, offset without minutes."""
    local = datetime.fromtimestamp(at, ROME)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{local.strftime('%z')[:3]}"


def file_stamp(at: float | None, zone: str) -> str:
    """Print as the exported files do: ``20210122T111244``."""
    return "" if at is None else datetime.fromtimestamp(at, ZONES[zone]).strftime("%Y%m%dT%H%M%S")


def file_day(at: float, zone: str) -> str:
    """Give the day of a time: ``20210122``."""
    return datetime.fromtimestamp(at, ZONES[zone]).strftime("%Y%m%d")


def moment_of(text: str) -> float:
    """
    Read a time given at the control port or for a deferred sending; one without an offset is UTC.

    :raises ValueError: it is none
    """
    moment = datetime.fromisoformat(text.strip().strip('"').replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
