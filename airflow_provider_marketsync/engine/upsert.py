# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One run of a sync: bring what changed to the target. The steps are those of ``docs/run-protocol.md``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from airflow_provider_marketsync.contacts.definition import CompiledSync
from airflow_provider_marketsync.engine.collector import seldom_collecting
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.ports import Target
from airflow_provider_marketsync.engine.run import Run
from airflow_provider_marketsync.engine.thresholds import enforce_limits
from airflow_provider_marketsync.exceptions import SettingsError, about_connection
from airflow_provider_marketsync.extracts.folder import SyncFolder
from airflow_provider_marketsync.ledger.ledger import Ledger

ADOPT = "adopt"


@dataclass(frozen=True, slots=True)
class UpsertOptions:
    """What one run is asked to do.

    :param owner: stable name of the task instance, the same for every try
    :param plan_only: judge everything, send nothing
    :param apply_plan: id of a plan a person accepted
    :param first_run: ``"adopt"`` links to the people who stand at the target already, and creates nobody
    :param resend: send everything again, also what did not change
    :param opt_outs_only: tell the target every "no" of the source, and hold everything else
    """

    owner: str
    plan_only: bool = False
    apply_plan: str | None = None
    first_run: str | None = None
    resend: bool = False
    opt_outs_only: bool = False

    def __post_init__(self) -> None:
        if self.first_run not in (None, ADOPT):
            raise SettingsError(f'first_run is "adopt" or nothing, not {self.first_run!r}.', docs="plans.md")

    @property
    def adopts(self) -> bool:
        """Whether this run only links to people found at the target."""
        return self.first_run == ADOPT


def upsert(
    compiled: CompiledSync, target: Target, installation: Installation, extracts: Sequence[str], options: UpsertOptions
) -> dict[str, object]:
    """Run a sync once.

    :param compiled: the sync's compiled definition
    :param target: where to
    :param installation: ledger, extracts folder, limits of the installation
    :param extracts: manifest paths; empty = the carry-over only
    :param options: what this run is asked to do
    :return: the summary, plain JSON, without anything personal
    :raises MarketSyncError: see ``exceptions.py``; whatever is raised, the next try goes on where this one ended
    """
    about = about_connection(compiled.sync.target, target.vendor)
    with seldom_collecting(), about, Ledger(installation.ledger) as ledger:
        SyncFolder(installation.extracts, compiled.sync.id).bind(ledger.uuid)
        sync = ledger.open_sync(compiled.sync.id)
        lock = sync.lock(options.owner)
        try:
            summary = Run(compiled, target, installation, sync, lock, options).execute(extracts)
        finally:
            lock.release()
    if not options.plan_only:
        enforce_limits(compiled.sync.limits, summary)
    return summary
