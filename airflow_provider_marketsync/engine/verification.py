# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""After a complete reading: is everybody the target acknowledged really there?

A target that answers a whole batch with one "OK" may have dropped a row in it without a word.
"""

from __future__ import annotations

import logging
import time

from airflow_provider_marketsync.engine.outcomes import Outcome, Tally
from airflow_provider_marketsync.engine.ports import Target
from airflow_provider_marketsync.engine.presence import Walk
from airflow_provider_marketsync.engine.scan import Scan
from airflow_provider_marketsync.engine.unfinished import Unfinished, not_before
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.locks import SyncLock

log = logging.getLogger(__name__)
NOT_STORED = "acknowledged, but not stored"


class Verifier:
    """Walk the target and disown acknowledgements it did not keep.

    :param target: the target
    :param ledger: the sync's ledger
    :param lock: the sync's lock
    :param began: when the run began, in seconds since the epoch
    """

    def __init__(self, target: Target, ledger: SyncLedger, lock: SyncLock, began: float) -> None:
        self._target, self._ledger, self._lock, self._began = target, ledger, lock, began

    def verify(self, scan: Scan, tally: Tally, unfinished: Unfinished) -> int:
        """Look everybody up who was acknowledged and never seen since.

        :param scan: everything the run reads, to keep the records of those that are missing
        :return: how many were acknowledged and are not there
        """
        missing = self._missing()
        if missing:
            self._wait(max(acknowledged for _, _, acknowledged in missing.values()))
            missing = self._missing()
        if missing:
            self._disown(missing, scan, tally, unfinished)
        return len(missing)

    def _missing(self) -> dict[int, tuple[int, str, float]]:
        if not self._ledger.marks.has_unverified():
            return {}
        Walk(self._ledger.ledger, self._target, self._lock)
        with self._ledger.transaction() as connection:
            self._lock.renew(connection)
            self._ledger.marks.verify_present()
        return {row[0]: row for row in self._ledger.marks.unverified(self._began)}

    def _wait(self, last_acknowledged: float) -> None:
        """Give the target the time it may take until an acknowledged write can be read."""
        # A clock that has stepped back since would have us wait until it is there again.
        until = min(last_acknowledged, time.time()) + self._target.capability.settles_within
        while (rest := until - time.time()) > 0:
            log.info("Waiting %.0f s until what was acknowledged must be readable.", rest)
            time.sleep(min(rest, 20))
            self._lock.keep()

    def _disown(self, missing: dict[int, tuple[int, str, float]], scan: Scan, tally: Tally, unfinished: Unfinished) -> None:
        with self._ledger.transaction() as connection:
            self._lock.renew(connection)
            self._ledger.marks.disown([(NOT_STORED, not_before(0), record) for record in missing])
        for block in scan:
            for job in block.jobs:
                if job.known.id in missing:
                    unfinished.carry(job, Outcome.REJECTED, NOT_STORED)
                    tally.change(Outcome(missing[job.known.id][1]), Outcome.REJECTED, NOT_STORED)
