# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Bring contacts to a target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.exceptions import LimitExceeded
from airflow_provider_marketsync.links import MarketSyncLink
from airflow_provider_marketsync.operators import definitions
from airflow_provider_marketsync.operators.arguments import as_flag, as_paths, as_text, refuse_addresses, refuse_unknown_word
from airflow_provider_marketsync.operators.owner import owner_of
from airflow_provider_marketsync.operators.waiting import WaitingOperator
from airflow_provider_marketsync.operators.watching import offer_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_marketsync.compat import Context
    from airflow_provider_marketsync.engine.upsert import UpsertOptions
    from airflow_provider_marketsync.operators.definitions import SyncArgument


class UpsertContactsOperator(WaitingOperator):
    """Pull the target's opt-outs, then send it what changed; hold what a person has to accept first.

    The summary stands under the XCom key ``summary``, also when a limit of the definition turned the task red.

    :param sync: definition of the sync: path of a YAML file, relative to the DAG's file, a map, or a ``Sync``
        (templated)
    :param extract: what the fetch task returned; of a list, the extracts of this sync are taken; None delivers only
        what earlier runs left unfinished (templated)
    :param plan_only: judge everything and say what would be done, send nothing (templated)
    :param apply_plan: id of an accepted plan, whose held parts are done now (templated)
    :param first_run: ``adopt`` links to the people who stand at the target already and creates nobody (templated)
    :param resend: send everything again, also what did not change (templated)
    :param opt_outs_only: tell the target every "no" of the source, which is never held, and hold everything else; for a
        run before somebody is asked (templated)
    """

    template_fields: Sequence[str] = ("sync", "extract", "plan_only", "apply_plan", "first_run", "resend", "opt_outs_only")
    template_fields_renderers = {"sync": "json"}  # noqa: RUF012 - Airflow declares it so
    operator_extra_links = (MarketSyncLink(),)
    operation = "upsert"
    vendor_url = ""
    ui_color = "#def2e1"

    def __init__(
        self,
        *,
        sync: SyncArgument,
        extract: str | Sequence[str] | None,
        plan_only: bool | str = False,
        apply_plan: str | None = None,
        first_run: str | None = None,
        resend: bool | str = False,
        opt_outs_only: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        refuse_addresses("apply_plan", apply_plan)
        refuse_unknown_word("first_run", first_run, ("adopt",))
        self.sync = definitions.plain(sync, definitions.folder_of(self))
        self.extract = extract
        self.plan_only = plan_only
        self.apply_plan = apply_plan
        self.first_run = first_run
        self.resend = resend
        self.opt_outs_only = opt_outs_only

    def work(self, context: Context) -> None:
        """Deliver."""
        from airflow_provider_marketsync.operators.report import tell

        paths = as_paths(self.extract)
        try:
            summary = self._upsert(context)
        except LimitExceeded as error:
            tell(context, self.operation, error.summary, paths)
            raise
        tell(context, self.operation, summary, paths)

    def _upsert(self, context: Context) -> dict[str, object]:
        from airflow_provider_marketsync.contacts.definition import compile_sync
        from airflow_provider_marketsync.engine.upsert import upsert
        from airflow_provider_marketsync.operators.connections import target_of
        from airflow_provider_marketsync.operators.settings import installation

        sync = definitions.load(self.sync, self.dag.folder)
        offer_link(self, context, sync.target)
        extracts, options = as_paths(self.extract), self._options(owner_of(context))
        return upsert(compile_sync(sync), target_of(sync), installation(), extracts, options)

    def _options(self, owner: str) -> UpsertOptions:
        from airflow_provider_marketsync.engine.upsert import UpsertOptions

        return UpsertOptions(
            owner=owner,
            plan_only=as_flag("plan_only", self.plan_only),
            apply_plan=as_text(self.apply_plan),
            first_run=as_text(self.first_run),
            resend=as_flag("resend", self.resend),
            opt_outs_only=as_flag("opt_outs_only", self.opt_outs_only),
        )
