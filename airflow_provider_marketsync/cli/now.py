# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Read a sync's source and judge what a run would do, without sending; this part needs Airflow's connections."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.cli.accept import person
from airflow_provider_marketsync.cli.memory import is_path, open_known, open_ledger
from airflow_provider_marketsync.exceptions import PlanError, SettingsError

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.definition import Sync
    from airflow_provider_marketsync.engine.installation import Installation


@dataclass(frozen=True)
class Judged:
    """What a run would do.

    :param sync: the sync's id
    :param ledger: path of the ledger that holds the plan, if one was made
    :param read: how many records the source gave
    :param summary: the summary of the run that only planned
    """

    sync: str
    ledger: str
    read: int
    summary: dict[str, Any]


def judge_now(asked: str, ledger: str | None) -> Judged:
    """Read and judge.

    :param asked: the sync's id, or the path of its definition
    :param ledger: path of the ledger; None = as Airflow's configuration says
    :raises MarketSyncError: as a run would
    """
    from airflow_provider_marketsync.compat import AirflowNotFoundException
    from airflow_provider_marketsync.operators.settings import installation

    place = installation()
    place = replace(place, ledger=ledger) if ledger else place
    try:
        return _judge(_definition(asked, place.ledger), place)
    except AirflowNotFoundException as error:
        raise SettingsError(f"{error}. Define it in Airflow, or as AIRFLOW_CONN_<ID>.") from None


def _judge(sync: Sync, place: Installation) -> Judged:
    from airflow_provider_marketsync.contacts.definition import compile_sync
    from airflow_provider_marketsync.engine.fetch import FetchOptions, fetch
    from airflow_provider_marketsync.engine.upsert import UpsertOptions, upsert
    from airflow_provider_marketsync.extracts.folder import SyncFolder
    from airflow_provider_marketsync.operators.connections import source_of, target_of

    Path(place.ledger).parent.mkdir(parents=True, exist_ok=True)
    compiled, target = compile_sync(sync), target_of(sync)
    fetched = fetch([compiled], source_of(sync), place, FetchOptions())[0]
    try:
        options = UpsertOptions(owner=f"marketsync plan ({person()})", plan_only=True)
        summary = upsert(compiled, target, place, [fetched.path], options)
    finally:
        SyncFolder(place.extracts, sync.id).delete(fetched.path)
    return Judged(sync.id, place.ledger, int(str(fetched.summary["read"])), summary)


def _definition(asked: str, ledger: str) -> Sync:
    from airflow_provider_marketsync.contacts.definition import Sync

    if is_path(asked):
        return Sync.load(asked)
    with open_ledger(ledger) as opened:
        kept = opened.syncs.definition(open_known(opened, asked).name)
    if kept is None:
        raise PlanError(f"No run of {asked!r} has ended yet; name the path of its definition.")
    return Sync.load(json.loads(kept))
