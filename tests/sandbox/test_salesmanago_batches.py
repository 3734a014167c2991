# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Batches, jobs and files of SALESmanago's stand-in (contract sections 5.5, 5.9 and 9)."""

from __future__ import annotations

import json

import pytest
import requests

ANNA, JAN, ELA = "anna@post.example.com", "jan@post.example.com", "ela@post.example.com"
QUIET = {"useApiDoubleOptIn": False, "fireEvents": False}


def rows(*emails):
    return [{"contact": {"email": email, "name": "X"}} for email in emails]


def poll(salesmanago, number):
    return salesmanago.post("job/status", requestId=number)


def start(salesmanago, *emails):
    return salesmanago.post("contact/batchupsertv2", QUIET, upsertDetails=rows(*emails))["requestId"]


def test_batch_answers_ids_keyed_by_the_addresses_sent(salesmanago, recorded):
    answer = salesmanago.post("contact/batchupsert", QUIET, upsertDetails=rows("Anna@post.example.com", JAN))
    assert list(answer) == list(json.loads(recorded("salesmanago-made-batchupsert-response.json")))
    assert answer["contactIds"] == {
        "Anna@post.example.com": salesmanago.contact(ANNA)["contactId"], JAN: salesmanago.contact(JAN)["contactId"],
    }  # fmt: skip


def test_a_bad_row_is_silently_left_out_or_refuses_all(salesmanago):
    bad = [*rows(ANNA, "nobody"), {}, {"contact": {"email": JAN}, "birthday": "x"}]
    answer = salesmanago.post("contact/batchupsert", QUIET, upsertDetails=bad)
    assert (answer["success"], list(answer["contactIds"])) == (True, [ANNA])
    salesmanago.switch(batch_bad_row="refuses_all")
    answer = salesmanago.post("contact/batchupsert", QUIET, upsertDetails=[*rows(ELA), *bad])
    assert (answer["success"], answer["contactIds"]) == (False, None)
    assert salesmanago.contact(ELA) is None


@pytest.mark.parametrize("path", ["contact/batchupsert", "contact/batchupsertv2"])
def test_a_batch_has_at_most_a_thousand_rows(salesmanago, path):
    many = rows(*(f"p{n}@post.example.com" for n in range(1001)))
    assert salesmanago.post(path, QUIET, upsertDetails=many[:1000])["success"] is True
    assert salesmanago.post(path, QUIET, upsertDetails=many)["success"] is False
    salesmanago.switch(over_limit="cut")
    assert salesmanago.post(path, QUIET, upsertDetails=many)["success"] is True
    salesmanago.advance(100)
    assert salesmanago.control("store?count=1")["counts"]["contacts"] == 1000
    for wrong in ([], {}, ["x"], None):
        assert salesmanago.post(path, upsertDetails=wrong)["success"] is False


def test_the_same_address_twice_in_a_batch_is_written_twice(salesmanago):
    twice = [
        {"contact": {"email": ANNA, "name": "A"}, "newEmail": JAN},
        {"contact": {"email": JAN, "name": "B"}, "newEmail": ELA},
    ]
    salesmanago.post("contact/batchupsert", QUIET, upsertDetails=twice)
    assert (salesmanago.contact(ELA)["name"], salesmanago.control("store?count=1")["counts"]["contacts"]) == ("B", 1)


def test_a_row_may_name_its_owner_and_the_batch_a_language(salesmanago):
    named = [
        {**rows(ANNA)[0], "owner": "marketing@example.com"},
        {**rows(JAN)[0], "lang": "ET"},
        {**rows(ELA)[0], "owner": "x@y.ee"},
    ]
    answer = salesmanago.post("contact/batchupsert", QUIET, upsertDetails=named, lang="PL")
    assert list(answer["contactIds"]) == [ANNA, JAN]
    assert salesmanago.contact(ANNA)["mainContactOwner"] == "marketing@example.com"
    assert (salesmanago.contact(ANNA)["lang"], salesmanago.contact(JAN)["lang"]) == ("PL", "ET")


def test_sample_job_writes_its_rows_when_it_is_done(salesmanago, recorded):
    body = json.loads(recorded("salesmanago-made-batchupsertv2-request.json"))
    pending = json.loads(recorded("salesmanago-made-job-status-pending.json"))
    started = salesmanago.post("contact/batchupsertv2", body)
    assert list(started) == ["success", "message", "requestId"]
    assert isinstance(started["requestId"], int)
    for _ in range(2):
        assert salesmanago.contact("anna.nowak@example.com") is None
        assert poll(salesmanago, started["requestId"]) == pending
    done = poll(salesmanago, started["requestId"])
    assert (done["success"], done["message"]) == (True, [])
    assert done["fileUrl"] == f"{salesmanago.url}/files/{started['requestId']}.json"
    assert salesmanago.full("anna.nowak@example.com")["externalId"] == "ERP-10045"
    renamed = salesmanago.contact("jan.new@example.org")
    assert (renamed["birthday"], renamed["optedOut"]) == ([None, "9", "23"], True)


