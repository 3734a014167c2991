# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The table of all jobs: which versions, which tests, on which Pythons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONSTRAINTS = ROOT / "constraints"
PYTHONS = ("3.10", "3.11", "3.12", "3.13")

FACE = ("tests/airflow", "tests/faults/test_through_airflow.py")
"""What meets Airflow: imports, metadata, forms, hooks, whole DAG runs, faults inside a task."""
EVERYTHING = ("tests",)
INSTALLED = ("tests/package/test_installed.py",)
"""What a user gets: the built wheel, without the checkout, its example DAGs loaded by Airflow."""


@dataclass(frozen=True)
class Versions:
    """A set of versions, resolved as of a date into ``constraints/NAME.txt``.

    :param name: of the file
    :param pins: requirements that decide
    :param as_of: only what was published by this day counts, as YYYY-MM-DD: later libraries break older Airflows
    :param like: what the set stands for, as said at the top of the file
    :param lowest: take the oldest of everything that pyproject.toml names
    """

    name: str
    pins: tuple[str, ...]
    as_of: str
    like: str
    lowest: bool = False

    @property
    def file(self) -> Path:
        """Where the versions stand."""
        return CONSTRAINTS / f"{self.name}.txt"


@dataclass(frozen=True)
class Job:
    """A set of versions, the Pythons it is tried on, and with what.

    :param versions: what is installed
    :param pythons: every Python that the set allows
    :param whole: the one among them on which every test runs, not only those that meet Airflow
    :param submission: the one that a submission (``.ci/run``) tries as well
    :param may_fail: a failure is told and fails nothing
    :param installed: try the built wheel instead of the checkout
    """

    versions: Versions
    pythons: tuple[str, ...]
    whole: str | None = None
    submission: str | None = None
    may_fail: bool = False
    installed: bool = False

    @property
    def name(self) -> str:
        """The job's row in the table."""
        return f"{self.versions.name}, wheel" if self.installed else self.versions.name

    def tests(self, python: str) -> tuple[str, ...]:
        """Return the tests to run on a Python."""
        if self.installed:
            return INSTALLED
        return EVERYTHING if python == self.whole else FACE


AIRFLOW_2_11 = Versions("airflow-2.11", ("apache-airflow==2.11.2",), "2026-03-20", "the last Airflow 2")
AIRFLOW_3_1 = Versions("airflow-3.1", ("apache-airflow==3.1.8",), "2026-03-20", "Airflow 3.1")
AIRFLOW_3_2 = Versions("airflow-3.2", ("apache-airflow==3.2.2",), "2026-06-10", "Airflow 3.2")
AIRFLOW_3_3 = Versions("airflow-3.3", ("apache-airflow==3.3.2",), "2026-11-21", "Airflow 3.3, the newest; for development too")
AIRFLOW_3_4 = Versions("airflow-3.4", ("apache-airflow==3.4.0b2",), "2026-11-21", "the newest pre-release")
LOWEST = Versions(
    "lowest", ("apache-airflow==2.11.0",), "2026-03-20", "the oldest of everything pyproject.toml names", lowest=True
)
# Only what is known of Apache's published sets is pinned; everything else is of the date.
BESIDE_2_11 = Versions(
    "beside-2.11",
    ("apache-airflow==2.11.0", "apache-airflow-providers-http==5.*", "apache-airflow-providers-common-compat==1.7.*"),
    "2026-03-20",
    "like the set Apache published for 2.11: an http provider 5.x and common-compat 1.7; the rest is of the date",
)
BESIDE_3_2 = Versions(
    "beside-3.2",
    ("apache-airflow==3.2.1", "lxml==6.0.2"),
    "2026-04-30",
    "like the set Apache published for 3.2.1 in April 2026: lxml 6.0.2; the rest is of the date",
)

VERSIONS = (AIRFLOW_2_11, AIRFLOW_3_1, AIRFLOW_3_2, AIRFLOW_3_3, AIRFLOW_3_4, LOWEST, BESIDE_2_11, BESIDE_3_2)
JOBS = (
    Job(AIRFLOW_2_11, ("3.10", "3.11", "3.12"), whole="3.10", submission="3.11"),
    Job(AIRFLOW_3_1, PYTHONS, whole="3.12", submission="3.11"),
    Job(AIRFLOW_3_2, PYTHONS, whole="3.13"),
    Job(AIRFLOW_3_3, PYTHONS, whole="3.11"),
    Job(AIRFLOW_3_4, ("3.11", "3.12", "3.13"), may_fail=True),
    Job(LOWEST, ("3.10", "3.11"), submission="3.11"),
    Job(BESIDE_2_11, ("3.10", "3.12")),
    Job(BESIDE_3_2, ("3.10", "3.13")),
    Job(AIRFLOW_2_11, ("3.10", "3.12"), installed=True),
    Job(AIRFLOW_3_3, ("3.11", "3.13"), submission="3.11", installed=True),
)
