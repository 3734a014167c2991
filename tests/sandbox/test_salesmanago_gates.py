# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Signature, owner, envelope, statuses and rate of SALESmanago's stand-in (contract sections 1 to 3)."""

from __future__ import annotations

import hashlib
import json

import pytest
import requests

ANNA = "anna@post.example.com"
CONTENT_TYPE = "application/json;charset=UTF-8"


def unsigned(salesmanago, path, body, headers=None):
    answer = requests.post(f"{salesmanago.url}/api/{path}", data=json.dumps(body), headers=headers, timeout=5)
    assert answer.headers["Content-Type"] == CONTENT_TYPE
    return answer


def test_connection_test_needs_no_owner_and_lists_the_users(salesmanago, recorded):
    answer = unsigned(salesmanago, "user/listByClient", salesmanago.auth())
    assert answer.status_code == 200
    assert answer.json() == json.loads(recorded("salesmanago-made-listByClient-response.json"))


def test_credentials_are_those_of_the_samples(salesmanago, recorded):
    vector = json.loads(recorded("salesmanago-made-auth-vectors.json"))["vectors"][2]
    assert salesmanago.control("credentials") == {
        "client_id": vector["clientId"], "api_secret": vector["apiSecret"], "owner": "owner@example.com",
    }  # fmt: skip
    body = {"clientId": vector["clientId"], "apiKey": vector["apiKey"], "requestTime": 1, "sha": vector["sha"]}
    assert unsigned(salesmanago, "user/listByClient", body).json()["success"] is True


def test_digest_is_over_utf8_bytes(salesmanago):
    plain = "klucz-ąćędemo-client-01demo-secret-01"
    sha = hashlib.sha1(plain.encode()).hexdigest()  # noqa: S324 -- the vendor's own scheme
    body = {"clientId": "demo-client-01", "apiKey": "klucz-ąćę", "requestTime": 1, "sha": sha}
    assert unsigned(salesmanago, "user/listByClient", body).json()["success"] is True


@pytest.mark.parametrize(
    "wrong",
    [{"sha": "0" * 40}, {"sha": None}, {"clientId": "other"}, {"apiKey": "other"}, {"apiKey": ""}, {"requestTime": "soon"},
     {"requestTime": None}, {"apiKey": ["klucz"]}],
)  # fmt: skip
def test_a_wrong_signature_is_told_in_the_body_with_status_200(salesmanago, recorded, wrong):
    answer = unsigned(salesmanago, "contact/upsert", {**salesmanago.auth(), **wrong, "contact": {"email": ANNA}})
    assert answer.status_code == 200
    expected = json.loads(recorded("salesmanago-made-error-user-not-authenticated.json"))
    assert answer.json() == {**expected, "contactId": None, "externalId": None}
    assert salesmanago.contact(ANNA) is None


def test_digest_in_capitals_or_in_another_order_fails(salesmanago, recorded):
    good = json.loads(recorded("salesmanago-made-auth-vectors.json"))["vectors"][2]
    wrong = [one["sha"] for one in json.loads(recorded("salesmanago-made-auth-vectors.json"))["must_fail"]]
    for sha in [*wrong, good["sha"].upper()]:
        body = {"clientId": good["clientId"], "apiKey": good["apiKey"], "requestTime": 1, "sha": sha}
        assert unsigned(salesmanago, "user/listByClient", body).json()["success"] is False


@pytest.mark.parametrize("moment", [1790000000000, 1790000000, 1790000000.5, "1790000000", 1])
def test_any_number_is_a_request_time_unless_strict(salesmanago, moment):
    assert salesmanago.post("user/listByClient", requestTime=moment)["success"] is True
    salesmanago.switch(request_time="strict")
    assert salesmanago.post("user/listByClient", requestTime=moment)["success"] is (moment == 1790000000000)


def test_missing_and_unknown_owner_have_texts_of_their_own(salesmanago):
    missing = salesmanago.post("contact/upsert", owner=..., contact={"email": ANNA})
    assert missing == {
        "success": False, "message": ["Not authenticated, not owner specified"], "contactId": None, "externalId": None,
    }  # fmt: skip
    unknown = salesmanago.post("contact/hasContact", owner="nobody@example.com", email=ANNA)
    assert unknown == {"success": False, "message": ["Not authenticated, invalid owner"], "result": None, "contactId": None}
    assert salesmanago.post("contact/hasContact", owner="OWNER@example.com", email=ANNA)["success"] is True


