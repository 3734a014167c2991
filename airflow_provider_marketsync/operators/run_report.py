# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One readable page over all tasks of a run."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from airflow_provider_marketsync.compat import BaseOperator

log = logging.getLogger(__name__)
SILENT = "told nothing: it was skipped, or failed before its end; look at its log"


class ReportOperator(BaseOperator):
    """Log what each task of a run came to, and push it as the XCom ``summary``.

    Meant as a teardown (``as_teardown()``): it then runs also after failures, and does not count for the run's colour.

    :param tasks: id of each task, and what it does (``preflight``, ``opt_outs``, ``fetch``, ``upsert``, ``opt_outs_back``)
    """

    ui_color = "#eeeeee"

    def __init__(self, *, tasks: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tasks = dict(tasks)

    def execute(self, context: Any) -> None:
        """Gather and tell."""
        from airflow_provider_marketsync.engine.verdicts import verdict
        from airflow_provider_marketsync.operators.report import SUMMARY, table

        pulled = {task: context["ti"].xcom_pull(task_ids=task, key=SUMMARY) for task in self.tasks}
        told = {task: verdict(self.tasks[task], summary) if summary else None for task, summary in pulled.items()}
        log.info("The run in short\n%s", table({"tasks": {task: line or SILENT for task, line in told.items()}}))
        context["ti"].xcom_push(key=SUMMARY, value={"tasks": told})
        silent = [task for task, line in told.items() if line is None]
        if silent:
            log.warning("Look at the log of %s: %d of %d tasks told nothing.", ", ".join(silent), len(silent), len(told))
        else:
            log.info("All %d tasks told what they did.", len(told))
