# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The sensor that waits for opt-outs at the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.sensors.base import SyncSensor

if TYPE_CHECKING:
    from airflow_provider_marketsync.compat import BaseTrigger
    from airflow_provider_marketsync.contacts.definition import Sync
    from airflow_provider_marketsync.engine.peek import Peek
    from airflow_provider_marketsync.ledger.view import LedgerView


class OptOutsSensor(SyncSensor):
    """Wait until somebody opted out at the target whom the ledger does not know as opted out yet.

    Reads the target's feed from where the last run left it, and moves no cursor. Returns counts.

    :param sync: definition of the sync: path of a YAML file, relative to the DAG's file, a map, or a ``Sync`` (templated)
    :param deferrable: wait in the triggerer, without a worker's slot; by default as ``[operators] default_deferrable`` says
    :param poke_interval: seconds between two looks
    """

    def look(self, sync: Sync, ledger: LedgerView) -> Peek:
        """Read the feed up to the first news."""
        from airflow_provider_marketsync.engine.peek import peek_opt_outs
        from airflow_provider_marketsync.operators.connections import target_of

        return peek_opt_outs(sync.id, target_of(sync), ledger)

    def trigger(self, sync_id: str, ledger: str) -> BaseTrigger:
        """Return what looks in the triggerer."""
        from airflow_provider_marketsync.triggers.sensing import OptOutsSensingTrigger

        return OptOutsSensingTrigger(sync_id, ledger, self.poke_interval)