def test_signature_is_checked_before_the_owner(salesmanago):
    assert salesmanago.post("contact/hasContact", owner=..., sha="x")["message"] == ["User not authenticated"]


@pytest.mark.parametrize("path", ["optin", "optout", "phoneoptin", "phoneoptout"])
def test_opt_calls_work_without_owner(salesmanago, path):
    salesmanago.seed({"email": ANNA})
    assert salesmanago.post(f"contact/{path}", owner=..., email=ANNA)["success"] is True
    assert salesmanago.post("contact/recentActivity", owner=...)["success"] is True


def test_an_inactive_account_is_told_so(salesmanago):
    salesmanago.switch(account_state="inactive")
    assert salesmanago.post("user/listByClient") == {"success": False, "message": ["Not authenticated"], "users": None}


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [("contact/upsert", {"sha": "x"}, 401), ("contact/upsert", {"owner": ...}, 401), ("contact/upsert", {}, 400),
     ("contact/nothing", {}, 404)],
)  # fmt: skip
def test_statuses_are_used_only_by_switch(salesmanago, path, fields, status):
    assert salesmanago.ask(path, **fields).status_code == 200
    salesmanago.switch(error_status_mode="http4xx")
    answer = salesmanago.ask(path, **fields)
    assert answer.status_code == status
    assert answer.json()["success"] is False


def test_validation_may_be_told_under_values(salesmanago, recorded):
    assert "values" not in salesmanago.upsert("nobody")
    salesmanago.switch(validation_detail="values")
    told = salesmanago.upsert("nobody")
    sample = json.loads(recorded("salesmanago-made-error-with-values.json"))
    assert told["message"] == sample["message"]
    assert list(told["values"]) == list(sample["values"])
    assert isinstance(told["values"]["email"], list)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null"])
def test_a_body_that_is_no_object_is_refused(salesmanago, body):
    answer = requests.post(f"{salesmanago.url}/api/contact/upsert", data=body, timeout=5).json()
    assert answer == {"success": False, "message": ["Invalid JSON"], "contactId": None, "externalId": None}


def test_content_type_of_the_request_does_not_matter(salesmanago):
    documented = {"Accept": "application/json, application/json", "Content-Type": CONTENT_TYPE}
    for headers in (documented, {"Content-Type": "application/json"}, None):
        assert unsigned(salesmanago, "user/listByClient", salesmanago.auth(), headers).json()["success"] is True


def test_get_is_no_method_of_the_api(salesmanago):
    assert requests.get(f"{salesmanago.url}/api/user/listByClient", timeout=5).json()["success"] is False


@pytest.mark.parametrize(("host", "status"), [("www.salesmanago.com", 200), ("app3.salesmanago.pl", 200), ("localhost", 200),
                                              ("other.salesmanago.com", 404)])  # fmt: skip
def test_the_vendors_servers_and_local_names_serve_the_demo_account(salesmanago, host, status):
    url = f"{salesmanago.url}/api/user/listByClient"
    answer = requests.post(url, json=salesmanago.auth(), headers={"Host": host}, timeout=5)
    assert answer.status_code == status


def test_temporary_token_stands_in_for_the_secret_until_its_end(salesmanago):
    login = {"userName": salesmanago.owner, "password": "s3cret", "clientId": None, "apiKey": None, "sha": None}
    given = unsigned(salesmanago, "system/authorise", login).json()
    assert (given["success"], given["clientId"]) == (True, salesmanago.client_id)
    by_token = salesmanago.auth(given["token"])
    assert unsigned(salesmanago, "user/listByClient", by_token).json()["success"] is True
    salesmanago.sandbox.call("/clock", {"advance": 86_401})
    assert unsigned(salesmanago, "user/listByClient", by_token).json()["message"] == ["User not authenticated"]
    assert unsigned(salesmanago, "system/authorise", {**login, "password": "x"}).json()["success"] is False


def test_there_is_no_rate_limit_unless_switched_on(salesmanago):
    assert {salesmanago.ask("user/listByClient").status_code for _ in range(20)} == {200}


def test_token_bucket_refills_with_the_clock(salesmanago):
    salesmanago.switch(rate_limit=2)
    statuses = []
    for _ in range(2):
        statuses += [salesmanago.ask("user/listByClient").status_code for _ in range(3)]
        salesmanago.advance(5)
    assert statuses == [200, 200, 429] * 2


