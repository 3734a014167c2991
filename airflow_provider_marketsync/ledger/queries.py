# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Questions a person has: what does this ledger know, and of whom. Nothing is written here."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple


class Found(NamedTuple):
    """One record somebody asked for."""

    sync: str
    id: int


class LastRun(NamedTuple):
    """The newest run of a sync that came to its end."""

    ended_at: str
    summary: dict[str, Any]


class Queries:
    """Look into a ledger.

    :param connection: the ledger's connection
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    def sync_names(self) -> list[str]:
        """Return the ids of all syncs that ever ran, in the order of the alphabet."""
        return [row[0] for row in self._sql.execute("SELECT name FROM sync ORDER BY name")]

    def find(self, asked: str) -> list[Found]:
        """Return the records a source key or a short id means.

        A key without its register (``10001`` for ``customer:10001``) is looked for only where nothing has it as a whole.
        """
        exact = self._found("r.key = :asked OR r.short = lower(:asked)", asked)
        return exact or self._found("substr(r.key, -length(:asked) - 1) = ':' || :asked", asked)

    def _found(self, condition: str, asked: str) -> list[Found]:
        rows = self._sql.execute(
            f"SELECT s.name, r.id FROM record r JOIN sync s ON s.id = r.sync WHERE {condition} ORDER BY s.name, r.id",
            {"asked": asked},
        )
        return [Found._make(row) for row in rows]

    def is_verified(self, record: int) -> bool:
        """Tell whether a walk of the target has seen the person since the last delivery."""
        found = self._sql.execute("SELECT verified FROM record WHERE id = ?", (record,)).fetchone()
        return bool(found and found[0])

    def last_run(self, sync: int) -> LastRun | None:
        """Return the newest finished run, None before the first."""
        found = self._sql.execute(
            "SELECT ended_at, summary FROM run WHERE sync = ? AND ended_at IS NOT NULL ORDER BY id DESC LIMIT 1", (sync,)
        ).fetchone()
        return LastRun(found[0], json.loads(found[1])) if found else None
