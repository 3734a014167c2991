# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a sync could run: both sides answer, are the ones it knows, and fit its definition. Nothing is sent or read."""

from __future__ import annotations

import logging
import time

from airflow_provider_marketsync.contacts.definition import CompiledSync
from airflow_provider_marketsync.engine import preflight
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.ports import Source, Target
from airflow_provider_marketsync.extracts.folder import SyncFolder
from airflow_provider_marketsync.ledger.ledger import Ledger
from airflow_provider_marketsync.ledger.syncs import refuse_other_account

log = logging.getLogger(__name__)


def look(compiled: CompiledSync, source: Source | None, target: Target, installation: Installation) -> dict[str, object]:
    """Check what can be checked before an hour of reading.

    :param compiled: the sync's compiled definition
    :param source: None where the records come from a task of the user's own
    :param target: where to
    :param installation: ledger and extracts folder
    :return: the summary, plain JSON
    :raises MarketSyncError: see ``exceptions.py``; the message says what to change
    """
    began, sync = time.monotonic(), compiled.sync
    named = f"{source.vendor} {source.account}" if source else str(sync.source.name)
    log.info(
        "Sync %s: %s -> %s %s. Ledger %s, extracts %s.",
        sync.id,
        named,
        target.vendor,
        target.account,
        installation.ledger,
        installation.extracts,
    )
    with Ledger(installation.ledger) as ledger:
        SyncFolder(installation.extracts, sync.id).bind(ledger.uuid)
        kept = ledger.open_sync(sync.id)
        if source:
            refuse_other_account("source", kept.row.source_account, source.account)
            source.check()
        refuse_other_account("target", kept.row.target_account, target.account)
        target.check()
        warnings = preflight.check(compiled, target, kept, [])
    return {
        "sync": sync.id,
        "source": source.vendor if source else sync.source.name,
        "source_account": source.account if source else None,
        "target": target.vendor,
        "target_account": target.account,
        "warnings": warnings,
        "seconds": round(time.monotonic() - began, 3),
    }
