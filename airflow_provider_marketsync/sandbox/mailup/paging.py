# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Pages (contract section 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from airflow_provider_marketsync.sandbox.mailup.filters import Columns, compile_filter, ordered
from airflow_provider_marketsync.sandbox.mailup.replies import as_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_marketsync.sandbox.call import Reply
    from airflow_provider_marketsync.sandbox.mailup.account import Account
    from airflow_provider_marketsync.sandbox.mailup.ask import Ask

DEFAULT_SIZE = 20
T = TypeVar("T")


def page(account: Account, ask: Ask, sources: Sequence[T], columns: Columns[T]) -> Reply:
    """
    Answer with one page of what was found, filtered and ordered as asked.

    :param columns: what an item shows, by name; filters and orders go by the same names
    :raises Refusal: a parameter is not understood
    """
    if ask.options.get("filterby"):
        test = compile_filter(columns, ask.options["filterby"])
        sources = [one for one in sources if test(one)]
    if ask.options.get("orderby"):
        sources = ordered(columns, ask.options["orderby"], sources)
    number, size = ask.whole("pageNumber", 0), max(ask.whole("pageSize", DEFAULT_SIZE), 1)
    largest = int(account.switches["largest_page_size"])
    size = min(size, largest) if largest else size
    skipped = number * size
    shown = sources[skipped : skipped + size]
    return as_json(
        {
            "IsPaginated": len(sources) > size,
            "Items": [{name: get(one) for name, get in columns.items()} for one in shown],
            "PageNumber": number,
            "PageSize": size,
            "Skipped": skipped,
            "TotalElementsCount": len(sources),
        }
    )
