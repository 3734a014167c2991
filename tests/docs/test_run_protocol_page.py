# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The table of buttons names a test in each row, and every test of a button stands in it."""

from __future__ import annotations

import re

from .pages import ROOT, quoted, rows, section

SYSTEM = ROOT / "tests" / "system"
TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)


def defined_in(*files):
    return {name for file in files for name in TEST.findall(file.read_text(encoding="utf-8"))}


def test_every_row_of_the_buttons_is_proved_by_a_test():
    proved = [quoted(row[2]) for row in rows(section("run-protocol.md", "What Airflow's buttons do"))]
    assert len(proved) >= 11
    assert [names for names in proved if len(names) != 1 or not set(names) <= defined_in(*SYSTEM.glob("test_*.py"))] == []


def test_every_test_of_a_button_stands_in_the_table():
    named = set(quoted(section("run-protocol.md", "What Airflow's buttons do")))
    assert defined_in(SYSTEM / "test_buttons.py") <= named


def test_every_example_dag_stands_on_the_page_about_scheduling():
    named = {quoted(row[0])[0] for row in rows(section("scheduling.md", "Example DAGs"))}
    assert named == {file.name for file in (ROOT / "example_dags").glob("*.py")}
