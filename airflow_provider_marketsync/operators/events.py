# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What an asset's event tells of the task that made it: counts, path, watermark; nothing personal (docs/watching.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_KEPT = ("sync", "run", "complete", "sent", "plan", "watermark")


def fill_outlets(context: Any, summaries: Sequence[Mapping[str, Any]], paths: Sequence[str]) -> None:
    """Write into the event of each asset the user put into the task's ``outlets``.

    An operator declares no outlets of its own. The event is made by Airflow, and only if the task ends well.

    :param context: Airflow's task context
    :param summaries: one a sync
    :param paths: manifest paths, files: what the task wrote or read
    """
    events = context.get("outlet_events")
    task = context.get("task")
    if events is None or task is None:
        return
    extra = extra_of(summaries, paths)
    for outlet in task.outlets or ():
        if hasattr(outlet, "uri"):  # an alias has no event of its own
            events[outlet].extra = dict(extra)


def extra_of(summaries: Sequence[Mapping[str, Any]], paths: Sequence[str]) -> dict[str, Any]:
    """Return the extra of an event: of one sync, or of several with the sum of their rows."""
    if len(summaries) != 1:
        parts = [extra_of([summary], [path]) for summary, path in zip(summaries, paths, strict=True)]
        return {"rows": sum(part["rows"] for part in parts), "syncs": parts}
    (summary,) = summaries
    kept = {name: summary[name] for name in _KEPT if name in summary}
    path = paths[0] if len(paths) == 1 else list(paths) or None
    return {**kept, "rows": summary.get("read", 0), **summary.get("outcomes", {}), "path": path}
