# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What waits for a person is shown, accepted once, and done by the next run."""

from __future__ import annotations

import getpass
import re

import pytest

from tests.cli.conftest import CUSTOMERS, customer


def mailable(shop):
    return shop.sandbox.call("/smaily/store?count=1")["counts"]["mailable"]


def test_a_held_first_run_is_shown_with_its_number_its_reason_and_samples_of_short_ids(held):
    said = held.ask("plan", "shop")

    assert "4 new people wait for a person" in said
    assert "These 4 would be mailed for the first time, because the definition says  new_contacts.granted: subscribe" in said
    assert "Not accepted yet. To accept: marketsync accept shop plan-" in said
    assert re.search(r"created +[0-9a-f]{16} +name", said)
    assert "customer:" not in said
    assert mailable(held) == 0


def test_a_plan_is_found_by_the_path_of_the_definition_too(held):
    assert "4 new people wait" in held.ask("plan", str(held.definition))


def test_an_accepted_plan_is_done_by_the_next_run_and_only_once(held):
    said = held.ask("accept", "shop", answer="y\n")
    assert "Accept 4 new people? [y/N]" in said
    assert f"Accepted by {getpass.getuser()}" in held.ask("plan", "shop")

    summary = held.run(CUSTOMERS)

    assert summary["outcomes"]["created"] == mailable(held) == 4
    assert "No plan of shop waits" in held.ask("plan", "shop")
    held.ask("accept", "shop", "--yes", code=1)


def test_who_answers_no_accepts_nothing(held):
    held.ask("accept", "shop", answer="n\n", code=1)

    assert "Not accepted yet" in held.ask("plan", "shop")
    held.run(CUSTOMERS)
    assert mailable(held) == 0


def test_a_plan_that_was_looked_at_can_be_named_and_another_one_is_not_accepted_in_its_place(held):
    looked_at = re.search(r"plan-[0-9a-f-]+", held.ask("plan", "shop")).group()
    held.run([*CUSTOMERS, customer(5)])

    assert "does. Look at it" in held.ask("accept", "shop", looked_at, "--yes", code=1)

    newer = re.search(r"plan-[0-9a-f-]+", held.ask("plan", "shop")).group()
    assert newer in held.ask("accept", "shop", newer, "--yes")
    assert "was accepted" in held.ask("accept", "shop", "--yes")


def test_without_a_plan_the_last_run_is_told(shop):
    shop.run(CUSTOMERS[:2])
    said = shop.ask("plan", "shop")

    assert "No plan of shop waits" in said
    assert re.search(r"created +2", said)


def test_people_held_before_a_populated_target_are_explained(shop):
    shop.sandbox.call("/smaily/seed", {"count": 3, "seed": 1})
    shop.run(CUSTOMERS)

    assert 'first_run="adopt"' in shop.ask("plan", "shop")


@pytest.mark.parametrize("command", ["plan", "accept"])
def test_an_unknown_sync_is_told_with_those_that_are_known(held, command):
    said = held.ask(command, "shopp", code=1)

    assert said.startswith("marketsync: ")
    assert "knows no sync 'shopp'. It knows: shop." in said
    assert "Traceback" not in said


def test_looking_makes_no_ledger(shop):
    assert "There is no ledger at" in shop.ask("plan", "shop", code=1).replace("\n", " ")
    assert not (shop.folder / "ledger.db").exists()
