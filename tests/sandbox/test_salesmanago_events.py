# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""External events at SALESmanago's stand-in (contract section 7)."""

from __future__ import annotations

import json
import uuid

import pytest

ANNA, JAN = "anna@post.example.com", "jan@post.example.com"
DATE = 1_789_000_100_000
ADDING = ["contact/addContactExtEvent", "v2/contact/addContactExtEvent"]
BATCHES = ["contact/batchAddContactExtEvent", "v2/contact/addBatchContactExtEvent"]


def purchase(**fields):
    return {"date": DATE, "contactExtEventType": "PURCHASE", **fields}


def add(salesmanago, email=ANNA, path=ADDING[1], **fields):
    return salesmanago.post(path, email=email, contactEvent=purchase(**fields))


def events(salesmanago, email=ANNA):
    return salesmanago.contact(email)["events"]


@pytest.mark.parametrize("path", ADDING)
def test_sample_event_is_taken_and_shows_on_the_full_card(salesmanago, recorded, path):
    body = {**json.loads(recorded("salesmanago-sample-addContactExtEvent-body.json")), "owner": salesmanago.owner}
    salesmanago.seed({"email": body["email"]})
    answer = salesmanago.post(path, body)
    assert list(answer) == ["success", "message", "eventId"]
    assert str(uuid.UUID(answer["eventId"])) == answer["eventId"]
    sent = {name: value for name, value in body["contactEvent"].items() if value is not None}
    assert salesmanago.full(body["email"])["contactExtEvents"] == [sent]


def test_event_on_a_card_has_the_keys_of_the_sample(salesmanago, recorded):
    sample = json.loads(recorded("salesmanago-made-contact-list-optedout-response.json"))["contacts"][0]["contactExtEvents"][0]
    salesmanago.seed({"email": ANNA})
    add(salesmanago, products="SKU1,SKU2", value=129.9, externalId="SO-7781", location="shop_pl", shopDomain="shop.example.com",
        detail1="paid", date=1789000100000)  # fmt: skip
    (event,) = salesmanago.full(ANNA)["contactExtEvents"]
    assert (list(event), event) == (list(sample), sample)


def test_every_type_of_the_list_is_taken_and_others_are_refused(salesmanago, recorded):
    salesmanago.seed({"email": ANNA})
    types = json.loads(recorded("salesmanago-made-enums.json"))["contactExtEventType"]
    for kind in types:
        assert add(salesmanago, contactExtEventType=kind)["success"] is True
    assert [event["contactExtEventType"] for event in events(salesmanago)] == types
    for wrong in ("purchase", "GIFT", "", None, 7):
        assert add(salesmanago, contactExtEventType=wrong)["success"] is False
    salesmanago.switch(unknown_event_type="accepted")
    assert add(salesmanago, contactExtEventType="GIFT")["success"] is True


def test_the_same_external_id_twice_gives_two_events(salesmanago):
    salesmanago.seed({"email": ANNA})
    ids = {add(salesmanago, externalId="SO-1")["eventId"] for _ in range(2)}
    assert len(ids) == len(events(salesmanago)) == 2


