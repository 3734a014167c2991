# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Who stands at the target already: asked before anybody is delivered for the first time."""

from __future__ import annotations

from typing import Union

from airflow_provider_marketsync.engine.ports import Target
from airflow_provider_marketsync.engine.pulse import Pulse
from airflow_provider_marketsync.ledger.ledger import Ledger
from airflow_provider_marketsync.ledger.locks import SyncLock

FEW = 20
"""Up to so many newcomers are asked for one by one; for more the whole base is walked once."""


class Walk:
    """Everybody at the target, as keyed hashes in a temporary table: memory does not grow with their number.

    :param ledger: the open ledger
    :param target: the target
    :param lock: the sync's lock, kept during the walk
    """

    def __init__(self, ledger: Ledger, target: Target, lock: SyncLock) -> None:
        self._sql, self._hashes = ledger.connection, ledger.hashes
        self._sql.execute("DROP TABLE IF EXISTS temp.present")
        self._sql.execute("CREATE TEMP TABLE present (address BLOB PRIMARY KEY) WITHOUT ROWID")
        pulse = Pulse("asking who stands at the target")
        self.people = 0
        for page in target.walk():
            hashed = [(self._hashes.address(person.address),) for person in page]
            with ledger.transaction() as connection:
                lock.renew(connection)
                connection.executemany("INSERT OR IGNORE INTO temp.present VALUES (?)", hashed)
            self.people += len(page)
            pulse.beat(self.people)

    def has(self, hashed: bytes, address: str) -> bool:
        """Tell whether somebody with this address was there.

        :param hashed: keyed hash of the address
        :param address: the address itself, for crowds that have to ask
        """
        return (
            self.people > 0
            and self._sql.execute("SELECT 1 FROM temp.present WHERE address = ?", (hashed,)).fetchone() is not None
        )


class SingleReads:
    """Ask for people one by one, each only once.

    :param target: the target
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._asked: dict[bytes, bool] = {}

    def has(self, hashed: bytes, address: str) -> bool:
        """Tell whether somebody with this address is there.

        :param hashed: keyed hash of the address; two spellings of one mailbox are asked for once
        :param address: the address itself
        """
        if hashed not in self._asked:
            self._asked[hashed] = self._target.read_one(address) is not None
        return self._asked[hashed]


Crowd = Union[Walk, SingleReads]  # noqa: UP007  evaluated on Python 3.10
