# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The lock of a sync and its fencing token, over two connections to one file."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from airflow_provider_marketsync.exceptions import FencedError, RetryableError, SyncLockedError
from airflow_provider_marketsync.ledger.locks import LEASE_SECONDS, SyncLock
from airflow_provider_marketsync.ledger.store import Store
from airflow_provider_marketsync.ledger.syncs import Syncs


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    first, second = Store(tmp_path / "ledger.db"), Store(tmp_path / "ledger.db")
    with first.transaction():
        Syncs(first.connection).ensure("shop")
    yield first, second
    first.close()
    second.close()


def set_process(store: Store, process: str) -> None:
    with store.transaction() as connection:
        connection.execute("UPDATE sync SET lock_process = ?", (process,))


def test_another_owner_is_refused_until_the_lease_ends(stores: tuple[Store, Store]) -> None:
    clock = Clock()
    SyncLock(stores[0], 1, "first", clock)
    with pytest.raises(SyncLockedError, match="max_active_runs=1") as refused:
        SyncLock(stores[1], 1, "second", clock)
    assert refused.value.retry_after == LEASE_SECONDS
    assert isinstance(refused.value, RetryableError)
    clock.now += LEASE_SECONDS + 1
    SyncLock(stores[1], 1, "second", clock)


def test_a_new_try_of_the_same_owner_takes_over_and_the_old_one_is_fenced(stores: tuple[Store, Store]) -> None:
    first = SyncLock(stores[0], 1, "same")
    second = SyncLock(stores[1], 1, "same")
    assert second.token == first.token + 1
    with pytest.raises(FencedError, match="newer try"):
        first.keep()
    second.keep()


def test_a_fenced_transaction_writes_nothing(stores: tuple[Store, Store]) -> None:
    first = SyncLock(stores[0], 1, "same")
    SyncLock(stores[1], 1, "same")
    with pytest.raises(FencedError), stores[0].transaction() as connection:
        connection.execute("UPDATE sync SET cursor = 'written'")
        first.renew(connection)
    assert stores[1].connection.execute("SELECT cursor FROM sync").fetchone() == (None,)


def test_a_release_by_somebody_fenced_leaves_the_lock_alone(stores: tuple[Store, Store]) -> None:
    first = SyncLock(stores[0], 1, "same")
    SyncLock(stores[1], 1, "same")
    first.release()
    with pytest.raises(SyncLockedError):
        SyncLock(stores[0], 1, "other")


def test_a_released_lock_is_free(stores: tuple[Store, Store]) -> None:
    first = SyncLock(stores[0], 1, "first")
    first.release()
    assert SyncLock(stores[1], 1, "second").token > first.token


def test_a_lock_whose_process_is_gone_is_taken_over_at_once(stores: tuple[Store, Store]) -> None:
    first = SyncLock(stores[0], 1, "first")
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    set_process(stores[0], f"{socket.gethostname()}:{pid}")
    assert SyncLock(stores[1], 1, "second").token > first.token


def test_a_process_on_another_host_may_live(stores: tuple[Store, Store]) -> None:
    SyncLock(stores[0], 1, "first")
    set_process(stores[0], "elsewhere:1")
    with pytest.raises(SyncLockedError):
        SyncLock(stores[1], 1, "second")


def test_renewing_prolongs_the_lease(stores: tuple[Store, Store]) -> None:
    clock = Clock()
    lock = SyncLock(stores[0], 1, "first", clock)
    clock.now += LEASE_SECONDS - 1
    lock.keep()
    clock.now += LEASE_SECONDS - 1
    with pytest.raises(SyncLockedError):
        SyncLock(stores[1], 1, "second", clock)
