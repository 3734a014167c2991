# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The ledger for those who only look: never made, never migrated, never written."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from types import TracebackType

from airflow_provider_marketsync.exceptions import LedgerError
from airflow_provider_marketsync.ledger.decisions import Decisions
from airflow_provider_marketsync.ledger.keyed import KeyedHashes
from airflow_provider_marketsync.ledger.records import Records
from airflow_provider_marketsync.ledger.runs import Runs
from airflow_provider_marketsync.ledger.schema import MIGRATIONS
from airflow_provider_marketsync.ledger.store import BUSY_SECONDS, explained
from airflow_provider_marketsync.ledger.syncs import Syncs

DOCS = "waiting.md"


class LedgerView:
    """An existing ledger, opened so that SQLite itself refuses every write.

    :param path: the SQLite file
    :raises LedgerError: when there is none at that place, or it is of another version
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise LedgerError(
                f"There is no ledger at {self.path} on this machine. Whoever waits for changes needs the ledger of the runs: "
                "mount its folder where the sensor and the triggerer run, or use a sensor with deferrable=False beside the runs.",
                docs=DOCS,
            )
        with explained(self.path):
            self._sql = _connect(self.path)
            _refuse_other_version(self._sql)
            stored = dict(self._sql.execute("SELECT name, value FROM meta"))
        self.hashes = KeyedHashes(stored["secret"])
        self.syncs = Syncs(self._sql)

    def records(self, sync: int) -> Records:
        """Return the records of a sync."""
        return Records(self._sql, sync, self.hashes)

    def runs(self, sync: int) -> Runs:
        """Return the runs of a sync."""
        return Runs(self._sql, sync)

    def decisions(self, account: str) -> Decisions:
        """Return the consent decisions of a target account."""
        return Decisions(self._sql, account)

    def __enter__(self) -> LedgerView:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._sql.close()
        if isinstance(error, sqlite3.DatabaseError):
            with explained(self.path):
                raise error


def _connect(path: Path) -> sqlite3.Connection:
    # "rw", not "ro": a reader of a WAL file needs to write its index of readers. It never makes the file.
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA query_only=ON")
    connection.create_function("unhex_text", 1, bytes.fromhex, deterministic=True)
    return connection


def _refuse_other_version(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != len(MIGRATIONS):
        raise LedgerError(
            f"The ledger has schema {version}, the provider here knows {len(MIGRATIONS)}: give scheduler, workers and triggerer "
            "the same version, then run the sync once.",
            docs=DOCS,
        )
