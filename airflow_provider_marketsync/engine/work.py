# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Second pass of a run: judge each record that needs work, and carry the judgement out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from airflow_provider_marketsync.engine.delivery import Courier, Parcel
from airflow_provider_marketsync.engine.judging import (
    DUPLICATE,
    FIELD_NOT_READ,
    OVERTAKEN,
    SHARED,
    Adopt,
    Final,
    Judge,
    Judged,
    Send,
    Still,
    Tell,
)
from airflow_provider_marketsync.engine.listing import Listing
from airflow_provider_marketsync.engine.marks import settle_unread_marks
from airflow_provider_marketsync.engine.outcomes import Outcome, Tally
from airflow_provider_marketsync.engine.planning import HELD, Holds
from airflow_provider_marketsync.engine.scan import Job, Scan
from airflow_provider_marketsync.engine.unfinished import Unfinished, refusal
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.locks import SyncLock

ADOPTED = "adopted"
COLLISIONS = 50
"""So many short ids of cards that lost their mailbox to another one are named in the summary."""


class Worker:
    """Carry out judgements.

    :param judge: judges
    :param holds: what has to wait for a person
    :param ledger: the sync's ledger
    :param lock: the sync's lock
    :param unfinished: where unfinished records go
    :param retention: how long the values of an unfinished record are kept
    """

    def __init__(
        self,
        judge: Judge,
        holds: Holds,
        ledger: SyncLedger,
        lock: SyncLock,
        unfinished: Unfinished,
        retention: timedelta,
    ) -> None:
        self._judge, self._holds, self._ledger, self._lock = judge, holds, ledger, lock
        self.unfinished = unfinished
        self._oldest = (datetime.now(timezone.utc) - retention).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self._tally = Tally()
        self.held: Counter[str] = Counter()
        self.misses = Listing()
        self.first_mailings: Counter[str] = Counter()
        self.collisions: list[str] = []
        self.told = self.untold = self.needs_reading = 0

    def work(self, scan: Scan, run: int) -> Tally:
        """Judge and deliver everything that needs it.

        :return: the outcomes of every record read
        """
        judge = self._judge
        courier = Courier(judge.target, self._ledger, judge.decisions, self._lock, run, self._tally, self.unfinished)
        try:
            for block in scan:
                self._tally.read += block.read
                for (outcome, reason), number in block.settled.items():
                    self._tally.count(outcome, reason, number)
                if block.jobs:
                    self._block(courier, list(judge.judge(block.jobs)))
            courier.finish()
        finally:
            courier.close()
        self.told, self.untold = courier.told, courier.untold
        self.needs_reading += settle_unread_marks(self._ledger, judge.decisions, self._lock, scan)
        return self._tally

    def _block(self, courier: Courier, cases: Sequence[Judged]) -> None:
        """End what needs no sending in one transaction, then let the rest travel."""
        parcels = [parcel for case in cases for parcel in self._parcels(case)]
        with self._ledger.transaction() as connection:
            self._lock.renew(connection)
            for case in cases:
                self._end(case)
        for parcel in parcels:
            courier.add(parcel)

    def _parcels(self, case: Judged) -> list[Parcel]:
        self.misses.add(case.misses)
        if isinstance(case.judgement, Send) and self._holds.holds(case.job, case.judgement):
            return [Parcel.of(case.job, tell) for tell in (*self._held_no(case.judgement), *case.tells)]
        parcels = [Parcel.of(case.job, tell) for tell in case.tells]
        if isinstance(case.judgement, Send):
            parcels.insert(0, Parcel.of(case.job, case.judgement))
            if case.judgement.mailable and case.judgement.why:
                self.first_mailings[case.judgement.why] += 1
        return parcels

    def _held_no(self, send: Send) -> list[Tell]:
        """A "no" of the source is never held: it goes without the rest to somebody who stands at the target."""
        if not send.adopted or not send.opts_out:
            return []
        target = self._judge.target
        literal = send.payload[target.capability.address_field]
        return [Tell(target.payload(literal, {}, unsubscribed=True), send.address)]

    def _end(self, case: Judged) -> None:
        """Write and count a judgement that sends nothing."""
        job, judgement = case.job, case.judgement
        if isinstance(judgement, Send):
            if self._holds.holds(job, judgement):
                self._postpone(job, HELD[self._holds.kind or ""])
                self.held[self._holds.kind or ""] += 1
        elif isinstance(judgement, Adopt):
            self._ledger.records.adopt([(job.fingerprint, judgement.address, job.known.id)])
            self._tally.count(Outcome.UNCHANGED, ADOPTED)
        elif isinstance(judgement, Still):
            self._tally.count(judgement.outcome, judgement.reason)
            self._carry(job, judgement.outcome, judgement.reason)
        else:
            self._finish(job, judgement)

    def _finish(self, job: Job, final: Final) -> None:
        reason = final.reason or ""
        if reason in (DUPLICATE, SHARED) and len(self.collisions) < COLLISIONS:
            self.collisions.append(job.known.short)
        if final.outcome is Outcome.POSTPONED:
            self.needs_reading += reason in (OVERTAKEN, FIELD_NOT_READ)
            self._postpone(job, reason)
            return
        self._tally.count(final.outcome, final.reason)
        if final.outcome is Outcome.INVALID:
            self._ledger.records.refuse([refusal(job, final.outcome, reason)])
            self._carry(job, final.outcome, reason)
        else:
            self._ledger.records.settle([(job.fingerprint, final.outcome.value, final.reason, job.known.id)])

    def _postpone(self, job: Job, reason: str) -> None:
        self._ledger.records.postpone([(reason, job.known.id)])
        self._tally.count(Outcome.POSTPONED, reason)
        self._carry(job, Outcome.POSTPONED, reason)

    def _carry(self, job: Job, outcome: Outcome, reason: str) -> None:
        """Keep the record, unless its values have been kept long enough: then it is read again."""
        if job.read_at < self._oldest:
            self.needs_reading += 1
            return
        self.unfinished.carry(job, outcome, reason)
