# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a trigger looks at, given nothing but the sync's id and the ledger. Everything here blocks: call it in a thread."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.definition import Sync
    from airflow_provider_marketsync.engine.peek import Peek
    from airflow_provider_marketsync.ledger.view import LedgerView

SPREAD = 0.1
"""How much of an interval it varies to either side, so that many triggers do not ask at once."""


def look_at_customers(sync_id: str, ledger: str) -> Peek:
    """Tell whether customers changed, by the definition of the sync's last run.

    :raises MarketSyncError: as a fetch would
    """
    from airflow_provider_marketsync.contacts.definition import compile_sync
    from airflow_provider_marketsync.engine.peek import peek_customers
    from airflow_provider_marketsync.ledger.view import LedgerView
    from airflow_provider_marketsync.operators.connections import source_of

    with LedgerView(ledger) as view:
        sync = _definition(view, sync_id)
        return peek_customers(compile_sync(sync), source_of(sync), view) if sync else never_run()


def look_at_opt_outs(sync_id: str, ledger: str) -> Peek:
    """Tell whether somebody opted out at the target.

    :raises MarketSyncError: as a pull would
    """
    from airflow_provider_marketsync.engine.peek import peek_opt_outs
    from airflow_provider_marketsync.ledger.view import LedgerView
    from airflow_provider_marketsync.operators.connections import target_of

    with LedgerView(ledger) as view:
        sync = _definition(view, sync_id)
        return peek_opt_outs(sync.id, target_of(sync), view) if sync else never_run()


def has_ended_since(sync_id: str, ledger: str, moment: str) -> bool:
    """Tell whether a run of a sync has ended since a moment (UTC, as the ledger writes it)."""
    from airflow_provider_marketsync.ledger.view import LedgerView

    if not Path(ledger).is_file():
        return False
    with LedgerView(ledger) as view:
        row = view.syncs.row(sync_id)
        return row is not None and (view.runs(row.id).last_ended() or "") > moment


def never_run() -> Peek:
    """Return what is said of a sync that has no memory yet."""
    from airflow_provider_marketsync.engine.peek import FIRST_RUN, Peek

    return Peek(FIRST_RUN, "this sync never ran to its end", 0, 0.0)


def varied(seconds: float) -> float:
    """Return an interval with a little chance in it."""
    return seconds * random.uniform(1 - SPREAD, 1 + SPREAD)


def _definition(view: LedgerView, sync_id: str) -> Sync | None:
    from airflow_provider_marketsync.contacts.definition import Sync

    kept = view.syncs.definition(sync_id)
    return Sync.load(json.loads(kept)) if kept else None
