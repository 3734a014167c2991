# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Guards and plans: what is held until a person accepts it, and what a run would do."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timezone

import msgspec

from airflow_provider_marketsync.contacts.definition import CompiledSync
from airflow_provider_marketsync.engine.judging import Adopt, Final, Judge, Send, Still
from airflow_provider_marketsync.engine.outcomes import Outcome, Tally
from airflow_provider_marketsync.engine.report import changed_names
from airflow_provider_marketsync.engine.scan import Job, Scan
from airflow_provider_marketsync.exceptions import PlanError
from airflow_provider_marketsync.ledger.decisions import utc_now
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.rows import Attention
from airflow_provider_marketsync.ledger.runs import Plan

CREATES = "creates"
FIRST_RUN = "first_run"
APPROVAL = "approval"
SAMPLES = 20
AS_OPTED_OUT, CAN_BE_MAILED = "as opted out", "can be mailed"
HELD = {
    CREATES: "held: more new people than limits.max_creates",
    FIRST_RUN: 'held: empty ledger before a populated target (first_run="adopt")',
    APPROVAL: "held: waits for approval",
}


@dataclass(slots=True)
class Holds:
    """Which sendings wait for a person.

    :param ledger: the sync's ledger
    :param kind: the guard that has fired, None if none has
    :param accepted: id of the accepted plan, whose people may go
    """

    ledger: SyncLedger
    kind: str | None = None
    accepted: str | None = None

    def holds(self, job: Job, send: Send) -> bool:
        """Tell whether a sending has to wait."""
        if self.kind is None or not is_guarded(self.kind, job, send):
            return False
        return self.accepted is None or not self.ledger.runs.is_planned(self.accepted, self.kind, job.known.id)


def is_guarded(kind: str, job: Job, send: Send) -> bool:
    """Tell whether a guard speaks of this sending; one that was sent without an answer has passed it before."""
    if job.known.attention & Attention.PENDING:
        return False
    if kind == APPROVAL:
        return send.creates or not send.opts_out
    return send.creates or send.adopted if kind == FIRST_RUN else send.creates and send.mailable


@dataclass(slots=True)
class Survey:
    """What a run would do, found by judging everything without sending.

    :param tally: the outcomes as they would be
    :param creates: how many would become mailable, beyond the accepted plan
    :param whys: for them, the lines of the definition that allow it
    :param actions: samples for people to read: outcome to [(short id, changed field names)]
    """

    tally: Tally = field(default_factory=Tally)
    creates: int = 0
    whys: Counter[str] = field(default_factory=Counter)
    actions: dict[str, list[tuple[str, list[str]]]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Return the survey as plain JSON: short ids and field names, nothing personal."""
        return {
            **self.tally.to_dict(),
            "first_mailings": dict(self.whys),
            "samples": {
                action: [{"id": short, "fields": names} for short, names in rows] for action, rows in self.actions.items()
            },
        }


class Surveyor:
    """Judge everything a run would touch, and keep who would be held.

    :param judge: the judge
    :param ledger: the sync's ledger
    :param accepted: id of the accepted plan, if any
    """

    def __init__(self, judge: Judge, ledger: SyncLedger, accepted: str | None) -> None:
        self._judge, self._ledger, self._accepted = judge, ledger, accepted
        self.plan_id = f"plan-{datetime.now(timezone.utc):%Y%m%d}-{secrets.token_hex(3)}"

    def survey(self, scan: Scan, kind: str) -> Survey:
        """Look at everything; people a guard of this kind would hold are put into the plan to be."""
        survey = Survey()
        for block in scan:
            survey.tally.read += block.read
            for (outcome, reason), number in block.settled.items():
                survey.tally.count(outcome, reason, number)
            judged = self._judge.judge(block.jobs)
            held = [case.job.known.id for case in judged if self._note(survey, case.judgement, case.job, kind)]
            if held and kind == CREATES:
                with self._ledger.transaction():
                    self._ledger.runs.hold(self.plan_id, kind, held)
        return survey

    def _note(self, survey: Survey, judgement: Final | Still | Adopt | Send, job: Job, kind: str) -> bool:
        """Count one judgement and tell whether the guard speaks of it."""
        if isinstance(judgement, Send):
            return self._note_send(survey, judgement, job, kind)
        reason = "adopted" if isinstance(judgement, Adopt) else judgement.reason
        outcome = Outcome.UNCHANGED if isinstance(judgement, Adopt) else judgement.outcome
        survey.tally.count(outcome, reason)
        return False

    def _note_send(self, survey: Survey, send: Send, job: Job, kind: str) -> bool:
        outcome = Outcome.CREATED if send.creates else Outcome.UPDATED
        survey.tally.count(outcome, (CAN_BE_MAILED if send.mailable else AS_OPTED_OUT) if send.creates else None)
        samples = survey.actions.setdefault(outcome.value, [])
        if len(samples) < SAMPLES:
            samples.append((job.known.short, changed_names(self._ledger.hashes, job.known.field_hashes, send.fields)))
        if not is_guarded(kind, job, send):
            return False
        planned = self._accepted is not None and self._ledger.runs.is_planned(self._accepted, kind, job.known.id)
        if not planned:
            survey.creates += 1
        if send.mailable and send.why:
            survey.whys[send.why] += 1
        return not planned

    def drop(self) -> None:
        """Forget who would have been held: there was no need to."""
        with self._ledger.transaction():
            self._ledger.runs.drop_plan(self.plan_id)

    def store(self, compiled: CompiledSync, account: str, survey: Survey) -> str:
        """Keep the plan for a person to accept.

        :return: its id
        """
        held, seen = (msgspec.json.encode(content).decode() for content in ({CREATES: survey.creates}, survey.to_dict()))
        plan = Plan(self.plan_id, self._ledger.id, utc_now(), compiled.digest, account, held, seen, None, None, None)
        with self._ledger.transaction():
            self._ledger.runs.make_plan(plan)
        return self.plan_id


def accepted_plan(ledger: SyncLedger, named: str | None, compiled: CompiledSync, account: str) -> Plan | None:
    """Return the plan this run applies: the one named, else one accepted by the command and not yet used.

    :raises PlanError: when the named plan does not exist, was used, or belongs to another definition or account
    """
    if named is None:
        fitting = (plan for plan in ledger.runs.plans() if plan.accepted_at and _misfit(plan, compiled, account) is None)
        return next(fitting, None)
    plan = ledger.runs.plan(named)
    if plan is None:
        raise PlanError(f"There is no plan {named!r} in this ledger. `marketsync plan <sync>` lists what waits.", docs="plans.md")
    misfit = "it was applied already" if plan.applied_at else _misfit(plan, compiled, account)
    if misfit:
        raise PlanError(
            f"The plan {named!r} can not be applied: {misfit}. Run once more and accept the new plan.", docs="plans.md"
        )
    return plan


def _misfit(plan: Plan, compiled: CompiledSync, account: str) -> str | None:
    if plan.digest != compiled.digest:
        return "the definition has changed since"
    if plan.account != account:
        return "it was made for another target account"
    return None
