# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Smaily's stamps: local time in Tallinn without offset, zeros for "never" (contract 7)."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from airflow_provider_marketsync.exceptions import ResponseError

_TALLINN = ZoneInfo("Europe/Tallinn")


def earliest_utc(stamp: str | None) -> str | None:
    """Return the UTC moment as ``YYYY-MM-DDTHH:MM:SSZ``; in the hour that October repeats, the first of the two."""
    return _utc(stamp, fold=0)


def latest_utc(stamp: str | None) -> str | None:
    """Return the UTC moment as ``YYYY-MM-DDTHH:MM:SSZ``; in the hour that October repeats, the second of the two."""
    return _utc(stamp, fold=1)


def _utc(stamp: str | None, fold: int) -> str | None:
    if not stamp or stamp.startswith("0000-00-00"):
        return None
    local = _parsed(stamp)
    if local is None:
        raise ResponseError("Smaily gave a stamp that is not YYYY-MM-DD HH:MM:SS", vendor="smaily")
    moment = local.replace(tzinfo=_TALLINN, fold=fold).astimezone(timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _parsed(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None
