# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The lock of a sync: one deliverer at a time, and a fencing token that unmasks the one that came back from the dead."""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Callable

from airflow_provider_marketsync.exceptions import FencedError, SyncLockedError
from airflow_provider_marketsync.ledger.store import Store

LEASE_SECONDS = 120.0


class SyncLock:
    """Hold the lock of one sync.

    A new try of the same owner (same task instance) takes over at once: Airflow starts it only after it has
    given the former try up. Another owner is refused while the lease runs and its process may live.

    :param store: the open ledger
    :param sync: row id of the sync
    :param owner: stable name of who runs, the same for every try (``dag/run/task/map_index``)
    :param clock: seconds since the epoch
    :raises SyncLockedError: when somebody else holds it
    """

    def __init__(self, store: Store, sync: int, owner: str, clock: Callable[[], float] = time.time) -> None:
        self._store, self._sync, self._clock = store, sync, clock
        process = f"{socket.gethostname()}:{os.getpid()}"
        with store.transaction() as connection:
            held_by, held_process, until = connection.execute(
                "SELECT lock_owner, lock_process, lock_until FROM sync WHERE id = ?", (sync,)
            ).fetchone()
            if held_by not in (None, owner) and until > clock() and not _is_gone(held_process):
                raise SyncLockedError(
                    f"Another run of this sync is at work ({held_by}). Set max_active_runs=1 on the DAG, or wait for it to end.",
                    retry_after=min(until - clock(), LEASE_SECONDS),
                    docs="run-protocol.md",
                )
            self.token: int = connection.execute(
                "UPDATE sync SET token = token + 1, lock_owner = ?, lock_process = ?, lock_until = ? WHERE id = ? RETURNING "
                "token",
                (owner, process, clock() + LEASE_SECONDS, sync),
            ).fetchone()[0]

    def renew(self, connection: sqlite3.Connection) -> None:
        """Prove inside a transaction that the lock is still ours, and prolong the lease.

        :raises FencedError: when a newer run has taken over
        """
        renewed = connection.execute(
            "UPDATE sync SET lock_until = ? WHERE id = ? AND token = ?",
            (self._clock() + LEASE_SECONDS, self._sync, self.token),
        )
        if renewed.rowcount != 1:
            raise FencedError("A newer try of this sync has taken over; this one stops without writing.", docs="run-protocol.md")

    def keep(self) -> None:
        """Prolong the lease while waiting for answers."""
        with self._store.transaction() as connection:
            self.renew(connection)

    def release(self) -> None:
        """Give the lock back, if it is still ours."""
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE sync SET lock_owner = NULL, lock_process = NULL, lock_until = NULL WHERE id = ? AND token = ?",
                (self._sync, self.token),
            )


def _is_gone(process: str | None) -> bool:
    """Tell whether the process surely lives no more: same host, and no such process id."""
    host, _, pid = (process or "").rpartition(":")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
