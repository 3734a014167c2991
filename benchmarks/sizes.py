# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""How large the benchmarks are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """How much is done how often.

    :param small: customers of the small feed
    :param large: customers of the large feed
    :param delivered: contacts that are delivered beside other tools
    :param delivered_slowly: the same for tools that take long; rates are compared
    :param waiting: contacts that wait while a limit of 5 requests a second lets them through
    :param repeats: how often each measurement is made; the median counts
    """

    small: int
    large: int
    delivered: int
    delivered_slowly: int
    waiting: int
    repeats: int


FULL = Sizes(small=10_000, large=520_000, delivered=50_000, delivered_slowly=20_000, waiting=1_250, repeats=5)
QUICK = Sizes(small=200, large=1_500, delivered=400, delivered_slowly=400, waiting=50, repeats=1)
