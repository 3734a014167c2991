# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Evenly spaced calls, so that a vendor's sliding window is never exceeded."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pyrate_limiter import AbstractBucket

# A call that arrives late must not meet its successors inside one window of the vendor.
_SLACK = 1.035
_SLOW_ANSWER = 0.4
"""Seconds an answer may take before calls in flight are the bottleneck and not the rate."""
_FEWEST, _MOST = 2, 8


class RateLimit:
    """At most so many calls a second, spread evenly over the second. Thread-safe; waits in the calling thread.

    Spacing is in whole milliseconds, so above 50 calls a second it costs more than 5 % of the rate.

    :param calls_per_second: what the vendor allows; may be below 1
    """

    _shared: ClassVar[dict[str, RateLimit]] = {}
    _shared_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, calls_per_second: float) -> None:
        self.calls_per_second = calls_per_second
        self._turn = threading.Lock()
        self._bucket = _bucket(calls_per_second)

    @classmethod
    def shared(cls, key: str, calls_per_second: float) -> RateLimit:
        """Return this process's one limit for ``key``; the slower of the rates asked for so far holds."""
        with cls._shared_lock:
            known = cls._shared.get(key)
            if known is None:
                cls._shared[key] = known = cls(calls_per_second)
        known._slow_down_to(calls_per_second)
        return known

    def wait_turn(self) -> float:
        """Wait until a call may be made.

        :return: seconds waited
        """
        began = time.monotonic()
        with self._turn:
            while (left := self._milliseconds_left()) > 0:
                time.sleep(left / 1000)
        return time.monotonic() - began

    def _slow_down_to(self, calls_per_second: float) -> None:
        with self._turn:
            if calls_per_second < self.calls_per_second:
                self.calls_per_second = calls_per_second
                self._bucket = _bucket(calls_per_second)

    def _milliseconds_left(self) -> int:
        from pyrate_limiter import RateItem

        now = time.monotonic_ns() // 1_000_000
        self._bucket.leak(now)
        call = RateItem("call", now)
        if self._bucket.put(call):
            return 0
        return max(1, int(self._bucket.waiting(call)))  # type: ignore[arg-type]


def calls_in_flight(calls_per_second: float) -> int:
    """Return how many calls should wait for their answer at one time, so that a rate can be used up: 2 to 8.

    :param calls_per_second: the rate; 5 a second make 2, and from 20 on it is 8
    """
    return min(max(math.ceil(calls_per_second * _SLOW_ANSWER), _FEWEST), _MOST)


def _bucket(calls_per_second: float) -> AbstractBucket:
    # Imported here: it is slow to import, and many processes that import vendors make no call.
    from pyrate_limiter import InMemoryBucket, Rate

    # Its windows include their first millisecond, so calls keep a distance of interval + 1.
    interval = max(1, int(1000 / calls_per_second * _SLACK))
    return InMemoryBucket([Rate(1, interval)])
