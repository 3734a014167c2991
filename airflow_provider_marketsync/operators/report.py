# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a task tells when it has ended: a table in its log, and the same as JSON under the XCom key ``summary``."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from airflow_provider_marketsync.engine.verdicts import verdict
from airflow_provider_marketsync.operators.events import fill_outlets
from airflow_provider_marketsync.operators.metrics import count_rows

log = logging.getLogger(__name__)

SUMMARY = "summary"
TITLES = {
    "preflight": "Checked",
    "opt_outs": "Opt-outs of the target",
    "fetch": "Fetched",
    "upsert": "Delivered",
    "opt_outs_back": "Opt-outs for the source",
}
_WIDTH = 110
_SHOWN = 10


def tell(context: Any, operation: str, summary: Mapping[str, Any] | Sequence[Mapping[str, Any]], paths: Sequence[str]) -> None:
    """Tell a summary everywhere it is looked for: in the log, as XCom, in the metrics, in the events of assets.

    :param context: Airflow's task context
    :param operation: what the task did
    :param summary: plain JSON without anything personal; a list where a task serves several syncs
    :param paths: what the task wrote or read
    """
    summaries = [summary] if isinstance(summary, Mapping) else summary
    for one in summaries:
        log.info("%s\n%s", TITLES[operation], table(one))
        for warning in one.get("warnings", ()):
            log.warning("%s", warning)
        count_rows(operation, one)
    context["ti"].xcom_push(key=SUMMARY, value=summary)
    fill_outlets(context, summaries, paths)
    for one in summaries:
        log.info("%s", verdict(operation, one))


def table(summary: Mapping[str, Any]) -> str:
    """Draw a summary with signs that every log shows."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.ASCII, show_header=False)
    for name, value in _rows(summary):
        drawn.add_row(Text(name), Text(value))
    console = Console(file=io.StringIO(), width=_WIDTH, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(drawn)
    return captured.get()


def _rows(summary: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, str]]:
    for name, value in summary.items():
        label = "  " * depth + (name if depth else name.replace("_", " "))  # deeper names are reasons and fields
        if value in (None, "", [], {}) or (value == 0 and name != "read"):
            continue
        if isinstance(value, Mapping):
            below = list(_rows(value, depth + 1))
            yield from [(label, ""), *below] if below else []
        else:
            yield label, _value(value)


def _value(value: Any) -> str:
    if isinstance(value, list):
        more = [f"and {len(value) - _SHOWN} more"] if len(value) > _SHOWN else []
        return "\n".join([str(part) for part in value[:_SHOWN]] + more)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
