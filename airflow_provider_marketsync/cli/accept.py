# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``marketsync accept``: a person says yes to what a run held back."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from airflow_provider_marketsync.cli.memory import ledger_option, open_known, open_ledger
from airflow_provider_marketsync.exceptions import PlanError

if TYPE_CHECKING:
    from airflow_provider_marketsync.ledger.ledger import SyncLedger
    from airflow_provider_marketsync.ledger.runs import Plan


@click.command()
@click.argument("sync")
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@ledger_option
def accept(sync: str, plan_id: str | None, yes: bool, ledger: str | None) -> None:
    """Accept what the last run of SYNC held back; the next run does it.

    SYNC is a sync's id or the path of its definition. PLAN is needed only to make sure that it is the one you looked at.
    """
    with open_ledger(ledger) as opened:
        known = open_known(opened, sync)
        waiting = _waiting(known, plan_id)
        if waiting.accepted_at:
            click.echo(f"{waiting.id} was accepted by {waiting.accepted_by} before; the next run does it.")
            return
        if not yes:
            click.confirm(f"Accept {question(waiting)}?", abort=True)
        with opened.transaction():
            known.runs.accept(waiting.id, by=person())
        click.echo(f"Accepted {question(waiting)} ({waiting.id}). The next run of {known.name} does it, once.")


def _waiting(known: SyncLedger, plan_id: str | None) -> Plan:
    plans = known.runs.plans()
    found = next((one for one in plans if plan_id in (None, one.id)), None)
    if found is not None:
        return found
    if plan_id and plans:
        raise PlanError(f"No plan {plan_id!r} of {known.name} waits; {plans[0].id} does. Look at it with `marketsync plan`.")
    raise PlanError(f"No plan of {known.name} waits. A run makes one when it holds something back.", docs="plans.md")


def question(waiting: Plan) -> str:
    """Say what a plan holds, as ``952 new people``."""
    words = {"creates": "new people"}
    return ", ".join(f"{number:,} {words.get(kind, kind)}" for kind, number in waiting.counts.items())


def person() -> str:
    """Return who accepts, for the ledger: the operating system's user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "unknown user"
