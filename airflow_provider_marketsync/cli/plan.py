# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``marketsync plan``: what waits for a person, or what a run would do now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from airflow_provider_marketsync.cli.memory import ledger_option, open_known, open_ledger
from airflow_provider_marketsync.cli.survey import show_held_back, show_survey
from airflow_provider_marketsync.exceptions import PlanError

if TYPE_CHECKING:
    from airflow_provider_marketsync.ledger.ledger import SyncLedger


@click.command()
@click.argument("sync")
@click.option("--now", is_flag=True, help="Read the source now and judge it, without sending anything.")
@ledger_option
def plan(sync: str, now: bool, ledger: str | None) -> None:
    """Show what SYNC holds back until a person accepts it.

    SYNC is a sync's id or the path of its definition. Records are shown by their short ids, fields by their names.
    """
    if now:
        _judge_now(sync, ledger)
        return
    with open_ledger(ledger) as opened:
        _show(open_known(opened, sync))


def _show(known: SyncLedger) -> None:
    import json

    from airflow_provider_marketsync.cli.screen import console
    from airflow_provider_marketsync.ledger.queries import Queries

    out, plans = console(), known.runs.plans()
    for waiting in plans:
        show_held_back(out, known.name, waiting)
        show_survey(out, json.loads(waiting.survey))
    if not plans:
        out.print(f"No plan of {known.name} waits.")
        _tell_last_run(known, Queries(known.ledger.connection))


def _tell_last_run(known: SyncLedger, queries: Any) -> None:
    from airflow_provider_marketsync.cli.screen import console, moment
    from airflow_provider_marketsync.cli.survey import outcomes

    last = queries.last_run(known.id)
    if last is None:
        return
    out = console()
    out.print(f"Its last run ended {moment(last.ended_at)}:")
    out.print(outcomes(last.summary))
    if last.summary.get("held", {}).get("first_run"):
        out.print(
            "People are held because the target held people before this ledger began. Run once with "
            'first_run="adopt": it links to them and overwrites nothing (docs/plans.md).'
        )


def _judge_now(sync: str, ledger: str | None) -> None:
    from airflow_provider_marketsync.cli.now import judge_now
    from airflow_provider_marketsync.cli.screen import console

    judged = judge_now(sync, ledger)
    out = console()
    out.print(f"Read {judged.read:,} records of {judged.sync}, and sent nothing. A run would do this:")
    show_survey(out, judged.summary)
    if not judged.summary.get("plan"):
        out.print("Nothing would be held back.")
        return
    with open_ledger(judged.ledger) as opened:
        made = open_known(opened, judged.sync).runs.plan(str(judged.summary["plan"]))
        if made is None:
            raise PlanError("The plan was replaced by another run meanwhile. Look again with `marketsync plan`.")
        show_held_back(out, judged.sync, made)
