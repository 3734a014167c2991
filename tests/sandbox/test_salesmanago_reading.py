# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Look-ups, cards and feeds of SALESmanago's stand-in (contract section 6)."""

from __future__ import annotations

import json

import pytest

ANNA, JAN, ELA = "anna@post.example.com", "jan@post.example.com", "ela@post.example.com"
NOON = 1_795_262_400_000  # 2026-11-21T12:00:00Z


@pytest.fixture
def noon(salesmanago):
    salesmanago.sandbox.call("/clock", {"set": "2026-11-21T12:00:00Z"})
    return salesmanago


def feed(salesmanago, start, end, path="modifiedContacts", **fields):
    answer = salesmanago.post(f"contact/{path}", {"from": start, "to": end, **fields})
    return [one["email"] for one in answer["createdContacts" if path == "createdContacts" else "modifiedContacts"]]


def kind_of(value):
    return type(value).__name__ if not isinstance(value, dict) else {name: kind_of(one) for name, one in value.items()}


def test_basic_card_has_the_keys_of_the_sample_in_order(salesmanago, recorded):
    sample = json.loads(recorded("salesmanago-sample-contact-basic-response.json"))
    (card,) = sample["contacts"]
    seed = {**{name: value for name, value in card.items() if not name.startswith("birthday")}, "birthday": "19840804"}
    salesmanago.seed(seed)
    assert salesmanago.post("contact/basic", email=[card["email"]]) == sample
    assert list(salesmanago.post("contact/basicById", id=[card["contactId"]])["contacts"][0]) == list(card)


def test_full_card_has_the_keys_and_kinds_of_the_real_answer(salesmanago, recorded):
    real = json.loads(recorded("salesmanago-sample-contact-list-response.json"))["contacts"]
    for card in real:
        salesmanago.seed(
            {"email": card["email"], "id": card["id"], "address": card["address"] or {}, "createdOn": card["createdOn"],
             "name": card["name"], "modifiedOn": card["modifiedOn"], "tags": [tag["tag"] for tag in card["contactTags"]],
             "properties": {one["name"]: one["value"] for one in card["properties"]}},
        )  # fmt: skip
    answer = salesmanago.post("contact/list", email=[card["email"] for card in real])
    for found, card in zip(answer["contacts"], real, strict=True):
        assert list(found) == list(card)
        found["mainContactOwner"] = card["mainContactOwner"]
        for tags in (found["contactTags"], card["contactTags"]):
            for tag in tags:
                tag["createdOn"] = kind_of(tag["createdOn"])
        if card["address"]:
            found["address"]["city"] = card["address"]["city"]
        assert found == card


def test_has_contact(salesmanago):
    contact_id = salesmanago.upsert(ANNA)["contactId"]
    assert salesmanago.post("contact/hasContact", email=ANNA.upper()) == {
        "success": True, "message": [], "result": True, "contactId": contact_id,
    }  # fmt: skip
    assert salesmanago.post("contact/hasContact", email=JAN) == {
        "success": True, "message": [], "result": False, "contactId": None,
    }  # fmt: skip


@pytest.mark.parametrize("path", ["basic", "list", "listAll"])
def test_unknown_people_are_no_error_and_simply_absent(salesmanago, path):
    salesmanago.seed({"email": ANNA})
    assert salesmanago.post(f"contact/{path}", email=[JAN]) == {"success": True, "message": [], "contacts": []}
    found = salesmanago.post(f"contact/{path}", email=[JAN, ANNA.upper(), ANNA, "nonsense"])["contacts"]
    assert [one["email"] for one in found] == [ANNA]


def test_keys_of_the_look_ups_by_id(salesmanago):
    contact_id = salesmanago.upsert(ANNA)["contactId"]
    assert salesmanago.post("contact/basicById", id=[contact_id])["contacts"][0]["contactId"] == contact_id
    for path in ("listById", "listAllById"):
        assert salesmanago.post(f"contact/{path}", contactId=[contact_id])["contacts"][0]["id"] == contact_id


