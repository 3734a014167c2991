# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""docs/sandbox.md: its routes, acts and faults, and its example of a user's own tests, which is run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from airflow_provider_marketsync.sandbox.control import ROUTES
from airflow_provider_marketsync.sandbox.directo.acts import ACTS as DIRECTO_ACTS
from airflow_provider_marketsync.sandbox.mailup.acts import ACTS as MAILUP_ACTS
from airflow_provider_marketsync.sandbox.registry import make_vendors
from airflow_provider_marketsync.sandbox.salesmanago.acts import ACCOUNT_ACTS as SALESMANAGO_ACCOUNT_ACTS
from airflow_provider_marketsync.sandbox.salesmanago.acts import ACTS as SALESMANAGO_ACTS
from airflow_provider_marketsync.sandbox.smaily.acts import ACTS as SMAILY_ACTS

from .pages import DOCS, ROOT, blocks, quoted, read, rows, section

PAGE = "sandbox.md"


def test_every_control_route_stands_on_the_page():
    told = [quoted(cells[0])[0] for cells in rows(section(PAGE, "Control routes")) if cells[0].startswith("`")]
    assert told == list(ROUTES)


def test_every_act_stands_on_the_page():
    told = {cells[0]: set(quoted(cells[1])) for cells in rows(section(PAGE, "Control routes"))}
    assert told["Directo"] == {*DIRECTO_ACTS, "create"}
    assert told["Smaily"] == {*SMAILY_ACTS, "subscribe"}
    assert told["SALESmanago"] == {*SALESMANAGO_ACTS, *SALESMANAGO_ACCOUNT_ACTS}
    assert told["MailUp"] == set(MAILUP_ACTS)


def test_the_faults_named_on_the_page_can_be_ordered():
    from airflow_provider_marketsync.sandbox.clock import Clock

    vendors = make_vendors(Clock())
    named = read(PAGE).partition("A few faults worth a try: ")[2].partition("\n\n")[0]
    general, *owns = re.split(r";\s+at ", named)
    told = {own.split()[0].lower(): quoted(own) for own in owns}
    assert told.keys() == vendors.keys()
    for vendor, own in told.items():
        assert own
        assert {*quoted(general), *own} <= set(vendors[vendor].faults.kinds())


def example(name):
    """Return the page's Python block that begins with this file's name."""
    return next(block.text for block in blocks(DOCS / PAGE) if block.text.startswith(f"# {name}\n"))


@pytest.fixture(params=["the example", "the README"])
def project(tmp_path, request):
    """A user's folder: a DAG and its definition, the example's or pasted from the README, and the tests of the page."""
    shutil.copytree(ROOT / "example_dags", tmp_path / "dags")
    if request.param == "the README":
        pasted = [block.text for block in blocks(ROOT / "README.md")]
        dag = next(text for text in pasted if "with DAG(" in text)
        definition = next(text for text in pasted if text.startswith("id: "))
        (tmp_path / "dags" / "directo_to_smaily.py").write_text(dag, encoding="utf-8")
        (tmp_path / "dags" / "syncs" / "directo_to_smaily.yaml").write_text(definition, encoding="utf-8")
    for name in ("test_directo_to_smaily.py", "test_definition.py"):
        (tmp_path / name).write_text(example(name), encoding="utf-8")
    return tmp_path


def run(project, *command):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTEST"))},
        "AIRFLOW_HOME": str(project / "home"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(project / "dags"),
        "no_proxy": "*",
    }
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=project, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_the_pages_test_of_a_definition_passes(project):
    assert "2 passed" in run(project, "pytest", "-q", "-p", "no:cacheprovider", "test_definition.py")


@pytest.mark.airflow
def test_the_pages_test_of_a_dag_passes(project):
    run(project, "airflow", "db", "migrate")
    assert "1 passed" in run(project, "pytest", "-q", "-p", "no:cacheprovider", "test_directo_to_smaily.py")
