# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A whole sync as one group of tasks, in the order that the rules about people ask for."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.compat import TaskGroup
from airflow_provider_marketsync.exceptions import SettingsError
from airflow_provider_marketsync.operators import definitions
from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.opt_outs import ApplyOptOutsOperator, FetchOptOutsOperator
from airflow_provider_marketsync.operators.preflight import PreflightOperator
from airflow_provider_marketsync.operators.run_report import ReportOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator

if TYPE_CHECKING:
    from airflow_provider_marketsync.operators.definitions import SyncArgument

PATIENCE: dict[str, Any] = {"retries": 3, "retry_delay": timedelta(minutes=2), "retry_exponential_backoff": True}
"""Directo asks for a minute between tries, and an outage of a quarter of an hour needs nobody."""
ANSWER_WITHIN = timedelta(days=1)
_ALONE: dict[str, Any] = {"max_active_tis_per_dag": 1}
"""For tasks that hold the sync's lock: a second one would only be refused and tried again."""
_PLAN = "{{{{ (ti.xcom_pull(task_ids='{task}', key='summary') or {{}}).get('plan') or '' }}}}"


def sync_task_group(
    sync: SyncArgument,
    *,
    group_id: str | None = None,
    extract: Any = None,
    full: bool | str = False,
    first_run: str | None = None,
    apply_plan: str | None = None,
    approve: bool | Mapping[str, Any] = False,
    opt_outs_folder: str | None = None,
    outlets: Sequence[Any] = (),
    **task_args: Any,
) -> TaskGroup:
    """Return the tasks of one sync; call it inside a DAG.

    ``preflight >> opt_outs >> fetch >> upsert``, ``opt_outs >> opt_outs_back``, and a ``report`` after all of them. The
    target's opt-outs are pulled before anything else, and a red or waiting upsert does not keep them from the source's people.
    With ``approve``: ``fetch >> tell_opt_outs >> plan >> approve >> upsert``; a "no" of the source does not wait for a person.

    :param sync: definition of the sync, as for the operators
    :param group_id: by default the sync's id
    :param extract: for a source that is a task of your own: what ``write_extract`` returned; there is no fetch task then
    :param full: read everything (templated)
    :param first_run: ``adopt``, for one run (templated)
    :param apply_plan: id of an accepted plan (templated); not together with ``approve``
    :param approve: ask a person before anything but opt-outs is sent; a map holds arguments for Airflow's
        ``ApprovalOperator``, as ``assigned_users`` or ``response_timeout`` (a day). Needs Airflow 3.1
    :param opt_outs_folder: where the file for the source's people goes (templated)
    :param outlets: assets that a finished upsert updates
    :param task_args: for every task: ``pool``, ``retries``, ``queue``, ...; they go before the DAG's ``default_args``, which go
        before the defaults of this group (three retries, from two minutes on)
    :raises SettingsError: if ``approve`` is asked for below Airflow 3.1, or together with ``apply_plan``
    """
    if approve and apply_plan:
        raise SettingsError("`approve` and `apply_plan` exclude each other: the plan that was approved is the one applied")
    with TaskGroup(group_id or _id_of(sync)) as group:
        tasks = _Tasks(sync, group.dag, task_args)
        preflight = tasks.add(PreflightOperator, "preflight")
        opt_outs = tasks.add(FetchOptOutsOperator, "opt_outs", **_ALONE)
        back = tasks.add(ApplyOptOutsOperator, "opt_outs_back", extract=opt_outs.output, folder=opt_outs_folder)
        read = opt_outs
        if extract is None:
            read = tasks.add(FetchCustomersOperator, "fetch", full=full)
            extract = read.output
        asked, plan = tasks.ask(extract, approve) if approve else ([], apply_plan)
        upsert = tasks.deliver("upsert", extract, first_run=first_run, apply_plan=plan, outlets=list(outlets))
        chain = [preflight, opt_outs, *([read] if read is not opt_outs else []), *asked, upsert]
        for before, after in pairwise(chain):
            before.set_downstream(after)
        tasks.report().set_upstream([upsert, back])
    return group


class _Tasks:
    """Make the tasks of a group, and remember what each does."""

    def __init__(self, sync: SyncArgument, dag: Any, task_args: Mapping[str, Any]) -> None:
        self._sync = definitions.plain(sync, str(dag.folder) if dag else None)
        theirs = {name: value for name, value in (dag.default_args if dag else {}).items() if name in PATIENCE}
        self._args = {**PATIENCE, **theirs, **task_args}
        self._does: dict[str, str] = {}

    def add(self, operator: Any, does: str, task_id: str | None = None, **arguments: Any) -> Any:
        """Make one task of a sync."""
        task = operator(task_id=task_id or does, sync=self._sync, **{**self._args, **arguments})
        self._does[task.task_id] = does
        return task

    def deliver(self, task_id: str, extract: Any, **arguments: Any) -> Any:
        """Make a task that delivers, or plans to."""
        return self.add(UpsertContactsOperator, "upsert", task_id, extract=extract, **_ALONE, **arguments)

    def ask(self, extract: Any, approve: bool | Mapping[str, Any]) -> tuple[list[Any], str]:
        """Make the tasks that come before a person's yes.

        :return: the tasks in their order, and the template of the plan's id
        """
        operator = _approval()
        opt_outs = self.deliver("tell_opt_outs", extract, opt_outs_only=True)
        plan = self.deliver("plan", extract, plan_only=True)
        asked = operator(
            task_id="approve",
            plan_task_id=plan.task_id,
            **{
                "subject": f"May the sync {_id_of(self._sync)} be carried out?",
                "response_timeout": ANSWER_WITHIN,
                **self._args,
                "retries": 0,
                **(approve if isinstance(approve, Mapping) else {}),
            },
        )
        return [opt_outs, plan, asked], _PLAN.format(task=plan.task_id)

    def report(self) -> Any:
        """Make the last task: it runs whatever happened, and does not count for the run's colour."""
        return ReportOperator(task_id="report", tasks=self._does, **{**self._args, "retries": 0}).as_teardown()


def _approval() -> Any:
    from airflow_provider_marketsync.compat import AirflowException

    try:
        from airflow_provider_marketsync.operators.approval import ApprovePlanOperator
    except (ImportError, AirflowException) as error:
        raise SettingsError(
            "`approve` needs Airflow 3.1 and apache-airflow-providers-standard 1.8 or newer; without them accept plans with "
            "`marketsync accept <sync>`",
            docs="plans.md",
        ) from error
    return ApprovePlanOperator


def _id_of(sync: Any) -> str:
    if isinstance(sync, Mapping):
        return str(sync["id"])
    return PurePath(os.fspath(sync)).stem if isinstance(sync, (str, os.PathLike)) else str(sync.id)