@pytest.mark.parametrize(
    ("path", "key"), [("list", "email"), ("listById", "contactId"), ("listAll", "email"), ("listAllById", "contactId")]
)
def test_lists_take_at_most_fifty(salesmanago, path, key):
    salesmanago.control("seed", {"count": 51, "seed": 1})
    name = {"email": "email", "contactId": "contactId"}[key]
    asked = [card[name] for card in salesmanago.control("store")["contacts"]]
    assert len(salesmanago.post(f"contact/{path}", {key: asked[:50]})["contacts"]) == 50
    assert salesmanago.post(f"contact/{path}", {key: asked}) | {"message": []} == {
        "success": False, "message": [], "contacts": None,
    }  # fmt: skip
    salesmanago.switch(over_limit="cut")
    assert len(salesmanago.post(f"contact/{path}", {key: asked})["contacts"]) == 50


def test_contacts_of_another_owner_look_unknown_in_list_only(salesmanago):
    salesmanago.seed({"email": ANNA, "mainContactOwner": "marketing@example.com"})
    shown = {path: bool(salesmanago.post(f"contact/{path}", email=[ANNA])["contacts"]) for path in ("list", "listAll", "basic")}
    assert shown == {"list": False, "listAll": True, "basic": True}
    assert salesmanago.post("contact/list", email=[ANNA], owner="marketing@example.com")["contacts"]
    salesmanago.switch(list_other_owner="shown", basic_other_owner="hidden")
    shown = {path: bool(salesmanago.post(f"contact/{path}", email=[ANNA])["contacts"]) for path in ("list", "listAll", "basic")}
    assert shown == {"list": True, "listAll": True, "basic": False}


