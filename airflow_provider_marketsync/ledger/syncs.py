# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the ledger remembers of a sync as a whole: accounts, watermark, carry-over, known fields, feed cursor."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from airflow_provider_marketsync.exceptions import AccountError
from airflow_provider_marketsync.ledger.decisions import utc_now


class SyncRow(NamedTuple):
    """One row of the table ``sync``; the columns are explained in ``schema.py``."""

    id: int
    source_account: str | None
    target_account: str | None
    cursor: str | None
    cursor_read_at: str | None
    complete_at: str | None
    complete_settled_at: str | None
    complete_digest: bytes | None
    complete_due: int
    carry_over: str | None


_COLUMNS = ", ".join(SyncRow._fields)


class Syncs:
    """The table of syncs and what hangs on it.

    :param connection: the ledger's connection; callers hold the transaction
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    def row(self, name: str) -> SyncRow | None:
        """Return what is remembered of a sync, None if it never ran."""
        found = self._sql.execute(f"SELECT {_COLUMNS} FROM sync WHERE name = ?", (name,)).fetchone()
        return SyncRow._make(found) if found else None

    def ensure(self, name: str) -> SyncRow:
        """Return the row of a sync, made if need be."""
        self._sql.execute("INSERT OR IGNORE INTO sync (name) VALUES (?)", (name,))
        row = self.row(name)
        assert row is not None  # noqa: S101  inserted above
        return row

    def claim_accounts(self, row: SyncRow, source: str | None, target: str) -> None:
        """Remember both accounts at the first run; refuse others ever after.

        :param source: None while no reading has told it
        :raises AccountError: with the three choices a person has
        """
        for side, known, now in (("source", row.source_account, source), ("target", row.target_account, target)):
            refuse_other_account(side, known, now)
        self._sql.execute("UPDATE sync SET source_account = ?, target_account = ? WHERE id = ?", (source, target, row.id))

    def remember_definition(self, sync: int, definition: str) -> None:
        """Keep the last rendered definition, for the command and the pages."""
        self._sql.execute("UPDATE sync SET definition = ? WHERE id = ?", (definition, sync))

    def definition(self, name: str) -> str | None:
        """Return the last rendered definition as JSON text."""
        found = self._sql.execute("SELECT definition FROM sync WHERE name = ?", (name,)).fetchone()
        return found[0] if found else None

    def extract(self, sync: int, path: str, read_at: str) -> int:
        """Return the row id of an extract, made if need be."""
        self._sql.execute("INSERT OR IGNORE INTO extract (sync, path, read_at) VALUES (?, ?, ?)", (sync, path, read_at))
        return int(self._sql.execute("SELECT id FROM extract WHERE sync = ? AND path = ?", (sync, path)).fetchone()[0])

    def move_cursor(self, sync: int, cursor: str, read_at: str) -> None:
        """Move the watermark forward; an older reading never moves it back."""
        self._sql.execute(
            "UPDATE sync SET cursor = ?, cursor_read_at = ? WHERE id = ? AND coalesce(cursor_read_at, '') < ?",
            (cursor, read_at, sync, read_at),
        )

    def note_complete(self, sync: int, read_at: str, digest: bytes) -> None:
        """Note that a complete reading was settled; it is due no more."""
        self._sql.execute(
            "UPDATE sync SET complete_at = ?, complete_settled_at = ?, complete_digest = ?, complete_due = 0 "
            "WHERE id = ? AND coalesce(complete_at, '') < ?",
            (read_at, utc_now(), digest, sync, read_at),
        )

    def settled_at(self, sync: int, source: str) -> str:
        """Return when the newest reading began that was settled and leaves older ones nothing to tell, '' before the first."""
        found = self._sql.execute("SELECT read_at FROM settled WHERE sync = ? AND source = ?", (sync, source)).fetchone()
        return found[0] if found else ""

    def note_settled(self, sync: int, source: str, read_at: str) -> None:
        """Note that a reading was settled which holds whatever older ones could tell."""
        self._sql.execute(
            "INSERT INTO settled VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET read_at = max(read_at, excluded.read_at)",
            (sync, source, read_at),
        )

    def newest_reading(self, sync: int) -> str | None:
        """Return when the newest reading began that anything is known of."""
        found = self._sql.execute(
            "SELECT max(read_at) FROM "
            "(SELECT read_at FROM settled WHERE sync = :sync UNION ALL SELECT read_at FROM extract WHERE sync = :sync)",
            {"sync": sync},
        )
        newest: str | None = found.fetchone()[0]
        return newest

    def make_complete_due(self, sync: int) -> None:
        """Ask the next fetch for a complete reading."""
        self._sql.execute("UPDATE sync SET complete_due = 1 WHERE id = ?", (sync,))

    def hang_carry_over(self, sync: int, path: str | None) -> None:
        """Let another carry-over be the sync's."""
        self._sql.execute("UPDATE sync SET carry_over = ? WHERE id = ?", (path, sync))

    def meet(self, account: str) -> None:
        """Note that a target account was taken up by this ledger: it is a first run no more."""
        self._sql.execute("INSERT OR IGNORE INTO met (account) VALUES (?)", (account,))

    def has_met(self, account: str) -> bool:
        """Tell whether a run of this ledger has taken up a target account before."""
        return self._sql.execute("SELECT 1 FROM met WHERE account = ?", (account,)).fetchone() is not None

    def feed_cursor(self, account: str) -> str | None:
        """Return where the target's feed of opt-outs goes on."""
        found = self._sql.execute("SELECT cursor FROM feed WHERE account = ?", (account,)).fetchone()
        return found[0] if found else None

    def move_feed_cursor(self, account: str, cursor: str, now: float) -> None:
        """Remember where the feed goes on; call it in the transaction that stored what the feed told."""
        self._sql.execute("INSERT OR REPLACE INTO feed (account, cursor, pulled_at) VALUES (?, ?, ?)", (account, cursor, now))

    def known_fields(self, account: str) -> set[str]:
        """Return the target fields an acknowledged write or a read contact has shown."""
        return {row[0] for row in self._sql.execute("SELECT name FROM known_field WHERE account = ?", (account,))}

    def add_known_fields(self, account: str, names: Iterable[str]) -> None:
        """Remember target fields."""
        self._sql.executemany(
            "INSERT OR IGNORE INTO known_field (account, name) VALUES (?, ?)", [(account, name) for name in names]
        )

    def seen_names(self, sync: int) -> set[str]:
        """Return the names of source fields ever seen."""
        return {row[0] for row in self._sql.execute("SELECT name FROM seen_name WHERE sync = ?", (sync,))}

    def replace_seen_names(self, sync: int, names: Iterable[str]) -> None:
        """Remember the names of source fields of the newest complete reading."""
        self._sql.execute("DELETE FROM seen_name WHERE sync = ?", (sync,))
        self._sql.executemany("INSERT OR IGNORE INTO seen_name (sync, name) VALUES (?, ?)", [(sync, name) for name in names])


def refuse_other_account(side: str, known: str | None, now: str | None) -> None:
    """Refuse a connection that points at another account than this sync knew.

    :raises AccountError: with the three choices a person has
    """
    if known is not None and known != now:
        raise AccountError(
            f"The {side} connection points at {now}, but this sync has worked with {known}. Choose: point the connection back; "
            "or give the sync another id, so that it starts anew; or give it a ledger of its own.",
            docs="ledger.md",
        )
