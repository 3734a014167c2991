# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Runs of every kind that only the scheduler makes."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from demo.rest import AIRFLOW_2

from .company import EVERYBODY, until

pytestmark = pytest.mark.airflow


def kinds(company):
    return [run["run_type"] for run in company.rest.runs(company.name)]


def test_a_scheduled_run_and_a_backfill_of_three_windows_move_the_watermark_as_they_should(windows):
    assert sorted(kinds(windows)) == ["backfill"] * 3 + ["scheduled"]
    assert {run["state"] for run in windows.rest.runs("windows")} == {"success"}
    complete, *since = windows.read_since()
    assert complete == ""
    assert sorted(since) == ["06.11.2026", "07.11.2026", "08.11.2026"]
    assert (windows.names()["anu"], windows.names()["epp"]) == ("Anu Allik", "Epp Eerik")
    assert windows.rows() == len(EVERYBODY) + 1

    windows.run()
    assert windows.read_since()[-1] == "04.11.2026"
    assert windows.rows() == len(EVERYBODY) + 1
    assert windows.mails() == []


@pytest.mark.skipif(AIRFLOW_2, reason="Airflow 2's scheduler leaves cleared tasks of a backfill alone")
def test_the_old_reading_of_a_backfill_puts_nothing_over_newer_values(windows):
    old = next(run["dag_run_id"] for run in windows.rest.runs("windows") if run["run_type"] == "backfill")
    windows.rename("epp", "Epp Eenok")
    windows.run()
    rows = windows.rows()
    windows.ended(old, "success", tries=windows.clear(old))
    assert windows.names()["epp"] == "Epp Eenok"
    assert windows.rows() == rows


def test_a_run_for_a_date_and_one_without_any(company):
    dated = company("dated")
    run = dated.rest.trigger("dated", logical_date=datetime(2026, 11, 1, tzinfo=timezone.utc))
    dated.ended(run, "success")
    dated.rename("anu", "Anu Allik")
    dated.run()
    assert set(kinds(dated)) == {"manual"}
    if not AIRFLOW_2:
        assert None in [one["logical_date"] for one in dated.rest.runs("dated")]
    assert dated.mailable() == set(EVERYBODY)
    assert dated.names()["anu"] == "Anu Allik"
    assert dated.rows() == len(EVERYBODY) + 1


def test_a_run_that_an_asset_triggers(airflow, company):
    imported = company("imported")
    airflow.rest.trigger("import_of_imported")
    run = until(lambda: airflow.rest.runs("imported"), "the asset triggered nothing")[0]
    imported.ended(run["dag_run_id"], "success")
    assert kinds(imported) == ["dataset_triggered" if AIRFLOW_2 else "asset_triggered"]
    assert imported.mailable() == set(EVERYBODY)
    assert imported.mails() == []


def test_each_shop_of_a_mapped_run_gets_its_own_people(shops):
    assert shops.run["state"] == "success"
    assert sorted((one["task_id"], one["map_index"]) for one in shops.tasks) == [
        ("shop.fetch", 0), ("shop.fetch", 1), ("shop.upsert", 0), ("shop.upsert", 1)
    ]  # fmt: skip
    for shop in (shops.tallinn, shops.riga):
        assert shop.mailable() == set(EVERYBODY)
        assert shop.rows() == len(EVERYBODY)
        assert shop.mails() == []
