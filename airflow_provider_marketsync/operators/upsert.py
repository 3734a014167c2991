# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Bring contacts to a target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.exceptions import LimitExceeded
from airflow_provider_marketsync.operators import definitions
from airflow_provider_marketsync.operators.arguments import as_flag, as_paths, as_text, refuse_addresses, refuse_unknown_word
from airflow_provider_marketsync.operators.waiting import WaitingOperator

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
    """

    template_fields: Sequence[str] = ("sync", "extract", "plan_only", "apply_plan", "first_run", "resend")
    template_fields_renderers = {"sync": "json"}  # noqa: RUF012 - Airflow declares it so
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

    def work(self, context: Context) -> None:
        """Deliver."""
        from airflow_provider_marketsync.operators.report import tell

        try:
            summary = self._upsert(owner_of(context))
        except LimitExceeded as error:
            tell(context, "Delivered, and a limit was passed", error.summary)
            raise
        tell(context, "Delivered", summary)

    def _upsert(self, owner: str) -> dict[str, object]:
        from airflow_provider_marketsync.contacts.definition import compile_sync
        from airflow_provider_marketsync.engine.upsert import upsert
        from airflow_provider_marketsync.operators.connections import target_of
        from airflow_provider_marketsync.operators.settings import installation

        sync = definitions.load(self.sync, self.dag.folder)
        extracts = as_paths(self.extract)
        return upsert(compile_sync(sync), target_of(sync), installation(), extracts, self._options(owner))

    def _options(self, owner: str) -> UpsertOptions:
        from airflow_provider_marketsync.engine.upsert import UpsertOptions

        return UpsertOptions(
            owner=owner,
            plan_only=as_flag("plan_only", self.plan_only),
            apply_plan=as_text(self.apply_plan),
            first_run=as_text(self.first_run),
            resend=as_flag("resend", self.resend),
        )


def owner_of(context: Context) -> str:
    """Return the name of a task instance, the same for every try."""
    instance: Any = context["ti"]
    return f"{instance.dag_id}/{instance.run_id}/{instance.task_id}/{instance.map_index}"