def test_pages_of_the_owner(salesmanago):
    salesmanago.control("seed", {"count": 12, "seed": 1})
    salesmanago.seed({"email": ANNA, "mainContactOwner": "marketing@example.com"})
    pages = [salesmanago.post("contact/paginatedListById", page=page, size=10)["contacts"] for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [10, 2, 0]


def test_own_writes_come_back_in_the_feeds(noon):
    noon.upsert(ANNA)
    assert feed(noon, NOON, NOON + 60_000) == feed(noon, NOON, NOON + 60_000, "createdContacts") == [ANNA]
    noon.advance(3600)
    noon.post("contact/managetags", email=ANNA, tags=["A"])
    assert feed(noon, NOON + 3_600_000, NOON + 3_660_000) == [ANNA]
    assert feed(noon, NOON, NOON + 60_000) == []
    assert feed(noon, NOON, NOON + 60_000, "createdContacts") == [ANNA]


@pytest.mark.parametrize(
    "write",
    [
        ("contact/upsert", {"contact": {"email": ANNA}}),
        ("contact/optout", {"email": ANNA}),
        ("contact/delete", {"email": ANNA}),
        ("contact/addNote", {"email": ANNA, "note": "x"}),
        ("contact/setMainOwner", {"contact": ANNA, "newOwner": "marketing@example.com"}),
        ("contact/batchoptout", {"emails": [ANNA]}),
        ("contact/batchupsert", {"upsertDetails": [{"contact": {"email": ANNA}}]}),
    ],
)
def test_every_write_touches_modified_on(noon, write):
    noon.seed({"email": ANNA})
    noon.post(write[0], write[1])
    assert feed(noon, NOON, NOON + 60_000) == [ANNA]


def test_a_write_that_changes_nothing_may_leave_modified_on(noon):
    noon.switch(same_write_modifies="no")
    noon.seed({"email": ANNA, "name": "Anna", "optedOut": True})
    noon.upsert(ANNA, contact={"name": "Anna"})
    noon.post("contact/optout", email=ANNA)
    assert feed(noon, NOON, NOON + 60_000) == []
    noon.upsert(ANNA, contact={"name": "Ann"})
    assert feed(noon, NOON, NOON + 60_000) == [ANNA]


def test_a_batch_job_shows_in_the_feed_once_it_is_done(noon):
    noon.post("contact/batchupsertv2", upsertDetails=[{"contact": {"email": ANNA}}], useApiDoubleOptIn=False, fireEvents=False)
    assert feed(noon, NOON, NOON + 3_600_000) == []
    noon.advance(100)
    assert feed(noon, NOON + 60_000, NOON + 3_600_000) == [ANNA]


@pytest.mark.parametrize(
    ("act", "switch", "expected"), [("unsubscribe", "yes", [ANNA]), ("unsubscribe", "no", []), ("bounce", "no", [])]
)
def test_an_unsubscribe_click_may_or_may_not_count_as_modified(noon, act, switch, expected):
    noon.switch(unsubscribe_modifies=switch)
    noon.seed({"email": ANNA})
    noon.control("act", {"action": act, "email": ANNA})
    assert feed(noon, NOON, NOON + 60_000) == expected
    assert noon.contact(ANNA)["mailable"] is False


def test_window_includes_its_start_and_not_its_end_unless_switched(salesmanago):
    salesmanago.seed({"email": ANNA, "modifiedOn": NOON}, {"email": JAN, "modifiedOn": NOON + 60_000})
    assert feed(salesmanago, NOON, NOON + 60_000) == [ANNA]
    salesmanago.switch(window_end="inclusive")
    assert feed(salesmanago, NOON, NOON + 60_000) == [ANNA, JAN]
    salesmanago.switch(window_start="exclusive")
    assert feed(salesmanago, NOON, NOON + 60_000) == [JAN]


def test_window_may_be_given_as_iso_text(salesmanago):
    salesmanago.seed({"email": ANNA, "modifiedOn": NOON})
    assert feed(salesmanago, "2026-11-21T14:00:00+02:00", "2026-11-21T12:00:01Z") == [ANNA]
    assert feed(salesmanago, "2026-11-21T12:00:00", NOON + 1) == [ANNA]
    for wrong in ({}, {"from": "x", "to": 1}, {"from": 1}):
        assert salesmanago.post("contact/modifiedContacts", wrong)["success"] is False


def test_stamps_are_whole_seconds_unless_switched(salesmanago):
    salesmanago.sandbox.call("/clock", {"set": "2026-11-21T12:00:00.900000Z"})
    salesmanago.upsert(ANNA)
    assert salesmanago.full(ANNA)["modifiedOn"] % 1000 == 0
    salesmanago.switch(stamp_resolution="millisecond")
    stamps = set()
    for _ in range(4):
        salesmanago.upsert(ANNA)
        stamps.add(salesmanago.full(ANNA)["modifiedOn"] % 1000)
    assert stamps != {0}


def test_paginated_feed_begins_at_page_one_and_says_whether_there_is_more(salesmanago, recorded):
    body = json.loads(recorded("salesmanago-made-paginatedModifiedContacts-request.json"))
    salesmanago.seed(*({"email": f"p{n}@post.example.com", "modifiedOn": body["from"] + n} for n in range(25)))
    pages = [salesmanago.post("contact/paginatedModifiedContacts", body, page=page, size=10) for page in (1, 2, 3, 4)]
    assert [(len(page["modifiedContacts"]), page["hasMore"]) for page in pages] == [
        (10, True),
        (10, True),
        (5, False),
        (0, False),
    ]
    assert set(pages[0]["modifiedContacts"][0]) == {"id", "email"}
    assert len({one["id"] for page in pages for one in page["modifiedContacts"]}) == 25
    assert salesmanago.post("contact/paginatedModifiedContacts", body)["hasMore"] is False
    assert salesmanago.post("contact/paginatedModifiedContacts", body, size=1001)["success"] is False
    assert salesmanago.post("contact/paginatedModifiedContacts", body, page=0)["success"] is False
    salesmanago.switch(over_limit="cut")
    assert salesmanago.post("contact/paginatedModifiedContacts", body, size=1001)["success"] is True


def test_feed_may_be_the_owners_only_and_may_hide_deleted_people(noon):
    noon.seed({"email": ANNA, "mainContactOwner": "marketing@example.com", "modifiedOn": NOON},
              {"email": JAN, "modifiedOn": NOON}, {"email": ELA, "modifiedOn": NOON, "deleted": True})  # fmt: skip
    assert set(feed(noon, NOON, NOON + 1)) == {ANNA, JAN, ELA}
    noon.switch(feed_scope="owner")
    assert set(feed(noon, NOON, NOON + 1)) == {JAN, ELA}
    noon.switch(deleted_in_lists="hidden")
    assert feed(noon, NOON, NOON + 1) == [JAN]
    assert len(noon.post("contact/paginatedListById")["contacts"]) == 1


def test_recent_activity_has_two_spellings(salesmanago):
    asked = {"from": NOON, "to": NOON + 1, "allVisits": True, "ipDetails": False}
    assert salesmanago.post("contact/recentActivity", asked) == {"success": True, "message": [], "recentActivity": {}}
    salesmanago.switch(recent_activity_key="recentActivities")
    assert salesmanago.post("contact/recentActivity", asked)["recentActivities"] == []
