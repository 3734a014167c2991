# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What stops a run from doing too much at once: the first run before a populated target, and too many new people."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from airflow_provider_marketsync.contacts.definition import CompiledSync
from airflow_provider_marketsync.engine.judging import Judge
from airflow_provider_marketsync.engine.learning import Lesson
from airflow_provider_marketsync.engine.planning import APPROVAL, CREATES, FIRST_RUN, Holds, Survey, Surveyor, accepted_plan
from airflow_provider_marketsync.engine.ports import Target
from airflow_provider_marketsync.engine.presence import FEW, Crowd, SingleReads, Walk
from airflow_provider_marketsync.engine.scan import Scan
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.locks import SyncLock

if TYPE_CHECKING:
    from airflow_provider_marketsync.engine.upsert import UpsertOptions

log = logging.getLogger(__name__)


class Guard:
    """Look at everything a run would do before it does anything.

    :param compiled: the compiled definition
    :param target: the target
    :param ledger: the sync's ledger
    :param lock: the sync's lock
    :param options: what the run is asked to do
    """

    def __init__(
        self, compiled: CompiledSync, target: Target, ledger: SyncLedger, lock: SyncLock, options: UpsertOptions
    ) -> None:
        self._compiled, self._target, self._ledger, self._lock, self._options = compiled, target, ledger, lock, options
        self.account, self.vendor = target.account, target.vendor
        self._first = not ledger.syncs.has_met(target.account)
        self._people = 0
        self.meets = options.adopts
        """Whether this run takes the target account up, so that the next is a first run no more."""
        self.accepted = accepted_plan(ledger, options.apply_plan, compiled, target.account)
        self.plan_id: str | None = None
        self.survey: Survey | None = None

    def crowd(self, newcomers: int) -> Crowd:
        """Return who stands at the target: a walk over everybody for many newcomers or a first run, else single reads."""
        if self._target.capability.bulk_read and newcomers and (self._first or newcomers > FEW):
            walk = Walk(self._ledger.ledger, self._target, self._lock)
            self._people = walk.people
            if self._first and not walk.people and not self._options.plan_only:
                self._meet()
            return walk
        return SingleReads(self._target)

    def _meet(self) -> None:
        """Take an empty account up before anybody is sent: should this run die, those it created must not stop the next."""
        with self._ledger.transaction() as connection:
            self._lock.renew(connection)
            self._ledger.syncs.meet(self.account)

    def look(self, scan: Scan, judge: Judge, lesson: Lesson) -> Holds:
        """Judge everything without sending where a guard may fire or a plan was asked for.

        :return: what has to wait
        """
        free = Holds(self._ledger)
        blocked = self._first and self._people > 0
        fires = blocked or lesson.newcomers > self._compiled.sync.limits.max_creates
        if self._options.opt_outs_only and not blocked:
            return Holds(self._ledger, APPROVAL)
        if self._options.adopts or not (fires or self._options.plan_only):
            return free
        kind = FIRST_RUN if blocked else CREATES
        accepted = self.accepted.id if self.accepted else None
        surveyor = Surveyor(judge, self._ledger, accepted)
        self.survey = surveyor.survey(scan, kind)
        if blocked:
            self._explain_first_run()
            return Holds(self._ledger, kind)
        if self.survey.creates <= self._compiled.sync.limits.max_creates:
            surveyor.drop()
            return free
        self.plan_id = surveyor.store(self._compiled, self._target.account, self.survey)
        self._explain_plan()
        return Holds(self._ledger, kind, accepted)

    def _explain_first_run(self) -> None:
        log.warning(
            "This ledger is new, and %s holds %s people already: nobody is created or changed until you run once with "
            'first_run="adopt", '
            "which links to them and overwrites nothing (docs/plans.md).",
            self._target.vendor,
            f"{self._people:,}",
        )

    def _explain_plan(self) -> None:
        assert self.survey is not None  # noqa: S101  set by the caller
        log.warning(
            "%s new people are held: more than limits.max_creates (%s). Everything else goes on. "
            "Look at it with `marketsync plan %s`, then `marketsync accept %s`; the next run creates them.",
            f"{self.survey.creates:,}",
            self._compiled.sync.limits.max_creates,
            self._ledger.name,
            self._ledger.name,
        )
