# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a task tells when it has ended: a table in its log, and the same as JSON under the XCom key ``summary``."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

log = logging.getLogger(__name__)

SUMMARY = "summary"
_WIDTH = 110
_SHOWN = 10


def tell(context: Any, title: str, summary: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Log a summary and push it.

    :param context: Airflow's task context
    :param title: what the table is called
    :param summary: plain JSON without anything personal; a list where a task serves several syncs
    """
    for one in [summary] if isinstance(summary, Mapping) else summary:
        log.info("%s\n%s", title, table(one))
        for warning in one.get("warnings", ()):
            log.warning("%s", warning)
    context["ti"].xcom_push(key=SUMMARY, value=summary)


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
            yield label, ""
            yield from _rows(value, depth + 1)
        else:
            yield label, _value(value)


def _value(value: Any) -> str:
    if isinstance(value, list):
        more = [f"and {len(value) - _SHOWN} more"] if len(value) > _SHOWN else []
        return "\n".join([str(part) for part in value[:_SHOWN]] + more)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
