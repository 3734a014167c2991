# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The ledger as the engine sees it: one store, and inside it one sync."""

from __future__ import annotations

import os
import sqlite3
from contextlib import AbstractContextManager
from types import TracebackType

from airflow_provider_marketsync.ledger.decisions import Decisions
from airflow_provider_marketsync.ledger.handovers import Handovers
from airflow_provider_marketsync.ledger.locks import SyncLock
from airflow_provider_marketsync.ledger.marks import Marks
from airflow_provider_marketsync.ledger.records import Records
from airflow_provider_marketsync.ledger.runs import Runs
from airflow_provider_marketsync.ledger.store import Store, explained
from airflow_provider_marketsync.ledger.syncs import SyncRow, Syncs


class Ledger:
    """One named store, shared by any number of syncs.

    :param path: the SQLite file
    :raises LedgerError: when it can not be used
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._store = Store(path)
        self.uuid = self._store.uuid
        self.hashes = self._store.hashes
        self.syncs = Syncs(self._store.connection)

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """Run a block as one transaction."""
        return self._store.transaction()

    @property
    def connection(self) -> sqlite3.Connection:
        """The open connection, for temporary tables of a run."""
        return self._store.connection

    def open_sync(self, name: str) -> SyncLedger:
        """Open what is remembered of one sync."""
        with self.transaction():
            row = self.syncs.ensure(name)
        return SyncLedger(self, self._store, name, row)

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with explained(self._store.path):
            self.close()
            if isinstance(error, sqlite3.DatabaseError):
                raise error


class SyncLedger:
    """What the ledger holds of one sync, by theme.

    :param ledger: the open ledger
    :param store: its store
    :param name: the sync's id
    :param row: its row
    """

    def __init__(self, ledger: Ledger, store: Store, name: str, row: SyncRow) -> None:
        self.ledger, self.name, self.id = ledger, name, row.id
        self._store = store
        self.records = Records(store.connection, row.id, ledger.hashes)
        self.marks = Marks(store.connection, row.id)
        self.runs = Runs(store.connection, row.id)
        self.handovers = Handovers(store.connection, row.id)
        self.syncs = ledger.syncs
        self.hashes = ledger.hashes
        self.transaction = ledger.transaction

    @property
    def row(self) -> SyncRow:
        """The sync's row as it stands now."""
        return self.syncs.ensure(self.name)

    def lock(self, owner: str) -> SyncLock:
        """Take the sync's lock."""
        return SyncLock(self._store, self.id, owner)

    def decisions(self, account: str) -> Decisions:
        """Return the consent decisions of a target account."""
        return Decisions(self._store.connection, account)
