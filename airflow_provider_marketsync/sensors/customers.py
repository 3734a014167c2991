# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The sensor that waits for changed customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.sensors.base import SyncSensor

if TYPE_CHECKING:
    from airflow_provider_marketsync.compat import BaseTrigger
    from airflow_provider_marketsync.contacts.definition import Sync
    from airflow_provider_marketsync.engine.peek import Peek
    from airflow_provider_marketsync.ledger.view import LedgerView


class CustomersChangedSensor(SyncSensor):
    """Wait until the source has something that no run of the sync has dealt with: a changed customer, a first run, or a
    complete reading that is due.

    Reads the source from the watermark to the first changed record, and changes nothing. What such a look costs stands on
    the page of each source (``docs/vendors``). Returns counts.

    :param sync: definition of the sync: path of a YAML file, relative to the DAG's file, a map, or a ``Sync`` (templated)
    :param deferrable: wait in the triggerer, without a worker's slot; by default as ``[operators] default_deferrable`` says
    :param poke_interval: seconds between two looks
    """

    def look(self, sync: Sync, ledger: LedgerView) -> Peek:
        """Read up to the first news."""
        from airflow_provider_marketsync.contacts.definition import compile_sync
        from airflow_provider_marketsync.engine.peek import peek_customers
        from airflow_provider_marketsync.operators.connections import source_of

        return peek_customers(compile_sync(sync), source_of(sync), ledger)

    def trigger(self, sync_id: str, ledger: str) -> BaseTrigger:
        """Return what looks in the triggerer."""
        from airflow_provider_marketsync.triggers.sensing import CustomersSensingTrigger

        return CustomersSensingTrigger(sync_id, ledger, self.poke_interval)
