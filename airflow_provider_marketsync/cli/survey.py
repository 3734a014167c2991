# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A plan on the screen: what is held and why, what else a run would do, samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from airflow_provider_marketsync.cli.accept import question
from airflow_provider_marketsync.cli.screen import moment, table

if TYPE_CHECKING:
    from airflow_provider_marketsync.ledger.runs import Plan

SAMPLES = 5


def show_held_back(out: Console, sync: str, waiting: Plan) -> None:
    """Say what waits, since when, and what to do."""
    out.print(f"{sync}: {question(waiting)} wait for a person ({waiting.id}, made {moment(waiting.made_at)}).")
    if waiting.accepted_at:
        out.print(f"Accepted by {waiting.accepted_by} on {moment(waiting.accepted_at)}: the next run does it, once.")
    else:
        out.print(f"Not accepted yet. To accept: marketsync accept {sync} {waiting.id}")
    out.print()


def show_survey(out: Console, survey: Mapping[str, Any]) -> None:
    """Show what a run would do, why people would be mailed for the first time, and some of them."""
    for why, number in survey.get("first_mailings", {}).items():
        out.print(f"These {number:,} would be mailed for the first time, because the definition says  {why}")
    out.print()
    if "outcomes" in survey:
        out.print(outcomes(survey))
        out.print()
    rows = [
        (action, sample["id"], ", ".join(sample["fields"]))
        for action, samples in survey.get("samples", {}).items()
        for sample in samples[:SAMPLES]
    ]
    if rows:
        out.print(table(("would be", "for example", "fields"), rows))
        out.print("`marketsync why <key>` shows the short id of a record, and what is known of it.")
        out.print()


def outcomes(summary: Mapping[str, Any]) -> Table:
    """Draw the outcomes that occurred, with their reasons."""
    rows = [
        (outcome, number, _reasons(summary.get("reasons", {}).get(outcome, {}), number))
        for outcome, number in summary["outcomes"].items()
        if number
    ]
    return table(("outcome", "records", "because"), rows)


def _reasons(reasons: Mapping[str, int], number: int) -> str:
    if list(reasons.values()) == [number]:
        return next(iter(reasons))
    return ", ".join(f"{reason} ({count:,})" for reason, count in sorted(reasons.items(), key=lambda one: -one[1]))