def test_the_clock_finishes_a_job_that_nobody_asks_about(salesmanago):
    number = start(salesmanago, ANNA)
    salesmanago.advance(59)
    assert salesmanago.contact(ANNA) is None
    salesmanago.advance(2)
    assert salesmanago.contact(ANNA)["name"] == "X"
    assert poll(salesmanago, str(number))["message"] == []


def test_polls_and_seconds_of_a_job_can_be_set(salesmanago):
    salesmanago.switch(job_polls=0, job_seconds=0)
    assert poll(salesmanago, start(salesmanago, ANNA))["fileUrl"]
    salesmanago.switch(job_polls=1000, job_seconds=5)
    number = start(salesmanago, JAN)
    assert poll(salesmanago, number)["message"]
    salesmanago.advance(6)
    assert poll(salesmanago, number)["message"] == []


def test_a_job_may_never_end(salesmanago):
    salesmanago.switch(job_end="never")
    number = start(salesmanago, ANNA)
    salesmanago.advance(10 * 86_400)
    assert {tuple(poll(salesmanago, number)["message"]) for _ in range(5)} == {("Request is being processed",)}
    assert salesmanago.contact(ANNA) is None


def test_a_job_may_fail_in_two_shapes(salesmanago):
    salesmanago.switch(job_end="fails", job_polls=0)
    number = start(salesmanago, ANNA)
    assert poll(salesmanago, number) == {"success": False, "message": ["Request failed"], "fileUrl": None}
    assert salesmanago.contact(ANNA) is None
    salesmanago.switch(job_failed_shape="no_file")
    assert poll(salesmanago, number) == {"success": True, "message": [], "fileUrl": None}
    assert requests.get(f"{salesmanago.url}/files/{number}.json", timeout=5).status_code == 404


def test_a_pending_job_may_be_told_without_success(salesmanago):
    salesmanago.switch(job_pending_success="no")
    assert poll(salesmanago, start(salesmanago, ANNA))["success"] is False


@pytest.mark.parametrize(("kind", "expected"), [("empty", []), ("rows", [(ANNA, True), ("nobody", False)])])
def test_file_of_a_batch_job(salesmanago, kind, expected):
    salesmanago.switch(batch_job_file=kind, job_polls=0)
    url = poll(salesmanago, start(salesmanago, ANNA, "nobody"))["fileUrl"]
    contacts = requests.get(url, timeout=5).json()["contacts"]
    assert [(row["email"], row["success"]) for row in contacts] == expected


def test_a_batch_job_may_have_no_file(salesmanago):
    salesmanago.switch(batch_job_file="none", job_polls=0)
    assert poll(salesmanago, start(salesmanago, ANNA)) == {"success": True, "message": [], "fileUrl": None}


def test_an_unknown_job_is_refused(salesmanago, recorded):
    body = json.loads(recorded("salesmanago-made-job-status-request.json"))
    assert salesmanago.post("job/status", body) == {"success": False, "message": ["Request not found"], "fileUrl": None}
    assert poll(salesmanago, None)["success"] is False


def test_files_need_no_signature_and_others_are_404(salesmanago):
    number = start(salesmanago, ANNA)
    assert requests.get(f"{salesmanago.url}/files/{number}.json", timeout=5).status_code == 404
    salesmanago.advance(100)
    assert requests.get(f"{salesmanago.url}/files/{number}.json", timeout=5).json() == {"contacts": []}
    for name in (f"{number}", "1.json", "x.json"):
        assert requests.get(f"{salesmanago.url}/files/{name}", timeout=5).status_code == 404


def test_export_of_data_by_tag(salesmanago, recorded):
    body = json.loads(recorded("salesmanago-made-export-data-request.json"))
    sample = json.loads(recorded("salesmanago-made-export-data-file.json"))
    ids = [next(iter(one)) for one in sample]
    salesmanago.seed(
        {"email": "anna.nowak@example.com", "id": ids[0], "name": "Anna Nowak", "phone": "+48600100200", "tags": ["ERP_CUSTOMER"],
         "properties": {"erp_segment": "B2B"}},
        {"email": ANNA, "tags": ["OTHER"]},
    )  # fmt: skip
    number = salesmanago.post("contact/export/data", body)["requestId"]
    salesmanago.advance(100)
    (exported,) = requests.get(poll(salesmanago, number)["fileUrl"], timeout=5).json()
    tag = exported[ids[0]]["tagData"][0]
    assert isinstance(tag.pop("createdOn"), int)
    expected = sample[0][ids[0]]
    assert exported == {ids[0]: {**expected, "tagData": [{"tagName": "ERP_CUSTOMER"}]}}


