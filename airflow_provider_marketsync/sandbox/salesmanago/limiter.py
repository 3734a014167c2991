# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A token bucket for the whole account (contract sections 3.4 and 13.14)."""

from __future__ import annotations


class TokenBucket:
    """Holds as many tokens as a second gives; every request takes one."""

    def __init__(self) -> None:
        self._left: float | None = None
        self._seen = 0.0

    def admits(self, now: float, rate: float) -> bool:
        """
        Take a token, if there is one.

        :param rate: tokens per second; 0 = no limit
        """
        if not rate:
            return True
        size = max(rate, 1.0)
        # A clock set back refills nothing.
        grown = max(now - self._seen, 0.0) * rate
        left = size if self._left is None else min(self._left + grown, size)
        self._seen = now
        admitted = left >= 1
        self._left = left - 1 if admitted else left
        return admitted
