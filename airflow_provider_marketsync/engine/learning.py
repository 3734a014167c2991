# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""First pass of a run: learn what the cards say before anybody is judged by it.

Nothing may be sent while another card of the same mailbox is still unread: its "no" would come too late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from airflow_provider_marketsync.contacts.consent import Decided, Stated
from airflow_provider_marketsync.contacts.definition import CompiledSync
from airflow_provider_marketsync.engine.listing import Listing
from airflow_provider_marketsync.engine.outcomes import Tally
from airflow_provider_marketsync.engine.pulse import Pulse
from airflow_provider_marketsync.engine.scan import Job, Scan
from airflow_provider_marketsync.ledger.decisions import SOURCE, Decisions
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.locks import SyncLock
from airflow_provider_marketsync.ledger.rows import UNREAD, Facts


@dataclass(slots=True)
class Lesson:
    """What the first pass came to.

    :param jobs: how many records need work
    :param newcomers: how many of them have an address and were never delivered: the most that could be created
    :param unlisted: words of consent that stand in no list of the definition, with their number (long ones are masked)
    """

    jobs: int = 0
    newcomers: int = 0
    unlisted: Listing = field(default_factory=Listing)

    def warnings(self) -> list[str]:
        """Say what a person should look at."""
        unlisted = self.unlisted.to_dict()
        if not unlisted:
            return []
        words = ", ".join(f"{word} ({number})" for word, number in unlisted.items())
        return [f"Consent to look at (a word in no list counts as unknown, a date to come as no date): {words}."]


class Learner:
    """Write what the cards say into the ledger.

    :param compiled: the sync's compiled definition
    :param ledger: the sync's ledger
    :param decisions: the consent decisions of the target account
    :param lock: the sync's lock
    """

    def __init__(self, compiled: CompiledSync, ledger: SyncLedger, decisions: Decisions, lock: SyncLock) -> None:
        self._compiled, self._ledger, self._decisions, self._lock = compiled, ledger, decisions, lock

    def learn(self, scan: Scan, tally: Tally) -> Lesson:
        """Read everything once.

        :param tally: filled with the records that need no work
        """
        lesson, pulse = Lesson(), Pulse("reading what the cards say")
        for piece in scan.pieces():
            with self._ledger.transaction() as connection:
                self._lock.renew(connection)
                block = scan.sort(piece)
                self._learn_block(block.jobs, lesson)
            for (outcome, reason), number in block.settled.items():
                tally.count(outcome, reason, number)
            tally.read += block.read
            lesson.jobs += len(block.jobs)
            pulse.beat(tally.read)
        return lesson

    def _learn_block(self, jobs: Sequence[Job], lesson: Lesson) -> None:
        """Learn some cards; the transaction is the caller's."""
        fresh = [job for job in jobs if job.fingerprint != job.known.source_fp and not job.is_overtaken]
        notes, records = _Notes(), self._ledger.records
        for job in fresh:
            self._learn(job, lesson, notes)
        records.rejudge(notes.changed, besides={record for *_, record in notes.facts})
        records.add(notes.strangers)
        records.learn(notes.facts)
        records.move(notes.left, notes.joined)

    def _learn(self, job: Job, lesson: Lesson, notes: _Notes) -> None:
        known, record = job.known, job.record
        hashes = [self._ledger.hashes.address(address) for address in self._compiled.addresses(record).valid]
        statement = self._compiled.statement(record)
        lesson.unlisted.add(statement.unlisted)
        says_no = statement.stated is Stated.WITHDRAWN
        if says_no:
            self._withdraw(known.id, hashes, statement.on, notes)
        if job.lacks(self._compiled.fields):  # what was not read is not learned: a missing field would pass for an empty one
            if job.is_stranger:
                notes.strangers.append((known.id, known.key, known.short, None, UNREAD))
            return
        main = hashes[0] if hashes else None
        facts = Facts(record.changed, main, statement.stated.value, statement.on, self._compiled.matches(record))
        if main is not None and known.delivered_address is None and (facts.in_scope or says_no):
            lesson.newcomers += 1
        if job.is_stranger:
            notes.strangers.append((known.id, known.key, known.short, job.read_at, facts))
        else:
            notes.facts.append((job.read_at, facts, known.id))
        self._regroup(job, facts, set(hashes), notes)

    def _regroup(self, job: Job, facts: Facts, stands: set[bytes], notes: _Notes) -> None:
        """Keep the groups of mailboxes, and have the others of a changed group judged again."""
        known = job.known
        stood = self._ledger.records.addresses(known.id) if known.read_at is not None else set()
        was = Facts(known.changed, known.address, known.stated or "", known.stated_on, bool(known.in_scope))
        notes.left += [(address, known.id) for address in stood - stands]
        notes.joined += [(address, known.id) for address in stands - stood]
        if stands != stood or was != facts:
            notes.changed |= stood | stands

    def _withdraw(self, record: int, hashes: list[bytes], on: str | None, notes: _Notes) -> None:
        """A "no" once read is a decision, also on a card that was never delivered."""
        for address in hashes:
            if self._decisions.decide(address, Decided.OPTED_OUT, on, SOURCE, record=record):
                notes.changed.add(address)


@dataclass(slots=True)
class _Notes:
    """What a block of cards teaches, gathered so that it is written at once: (address, id) and facts by id."""

    strangers: list[tuple[int, str, str, str | None, Facts]] = field(default_factory=list)
    facts: list[tuple[str, Facts, int]] = field(default_factory=list)
    left: list[tuple[bytes, int]] = field(default_factory=list)
    joined: list[tuple[bytes, int]] = field(default_factory=list)
    changed: set[bytes] = field(default_factory=set)
