# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Which of the target's opt-outs the source has been told of, and which still wait."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from airflow_provider_marketsync.contacts.opt_out import OptOut
from airflow_provider_marketsync.ledger.decisions import CHANNEL, utc_now

Event = tuple[int, int]
"""Row ids of a card and of a decision about one of its mailboxes."""

# A card belongs to the mailboxes it stands on and to the one it was delivered to: whose address changes keeps the "no"
# (rule 6). Of several decisions the complaint counts, which nothing lifts, else the newest. A card that says "no" itself
# needs no telling; what the ledger calls retired or erased is ours and is not told.
_WAITING = """
SELECT key, decided, at, reason, record, event FROM (
    SELECT r.key, e.decided, nullif(e.at, '') AS at, substr(e.origin, 8) AS reason, r.id AS record, e.id AS event,
           row_number() OVER (PARTITION BY r.id, e.address ORDER BY e.decided = 'complaint' DESC, e.id DESC) AS place
    FROM decision_event e
    JOIN decision d ON d.scope = e.scope AND d.channel = e.channel AND d.address = e.address
    JOIN record r ON r.id IN (
        SELECT record FROM member WHERE sync = :sync AND address = e.address
        UNION SELECT id FROM record WHERE sync = :sync AND delivered_address = e.address
    )
    WHERE e.scope = :scope AND e.channel = :channel AND e.origin LIKE 'target:%'
      AND e.decided IN ('opted_out', 'bounced', 'complaint') AND d.decided IN ('opted_out', 'bounced', 'complaint')
      AND coalesce(r.stated, '') <> 'withdrawn'
) w
WHERE place = 1 AND NOT EXISTS (
    SELECT 1 FROM handed_over h JOIN decision_event t ON t.id = h.event, decision_event e
    WHERE h.record = w.record AND e.id = w.event AND t.address = e.address AND t.decided = e.decided
)
ORDER BY record, event
"""


class Handovers:
    """What one sync's source was told of its target's opt-outs.

    :param connection: the ledger's connection; callers hold the transaction
    :param sync: row id of the sync
    """

    def __init__(self, connection: sqlite3.Connection, sync: int) -> None:
        self._sql, self._sync = connection, sync

    def waiting(self, scope: str) -> Iterator[OptOut]:
        """Yield what the source has not acknowledged, one for each mailbox of a card.

        :param scope: the target account's identity
        """
        rows = self._sql.execute(_WAITING, {"sync": self._sync, "scope": scope, "channel": CHANNEL})
        return (OptOut(*row) for row in rows)

    def acknowledged(self, events: Sequence[Event]) -> set[Event]:
        """Return those of some events that the source was told of."""
        rows = self._sql.execute(
            "SELECT h.record, h.event FROM json_each(?) j "
            "JOIN handed_over h ON h.record = json_extract(j.value, '$[0]') AND h.event = json_extract(j.value, '$[1]')",
            (json.dumps(events),),
        )
        return set(rows)

    def acknowledge(self, events: Iterable[Event]) -> None:
        """Note that the source was told; call it only for what was surely written there."""
        now = utc_now()
        self._sql.executemany(
            "INSERT OR IGNORE INTO handed_over (record, event, at) VALUES (?, ?, ?)", [(*event, now) for event in events]
        )
