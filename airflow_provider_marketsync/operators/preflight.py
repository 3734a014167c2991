# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Look whether a sync could run, before an hour of reading finds out that it can not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.links import MarketSyncLink
from airflow_provider_marketsync.operators import definitions
from airflow_provider_marketsync.operators.waiting import WaitingOperator
from airflow_provider_marketsync.operators.watching import offer_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_marketsync.compat import Context
    from airflow_provider_marketsync.operators.definitions import SyncArgument


class PreflightOperator(WaitingOperator):
    """Check both connections, both accounts, the ledger and the definition; read no customers and send nothing.

    The upsert task makes the same checks again: nothing depends on this one having run. The summary stands under the XCom
    key ``summary``.

    :param sync: definition of the sync: path of a YAML file, relative to the DAG's file, a map, or a ``Sync`` (templated)
    """

    template_fields: Sequence[str] = ("sync",)
    template_fields_renderers = {"sync": "json"}  # noqa: RUF012 - Airflow declares it so
    operator_extra_links = (MarketSyncLink(),)
    operation = "preflight"
    vendor_url = ""
    ui_color = "#eeeeee"

    def __init__(self, *, sync: SyncArgument, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sync = definitions.plain(sync, definitions.folder_of(self))

    def work(self, context: Context) -> None:
        """Look."""
        from airflow_provider_marketsync.operators.report import tell

        tell(context, self.operation, self._look(context), [])

    def _look(self, context: Context) -> dict[str, object]:
        from airflow_provider_marketsync.contacts.definition import compile_sync
        from airflow_provider_marketsync.engine.readiness import look
        from airflow_provider_marketsync.operators.connections import source_of, target_of
        from airflow_provider_marketsync.operators.settings import installation

        sync = definitions.load(self.sync, self.dag.folder)
        offer_link(self, context, sync.target)
        source = source_of(sync) if sync.source.conn_id else None
        return look(compile_sync(sync), source, target_of(sync), installation())
