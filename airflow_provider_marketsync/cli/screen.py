# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""How commands write: plain sentences and small tables, without markup in what others wrote."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH = 110
"""Columns of a table that goes into a file or a pipe."""


def console() -> Console:
    """Return the standard output."""
    width = None if sys.stdout.isatty() else WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=True)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """Draw a table; numbers stand at the right.

    :param heads: names of the columns
    :param rows: cells; None is an empty one
    """
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    lines = [list(row) for row in rows]
    for place, head in enumerate(heads):
        numbers = bool(lines) and all(isinstance(line[place], int) for line in lines)
        drawn.add_column(head, justify="right" if numbers else "left", overflow="fold")
    for line in lines:
        drawn.add_row(*(Text(cell(one)) for one in line))
    return drawn


def facts(rows: Iterable[tuple[str, object]]) -> Table:
    """Draw names and values; what is None or empty is left out."""
    drawn = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    drawn.add_column(style="bold", no_wrap=True)
    drawn.add_column(overflow="fold")
    for name, value in rows:
        if value not in (None, ""):
            drawn.add_row(Text(name), Text(cell(value)))
    return drawn


def cell(value: object) -> str:
    """Write one value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def moment(stamp: str | None) -> str:
    """Write one of the ledger's UTC stamps as people read it, to the minute."""
    return f"{stamp[:10]} {stamp[11:16]} UTC" if stamp and len(stamp) > 16 else stamp or ""
