# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The table of a benchmark, and the file that keeps its figures."""

from __future__ import annotations

import json
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

OUT = Path(__file__).parent / "out"
PACKAGES = ("apache-airflow", "lxml", "msgspec", "requests")


@dataclass(frozen=True)
class Row:
    """One figure against its target.

    :param what: what was measured
    :param figure: the figure with its unit
    :param ratio: the number that is compared with the target
    :param target: the target in words
    :param met: whether it was met; None where nothing was asked
    """

    what: str
    figure: str
    ratio: float
    target: str
    met: bool | None

    @classmethod
    def at_most(cls, what: str, figure: str, ratio: float, most: float) -> Row:
        """Return a row whose number must not be above its target."""
        return cls(what, figure, round(ratio, 3), f"<= {most:g}", ratio <= most)

    @classmethod
    def at_least(cls, what: str, figure: str, ratio: float, least: float) -> Row:
        """Return a row whose number must not be below its target."""
        return cls(what, figure, round(ratio, 3), f">= {least:g}", ratio >= least)

    @classmethod
    def plain(cls, what: str, figure: str, number: float) -> Row:
        """Return a row that is only told."""
        return cls(what, figure, round(number, 3), "", None)


@dataclass(frozen=True)
class Result:
    """What a benchmark found.

    :param rows: its figures
    :param settings: sizes, repeats and whatever else explains them
    """

    rows: Sequence[Row]
    settings: Mapping[str, Any]


def show(name: str, result: Result) -> None:
    """Print a benchmark's table."""
    table = Table("what", "figure", "number", "target", "met", title=name, title_justify="left")
    for row in result.rows:
        table.add_row(row.what, row.figure, f"{row.ratio:g}", row.target, {True: "yes", False: "NO", None: ""}[row.met])
    Console(width=130).print(table)


def keep(name: str, result: Result) -> Path:
    """Write a benchmark's figures.

    :return: the file
    """
    OUT.mkdir(exist_ok=True)
    path = OUT / f"{name}.json"
    kept = {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "rows": [asdict(row) for row in result.rows],
        "settings": dict(result.settings),
        "versions": versions(),
    }
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def versions() -> dict[str, str]:
    """Return the versions that matter here."""
    own = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, "machine": platform.machine()}
    return own | {package: found for package in PACKAGES if (found := _version(package))}


def middle(numbers: Sequence[float]) -> float:
    """Return the median."""
    return median(numbers)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
