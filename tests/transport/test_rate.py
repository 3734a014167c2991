# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The rate limit against a server's sliding window."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from airflow_provider_marketsync.transport.rate import RateLimit, calls_in_flight


def moments_of(limit, calls, threads):
    def call(_):
        limit.wait_turn()
        return time.monotonic()

    with ThreadPoolExecutor(threads) as pool:
        return sorted(pool.map(call, range(calls)))


def usual_gap(moments):
    # The median: a busy machine may wake a thread late now and then, which is not the limit's doing.
    return statistics.median(later - earlier for earlier, later in pairwise(moments))


def test_no_window_of_a_second_ever_holds_more_calls_than_allowed_and_little_of_the_rate_is_lost():
    # 20 a second with windows of 250 ms: the law of 5 a second with windows of one second, in a quarter of the time.
    moments = moments_of(RateLimit(20), calls=31, threads=6)
    for first in range(len(moments) - 5):
        assert moments[first + 5] - moments[first] > 0.25
    assert usual_gap(moments) <= 0.05 / 0.93


def test_at_five_a_second_no_sixth_call_falls_into_a_second():
    moments = moments_of(RateLimit(5), calls=6, threads=3)
    assert moments[5] - moments[0] > 1.0
    assert usual_gap(moments) < 0.2 / 0.95


def test_the_first_call_does_not_wait():
    assert RateLimit(0.1).wait_turn() < 0.05


def test_one_key_is_one_limit_in_a_process_and_the_slower_rate_holds():
    first = RateLimit.shared("test one key", 100)
    assert RateLimit.shared("test one key", 20) is first
    assert RateLimit.shared("test one key", 50) is first
    assert RateLimit.shared("test other key", 50) is not first
    moments = moments_of(first, calls=5, threads=2)
    assert moments[-1] - moments[0] >= 4 * 0.05


def test_importing_the_transport_does_not_load_the_limiter():
    code = "import sys, airflow_provider_marketsync.transport.session, airflow_provider_marketsync.transport.rate\n"
    code += "sys.exit('pyrate_limiter' in sys.modules or 'airflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_calls_in_flight_are_enough_to_use_a_rate_up_and_never_many():
    assert [calls_in_flight(rate) for rate in (0.5, 5, 6, 10, 20, 1_000_000)] == [2, 2, 3, 4, 8, 8]
