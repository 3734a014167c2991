# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The subscriber action log, append only (contract section 8.5)."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from airflow_provider_marketsync.sandbox.smaily.moments import Moment

ACTIONS = ("bounce", "click", "complaint", "create", "delete", "modify", "optin", "optout", "send", "view")
FIRST_SEQ_ID = 90_001


class LogRow(NamedTuple):
    """One thing that happened to one subscriber."""

    seq_id: int
    moment: Moment
    email: str
    action: str
    value: str
    campaign_id: int | None


class ActionLog:
    """What happened in one account, in the order of ``seq_id``."""

    def __init__(self) -> None:
        self._rows: list[LogRow] = []
        self._next = FIRST_SEQ_ID

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, moment: Moment, email: str, action: str, value: str = "", campaign_id: int | None = None) -> None:
        """Write down that something happened."""
        self._rows.append(LogRow(self._next, moment, email, action, value, campaign_id))
        self._next += 1

    def after(self, seq_id: int, oldest: float, actions: Collection[str]) -> Iterator[LogRow]:
        """
        Walk the rows after a number.

        :param oldest: rows before this time are gone
        :param actions: only these; empty = all
        """
        start = bisect_right(self._rows, seq_id, key=lambda row: row.seq_id)
        for position in range(start, len(self._rows)):
            row = self._rows[position]
            if row.moment.at >= oldest and (not actions or row.action in actions):
                yield row

    def between(self, start: int, end: int, oldest: float, actions: Collection[str]) -> list[LogRow]:
        """List the rows of a window in whole seconds, both ends included, by time."""
        rows = [row for row in self.after(0, oldest, actions) if start <= int(row.moment.at) <= end]
        return sorted(rows, key=lambda row: row.moment.at)

    def forget(self, keys: Collection[str]) -> None:
        """Drop every row of these people; the numbers of the others stay."""
        self._rows = [row for row in self._rows if row.email.lower() not in keys]
