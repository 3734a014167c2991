# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Ask a person in Airflow's own pages whether a plan may be carried out. Importing this needs Airflow 3.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator

_ACTIONS = ("created", "updated")


class ApprovePlanOperator(ApprovalOperator):
    """Wait until somebody approves or rejects a plan; nobody is asked where it would change nothing.

    :param plan_task_id: the task whose summary is the plan
    :param approval: arguments of Airflow's ``ApprovalOperator``, as ``response_timeout``, ``assigned_users``, ``notifiers``
    """

    def __init__(self, *, plan_task_id: str, **approval: Any) -> None:
        super().__init__(**approval)
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
