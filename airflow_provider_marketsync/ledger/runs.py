# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Runs, the journal of changes, and plans that wait for a person."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from airflow_provider_marketsync.ledger.decisions import utc_now


class Entry(NamedTuple):
    """One line of the journal: names of fields, never values."""

    record: int
    action: str
    fields: str
    code: str | None
    why: str | None


class Plan(NamedTuple):
    """What a run held back until a person accepts it."""

    id: str
    sync: int
    made_at: str
    digest: bytes
    account: str
    held: str
    survey: str
    accepted_at: str | None
    accepted_by: str | None
    applied_at: str | None

    @property
    def counts(self) -> dict[str, int]:
        """How many are held, by kind."""
        counts: dict[str, int] = json.loads(self.held)
        return counts


class Runs:
    """The history of one sync.

    :param connection: the ledger's connection; callers hold the transaction
    :param sync: row id of the sync
    """

    def __init__(self, connection: sqlite3.Connection, sync: int) -> None:
        self._sql, self._sync = connection, sync

    def begin(self, token: int, owner: str) -> int:
        """Open a run and return its number."""
        started = self._sql.execute(
            "INSERT INTO run (sync, token, started_at, owner) VALUES (?, ?, ?, ?) RETURNING id",
            (self._sync, token, utc_now(), owner),
        )
        return int(started.fetchone()[0])

    def end(self, run: int, summary: dict[str, object]) -> None:
        """Close a run with its summary."""
        self._sql.execute("UPDATE run SET ended_at = ?, summary = ? WHERE id = ?", (utc_now(), json.dumps(summary), run))

    def last_ended(self) -> str | None:
        """Return when the newest finished run ended, None before the first."""
        found: str | None = self._sql.execute("SELECT max(ended_at) FROM run WHERE sync = ?", (self._sync,)).fetchone()[0]
        return found

    def write(self, run: int, entries: Iterable[Entry]) -> None:
        """Add lines to the journal."""
        now = utc_now()
        self._sql.executemany(
            "INSERT INTO journal (run, record, action, fields, code, why, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(run, *entry, now) for entry in entries],
        )

    def purge(self, before: str) -> None:
        """Forget the runs that began before a moment, and the journal of what they did; the newest finished run stays.

        :param before: UTC moment as :func:`utc_now` writes it
        """
        old = (
            "(SELECT id FROM run WHERE sync = :sync AND started_at < :before AND id < "
            "(SELECT max(id) FROM run WHERE sync = :sync AND ended_at IS NOT NULL))"
        )
        asked = {"sync": self._sync, "before": before}
        if self._sql.execute(f"SELECT 1 FROM run WHERE id IN {old} LIMIT 1", asked).fetchone():
            self._sql.execute(f"DELETE FROM journal WHERE run IN {old}", asked)
            self._sql.execute(f"DELETE FROM run WHERE id IN {old}", asked)

    def journal(self, record: int) -> list[tuple[str, str, str, str | None, str | None]]:
        """Return what was ever done about a record: (at, action, fields, code, why), oldest first."""
        rows = self._sql.execute("SELECT at, action, fields, code, why FROM journal WHERE record = ? ORDER BY id", (record,))
        return rows.fetchall()

    # ----------------------------------------------------------------------------------------- plans

    def make_plan(self, plan: Plan) -> None:
        """Store a plan in place of the sync's former ones that nobody accepted; its records were added before."""
        self._sql.execute(
            "DELETE FROM plan_record WHERE plan IN (SELECT id FROM plan WHERE sync = ? AND accepted_at IS NULL AND id <> ?)",
            (self._sync, plan.id),
        )
        self._sql.execute("DELETE FROM plan WHERE sync = ? AND accepted_at IS NULL", (self._sync,))
        self._sql.execute("INSERT INTO plan VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", plan)

    def hold(self, plan: str, kind: str, records: Iterable[int]) -> None:
        """Add records to a plan."""
        self._sql.executemany("INSERT OR IGNORE INTO plan_record VALUES (?, ?, ?)", [(plan, kind, record) for record in records])

    def drop_plan(self, plan: str) -> None:
        """Forget a plan that was never stored."""
        self._sql.execute("DELETE FROM plan_record WHERE plan = ?", (plan,))

    def plan(self, plan: str) -> Plan | None:
        """Return one plan of this sync."""
        found = self._sql.execute("SELECT * FROM plan WHERE sync = ? AND id = ?", (self._sync, plan)).fetchone()
        return Plan._make(found) if found else None

    def plans(self) -> list[Plan]:
        """Return the plans that are neither applied nor replaced, newest first."""
        rows = self._sql.execute("SELECT * FROM plan WHERE sync = ? AND applied_at IS NULL ORDER BY made_at DESC", (self._sync,))
        return [Plan._make(row) for row in rows]

    def accept(self, plan: str, by: str) -> None:
        """Note that a person accepted a plan; the next run applies it once."""
        self._sql.execute("UPDATE plan SET accepted_at = ?, accepted_by = ? WHERE id = ?", (utc_now(), by, plan))

    def applied(self, plan: str) -> None:
        """Note that a plan was applied; it is used up."""
        self._sql.execute("UPDATE plan SET applied_at = ? WHERE id = ?", (utc_now(), plan))
        self.drop_plan(plan)

    def is_planned(self, plan: str, kind: str, record: int) -> bool:
        """Tell whether a plan names a record."""
        found = self._sql.execute("SELECT 1 FROM plan_record WHERE plan = ? AND kind = ? AND record = ?", (plan, kind, record))
        return found.fetchone() is not None
