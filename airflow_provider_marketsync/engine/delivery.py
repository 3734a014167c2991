# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Bring payloads to the target: mark, send, settle; several requests in flight, one writer of the ledger."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress

from airflow_provider_marketsync.contacts.personal import Personal
from airflow_provider_marketsync.engine.judging import Send, Tell
from airflow_provider_marketsync.engine.outcomes import Outcome, Tally
from airflow_provider_marketsync.engine.ports import Answer, Payload, Target
from airflow_provider_marketsync.engine.pulse import Pulse
from airflow_provider_marketsync.engine.report import changed_names, field_hashes
from airflow_provider_marketsync.engine.scan import Job
from airflow_provider_marketsync.engine.splitting import Delivery, Fate, deliver
from airflow_provider_marketsync.engine.unfinished import Unfinished, refusal
from airflow_provider_marketsync.exceptions import FencedError, MarketSyncError, NoAnswerError
from airflow_provider_marketsync.ledger.decisions import Decisions
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.locks import SyncLock
from airflow_provider_marketsync.ledger.rows import Attention
from airflow_provider_marketsync.ledger.runs import Entry

log = logging.getLogger(__name__)
SILENT_BATCHES = 3
"""So many batches in a row without an answer end the run: the target is down."""
LEASE_CARE_SECONDS = 20.0
NO_ANSWER = "no answer"
UNTRIED = "not tried"
OPT_OUT_UNTOLD = "opt-out not told yet"


class Parcel(Personal, frozen=True):
    """One payload on its way.

    :param job: the record it is of
    :param payload: what is sent
    :param address: keyed hash of the address
    :param send: the judgement, None for a "no" told besides
    """

    job: Job
    payload: Payload
    address: bytes
    send: Send | None = None

    @classmethod
    def of(cls, job: Job, content: Send | Tell) -> Parcel:
        """Wrap a judgement."""
        return cls(job, content.payload, content.address, content if isinstance(content, Send) else None)


