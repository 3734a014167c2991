# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Who holds a sync's lock: a task instance, the same for every try."""

from __future__ import annotations

from typing import Any


def owner_of(context: Any) -> str:
    """Return the name of a task instance, the same for every try."""
    instance = context["ti"]
    return f"{instance.dag_id}/{instance.run_id}/{instance.task_id}/{instance.map_index}"
