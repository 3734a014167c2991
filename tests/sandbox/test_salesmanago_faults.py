# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Every fault that can be ordered from SALESmanago's stand-in (contract sections 3 and 13)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests

ANNA = "anna@post.example.com"
EXACT = {
    "not_authenticated": "User not authenticated",
    "inactive_account": "Not authenticated",
    "owner_missing": "Not authenticated, not owner specified",
    "invalid_owner": "Not authenticated, invalid owner",
    "not_authorized": "Not authorized",
    "api_key_missing": "Api key not specified",
    "user_empty": "User cannot be empty",
    "no_loyalty_program": "Specified loyalty program does not exist",
    "inactive_loyalty_program": "Specified loyalty program is inactive",
}


def test_texts_are_the_exact_ones_of_the_vendor(recorded):
    known = json.loads(recorded("salesmanago-made-enums.json"))
    assert set(EXACT.values()) <= {*known["authMessages"], *known["otherMessages"]}


@pytest.mark.parametrize(("kind", "text"), EXACT.items())
def test_failures_come_with_status_200_or_another_and_the_work_is_not_done(salesmanago, kind, text):
    salesmanago.fault(kind)
    salesmanago.fault(kind, status=403)
    for status in (200, 403):
        answer = salesmanago.ask("contact/upsert", contact={"email": ANNA})
        assert (answer.status_code, answer.json()) == (status, {"success": False, "message": [text]})
    assert salesmanago.contact(ANNA) is None
    assert salesmanago.upsert(ANNA)["success"] is True


@pytest.mark.parametrize(
    ("kind", "message", "values"),
    [
        ("validation", ["Validation failed"], None),
        ("values", ["Validation failed"], {"email": ["not a valid e-mail address"]}),
        ("values_text", ["Validation failed"], {"email": "not a valid e-mail address"}),
        ("bare_message", "Validation failed", None),
        ("no_message", [], None),
        ("null_message", [None, "Validation failed"], None),
        ("rate_limit_message", ["API rate limit exceeded"], None),
        ("job_failed", ["Request failed"], None),
    ],
)
def test_forms_of_message_and_values(salesmanago, kind, message, values):
    salesmanago.fault(kind)
    answer = salesmanago.upsert(ANNA)
    assert (answer["success"], answer["message"], answer.get("values")) == (False, message, values)
    assert salesmanago.contact(ANNA) is None


@pytest.mark.parametrize(
    ("kind", "status", "body"), [("plain_text", 500, b"Internal error"), ("cloudflare_1010", 403, b"error code: 1010")]
)
def test_answers_that_are_no_json(salesmanago, kind, status, body):
    salesmanago.fault(kind)
    answer = salesmanago.ask("contact/upsert", contact={"email": ANNA})
    assert (answer.status_code, answer.content) == (status, body)
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert salesmanago.contact(ANNA) is None


@pytest.mark.parametrize(
    ("kind", "change"),
    [("without_success", {"success": ...}), ("without_ids", {"contactId": None}), ("null_in_message", {"message": [None]})],
)
def test_odd_answers_to_work_that_is_done(salesmanago, kind, change):
    salesmanago.fault(kind)
    answer = salesmanago.upsert(ANNA)
    card = salesmanago.contact(ANNA)
    whole = {"success": True, "message": [], "contactId": card["contactId"], "externalId": None, **change}
    assert answer == {name: value for name, value in whole.items() if value is not ...}


def test_ids_of_batches_events_and_jobs_can_be_missing_too(salesmanago):
    salesmanago.seed({"email": ANNA})
    salesmanago.fault("without_ids", times=3)
    event = {"date": 1789000100000, "contactExtEventType": "CART"}
    rows = [{"contact": {"email": ANNA}}]
    assert salesmanago.post("v2/contact/addContactExtEvent", email=ANNA, contactEvent=event)["eventId"] is None
    assert salesmanago.post("contact/batchupsert", upsertDetails=rows)["contactIds"] is None
    assert salesmanago.post("contact/batchupsertv2", upsertDetails=rows)["requestId"] is None
    assert len(salesmanago.contact(ANNA)["events"]) == 1


def test_altering_an_answer_that_is_no_object_leaves_it(salesmanago):
    salesmanago.seed({"email": ANNA})
    salesmanago.switch(delete_answer="empty_body")
    salesmanago.fault("without_success")
    assert salesmanago.ask("contact/delete", email=ANNA).status_code == 200
    assert salesmanago.contact(ANNA)["deleted"] is True


def test_questions_about_a_job_can_be_answered_as_if_it_still_ran_or_had_failed(salesmanago):
    salesmanago.switch(job_polls=0)
    number = salesmanago.post("contact/batchupsertv2", upsertDetails=[{"contact": {"email": ANNA}}])["requestId"]
    salesmanago.fault("job_pending", match="/job/status", times=2)
    salesmanago.fault("job_failed", match="/job/status")
    answers = [salesmanago.post("job/status", requestId=number) for _ in range(4)]
    assert [bool(answer["message"]) for answer in answers] == [True, True, True, False]
    assert [answer["success"] for answer in answers] == [True, True, False, True]


def test_faults_strike_the_file_of_a_job(salesmanago):
    salesmanago.switch(job_polls=0)
    asked = {"contacts": [{"addresseeType": "EMAIL", "value": ANNA}], "data": [{"dataType": "CONTACT"}]}
    number = salesmanago.post("contact/export/data", asked)["requestId"]
    url = salesmanago.post("job/status", requestId=number)["fileUrl"]
    salesmanago.fault("404", match="/files/")
    salesmanago.fault("cut", match="/files/")
    assert requests.get(url, timeout=5).status_code == 404
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(url, timeout=5)
    assert requests.get(url, timeout=5).json() == []


def test_an_answer_past_the_timeout_comes_with_the_write_done(salesmanago):
    salesmanago.fault("slow_first_byte", seconds=30)
    body = {**salesmanago.auth(), "owner": salesmanago.owner, "contact": {"email": ANNA}}
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{salesmanago.url}/api/contact/upsert", json=body, timeout=0.2)
    assert salesmanago.contact(ANNA) is not None


def test_an_empty_answer_to_a_delete_that_was_done(salesmanago):
    salesmanago.seed({"email": ANNA})
    salesmanago.fault("empty_200", match="/contact/delete")
    answer = salesmanago.ask("contact/delete", email=ANNA)
    assert (answer.status_code, answer.content) == (200, b"")
    assert salesmanago.contact(ANNA)["deleted"] is True


def test_secret_or_owner_withdrawn_in_mid_run(salesmanago):
    salesmanago.fault("not_authenticated", after=2, times=None)
    assert [salesmanago.post("user/listByClient")["success"] for _ in range(4)] == [True, True, False, False]


def test_every_kind_of_the_vendor_has_a_test_here(salesmanago):
    from airflow_provider_marketsync.sandbox.common_faults import common_faults

    own = set(salesmanago.control("faults")["kinds"]) - set(common_faults())
    source = Path(__file__).read_text(encoding="utf-8")
    assert {kind for kind in own if f'"{kind}"' not in source} == set()


def test_every_value_of_every_switch_that_is_not_the_default_has_a_test(salesmanago):
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_salesmanago_*.py"))
    allowed = salesmanago.control("switches")["allowed"]
    words = {name: values[1:] for name, values in allowed.items()}
    assert {name for name in words if f"{name}=" not in sources} == set()
    assert {value for values in words.values() for value in values if f'"{value}"' not in sources} == set()
