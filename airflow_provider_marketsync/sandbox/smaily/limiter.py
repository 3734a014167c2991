# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Sliding one-second limiter per caller's IP (contract sections 5 and 12)."""

from __future__ import annotations

from collections import defaultdict, deque

WINDOW = 1.0


class Limiter:
    """Counts the requests of the last second; shared by all scripts and accounts."""

    def __init__(self) -> None:
        self._taken: defaultdict[str, deque[float]] = defaultdict(deque)

    def admits(self, peer: str, now: float, limit: float) -> bool:
        """
        Count a request, unless it is one too many.

        :param limit: requests per second; 0 = no limit
        """
        if not limit:
            return True
        taken = self._taken[peer]
        while taken and not now - WINDOW < taken[0] <= now:
            taken.popleft()
        if len(taken) >= limit:
            return False
        taken.append(now)
        return True
