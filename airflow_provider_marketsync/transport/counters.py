# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a session did, for the run's summary."""

from __future__ import annotations

import threading


class Counters:
    """Adds up over all threads of a session.

    :ivar requests: requests sent, retries included
    :ivar retries: requests that were made again
    :ivar rate_limited: answers 429
    :ivar waited: seconds waited for the rate limit and before retries
    """

    def __init__(self) -> None:
        self.requests = 0
        self.retries = 0
        self.rate_limited = 0
        self.waited = 0.0
        self._lock = threading.Lock()

    def add(self, *, requests: int = 0, retries: int = 0, rate_limited: int = 0, waited: float = 0) -> None:
        """Add to the counters."""
        with self._lock:
            self.requests += requests
            self.retries += retries
            self.rate_limited += rate_limited
            self.waited += waited

    def summary(self) -> dict[str, float]:
        """Return all counters as plain JSON."""
        with self._lock:
            return {
                "requests": self.requests,
                "retries": self.retries,
                "rate_limited": self.rate_limited,
                "waited": round(self.waited, 3),
            }
