# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Consent decisions: what holds for a mailbox at a target account, and how it came about."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import NamedTuple

from airflow_provider_marketsync.contacts.consent import Decided

CHANNEL = "email"
SOURCE = "source"
DELETED = "target:delete"
_NO = (Decided.OPTED_OUT, Decided.BOUNCED, Decided.COMPLAINT, Decided.RETIRED, Decided.ERASED)


class Decision(NamedTuple):
    """What holds for one mailbox now.

    ``told`` is True once the target has acknowledged it, or said it itself.
    """

    decided: Decided
    at: str | None
    origin: str
    told: bool

    @property
    def is_no(self) -> bool:
        """Whether the person must not be mailed."""
        return is_no(self.decided)


class Decisions:
    """The decisions of one target account.

    :param connection: the ledger's connection; callers hold the transaction
    :param scope: the target account's identity
    """

    def __init__(self, connection: sqlite3.Connection, scope: str) -> None:
        self._sql, self._scope = connection, scope

    def current(self, addresses: Sequence[bytes]) -> dict[bytes, Decision]:
        """Return what holds for each mailbox of which anything is known."""
        rows = self._sql.execute(
            "SELECT d.address, d.decided, d.at, d.origin, d.told FROM json_each(?) j "
            "CROSS JOIN decision d WHERE d.scope = ? AND d.channel = ? AND d.address = unhex_text(j.value)",
            (json.dumps([address.hex() for address in addresses]), self._scope, CHANNEL),
        )
        return {address: Decision(Decided(decided), at, origin, bool(told)) for address, decided, at, origin, told in rows}

    def decide(self, address: bytes, decided: Decided, at: str | None, origin: str, record: int | None = None) -> bool:
        """Add a decision to the history and let it hold, unless it would lift a "no".

        Nothing lifts a "no" in this version (rule 4 of the rules about people comes with its guards).

        :return: whether what holds has changed
        """
        self._remember(address, decided, at, origin, record)
        known = self.current([address]).get(address)
        if known is not None and not _replaces(known, decided, origin):
            return False
        held = known.decided if known is not None and known.is_no and decided is Decided.OPTED_OUT else decided
        self._sql.execute(
            "INSERT OR REPLACE INTO decision (scope, channel, address, decided, at, origin, told) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._scope, CHANNEL, address, held.value, at, origin, int(origin != SOURCE)),
        )
        return True

    def _remember(self, address: bytes, decided: Decided, at: str | None, origin: str, record: int | None) -> None:
        self._sql.execute(
            "INSERT OR IGNORE INTO decision_event (scope, channel, address, decided, at, learned_at, origin, record) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (self._scope, CHANNEL, address, decided.value, at or "", utc_now(), origin, record),
        )

    def tell(self, addresses: Sequence[bytes]) -> None:
        """Note that the target has acknowledged these opt-outs."""
        self._sql.executemany(
            "UPDATE decision SET told = 1 WHERE scope = ? AND channel = ? AND address = ?",
            [(self._scope, CHANNEL, address) for address in addresses],
        )

    def history(self, address: bytes) -> list[tuple[str, str, str, str]]:
        """Return what was ever decided about a mailbox: (decided, at, learned at, origin), oldest first."""
        rows = self._sql.execute(
            "SELECT decided, at, learned_at, origin FROM decision_event WHERE scope = ? AND channel = ? AND address = ? "
            "ORDER BY id",
            (self._scope, CHANNEL, address),
        )
        return rows.fetchall()


def is_no(decided: Decided) -> bool:
    """Tell whether a decision means that the person must not be mailed."""
    return decided in _NO


def _replaces(known: Decision, decided: Decided, origin: str) -> bool:
    """Tell whether a new decision takes the place of what holds.

    A "no" of the source takes over from one the target told us: the person may have subscribed there again since,
    and the target has to hear it. Somebody deleted at the target stays as they are: a write would bring them back.
    """
    if known.decided is decided and known.origin == origin:
        return False
    if not known.is_no:
        return True
    if known.origin == DELETED or decided not in _NO:
        return False
    return origin == DELETED or decided is Decided.COMPLAINT or (origin == SOURCE and known.origin != SOURCE)


def utc_now() -> str:
    """Return this moment as ``YYYY-MM-DDTHH:MM:SS.ffffffZ``."""
    return utc_text(datetime.now(timezone.utc))


def utc_text(moment: datetime) -> str:
    """Return a UTC moment as ``YYYY-MM-DDTHH:MM:SS.ffffffZ``, which sorts."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
