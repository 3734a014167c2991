# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The first line of a run's log: which sync, from where to where, by which memory, and what is due."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_provider_marketsync.engine.inputs import Input
from airflow_provider_marketsync.engine.ports import Target
from airflow_provider_marketsync.ledger.ledger import SyncLedger


def opening_line(ledger: SyncLedger, run: int, path: str, target: Target, extracts: Sequence[Input]) -> str:
    """Return the line.

    :param ledger: the sync's ledger
    :param run: number of the run
    :param path: where the ledger lies
    :param target: where to
    :param extracts: what was handed to the run
    """
    read = extracts[0].manifest if extracts else None
    source = f"{read.source} {read.account}" if read else ledger.row.source_account or "a source not read yet"
    return (
        f"Sync {ledger.name}, run {run}: {source} -> {target.vendor} {target.account}. Ledger {path}. "
        f"Due: {', '.join(_due(ledger, extracts)) or 'nothing'}."
    )


def _due(ledger: SyncLedger, extracts: Sequence[Input]) -> list[str]:
    due = [
        f"{extract.manifest.rows:,} records of a {'complete' if extract.manifest.complete else 'partial'} reading"
        for extract in extracts
    ]
    if ledger.row.carry_over:
        due.append("the carry-over of earlier runs")
    unanswered = set(ledger.marks.pending_extracts()) - {extract.path for extract in extracts}
    if unanswered:
        due.append(f"unanswered records of {len(unanswered)} earlier extracts")
    return due
