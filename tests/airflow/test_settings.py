# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The ``[marketsync]`` section, arguments that came out of a template, and the table in the log."""

from __future__ import annotations

import logging
import os
from datetime import timedelta

import pytest

from airflow_provider_marketsync.exceptions import SettingsError
from airflow_provider_marketsync.operators.arguments import as_flag, as_paths, as_text
from airflow_provider_marketsync.operators.report import table
from airflow_provider_marketsync.operators.settings import installation, ledger_path


def test_without_any_setting_everything_lies_under_airflow_home_and_the_log_says_so(caplog):
    with caplog.at_level(logging.WARNING):
        found = installation()
    home = os.environ["AIRFLOW_HOME"]
    assert found.ledger == f"{home}/marketsync/ledger.db"
    assert found.extracts == f"{home}/marketsync/extracts"
    assert found.extract_retention == timedelta(days=3)
    assert found.carry_over_retention == timedelta(days=90)
    assert found.journal_retention == timedelta(days=365)
    assert found.only_addresses == ()
    assert found.ledger in caplog.text
    assert "rebuilt" in caplog.text


def test_to_ask_where_the_ledger_is_makes_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "home"))
    assert ledger_path() == str(tmp_path / "home/marketsync/ledger.db")
    assert list(tmp_path.iterdir()) == []
    assert installation().ledger == ledger_path()
    assert (tmp_path / "home/marketsync").is_dir()


def test_a_named_ledger_needs_no_warning(marketsync, caplog):
    with caplog.at_level(logging.WARNING):
        assert installation().ledger == str(marketsync / "ledger.db")
    assert "rebuilt" not in caplog.text


def test_every_setting_is_read(marketsync, monkeypatch):
    for name, text in {
        "EXTRACT_RETENTION": "12h",
        "CARRY_OVER_RETENTION": "30d",
        "JOURNAL_RETENTION": "60d",
        "ONLY_ADDRESSES": "*@example.com, test-*@example.org\nx@example.net",
    }.items():
        monkeypatch.setenv(f"AIRFLOW__MARKETSYNC__{name}", text)
    found = installation()
    assert (found.extract_retention, found.carry_over_retention) == (timedelta(hours=12), timedelta(days=30))
    assert found.journal_retention == timedelta(days=60)
    assert found.only_addresses == ("*@example.com", "test-*@example.org", "x@example.net")


@pytest.mark.parametrize("text", ["3 weeks", "soon", "-1d", "0d", "3"])
def test_a_retention_that_is_no_stretch_of_time_is_refused(monkeypatch, text):
    monkeypatch.setenv("AIRFLOW__MARKETSYNC__EXTRACT_RETENTION", text)
    with pytest.raises(SettingsError, match=r"\[marketsync\] extract_retention"):
        installation()


@pytest.mark.parametrize("argument", [None, "", "  ", "None", "null"])
def test_what_a_template_makes_of_nothing_is_nothing(argument):
    assert as_text(argument) is None
    assert as_flag("full", argument) is False
    assert as_paths(argument) == []


@pytest.mark.parametrize(("argument", "flag"), [(True, True), (False, False), ("True", True), ("no", False), ("1", True)])
def test_flags_may_come_out_of_a_template(argument, flag):
    assert as_flag("full", argument) is flag


def test_a_flag_that_is_neither_true_nor_false_is_refused():
    with pytest.raises(SettingsError, match="'full'"):
        as_flag("full", "perhaps")


def test_one_path_is_a_list_of_one():
    assert as_paths("/x/manifest.json") == ["/x/manifest.json"]
    assert as_paths(["/x", "/y"]) == ["/x", "/y"]


def test_the_table_of_a_summary_is_plain_ascii_and_shortens_long_lists():
    drawn = table(
        {
            "sync": "made",
            "outcomes": {"created": 1234567, "updated": 0},
            "warnings": [f"warning {number}" for number in range(30)],
            "held": {},
            "sent": True,
            "plan": None,
            "[red]": "not markup",
        }
    )
    assert drawn.isascii()
    assert "1,234,567" in drawn
    assert "and 20 more" in drawn
    assert "[red]" in drawn
    assert "plan" not in drawn
    assert max(map(len, drawn.splitlines())) <= 110
