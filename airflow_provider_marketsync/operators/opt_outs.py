# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Opt-outs on their way back: from the target to the people who keep the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.links import MarketSyncLink
from airflow_provider_marketsync.operators import definitions
from airflow_provider_marketsync.operators.arguments import as_text
from airflow_provider_marketsync.operators.owner import owner_of
from airflow_provider_marketsync.operators.waiting import WaitingOperator
from airflow_provider_marketsync.operators.watching import offer_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_marketsync.compat import Context
    from airflow_provider_marketsync.engine.handing_back import Collected
    from airflow_provider_marketsync.extracts.opt_out_file import OptOutFile
    from airflow_provider_marketsync.operators.definitions import SyncArgument


class FetchOptOutsOperator(WaitingOperator):
    """Pull the target's opt-outs since the last time, and write those the source was not told of.

    Returns the path of the extract's manifest, for :class:`ApplyOptOutsOperator`. An opt-out stands in every extract
    until that task has handed it over. The summary stands under the XCom key ``summary``.

    :param sync: definition of the sync: path of a YAML file, relative to the DAG's file, a map, or a ``Sync`` (templated)
    """

    template_fields: Sequence[str] = ("sync",)
    template_fields_renderers = {"sync": "json"}  # noqa: RUF012 - Airflow declares it so
    operator_extra_links = (MarketSyncLink(),)
    operation = "opt_outs"
    vendor_url = ""
    ui_color = "#fbeedd"

    def __init__(self, *, sync: SyncArgument, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sync = definitions.plain(sync, definitions.folder_of(self))

    def work(self, context: Context) -> str:
        """Pull and write."""
        from airflow_provider_marketsync.operators.report import tell

        collected = self._collect(context)
        tell(context, self.operation, collected.summary, [collected.path])
        return collected.path

    def _collect(self, context: Context) -> Collected:
        from airflow_provider_marketsync.engine.handing_back import collect
        from airflow_provider_marketsync.operators.connections import target_of
        from airflow_provider_marketsync.operators.settings import installation

        sync = definitions.load(self.sync, self.dag.folder)
        offer_link(self, context, sync.target)
        return collect(sync.id, target_of(sync), installation(), owner_of(context))


class ApplyOptOutsOperator(WaitingOperator):
    """Hand opt-outs over to the people who keep the source: as a file they can open in a spreadsheet.

    Returns the file's path, None where the source knows every opt-out. What is not in the file when the task ends
    stands in the next extract again. The summary stands under the XCom key ``summary``.

    :param sync: definition of the sync, as elsewhere (templated)
    :param extract: what :class:`FetchOptOutsOperator` returned (templated)
    :param folder: path or fsspec URL of the folder the file goes to; by default ``<extracts>/<sync>/opt-outs``. Files
        there are never overwritten and never deleted: they are yours (templated)
    """

    template_fields: Sequence[str] = ("sync", "extract", "folder")
    template_fields_renderers = {"sync": "json"}  # noqa: RUF012 - Airflow declares it so
    operation = "opt_outs_back"
    ui_color = "#fbeedd"

    def __init__(self, *, sync: SyncArgument, extract: str, folder: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sync = definitions.plain(sync, definitions.folder_of(self))
        self.extract = extract
        self.folder = folder

    def work(self, context: Context) -> str | None:
        """Write what waits."""
        from airflow_provider_marketsync.operators.report import tell

        summary = self._hand_back()
        file = summary.get("file")
        tell(context, self.operation, summary, [str(file)] if file else [])
        return str(file) if file else None

    def _hand_back(self) -> dict[str, object]:
        from airflow_provider_marketsync.engine.handing_back import hand_back
        from airflow_provider_marketsync.extracts.opt_out_file import OptOutFile
        from airflow_provider_marketsync.operators.settings import installation

        sync, place = definitions.load(self.sync, self.dag.folder), installation()
        folder = as_text(self.folder) or f"{place.extracts.rstrip('/')}/{sync.id}/opt-outs"
        made: list[OptOutFile] = []

        def file_for(name: str) -> OptOutFile:
            made.append(OptOutFile(folder, f"{sync.id}-{name}.csv"))
            return made[0]

        summary = hand_back(sync.id, self.extract, place, file_for)
        return {**summary, "file": made[0].path} if made else summary
