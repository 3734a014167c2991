# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The steps of one run, in their order."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from airflow_provider_marketsync.contacts.definition import CompiledSync
from airflow_provider_marketsync.engine import optouts, preflight
from airflow_provider_marketsync.engine.closing import Closing
from airflow_provider_marketsync.engine.guards import Guard
from airflow_provider_marketsync.engine.inputs import Input, Kind, open_extracts
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.judging import Judge
from airflow_provider_marketsync.engine.learning import Learner, Lesson
from airflow_provider_marketsync.engine.opening import opening_line
from airflow_provider_marketsync.engine.outcomes import Tally
from airflow_provider_marketsync.engine.planning import Holds
from airflow_provider_marketsync.engine.ports import Target
from airflow_provider_marketsync.engine.scan import Scan
from airflow_provider_marketsync.engine.summary import Report
from airflow_provider_marketsync.engine.unfinished import Unfinished
from airflow_provider_marketsync.engine.verification import Verifier
from airflow_provider_marketsync.engine.work import Worker
from airflow_provider_marketsync.exceptions import ExtractError
from airflow_provider_marketsync.extracts.carry_over import CarryOverWriter
from airflow_provider_marketsync.extracts.folder import SyncFolder
from airflow_provider_marketsync.extracts.manifest import read_manifest
from airflow_provider_marketsync.extracts.reader import verify_parts
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.locks import SyncLock
from airflow_provider_marketsync.ledger.syncs import refuse_other_account

if TYPE_CHECKING:
    from airflow_provider_marketsync.engine.upsert import UpsertOptions

log = logging.getLogger(__name__)
LOST = {
    Kind.PENDING: "An extract with unanswered records is gone or damaged; they are sent again after a complete reading, now due.",
    Kind.CARRIED: "The carry-over is gone or damaged; its records are read again by a complete reading, which is due now.",
}


class Run:
    """One run of one sync.

    :param compiled: the compiled definition
    :param target: where to
    :param installation: ledger, extracts folder, limits of the installation
    :param ledger: the sync's ledger
    :param lock: the sync's lock, held
    :param options: what this run is asked to do
    """

    def __init__(
        self,
        compiled: CompiledSync,
        target: Target,
        installation: Installation,
        ledger: SyncLedger,
        lock: SyncLock,
        options: UpsertOptions,
    ) -> None:
        self._compiled, self._target, self._installation = compiled, target, installation
        self._ledger, self._lock, self._options = ledger, lock, options
        self._began = time.time()
        self._lost: list[str] = []
        self._decisions = ledger.decisions(target.account)
        self._folder = SyncFolder(installation.extracts, compiled.sync.id)
        with ledger.transaction() as connection:
            lock.renew(connection)
            self._number = ledger.runs.begin(lock.token, options.owner)

    def execute(self, paths: Sequence[str]) -> dict[str, object]:
        """Do everything and return the summary."""
        sync = self._compiled.sync
        extracts = open_extracts(paths, sync.id, sync.source.name, self._ledger.ledger.uuid)
        log.info("%s", opening_line(self._ledger, self._number, self._installation.ledger, self._target, extracts))
        self._claim_accounts(extracts)
        warnings = preflight.check(self._compiled, self._target, self._ledger, extracts)
        pulled = optouts.pull(self._target, self._ledger, self._decisions, self._lock)
        with self._ledger.transaction():
            self._ledger.marks.mark_untold()

        scan = Scan(self._ledger, self._inputs(extracts), self._compiled.digest, everything=self._options.resend)
        tally = Tally()
        lesson = Learner(self._compiled, self._ledger, self._decisions, self._lock).learn(scan, tally)
        guard = Guard(self._compiled, self._target, self._ledger, self._lock, self._options)
        judge = self._judge(guard, lesson)
        holds = guard.look(scan, judge, lesson)
        report = Report(self._ledger.name, self._number, self._began, pulled, self._lost + warnings + lesson.warnings(), guard)
        if self._options.plan_only:
            return report.planned()
        return self._carry_out(scan, judge, holds, tally, extracts, report, lesson)

    def _carry_out(
        self,
        scan: Scan,
        judge: Judge,
        holds: Holds,
        tally: Tally,
        extracts: Sequence[Input],
        report: Report,
        lesson: Lesson,
    ) -> dict[str, object]:
        """Send, verify, and commit what became of everything."""
        writer = CarryOverWriter(self._folder, self._source_account(extracts) or "", self._ledger.ledger.uuid)
        worker = Worker(judge, holds, self._ledger, self._lock, Unfinished(writer), self._installation.carry_over_retention)
        try:
            if lesson.jobs:
                tally = worker.work(scan, self._number)
            if any(extract.manifest.complete for extract in extracts):
                Verifier(self._target, self._ledger, self._lock, self._began).verify(scan, tally, worker.unfinished)
            tally.check()
            carry_over = worker.unfinished.finish()
        except BaseException:
            worker.unfinished.discard()
            raise
        closing = Closing(self._ledger, self._lock, self._folder, self._compiled, self._installation)
        summary = report.done(tally, worker, self._target.capability.mails_per_create)
        return closing.commit(self._number, extracts, carry_over, summary, report.guard)

    def _judge(self, guard: Guard, lesson: Lesson) -> Judge:
        return Judge(
            self._compiled,
            self._target,
            self._installation,
            self._ledger,
            self._decisions,
            guard.crowd(lesson.newcomers),
            adopts=self._options.adopts,
            everything=self._options.resend,
        )

    def _claim_accounts(self, extracts: Sequence[Input]) -> None:
        """Refuse another account than last time, on either side."""
        row = self._ledger.row
        for extract in extracts:
            refuse_other_account("source", row.source_account, extract.manifest.account)
        with self._ledger.transaction() as connection:
            self._lock.renew(connection)
            self._ledger.syncs.claim_accounts(row, self._source_account(extracts), self._target.account)

    def _source_account(self, extracts: Sequence[Input]) -> str | None:
        return extracts[0].manifest.account if extracts else self._ledger.row.source_account

    def _inputs(self, extracts: list[Input]) -> list[Input]:
        """Return what is read: the extracts, older ones with unanswered records, the carry-over."""
        paths = {extract.path for extract in extracts}
        row = self._ledger.row
        pending = [path for path in self._ledger.marks.pending_extracts() if path not in paths and path != row.carry_over]
        kinds = [*((path, Kind.PENDING) for path in pending), *([(row.carry_over, Kind.CARRIED)] if row.carry_over else [])]
        return [*extracts, *(found for path, kind in kinds if (found := self._reopened(path, kind)) is not None)]

    def _reopened(self, path: str, kind: Kind) -> Input | None:
        """Open a file set of a former run; one that is gone or damaged must not stop every run to come."""
        try:
            manifest = read_manifest(path)
            verify_parts(path, manifest)
        except ExtractError:
            self._lost.append(LOST[kind])
            log.warning(LOST[kind])
            with self._ledger.transaction() as connection:
                self._lock.renew(connection)
                self._ledger.marks.lose_extract(path)
                self._ledger.syncs.make_complete_due(self._ledger.id)
            return None
        return Input(path, manifest, kind)
