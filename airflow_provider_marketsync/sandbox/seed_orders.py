# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The two shapes of a seed order: records, or a number of made people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from airflow_provider_marketsync.sandbox.errors import OrderError

SHAPE = 'seed takes a list of records, or {"count": n, "seed": 1}'


@dataclass(frozen=True)
class GeneratedOrder:
    """An order for made people; the same numbers make the same people."""

    count: int
    seed: int


def generated_order(order: Any) -> GeneratedOrder | None:
    """
    Read an order for made people; None where it is none.

    :raises OrderError: a number is none, or below zero
    """
    if not isinstance(order, dict) or "count" not in order:
        return None
    count, seed = order["count"], order.get("seed", 1)
    for number in (count, seed):
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise OrderError('"count" and "seed" are whole numbers of 0 or more')
    return GeneratedOrder(count, seed)


def records_of(order: Any) -> list[Any]:
    """
    Read an order of records: a list, or an object with the list under ``records``.

    :raises OrderError: it has another shape
    """
    records = order.get("records") if isinstance(order, dict) else order
    if not isinstance(records, list):
        raise OrderError(SHAPE)
    return records
