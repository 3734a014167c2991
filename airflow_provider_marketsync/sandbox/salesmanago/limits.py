# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""How many rows one request may have (contract sections 5.5, 6 and 7.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_marketsync.sandbox.salesmanago.account import Account

LIST_LIMIT = 50
BATCH_LIMIT = 1000
PAGE_LIMIT = 1000

T = TypeVar("T")


def at_most(account: Account, rows: Sequence[T], limit: int, field: str) -> Sequence[T]:
    """
    Give the rows that are taken.

    :raises Refusal: there are more, and the account does not just cut
    """
    if len(rows) > limit and account.switches["over_limit"] == "refused":
        raise Refusal(f"{field} holds more than {limit} elements", field)
    return rows[:limit]


def page_size(account: Account, given: int) -> int:
    """
    Give the size of a page.

    :raises Refusal: it is over the limit, and the account does not just cut
    """
    if given > PAGE_LIMIT and account.switches["over_limit"] == "refused":
        raise Refusal(f"size is more than {PAGE_LIMIT}", "size")
    return min(given, PAGE_LIMIT)
