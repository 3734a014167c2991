# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``history.php``: the action log, by cursor or by window (contract section 8.5)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.smaily.codes import Refusal, as_json
from airflow_provider_marketsync.sandbox.smaily.forms import parameters_of, whole_number, words

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Call, Reply
    from airflow_provider_marketsync.sandbox.smaily.account import Account
    from airflow_provider_marketsync.sandbox.smaily.action_log import LogRow

PAGE_CAP = 10_000


def read_history(account: Account, call: Call) -> Reply:
    """Give log rows after a number, or those of a window."""
    asked = parameters_of(call)
    actions = frozenset(words(asked.get("actions")))
    if "since_seq_id" in asked:
        return as_json(_after_cursor(account, asked, actions))
    return as_json(_in_window(account, asked, actions))


def _after_cursor(account: Account, asked: dict[str, Any], actions: frozenset[str]) -> list[dict[str, Any]]:
    cursor, limit = whole_number(asked["since_seq_id"], -1), whole_number(asked.get("limit"))
    if not limit:
        raise Refusal(207, "limit")
    if cursor < 0 or "offset" in asked:
        raise Refusal(203)
    rows = account.log.after(cursor, account.oldest, actions)
    return [{"seq_id": row.seq_id, **_shown(account, row)} for row in islice(rows, min(limit, PAGE_CAP))]


def _in_window(account: Account, asked: dict[str, Any], actions: frozenset[str]) -> list[dict[str, Any]]:
    start, end = window_of(asked)
    last = end if account.switches["window_end"] == "inclusive" else end - 1
    rows = account.log.between(start, last, account.oldest, actions)
    return [_shown(account, row) for row in page_of(account, rows, asked)]


def window_of(asked: dict[str, Any]) -> tuple[int, int]:
    """
    Read the window in Unix seconds.

    :raises Refusal: 223 without both ends, 224 where it is reversed
    """
    start, end = whole_number(asked.get("start_at"), -1), whole_number(asked.get("end_at"), -1)
    if start < 0 or end < 0:
        raise Refusal(223)
    if end < start:
        raise Refusal(224)
    return start, end


def page_of(account: Account, rows: list[Any], asked: dict[str, Any]) -> list[Any]:
    """Cut the page that is asked for; without a limit everything."""
    limit = min(whole_number(asked.get("limit")), PAGE_CAP)
    if not limit:
        return rows
    step = PAGE_CAP if account.switches["paging"] == "fixed_page" else limit
    start = whole_number(asked.get("offset")) * step
    return rows[start : start + limit]


def _shown(account: Account, row: LogRow) -> dict[str, Any]:
    return {
        "email": row.email,
        "time": row.moment.stamp,
        "campaign_id": row.campaign_id,
        "campaign_name": account.campaign_name(row.campaign_id),
        "action": row.action,
        "value": row.value,
    }