def test_date_is_milliseconds_or_iso_text_and_seconds_are_1970(salesmanago):
    salesmanago.seed({"email": ANNA})
    for date in (DATE, "2026-09-10T00:28:20Z", DATE // 1000):
        assert add(salesmanago, date=date)["success"] is True
    assert [event["date"] for event in events(salesmanago)] == [DATE, DATE, DATE // 1000]
    assert add(salesmanago, date="yesterday")["success"] is False
    assert add(salesmanago, date=None)["success"] is False
    salesmanago.switch(event_without_date="now")
    assert add(salesmanago, date=None)["success"] is True
    assert events(salesmanago)[-1]["date"] > DATE


@pytest.mark.parametrize("name", ["description", "products", "externalId", "shopDomain", "detail1", "detail20", "location"])
def test_texts_have_a_greatest_length(salesmanago, recorded, name):
    lengths = json.loads(recorded("salesmanago-made-enums.json"))["eventFieldMaxLength"]
    longest = lengths.get(name, lengths["detail1..detail20"])
    salesmanago.seed({"email": ANNA})
    assert add(salesmanago, **{name: "x" * longest})["success"] is True
    assert add(salesmanago, **{name: "x" * (longest + 1)})["success"] is False
    salesmanago.switch(over_long_event_text="cut")
    assert add(salesmanago, **{name: "x" * (longest + 1)})["success"] is True
    assert [len(event[name]) for event in events(salesmanago)] == [longest] * 2


def test_location_may_be_limited_to_36(salesmanago):
    salesmanago.seed({"email": ANNA})
    salesmanago.switch(location_limit="36")
    assert add(salesmanago, location="x" * 36)["success"] is True
    assert add(salesmanago, location="x" * 37)["success"] is False


def test_value_is_a_number_with_two_decimals(salesmanago):
    salesmanago.seed({"email": ANNA})
    for value in (20, 129.9, 1.005, None, 9_999_999_999_999_999_999, -5):
        assert add(salesmanago, value=value)["success"] is True
    assert [event["value"] for event in events(salesmanago)] == [20, 129.9, 1.0, None, 9_999_999_999_999_999_999, -5]
    for wrong in ("129.90", True, 1e20, []):
        assert add(salesmanago, value=wrong)["success"] is False


def test_an_id_beats_an_address(salesmanago):
    salesmanago.seed({"email": ANNA}, {"email": JAN})
    anna = salesmanago.contact(ANNA)["contactId"]
    salesmanago.post(ADDING[1], email=JAN, contactId=anna, contactEvent=purchase())
    assert (len(events(salesmanago)), len(events(salesmanago, JAN))) == (1, 0)
    assert salesmanago.post(ADDING[1], contactEvent=purchase())["success"] is False


def test_v2_parks_an_event_whose_contact_comes_within_the_hour(salesmanago):
    assert add(salesmanago)["eventId"]
    assert salesmanago.contact(ANNA) is None
    salesmanago.advance(600)
    salesmanago.upsert(ANNA)
    assert events(salesmanago) == []
    salesmanago.advance(301)
    assert len(events(salesmanago)) == 1
    assert salesmanago.control("store?count=1")["counts"]["parked_events"] == 0


def test_a_parked_event_is_dropped_after_an_hour(salesmanago):
    assert add(salesmanago)["success"] is True
    salesmanago.advance(3700)
    salesmanago.upsert(ANNA)
    salesmanago.advance(3600)
    assert events(salesmanago) == []


def test_unknown_contact_by_route_and_switch(salesmanago):
    assert add(salesmanago, path=ADDING[0]) == {"success": False, "message": ["Contact not found"], "eventId": None}
    salesmanago.switch(event_unknown_contact="refused", old_event_unknown_contact="parked")
    assert add(salesmanago, path=ADDING[0])["success"] is True
    assert add(salesmanago)["success"] is False


@pytest.mark.parametrize("path", ADDING)
def test_force_opt_in_creates_or_opts_in(salesmanago, path):
    salesmanago.seed({"email": JAN, "optedOut": True})
    for email in (ANNA, JAN):
        assert salesmanago.post(path, email=email, forceOptIn=True, contactEvent=purchase())["success"] is True
        assert salesmanago.contact(email)["mailable"] is True
        assert len(events(salesmanago, email)) == 1


def test_without_force_opt_in_an_event_leaves_the_status(salesmanago):
    salesmanago.seed({"email": ANNA, "optedOut": True})
    salesmanago.post(ADDING[1], email=ANNA, forceOptIn=False, contactEvent=purchase())
    assert salesmanago.contact(ANNA)["optedOut"] is True


@pytest.mark.parametrize("path", BATCHES)
def test_sample_batch_tells_only_the_contacts_that_failed(salesmanago, recorded, path):
    body = json.loads(recorded("salesmanago-made-addBatchContactExtEvent-request.json"))
    salesmanago.seed({"email": "anna.nowak@example.com"}, {"email": JAN, "id": body["events"][1]["contactId"]})
    assert salesmanago.post(path, body) == json.loads(recorded("salesmanago-made-addBatchContactExtEvent-response.json"))
    assert events(salesmanago, JAN)[0]["externalId"] == "RMA-12"


def test_batch_rows_that_are_wrong_fail_and_a_row_may_force_an_opt_in(salesmanago):
    salesmanago.seed({"email": ANNA})
    rows = [
        {"email": ANNA, "contactEvent": purchase()}, {"email": ANNA, "contactEvent": {}}, {"contactEvent": purchase()},
        {"contactId": "x", "contactEvent": purchase()}, {"email": JAN, "forceOptIn": True, "contactEvent": purchase()},
    ]  # fmt: skip
    answer = salesmanago.post(BATCHES[1], events=rows)
    assert (answer["failedContacts"], answer["createdAmount"], answer["failedAmount"]) == ([ANNA, "", "x"], 2, 3)
    assert salesmanago.contact(JAN)["mailable"] is True


@pytest.mark.parametrize("path", BATCHES)
def test_batch_is_not_empty_and_has_at_most_a_thousand(salesmanago, path):
    salesmanago.seed({"email": ANNA})
    many = [{"email": ANNA, "contactEvent": purchase()}] * 1001
    assert salesmanago.post(path, events=many[:1000])["createdAmount"] == 1000
    for wrong in (many, [], None):
        assert salesmanago.post(path, events=wrong) | {"message": []} == {
            "success": False, "message": [], "failedContacts": None, "createdAmount": None, "failedAmount": None,
        }  # fmt: skip


@pytest.mark.parametrize("path", ["contact/updateContactExtEvent", "v2/contact/updateContactExtEvent"])
def test_update_replaces_the_whole_event(salesmanago, recorded, path):
    body = json.loads(recorded("salesmanago-made-updateContactExtEvent-request.json"))
    assert salesmanago.post(path, body)["success"] is False
    salesmanago.seed({"email": ANNA})
    event_id = add(salesmanago, description="gone afterwards", value=1)["eventId"]
    body["contactEvent"]["eventId"] = event_id
    assert salesmanago.post(path, body) == {"success": True, "message": [], "eventId": event_id}
    (event,) = events(salesmanago)
    assert (event["description"], event["value"], event["detail1"]) == (None, 109.9, "partially returned")
    assert salesmanago.post(path, contactEvent=purchase())["success"] is False


@pytest.mark.parametrize("path", ["contact/deleteContactExtEvent", "v2/contact/deleteContactExtEvent"])
def test_delete_by_event_id_or_external_id(salesmanago, path):
    salesmanago.seed({"email": ANNA})
    event_id = add(salesmanago)["eventId"]
    assert salesmanago.post(path, eventId=event_id) == {"success": True, "message": [], "result": "deleted"}
    assert salesmanago.post(path, eventId=event_id) == {"success": False, "message": ["Event not found"], "result": None}
    for day in range(3):
        add(salesmanago, externalId="SO-1", date=DATE + day)
    assert salesmanago.post(path, externalId="SO-1")["result"] == "deleted"
    assert [event["date"] for event in events(salesmanago)] == [DATE, DATE + 1]
    salesmanago.switch(delete_by_external_id="all")
    salesmanago.post(path, externalId="SO-1")
    assert events(salesmanago) == []
    assert salesmanago.post(path)["success"] is False


@pytest.mark.parametrize(("switch", "touched"), [("yes", True), ("no", False)])
def test_an_event_counts_as_a_change_of_the_card(salesmanago, switch, touched):
    salesmanago.switch(event_modifies=switch)
    salesmanago.seed({"email": ANNA, "modifiedOn": DATE})
    event_id = add(salesmanago)["eventId"]
    salesmanago.post("v2/contact/updateContactExtEvent", contactEvent=purchase(eventId=event_id))
    salesmanago.post("v2/contact/deleteContactExtEvent", eventId=event_id)
    assert (salesmanago.contact(ANNA)["modifiedOn"] > DATE) is touched


def test_events_start_automations(salesmanago):
    salesmanago.seed({"email": ANNA})
    add(salesmanago)
    (mail,) = salesmanago.control("mails")
    assert (mail["kind"], mail["email"], mail["source"]) == ("automation", ANNA, "event PURCHASE")
