# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Ask a person in Airflow's own pages whether a plan may be carried out. Importing this needs Airflow 3.1."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from inspect import signature
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLOperator

_ACTIONS = ("created", "updated")
_KNOWS_RESPONSE_TIMEOUT = "response_timeout" in signature(HITLOperator.__init__).parameters
"""Older releases of Airflow's standard provider, as Airflow 3.1 came with, call it ``execution_timeout``."""


class ApprovePlanOperator(ApprovalOperator):
    """Wait until somebody approves or rejects a plan; nobody is asked where it would change nothing.

    :param plan_task_id: the task whose summary is the plan
    :param response_timeout: how long the answer may take; None = for ever
    :param approval: further arguments of Airflow's ``ApprovalOperator``, as ``assigned_users``, ``notifiers``
    """

    def __init__(self, *, plan_task_id: str, response_timeout: timedelta | None = None, **approval: Any) -> None:
        name = "response_timeout" if _KNOWS_RESPONSE_TIMEOUT else "execution_timeout"
        patience: dict[str, Any] = {name: response_timeout}
        super().__init__(**patience, **approval)
        self.plan_task_id = plan_task_id

    def execute(self, context: Any) -> Any:
        """Ask."""
        plan = context["ti"].xcom_pull(task_ids=self.plan_task_id, key="summary")
        if not any(plan["outcomes"][action] for action in _ACTIONS):
            self.log.info("The plan would create and update nobody: nobody is asked.")
            return None
        self.body = question(plan)
        return super().execute(context)


def question(plan: Mapping[str, Any]) -> str:
    """Return what a person reads before deciding, as Markdown: counts and lines of the definition, nothing personal."""
    lines = [f"Sync **{plan['sync']}** to {plan['target']} {plan['target_account']} would have:", ""]
    for action in _ACTIONS:
        reasons = [f"{reason} {number:,}" for reason, number in plan["reasons"].get(action, {}).items()]
        lines.append(f"* {action}: **{plan['outcomes'][action]:,}** {'(' + ', '.join(reasons) + ')' if reasons else ''}".rstrip())
    for line, number in plan["first_mailings"].items():
        lines.append(f"* mailable for the first time, by `{line}`: **{number:,}**")
    lines += ["", "Opt-outs of the source were told already. Rejecting sends nothing; the next run plans anew."]
    return "\n".join(lines)
