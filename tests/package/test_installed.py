# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The wheel as a user installs it: Airflow finds the provider, and its example DAGs load. `make matrix` installs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points, files, version
from pathlib import Path

import pytest

DISTRIBUTION = "airflow-provider-marketsync"
ROOT = Path(__file__).parents[2]
AIRFLOW_2 = version("apache-airflow").startswith("2.")


def from_a_wheel():
    # An editable installation copies the example DAGs, and nothing else.
    return any(str(file) == "airflow_provider_marketsync/__init__.py" for file in files(DISTRIBUTION) or ())


def examples():
    return next(Path(file.locate()).parent for file in files(DISTRIBUTION) if file.parts[-2:-1] == ("example_dags",))


pytestmark = [pytest.mark.airflow, pytest.mark.skipif(not from_a_wheel(), reason="installed from the checkout, not from a wheel")]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return a function that runs a command of this environment far from the checkout, in a fresh Airflow with examples on."""
    home = tmp_path_factory.mktemp("airflow")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHONPATH"))}
    environment = {**kept, "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "True"}
    if AIRFLOW_2:  # which loads its own examples only
        environment["AIRFLOW__CORE__DAGS_FOLDER"] = str(examples())

    def command(name, *arguments):
        path = Path(sys.executable).with_name(name)
        done = subprocess.run([path, *arguments], cwd=home, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout

    command("airflow", "db", "migrate")
    return command


def rows(told):
    """Return the JSON a command printed, which may stand behind lines of its log."""
    return json.loads(told[told.index("[\n" if "[\n" in told else "[{") :])


def test_it_is_not_the_checkout_that_is_imported(run):
    told = run("python", "-c", "import airflow_provider_marketsync as package; print(package.__file__)")
    assert not Path(told.strip()).is_relative_to(ROOT / "airflow_provider_marketsync")


def test_airflow_lists_the_provider(run):
    told = rows(run("airflow", "providers", "list", "--output", "json"))
    assert {one["package_name"]: one["version"] for one in told}[DISTRIBUTION] == version(DISTRIBUTION)


def test_airflow_loads_the_example_dags(run):
    if not AIRFLOW_2:
        run("airflow", "dags", "reserialize")
    errors = [one for one in rows_or_none(run("airflow", "dags", "list-import-errors", "--output", "json")) if ours(one)]
    assert errors == []
    listed = {one["dag_id"]: one for one in rows(run("airflow", "dags", "list", "--output", "json"))}
    wanted = {file.stem for file in (ROOT / "example_dags").glob("*.py")}
    assert wanted
    assert wanted <= set(listed)
    assert all(listed[name]["fileloc"] == str(examples() / f"{name}.py") for name in wanted)


def rows_or_none(told):
    return rows(told) if "[{" in told or "[\n" in told else []


def ours(error):
    return "marketsync" in json.dumps(error)


def test_the_commands_of_the_package_start(run):
    assert version(DISTRIBUTION) in run("marketsync", "--version")
    names = {point.name for point in entry_points(group="console_scripts") if point.dist.name == DISTRIBUTION}
    assert names == {"marketsync"}