def test_export_parts_may_be_null_and_unknown_ones_are_guessed_by_switch(salesmanago):
    salesmanago.upsert(ANNA, consentDetails=[{"consentName": "NEWSLETTER", "consentAccept": True}])
    event = {"date": 1789000100000, "contactExtEventType": "CART"}
    salesmanago.post("v2/contact/addContactExtEvent", email=ANNA, contactEvent=event)
    asked = {
        "contacts": [{"addresseeType": "email", "value": ANNA}, {"addresseeType": "id", "value": "x"}],
        "data": [{"dataType": kind} for kind in ("CONTACT", "TAG", "CONSENTS", "EXT_EVENT", "DICTIONARY_PROPERTIES", "SMS")],
    }
    salesmanago.switch(job_polls=0)
    found = []
    for kind in ("absent", "guessed"):
        salesmanago.switch(export_unknown_parts=kind)
        url = poll(salesmanago, salesmanago.post("contact/export/data", asked)["requestId"])["fileUrl"]
        found += [next(iter(one.values())) for one in requests.get(url, timeout=5).json()]
    assert found[0] == {"contactData": {"email": ANNA, "name": None, "phone": None}, "tagData": None}
    assert found[1]["contactData"]["optedOut"] is True
    assert found[1]["consentData"][0]["consentName"] == "NEWSLETTER"
    assert found[1]["contactExtEventData"][0]["contactExtEventType"] == "CART"


@pytest.mark.parametrize(
    "wrong", [{"contacts": []}, {"data": []}, {"data": [{"dataType": "X"}]}, {"contacts": [{"addresseeType": "X"}]}]
)
def test_an_export_that_is_not_understood_is_refused(salesmanago, wrong):
    good = {"contacts": [{"addresseeType": "EMAIL", "value": ANNA}], "data": [{"dataType": "CONTACT"}]}
    assert salesmanago.post("contact/export/data", {**good, **wrong}) | {"message": []} == {
        "success": False, "message": [], "requestId": None,
    }  # fmt: skip


def test_export_of_pages_ends_with_an_empty_one(salesmanago, recorded):
    salesmanago.control("seed", {"count": 25, "seed": 3})
    salesmanago.seed({"email": ANNA, "mainContactOwner": "marketing@example.com"})
    salesmanago.switch(job_polls=0)
    pages = []
    for page in (1, 2, 3, 4):
        number = salesmanago.post("contact/paginatedContactList/export", page=page, size=10)["requestId"]
        pages.append(requests.get(poll(salesmanago, number)["fileUrl"], timeout=5).json()["contacts"])
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert ANNA not in str(pages)
    (sample,) = json.loads(recorded("salesmanago-made-paginatedContactList-file.json"))["contacts"]
    assert list(pages[0][0]) == list(sample)


@pytest.mark.parametrize("wrong", [{"page": 0}, {"page": "x"}, {"size": 1001}, {"size": 0}])
def test_pages_begin_at_one_and_have_at_most_a_thousand(salesmanago, wrong):
    for path in ("contact/paginatedContactList/export", "contact/paginatedListById"):
        assert salesmanago.post(path, {"page": 1, "size": 10, **wrong})["success"] is False


def test_integration_upsert_writes_contact_and_event(salesmanago, recorded):
    body = json.loads(recorded("salesmanago-made-integration-upsert-request.json"))
    answer = salesmanago.post("integration/upsert", body, owner=...)
    card = salesmanago.contact("anna.nowak@example.com")
    assert answer == {"success": True, "message": [], "contactId": card["contactId"], "eventId": card["events"][0]["eventId"]}
    only_contact = {"contactUpsertRequest": body["contactUpsertRequest"]}
    assert salesmanago.post("integration/upsert", only_contact, owner=...)["eventId"] is None
    only_event = {"addContactExtEventRequest": body["addContactExtEventRequest"]}
    assert salesmanago.post("integration/upsert", only_event, owner=...)["contactId"] is None
    del body["contactUpsertRequest"]["owner"]
    assert salesmanago.post("integration/upsert", body, owner=...)["message"] == ["Not authenticated, not owner specified"]
