# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The wheel and the source distribution hold what they must, nothing else, and say the truth about themselves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from airflow_provider_marketsync import __version__

ROOT = Path(__file__).parents[2]
PACKAGE = "airflow_provider_marketsync"
IN_THE_SDIST = ("benchmarks", "constraints", "demo", "docs", "example_dags", "matrix", "tests", PACKAGE)


def run(*command, cwd):
    environment = {**os.environ, "PYTHONPATH": str(cwd)}
    done = subprocess.run([sys.executable, "-m", *command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with both, built as a release builds them."""
    folder = tmp_path_factory.mktemp("dist")
    run("hatchling", "build", "--directory", str(folder), cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        yield archive


@pytest.fixture(scope="module")
def unpacked(built, tmp_path_factory):
    """The source distribution, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # old patch versions of Python have none
        archive.extractall(folder)  # noqa: S202 - we made it
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def metadata(wheel):
    return Parser().parsestr(read(wheel, "METADATA"))


def read(wheel, name):
    return wheel.read(f"{PACKAGE}-{__version__}.dist-info/{name}").decode()


def below(folder, name):
    """The files below a folder, as they are named from one above it."""
    files = (file for file in (folder / name).rglob("*") if file.is_file())
    return {str(file.relative_to(folder)) for file in files if not {"__pycache__", "out"} & set(file.parts)}


def test_the_wheel_holds_the_package_the_example_dags_and_nothing_else(wheel):
    dist_info = f"{PACKAGE}-{__version__}.dist-info/"
    held = {name for name in wheel.namelist() if not name.startswith(dist_info)}
    assert held == below(ROOT, PACKAGE) | {f"{PACKAGE}/{name}" for name in below(ROOT, "example_dags")}
    assert f"{PACKAGE}/py.typed" in held
    assert {f"{dist_info}{name}" for name in ("METADATA", "entry_points.txt", "licenses/LICENSE")} <= set(wheel.namelist())


def test_the_same_checkout_gives_the_same_wheel(built, tmp_path):
    run("hatchling", "build", "--target", "wheel", "--directory", str(tmp_path), cwd=ROOT)
    assert next(tmp_path.glob("*.whl")).read_bytes() == next(built.glob("*.whl")).read_bytes()


def test_the_entry_points_are_those_airflow_pytest_and_the_shell_look_for(wheel):
    groups = set(re.findall(r"^\[(.+)\]$", read(wheel, "entry_points.txt"), re.MULTILINE))
    assert groups == {"apache_airflow_provider", "console_scripts", "pytest11"}


def test_the_metadata_say_what_it_is_and_where_it_runs(metadata):
    classifiers = set(metadata.get_all("Classifier"))
    pythons = {f"Programming Language :: Python :: 3.{minor}" for minor in (10, 11, 12, 13)}
    assert {"Framework :: Apache Airflow", "Framework :: Apache Airflow :: Provider", "Typing :: Typed", *pythons} <= classifiers
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["Version"] == __version__
    assert metadata["Description-Content-Type"] == "text/markdown"


def test_no_requirement_has_an_upper_cap_and_each_has_a_floor(metadata):
    requirements = metadata.get_all("Requires-Dist")
    assert requirements
    assert [one for one in requirements if not re.fullmatch(r"[\w-]+>=[\d.]+(; extra == '\w+')?", one)] == []


def test_the_source_distribution_holds_everything_that_a_checkout_does(unpacked):
    for name in IN_THE_SDIST:
        assert below(unpacked, name) == below(ROOT, name), name
    for name in (
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "SECURITY.md",
        "pyproject.toml",
        ".ci/run",
    ):
        assert (unpacked / name).read_bytes() == (ROOT / name).read_bytes()


def test_the_tests_can_be_collected_from_the_source_distribution(unpacked):
    collect = ("pytest", "--collect-only", "-p", "no:cacheprovider")
    found, wanted = (collected(run(*collect, cwd=folder)) for folder in (unpacked, ROOT))
    assert wanted
    assert found == wanted


def collected(told):
    return {line for line in told.splitlines() if "::" in line}
