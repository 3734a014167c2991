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
    :param repeats: how often each measurement is made; the median counts
    """

    small: int
    large: int
    repeats: int


FULL = Sizes(small=10_000, large=520_000, repeats=5)
QUICK = Sizes(small=200, large=1_500, repeats=1)
