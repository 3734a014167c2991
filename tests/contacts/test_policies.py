# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What happens to new people, and that every line can be named."""
# ruff: noqa: E501 -- a message is compared whole, as one literal

from __future__ import annotations

import pytest

from airflow_provider_marketsync.contacts.consent import NewContact, Stated
from airflow_provider_marketsync.contacts.definition import Policy, Sync
from airflow_provider_marketsync.exceptions import DefinitionError

from .made import SKIP_ALL, card, compiled, definition

POLAND = {"when": "country == 'PL'", "basis": "double opt-in law", "unknown": "skip", "granted": "create_unsubscribed"}
OTHERS = {"granted": "subscribe", "pending": "skip", "unknown": "subscribe", "withdrawn": "create_unsubscribed"}


def told(**changed: object) -> str:
    with pytest.raises(DefinitionError) as error:
        Sync.load(definition(**changed))
    return str(error.value).removeprefix('the sync definition "shop" has ')


def test_a_map_names_every_state() -> None:
    ready = compiled(new_contacts=OTHERS)
    assert ready.policy(card(), Stated.UNKNOWN) == Policy(NewContact.SUBSCRIBE, "new_contacts.unknown: subscribe")
    assert ready.policy(card(), Stated.PENDING) == Policy(NewContact.SKIP, "new_contacts.pending: skip")


def test_one_word_holds_for_every_state() -> None:
    ready = compiled(new_contacts="create_unsubscribed")
    assert {ready.policy(card(), state).action for state in Stated} == {NewContact.CREATE_UNSUBSCRIBED}


def test_subscribe_for_all_skips_those_who_said_no() -> None:
    ready = compiled(new_contacts="subscribe")
    assert {state: ready.policy(card(), state).why for state in Stated} == {
        Stated.GRANTED: "new_contacts.granted: subscribe",
        Stated.PENDING: "new_contacts.pending: subscribe",
        Stated.UNKNOWN: "new_contacts.unknown: subscribe",
        Stated.WITHDRAWN: "new_contacts.withdrawn: skip",
    }


def test_the_first_entry_that_holds_and_names_the_state_wins() -> None:
    second = {"when": {"class": ["VIP"]}, "basis": "contract customers", "unknown": "subscribe", "pending": "subscribe"}
    ready = compiled(new_contacts=[POLAND, second, {**OTHERS, "unknown": "skip"}])
    polish_vip = card(country="PL", **{"class": "VIP"})
    assert ready.policy(polish_vip, Stated.UNKNOWN) == Policy(
        NewContact.SKIP, "new_contacts[0].unknown: skip (basis: double opt-in law)"
    )
    assert ready.policy(polish_vip, Stated.PENDING) == Policy(
        NewContact.SUBSCRIBE, "new_contacts[1].pending: subscribe (basis: contract customers)"
    )
    assert ready.policy(card(country="EE"), Stated.UNKNOWN) == Policy(NewContact.SKIP, "new_contacts[2].unknown: skip")


def test_fields_of_when_are_needed_from_the_source() -> None:
    assert compiled(new_contacts=[POLAND, OTHERS]).fields.plain == ("email", "country")


@pytest.mark.parametrize(
    ("new_contacts", "message"),
    [
        ("subscirbe", 'unknown word "subscirbe"; did you mean "subscribe"?'),
        ("yes", 'unknown word "yes"; write one of subscribe, create_unsubscribed, skip'),
        ("double_opt_in", "double_opt_in is not built yet in this version; write one of subscribe, create_unsubscribed, skip"),
        ({"granted": "subscribe", "unknown": "skip", "withdrawn": "skip"}, "names no pending; say what happens to new people in each state"),
        ([], "the list is empty; name granted, pending, unknown and withdrawn"),
    ],
)  # fmt: skip
def test_a_wrong_policy_is_told(new_contacts: object, message: str) -> None:
    assert told(new_contacts=new_contacts) == f"1 error:\n  new_contacts: {message}"


def test_a_missing_policy_is_told() -> None:
    wrong = definition()
    del wrong["new_contacts"]
    with pytest.raises(DefinitionError) as error:
        Sync.load(wrong)
    assert str(error.value) == (
        'the sync definition "shop" has 1 error:\n  new_contacts: is missing (word, map or list of maps):'
        " subscribe, create_unsubscribed or skip, for each of granted, pending, unknown and withdrawn"
    )


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([{"when": "a == 'b'", "unknown": "skip"}, SKIP_ALL], "new_contacts[0]: has no basis; name the reason in a few words"),
        ([{"basis": "x", "unknown": "skip"}, SKIP_ALL], "new_contacts[0]: has no when; only the last entry has none"),
        ([{"when": "a == 'b'", "basis": "x"}, SKIP_ALL], "new_contacts[0]: names no state; name some of granted, pending, unknown, withdrawn"),
        ([POLAND, {"granted": "skip", "pending": "skip"}], "new_contacts[1]: names no unknown and no withdrawn; say what happens to new people in each state"),
        ([{**SKIP_ALL, "basis": "x"}], "new_contacts[0].basis: the last entry holds for everybody else and has no basis"),
        ([{**SKIP_ALL, "whem": "x"}], 'new_contacts[0].whem: unknown key; did you mean "when"?'),
        ([{**POLAND, "when": "country"}, SKIP_ALL], "new_contacts[0].when: expected ==, !=, in, < or > here\n      country\n             ^"),
        ([{**POLAND, "unknown": True}, SKIP_ALL], "new_contacts[0].unknown: True is a boolean, not text; quote the word: 'yes', 'no', 'true', '1', whatever the source holds"),
        ([{**POLAND, "withdrawn": "subscribe"}, SKIP_ALL], "new_contacts[0].withdrawn: who said no is never subscribed; write skip or create_unsubscribed"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_told(entries: object, message: str) -> None:
    assert told(new_contacts=entries) == f"1 error:\n  {message}"


def test_an_entry_that_is_no_map_is_told() -> None:
    assert told(new_contacts=["skip"]) == (
        "2 errors:\n  new_contacts[0]: must be a map naming granted, pending, unknown and withdrawn"
        "\n  new_contacts[0]: names no granted and no pending and no unknown and no withdrawn;"
        " say what happens to new people in each state"
    )
