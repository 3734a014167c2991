# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Asked about one record, the command tells what became of it, in words and without its address."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from airflow_provider_marketsync.cli.reasons import NEXT
from tests.cli.conftest import CUSTOMERS, customer


@pytest.fixture
def delivered(held):
    held.ask("accept", "shop", "--yes")
    held.run(CUSTOMERS)
    return held


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("customer:1", "Created at the target. Reason: new_contacts.granted: subscribe."),
        ("customer:10", "Refused by us before sending. What stands in the address field is no e-mail address"),
        ("customer:11", "Left out on purpose. The card has no address."),
        ("customer:12", "Left out on purpose. The definition's `where` leaves the card out."),
        ("customer:13", "Created at the target. Reason: new_contacts.withdrawn: create_unsubscribed."),
        ("customer:21", "Another card of the same mailbox is newer"),
    ],
)
def test_the_outcome_is_told_in_words(delivered, key, told):
    assert told in delivered.ask("why", "shop", key)


def test_a_key_without_its_register_and_a_short_id_mean_the_same_record(delivered):
    said = delivered.ask("why", "customer:3")
    short = re.search(r"Record ([0-9a-f]{16}) of shop", said).group(1)

    assert delivered.ask("why", "3") == said
    assert delivered.ask("why", "shop", short) == said
    assert "customer:3" not in said


def test_a_refusal_tells_how_often_and_when_it_is_tried_again(delivered):
    said = delivered.ask("why", "10")

    assert re.search(r"refusals +1, next try from \d{4}-\d\d-\d\d \d\d:\d\d UTC", said)


def test_a_change_is_told_by_the_name_of_the_field_only(delivered):
    delivered.run([customer(1, name="Uus Nimi"), *CUSTOMERS[1:]])
    said = delivered.ask("why", "1")

    assert re.search(r"updated +name", said)
    assert "Uus Nimi" not in said


def test_a_shared_mailbox_is_told_by_short_ids_and_its_no_with_where_it_came_from(delivered):
    said = delivered.ask("why", "20")
    other = re.search(r"Record ([0-9a-f]{16})", delivered.ask("why", "21")).group(1)

    assert f"shared with {other} (withdrawn" in said
    assert re.search(r"consent +opted_out without a date, from source; the target knows", said)


def test_an_opt_out_clicked_at_the_target_is_told_with_its_date(delivered):
    delivered.sandbox.call("/smaily/act", {"action": "unsubscribe", "email": "p2@pood.example.com"})
    delivered.run([customer(1), customer(2, name="Muudetud"), *CUSTOMERS[2:]])
    said = delivered.ask("why", "2")

    assert re.search(r"consent +opted_out since \d{4}-\d\d-\d\d \d\d:\d\d UTC, from target:optout; the target knows", said)
    assert re.search(r"opted_out +\d{4}-.* target:optout", said)


def test_an_unknown_key_is_an_error_that_does_not_repeat_it(delivered):
    said = delivered.ask("why", "customer:4711", code=1)

    assert "No record of this ledger has this key" in said
    assert "4711" not in said


def test_an_address_is_not_looked_for(delivered):
    assert "shell's history" in delivered.ask("why", "p1@pood.example.com", code=1)


def test_a_key_that_several_registers_have_asks_for_more(shop):
    shop.run([customer(1), customer(2, id="contact:1")])

    assert "Several records have this key" in shop.ask("why", "1", code=1)
    assert "Record" in shop.ask("why", "contact:1")


@pytest.mark.airflow
@pytest.mark.parametrize("command", [("why", "10001"), ("accept", "shop"), ("plan", "shop")])
def test_to_ask_before_the_first_run_makes_nothing(tmp_path, command):
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path / "home"), "COLUMNS": "300"}
    asked = [sys.executable, "-m", "airflow_provider_marketsync.cli", *command]
    told = subprocess.run(asked, env=environment, capture_output=True, text=True, timeout=120)
    assert told.returncode == 1
    assert "There is no ledger at" in told.stderr
    assert not (tmp_path / "home/marketsync").exists()


def test_too_many_words_are_refused_as_usage(shop):
    shop.ask("why", "a", "b", "c", code=2)


def test_every_reason_is_explained_by_a_sentence():
    assert all(sentence.endswith((".", '".')) or sentence.endswith("them.") for sentence in NEXT.values())
