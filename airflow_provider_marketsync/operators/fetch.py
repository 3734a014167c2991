# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Read customers from a source into extracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.links import MarketSyncLink
from airflow_provider_marketsync.operators import definitions
from airflow_provider_marketsync.operators.arguments import as_flag, as_text
from airflow_provider_marketsync.operators.waiting import WaitingOperator
from airflow_provider_marketsync.operators.watching import offer_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_marketsync.compat import Context
    from airflow_provider_marketsync.contacts.definition import CompiledSync
    from airflow_provider_marketsync.engine.fetch import Fetched
    from airflow_provider_marketsync.operators.definitions import SyncArgument


class FetchCustomersOperator(WaitingOperator):
    """Read what changed at the source of a sync since its last delivery, or everything when a complete read is due.

    Returns the path of the extract's manifest; with a list of syncs, a list of paths in the same order. The summary
    stands under the XCom key ``summary``.

    :param sync: definition of the sync: path of a YAML file, relative to the DAG's file, a map, or a ``Sync``; a list
        of definitions of one source reads it once for all of them (templated)
    :param updated_since: date or date-time; reads what changed since then instead, and moves no watermark (templated)
    :param full: read everything (templated)
    """

    template_fields: Sequence[str] = ("sync", "updated_since", "full")
    template_fields_renderers = {"sync": "json"}  # noqa: RUF012 - Airflow declares it so
    operator_extra_links = (MarketSyncLink(),)
    operation = "fetch"
    vendor_url = ""
    ui_color = "#dcebf7"

    def __init__(
        self,
        *,
        sync: SyncArgument | Sequence[SyncArgument],
        updated_since: str | None = None,
        full: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.sync = definitions.plain(sync, definitions.folder_of(self))
        self.updated_since = updated_since
        self.full = full

    def work(self, context: Context) -> str | list[str]:
        """Read the source."""
        from airflow_provider_marketsync.operators.report import tell

        fetched = self._fetch(context)
        summaries = [one.summary for one in fetched]
        paths = [one.path for one in fetched]
        several = isinstance(self.sync, list)
        tell(context, self.operation, summaries if several else summaries[0], paths)
        return paths if several else paths[0]

    def _fetch(self, context: Context) -> list[Fetched]:
        from airflow_provider_marketsync.engine.fetch import FetchOptions, fetch
        from airflow_provider_marketsync.operators.connections import source_of
        from airflow_provider_marketsync.operators.settings import installation

        syncs = self._syncs()
        source, conn_id = source_of(syncs[0].sync), syncs[0].sync.source.conn_id
        offer_link(self, context, str(conn_id))
        options = FetchOptions(updated_since=as_text(self.updated_since), full=as_flag("full", self.full))
        return fetch(syncs, source, installation(), options)

    def _syncs(self) -> list[CompiledSync]:
        from airflow_provider_marketsync.contacts.definition import compile_sync

        kept = self.sync if isinstance(self.sync, list) else [self.sync]
        return [compile_sync(sync) for sync in definitions.load_of_one_source(kept, self.dag.folder)]