def test_rate_answer_has_three_forms(salesmanago):
    salesmanago.switch(rate_limit=1)
    salesmanago.ask("user/listByClient")
    assert salesmanago.ask("user/listByClient").headers["Retry-After"] == "1"
    salesmanago.switch(rate_answer="429_without_retry_after")
    bare = salesmanago.ask("user/listByClient")
    assert (bare.status_code, "Retry-After" in bare.headers) == (429, False)
    salesmanago.switch(rate_answer="message")
    told = salesmanago.ask("user/listByClient")
    assert told.status_code == 200
    assert "rate limit" in told.json()["message"][0]


def test_latency_delays_the_answer_but_not_the_work(salesmanago):
    salesmanago.switch(latency_ms=400)
    with pytest.raises(requests.ReadTimeout):
        salesmanago.session.post(
            f"{salesmanago.url}/api/contact/upsert",
            json={**salesmanago.auth(), "owner": salesmanago.owner, "contact": {"email": ANNA}},
            timeout=0.15,
        )
    assert salesmanago.contact(ANNA) is not None
    salesmanago.switch(latency_ms=0, row_delay_ms=100)
    rows = [{"contact": {"email": f"p{n}@post.example.com"}} for n in range(3)]
    assert salesmanago.ask("contact/batchupsert", upsertDetails=rows).elapsed.total_seconds() >= 0.3


def test_request_log_tells_fields_and_flags_and_no_values(salesmanago):
    rows = [{"contact": {"email": ANNA}, "forceOptOut": True, "forceOptIn": False}]
    salesmanago.post("contact/batchupsert", upsertDetails=rows, useApiDoubleOptIn=False)
    (entry,) = salesmanago.control("requests")
    assert (entry["rows"], entry["forces"], entry["useApiDoubleOptIn"]) == (1, ["forceOptOut"], False)
    assert entry["owner_given"] is True
    seen = json.dumps(entry)
    assert ANNA not in seen
    assert salesmanago.auth()["sha"] not in seen
    assert salesmanago.secret not in seen


def test_statistics_and_sms_ask_for_a_user(salesmanago, recorded):
    told = salesmanago.post("email/globalConversationStatistics")
    sample = json.loads(recorded("salesmanago-made-error-user-empty.json"))
    assert (told["success"], told["message"]) == (sample["success"], sample["message"])
    assert salesmanago.post("email/globalConversationStatistics", user=salesmanago.owner)["sent"] == 0
    assert salesmanago.post("sms/send", text="Tere")["message"] == ["User cannot be empty"]


def test_no_connection_is_offered_for_a_type_the_provider_has_not(salesmanago):
    from airflow_provider_marketsync.get_provider_info import get_provider_info

    types = {one["connection-type"] for one in get_provider_info()["connection-types"]}
    assert {one["conn_type"] for one in salesmanago.sandbox.connections.values()} <= types


# Contract section 13, item 1, word for word; braces are spelt out.
CONTACT_ROUTES = [
    "upsert", "insert", "update", "batchupsert", "batchupsertv2", "delete", "batchDelete", "hasContact", "basic", "basicById",
    "list", "listById",
    "listAll", "listAllById", "createdContacts", "modifiedContacts", "paginatedModifiedContacts", "recentActivity",
    "paginatedListById", "managetags", "tags", "optin", "optout", "batchoptin", "batchoptout", "phoneoptin", "phoneoptout",
    "addNote", "setMainOwner", "paginatedContactList/export", "export/data", "addContactExtEvent", "batchAddContactExtEvent",
    "updateContactExtEvent", "deleteContactExtEvent",
]  # fmt: skip
V2_ROUTES = ["addContactExtEvent", "addBatchContactExtEvent", "updateContactExtEvent", "deleteContactExtEvent", "tags"]
OTHER_ROUTES = ["user/listByClient", "system/authorise", "job/status", "integration/upsert"]


def test_every_route_of_the_contract_is_served(salesmanago):
    salesmanago.switch(error_status_mode="http4xx")
    paths = [*(f"contact/{one}" for one in CONTACT_ROUTES), *(f"v2/contact/{one}" for one in V2_ROUTES), *OTHER_ROUTES]
    assert {path for path in paths if salesmanago.ask(path).status_code == 404} == set()


@pytest.mark.parametrize("path", ["contact/addTag", "contact/deleteTag", "contact/forget", "v3/contact/upsert", "contact/Upsert"])
def test_routes_that_nobody_saw_are_not_invented(salesmanago, path):
    assert salesmanago.post(path) == {"success": False, "message": ["No such method"]}