class Courier:
    """Deliver parcels in batches.

    :param target: the target
    :param ledger: the sync's ledger
    :param decisions: consent decisions of the target account
    :param lock: the sync's lock
    :param run: number of the run
    :param tally: the run's counts
    :param unfinished: where unfinished records go
    """

    def __init__(
        self,
        target: Target,
        ledger: SyncLedger,
        decisions: Decisions,
        lock: SyncLock,
        run: int,
        tally: Tally,
        unfinished: Unfinished,
    ) -> None:
        self._target, self._ledger, self._decisions, self._lock = target, ledger, decisions, lock
        self._run, self._tally, self._unfinished = run, tally, unfinished
        self._pool = ThreadPoolExecutor(target.capability.in_flight, thread_name_prefix="marketsync-send")
        self._flying: dict[Future[Delivery], list[Parcel]] = {}
        self._open: list[Parcel] = []
        self._busy: set[bytes] = set()
        self._silent = 0
        self._error: MarketSyncError | None = None
        self._pulse = Pulse("delivering")
        self.delivered = self.told = self.untold = 0

    def add(self, parcel: Parcel) -> None:
        """Take a parcel; a full batch leaves at once. Two parcels for one mailbox never travel side by side."""
        if parcel.address in self._busy:
            self.finish()
        self._busy.add(parcel.address)
        self._open.append(parcel)
        if len(self._open) >= self._target.capability.batch_size:
            self._dispatch()

    def finish(self) -> None:
        """Send what is left and wait for every answer."""
        self._dispatch()
        while self._flying:
            self._land()
        self._busy.clear()

    def close(self) -> None:
        """Wait for what is in flight, settle it as far as the lock allows, and end the threads."""
        try:
            while self._flying:
                with suppress(FencedError):
                    self._collect()
        finally:
            self._pool.shutdown(wait=True)

    # --------------------------------------------------------------------------------------- sending

    def _dispatch(self) -> None:
        """Mark the open batch as pending, then hand it to a thread."""
        while len(self._flying) >= self._target.capability.in_flight:
            self._land()
        batch, self._open = self._open, []
        if not batch:
            return
        with self._ledger.transaction() as connection:
            self._lock.renew(connection)
            self._begin(batch)
        self._flying[self._pool.submit(deliver, self._target.send, [parcel.payload for parcel in batch])] = batch

    def _begin(self, batch: Sequence[Parcel]) -> None:
        by_source: dict[tuple[str, str], list[tuple[bytes, int, bytes, int]]] = {}
        for parcel in batch:
            if parcel.send is not None:
                place = (parcel.job.source.path, parcel.job.source.manifest.read_started_at)
                row = (parcel.send.fingerprint, parcel.job.position, parcel.address, parcel.job.known.id)
                by_source.setdefault(place, []).append(row)
        # From here on the target may hold these cards' values, whatever the others of a mailbox delivered.
        self._ledger.records.forget_payloads({parcel.address: parcel.job.known.id for parcel in batch if parcel.send})
        # A "no" told besides: should the answer be lost, its card is judged again.
        self._ledger.marks.mark([parcel.job.known.id for parcel in batch if parcel.send is None])
        for (path, read_at), rows in by_source.items():
            self._ledger.records.begin(self._ledger.syncs.extract(self._ledger.id, path, read_at), rows)

    def _land(self) -> None:
        """Settle what has been answered; raise what must end the run once nothing is in flight any more."""
        self._collect()
        if self._error is not None:
            while self._flying:
                self._collect()
            raise self._error

    def _collect(self) -> None:
        done, _ = wait(self._flying, timeout=LEASE_CARE_SECONDS, return_when=FIRST_COMPLETED)
        if not done:
            self._lock.keep()
        for future in done:
            self._settle(self._flying.pop(future), future.result())

    # -------------------------------------------------------------------------------------- settling

    def _settle(self, batch: list[Parcel], delivery: Delivery) -> None:
        try:
            with self._ledger.transaction() as connection:
                self._lock.renew(connection)
                self._write(batch, delivery)
        except FencedError:
            with self._ledger.transaction():
                self._ledger.records.resend([parcel.job.known.id for parcel in batch])
            raise
        self._busy.difference_update(parcel.address for parcel in batch)
        self._count(batch, delivery)
        self._note_error(delivery.error)

    def _write(self, batch: list[Parcel], delivery: Delivery) -> None:
        """Write the fates of a batch; runs inside a transaction."""
        records, runs = self._ledger.records, self._ledger.runs
        rows = list(zip(batch, delivery.fates, delivery.answers, strict=True))
        accepted = [(parcel, parcel.send) for parcel, fate, _ in rows if fate is Fate.ACCEPTED and parcel.send]
        records.acknowledge([self._acknowledgement(parcel, send) for parcel, send in accepted])
        heard = [
            parcel.address for parcel, fate, _ in rows if fate is Fate.ACCEPTED and (parcel.send is None or parcel.send.opts_out)
        ]
        self._decisions.tell(heard)
        self._ledger.marks.unmark(
            [parcel.job.known.id for parcel, fate, _ in rows if fate is Fate.ACCEPTED and parcel.send is None]
        )
        refused = [(parcel, answer) for parcel, fate, answer in rows if fate is Fate.REFUSED and parcel.send and answer]
        records.refuse([refusal(parcel.job, Outcome.REJECTED, answer.reason) for parcel, answer in refused])
        records.unsend([parcel.job.known.id for parcel, fate, _ in rows if fate is Fate.UNTRIED and _was_quiet(parcel)])
        if accepted:
            self._ledger.syncs.add_known_fields(self._target.account, {name for parcel, _ in accepted for name in parcel.payload})
        runs.write(self._run, [self._entry(parcel, fate, answer) for parcel, fate, answer in rows if fate is not Fate.UNTRIED])

    def _acknowledgement(self, parcel: Parcel, send: Send) -> tuple[bytes, bytes, bytes, float, str, str | None, int, int]:
        outcome = Outcome.CREATED if send.creates else Outcome.UPDATED
        delivered = field_hashes(self._ledger.hashes, send.fields)
        job = parcel.job
        return (
            job.fingerprint,
            send.fingerprint,
            delivered,
            time.time(),
            outcome.value,
            send.why,
            int(send.adopted),
            job.known.id,
        )

    def _entry(self, parcel: Parcel, fate: Fate, answer: Answer | None) -> Entry:
        send, known = parcel.send, parcel.job.known
        action = "opt-out" if send is None else "created" if send.creates else "updated"
        names = changed_names(self._ledger.hashes, known.field_hashes, send.fields) if send else []
        if fate is not Fate.ACCEPTED:
            action = fate.value
        return Entry(known.id, action, ",".join(names), answer.code if answer else None, send.why if send else None)

    def _count(self, batch: list[Parcel], delivery: Delivery) -> None:
        accepted: Counter[tuple[bool, str | None]] = Counter()
        for parcel, fate, answer in zip(batch, delivery.fates, delivery.answers, strict=True):
            if parcel.send is None:
                self._count_told(parcel, fate)
            elif fate is Fate.ACCEPTED:
                accepted[parcel.send.creates, _how(parcel.send)] += 1
            else:
                outcome, reason = _FATES[fate]
                reason = answer.reason if answer and fate is Fate.REFUSED else reason
                self._tally.count(outcome, reason)
                self._unfinished.carry(parcel.job, outcome, reason)
        for (creates, how), number in accepted.items():
            self._tally.count(Outcome.CREATED if creates else Outcome.UPDATED, how, number)
        self.delivered += accepted.total()
        self._pulse.beat(self.delivered)

    def _count_told(self, parcel: Parcel, fate: Fate) -> None:
        self.told += fate is Fate.ACCEPTED
        if fate is not Fate.ACCEPTED:
            self.untold += 1
            self._unfinished.carry(parcel.job, Outcome.POSTPONED, OPT_OUT_UNTOLD)

    def _note_error(self, error: MarketSyncError | None) -> None:
        if error is None:
            self._silent = 0
            return
        self._silent += 1
        if not isinstance(error, NoAnswerError) or self._silent >= SILENT_BATCHES:
            self._error = self._error or error
            return
        log.warning("A batch got no answer; its records stay pending and are sent again by the next try.")


_FATES = {
    Fate.REFUSED: (Outcome.REJECTED, "refused"),
    Fate.UNKNOWN: (Outcome.UNKNOWN, NO_ANSWER),
    Fate.UNTRIED: (Outcome.POSTPONED, UNTRIED),
}


def _how(send: Send) -> str | None:
    """Say what was special about an update."""
    if send.adopted:
        return "found at the target"
    return "opt-out told" if send.opts_out and not send.creates else None


def _was_quiet(parcel: Parcel) -> bool:
    """Tell whether no earlier sending of this record waits for its answer."""
    return parcel.send is not None and not parcel.job.known.attention & Attention.PENDING
