# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Calls per second and method, counted in whole seconds of the clock (contract sections 4.2 and 11.3)."""

from __future__ import annotations

import math


class Limiter:
    """Counts the calls of the present second; refused ones count too."""

    def __init__(self) -> None:
        self._second = 0
        self._counts: dict[tuple[str, str, str], int] = {}

    def count(self, who: str, method: str, template: str, now: float) -> int:
        """Count a call, and give how many of its kind this second has had."""
        second = math.floor(now)
        if second != self._second:
            self._second = second
            self._counts.clear()
        key = (who, method, template)
        self._counts[key] = self._counts.get(key, 0) + 1
        return self._counts[key]
