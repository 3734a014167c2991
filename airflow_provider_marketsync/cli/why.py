# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``marketsync why``: what is known of one record, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from airflow_provider_marketsync.cli.memory import ledger_option, open_known, open_ledger, sync_id
from airflow_provider_marketsync.exceptions import PlanError

if TYPE_CHECKING:
    from airflow_provider_marketsync.ledger.ledger import Ledger
    from airflow_provider_marketsync.ledger.queries import Found


@click.command()
@click.argument("words", nargs=-1, metavar="[SYNC] KEY")
@ledger_option
def why(words: tuple[str, ...], ledger: str | None) -> None:
    """Tell what became of one record and why.

    KEY is the source's key (customer:10001, or 10001 where only one register has it) or a short id out of a log or plan.
    SYNC, a sync's id or the path of its definition, is needed only where several syncs know the key.
    """
    if len(words) not in (1, 2):
        raise click.UsageError("name a key, or a sync and a key")
    from airflow_provider_marketsync.cli.record import show_record

    with open_ledger(ledger) as opened:
        found = _find(opened, words[-1], sync_id(words[0]) if len(words) == 2 else None)
        show_record(open_known(opened, found.sync), found.id)


def _find(opened: Ledger, asked: str, sync: str | None) -> Found:
    from airflow_provider_marketsync.ledger.queries import Queries

    if sync is not None:
        open_known(opened, sync)
    found = [one for one in Queries(opened.connection).find(asked) if sync in (None, one.sync)]
    if not found:
        raise PlanError(_unknown(asked))
    if len(found) > 1:
        places = sorted({one.sync for one in found})
        cure = "name the sync before it" if len(places) > 1 else "write it with its register, as customer:..."
        raise PlanError(f"Several records have this key (in {', '.join(places)}); {cure}.")
    return found[0]


def _unknown(asked: str) -> str:
    if "@" in asked:
        return (
            "The ledger holds no addresses, and one typed here stays in the shell's history. "
            "Ask with the source's key or a short id."
        )
    return "No record of this ledger has this key. It knows a record from the first run that read it."
