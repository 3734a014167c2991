# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Calls per second and method (contract sections 4.2 and 11.3)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable

WINDOWS: dict[str, Callable[[float, float], bool]] = {
    "fixed": lambda taken, now: math.floor(taken) == math.floor(now),
    "sliding": lambda taken, now: now - 1 < taken <= now,
}


class Limiter:
    """Counts the calls of one window; refused ones count too."""

    def __init__(self) -> None:
        self._taken: defaultdict[tuple[str, str, str], list[float]] = defaultdict(list)

    def count(self, key: tuple[str, str, str], now: float, window: str) -> int:
        """
        Count a call, and give how many of its kind the window has had.

        :param key: who, verb and path template
        :param window: a key of :data:`WINDOWS`
        """
        is_inside = WINDOWS[window]
        self._taken[key] = [taken for taken in self._taken[key] if is_inside(taken, now)] + [now]
        return len(self._taken[key])
