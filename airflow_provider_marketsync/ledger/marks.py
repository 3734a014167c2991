# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Marks on records: to be judged again, to be sent again, to be looked up at the target."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from airflow_provider_marketsync.ledger.rows import Attention

_PENDING = f"sync = :sync AND attention <> 0 AND attention & {Attention.PENDING} AND pending_fp IS NOT NULL"
"""Few records bear any mark, and the index of those that do finds these."""
_UNVERIFIED = (
    f"verified = 0 AND acknowledged_at IS NOT NULL AND attention & {Attention.PENDING} = 0 "
    "AND outcome IN ('created', 'updated', 'unchanged')"
)


class Marks:
    """The marks on one sync's records.

    :param connection: the ledger's connection; callers hold the transaction
    :param sync: row id of the sync
    """

    def __init__(self, connection: sqlite3.Connection, sync: int) -> None:
        self._sql, self._sync = connection, sync

    def mark(self, ids: Iterable[int]) -> None:
        """Have records judged again."""
        self._sql.executemany(
            f"UPDATE record SET attention = attention | {Attention.REJUDGE} WHERE id = ?",
            [(record,) for record in ids],
        )

    def unmark(self, ids: Iterable[int]) -> None:
        """Take the mark of a new judgement off."""
        self._sql.executemany(
            f"UPDATE record SET attention = attention & ~{int(Attention.REJUDGE)} WHERE id = ?",
            [(record,) for record in ids],
        )

    def mark_untold(self) -> None:
        """Have delivered cards judged again whose mailbox has a "no" that the target has not acknowledged."""
        self._sql.execute(
            f"UPDATE record SET attention = attention | {Attention.REJUDGE} WHERE id IN "
            "(SELECT r.id FROM decision d CROSS JOIN member m CROSS JOIN record r "
            "WHERE d.told = 0 AND d.origin = 'source' AND d.decided NOT IN ('opted_in', 'pending', 'unknown') "
            "AND m.address = d.address AND r.id = m.record AND r.delivered_address = m.address AND r.sync = ?)",
            (self._sync,),
        )

    def to_rejudge(self) -> list[int]:
        """Return the records to be judged again."""
        rows = self._sql.execute(
            f"SELECT id FROM record WHERE sync = ? AND attention <> 0 AND attention & {Attention.REJUDGE}",
            (self._sync,),
        )
        return [row[0] for row in rows]

    def to_resend(self) -> list[int]:
        """Return the records to be sent again, because a process that had lost its lock was sending them."""
        rows = self._sql.execute(
            f"SELECT id FROM record WHERE sync = ? AND attention <> 0 AND attention & {Attention.RESEND}", (self._sync,)
        )
        return [row[0] for row in rows]

    def lose_extract(self, path: str) -> None:
        """Note that an extract with unanswered records is gone; they are sent again when they are read again."""
        self._sql.execute(
            f"UPDATE record SET pending_extract = NULL, attention = attention | {Attention.RESEND} "
            f"WHERE {_PENDING} AND pending_extract = (SELECT id FROM extract WHERE sync = :sync AND path = :path)",
            {"sync": self._sync, "path": path},
        )

    def verify_present(self) -> None:
        """Note which acknowledged records a walk of the target has found (``temp.present``)."""
        self._sql.execute(
            "UPDATE record SET verified = 1, seen = 1 WHERE sync = ? AND verified = 0 AND acknowledged_at IS NOT NULL "
            "AND delivered_address IN (SELECT address FROM temp.present)",
            (self._sync,),
        )

    def has_unverified(self) -> bool:
        """Tell whether anybody was acknowledged since the last walk of the target."""
        found = self._sql.execute(f"SELECT 1 FROM record WHERE sync = ? AND {_UNVERIFIED} LIMIT 1", (self._sync,))
        return found.fetchone() is not None

    def unverified(self, acknowledged_after: float) -> list[tuple[int, str, float]]:
        """Return the acknowledged records no walk has found: (id, outcome of this run, acknowledged at).

        :param acknowledged_after: when the run began; what was acknowledged earlier counts as unchanged in it
        """
        rows = self._sql.execute(
            "SELECT id, CASE WHEN acknowledged_at >= ? THEN outcome ELSE 'unchanged' END, acknowledged_at FROM record "
            f"WHERE sync = ? AND {_UNVERIFIED}",
            (acknowledged_after, self._sync),
        )
        return rows.fetchall()

    def disown(self, rows: Iterable[tuple[str, float, int]]) -> None:
        """Take back acknowledgements the target did not keep: (reason, not before, id)."""
        self._sql.executemany(
            "UPDATE record SET outcome = 'rejected', reason = ?, not_before = ?, attempts = attempts + 1, reported = 0, "
            "payload_fp = NULL, "
            f"acknowledged_at = NULL, delivered_address = NULL, seen = 0, attention = {Attention.REFUSED} WHERE id = ?",
            rows,
        )

    def unhook(self) -> None:
        """Note that every record without an answer stands in the carry-over now, wherever it was read from."""
        self._sql.execute(f"UPDATE record SET pending_extract = NULL WHERE {_PENDING}", {"sync": self._sync})

    def pending_extracts(self) -> list[str]:
        """Return the paths of extracts that hold records sent without an answer, oldest reading first."""
        rows = self._sql.execute(
            f"SELECT path FROM extract WHERE id IN (SELECT pending_extract FROM record WHERE {_PENDING}) ORDER BY read_at",
            {"sync": self._sync},
        )
        return [row[0] for row in rows]
