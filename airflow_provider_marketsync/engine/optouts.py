# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Pull the target's opt-outs before anything is pushed (rule 3)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import islice

from airflow_provider_marketsync.engine.ports import Target
from airflow_provider_marketsync.ledger.decisions import Decisions
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.locks import SyncLock

CHUNK = 500


@dataclass(slots=True)
class Pulled:
    """What a pull came to.

    :param told: how many lines the feed had
    :param new: how many of them changed what holds for somebody
    :param rebaselined: whether the whole opted-out base was walked
    """

    told: int = 0
    new: int = 0
    rebaselined: bool = False


def pull(target: Target, ledger: SyncLedger, decisions: Decisions, lock: SyncLock) -> Pulled:
    """Store what the target's feed tells, and only then move its cursor.

    Any failure is raised: nothing may be written after a pull that did not end.
    """
    pulled = Pulled()
    feed = target.pull_opt_outs(ledger.syncs.feed_cursor(target.account))
    lines = iter(feed)
    while chunk := list(islice(lines, CHUNK)):
        with ledger.transaction() as connection:
            lock.renew(connection)
            for line in chunk:
                address = ledger.hashes.address(line.address)
                if decisions.decide(address, line.decided, line.at, f"target:{line.origin}"):
                    pulled.new += 1
                    ledger.records.rejudge([address])
        pulled.told += len(chunk)
    pulled.rebaselined = feed.rebaselined
    with ledger.transaction() as connection:
        lock.renew(connection)
        ledger.syncs.move_feed_cursor(target.account, feed.cursor, time.time())
    return pulled
