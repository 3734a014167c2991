# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the matrix tries is what the package and its pages promise, with versions that anybody can install."""

from __future__ import annotations

import re

import pytest

from matrix.interpreters import find
from matrix.jobs import CONSTRAINTS, EVERYTHING, JOBS, PYTHONS, ROOT, VERSIONS

PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
LINE = re.compile(r"[\w.-]+==[\w.!+-]+( ; .+)?")


def test_every_python_of_the_classifiers_is_tried():
    assert tuple(re.findall(r"Python :: (3\.\d+)", PROJECT)) == PYTHONS


def test_every_set_is_in_some_job_and_every_file_is_a_set():
    assert {job.versions.name for job in JOBS} == {versions.name for versions in VERSIONS}
    assert {file.stem for file in CONSTRAINTS.iterdir()} == {versions.name for versions in VERSIONS}


@pytest.mark.parametrize("versions", VERSIONS, ids=lambda versions: versions.name)
def test_a_file_holds_its_date_and_versions_and_no_address(versions):
    head, rest = [], []
    for line in versions.file.read_text(encoding="utf-8").splitlines():
        (head if line.startswith("#") else rest).append(line)
    assert f"as of {versions.as_of}" in head[3]
    assert [line for line in rest if not LINE.fullmatch(line)] == []
    assert not re.search(r"://|/\w+/|@", "\n".join(head + rest))
    for pin in versions.pins:
        assert any(line.startswith(pin.rstrip("*")) for line in rest)


def test_the_oldest_versions_are_the_floors_of_the_package():
    (lowest,) = (versions for versions in VERSIONS if versions.lowest)
    held = dict(line.split(" ;")[0].split("==") for line in lowest.file.read_text().splitlines() if "==" in line)
    floors = re.findall(r'^    "([\w-]+)>=([\d.]+)",', PROJECT.partition("\ndependencies")[2].partition("]")[0], re.MULTILINE)
    assert floors
    found = {name: held[name][: len(floor)] for name, floor in floors}
    assert found == dict(floors)


def test_each_series_has_one_python_with_every_test_and_a_submission_never_runs_them_twice():
    series = [job for job in JOBS if re.fullmatch(r"airflow-[\d.]+", job.name) and not job.may_fail]
    assert all(job.whole in job.pythons for job in series)
    assert all(job.tests(job.submission) != EVERYTHING for job in JOBS if job.submission)


def test_versions_and_pages_agree():
    page = (ROOT / "docs" / "versions.md").read_text(encoding="utf-8")
    for versions in VERSIONS:
        number = versions.pins[0].partition("==")[2]
        assert number in page or "pre-release" in versions.like


def test_the_python_that_runs_is_found():
    import sys

    assert find("{}.{}".format(*sys.version_info)) == sys.executable
    assert find("3.99") is None
