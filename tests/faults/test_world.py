# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the other tests compare with and watch for is what they take it for."""

from __future__ import annotations

import json
from urllib.parse import quote

from .world import CAST


def standing(state):
    return {address.partition("@")[0]: (one["name"], one["mailable"]) for address, one in state.people.items()}


def test_the_undisturbed_days_end_as_the_rules_say(undisturbed):
    first = {
        "mari": ("Põhja Nimi 1001", True),
        "jaan": ("Põhja Nimi 1002", True),
        "jagatud": ("Põhja Nimi 1003", False),
        "loobuja": ("Põhja Nimi 1005", False),
        "klikkija": ("Põhja Nimi 1007", True),
    }
    second = {
        **first,
        "mari": ("Mari Murakas", True),
        "jaan": ("Põhja Nimi 1002", False),
        "klikkija": ("Klikkija Kai", False),
        "uustulnuk": ("Põhja Nimi 1008", True),
    }
    assert standing(undisturbed["first day"]) == first
    assert standing(undisturbed["second day"]) == second
    assert all(number == 1 for end in undisturbed.values() for number in end.log.values())


def test_the_second_day_is_read_by_its_changes_and_the_first_completely(world):
    world.tell("second day")
    assert world.fetch().summary["complete"] is False
    assert world.fetch(full=True).summary["complete"] is True


def test_the_watch_knows_every_form_of_what_must_not_be_told(world):
    world.tell("first day")
    needles = world.needles()
    email, name = CAST[0]["email"], CAST[0]["name"]
    for form in (email, quote(email), name, json.dumps(name)[1:-1], quote(name), world.call("/directo/credentials")["token"]):
        assert form.lower() in needles
    assert not any(needle in "directo did not answer in time; 5 records; puudub" for needle in needles)
