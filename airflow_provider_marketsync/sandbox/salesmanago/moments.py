# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Times: integers of milliseconds, whole seconds in every card that was seen (contract sections 6 and 9)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal

DAY = 86_400.0
NIGHT_HOUR = 2  # UTC; "nightly about 2-4 a.m." in Poland (contract section 5.6)


def milliseconds(at: float, resolution: str) -> int:
    """
    Print a time.

    :param at: seconds since 1970
    :param resolution: ``second`` or ``millisecond``
    """
    return int(at) * 1000 if resolution == "second" else int(at * 1000)


def moment_of(given: Any, field: str) -> int:
    """
    Read a time: milliseconds as a number, or ISO 8601 text.

    :raises Refusal: it is neither
    """
    try:
        if isinstance(given, (int, float)) and not isinstance(given, bool):
            return int(given)
        moment = datetime.fromisoformat(str(given).replace("Z", "+00:00"))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        return int(aware.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Refusal("Invalid date", field) from None


def next_night(at: float) -> float:
    """Say when the next nightly removal runs."""
    now = datetime.fromtimestamp(at, timezone.utc)
    tonight = now.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    return (tonight if tonight > now else tonight + timedelta(days=1)).timestamp()
