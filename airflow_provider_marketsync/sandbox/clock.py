# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A clock that runs with real time and can be moved."""

from __future__ import annotations

import time
from datetime import datetime, timezone


class Clock:
    """Real time plus an offset; moving it needs no sleeping."""

    def __init__(self) -> None:
        self._offset = 0.0

    def time(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time() + self._offset

    def now(self) -> datetime:
        """Say the present moment, in UTC."""
        return datetime.fromtimestamp(self.time(), timezone.utc)

    def advance(self, seconds: float) -> None:
        """Move by so many seconds; time runs on from there."""
        self._offset += seconds

    def set(self, moment: datetime) -> None:
        """Jump to a moment; one without offset is UTC."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        self._offset = aware.timestamp() - time.time()

    def reset(self) -> None:
        """Go back to real time."""
        self._offset = 0.0
