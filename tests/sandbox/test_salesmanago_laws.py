# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What holds at SALESmanago's stand-in whatever is sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_provider_marketsync.sandbox.salesmanago.routes import ROUTES

PEOPLE = [f"{name}@post.example.com" for name in ("anna", "jan", "ela")]
NAMES = [
    "email", "contactId", "id", "contact", "newEmail", "tags", "removeTags", "properties", "dictionaryProperties", "birthday",
    "consentDetails", "upsertDetails", "events", "emails", "contacts", "data", "contactEvent", "eventId", "externalId", "from",
    "to", "page", "size", "requestId", "addresseeType", "value", "date", "contactExtEventType", "name", "type", "address",
    "state", "user", "text", "note", "newOwner", "contactUpsertRequest", "addContactExtEventRequest", "owner", "tag",
]  # fmt: skip
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from([*PEOPLE, "PURCHASE", "EMAIL", "CONTACT", "NUMBER", "²", "owner@example.com", 10**400, -1]),
)  # fmt: skip
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4), max_leaves=8
)
PLENTY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@PLENTY
@given(path=st.sampled_from(sorted(ROUTES)), body=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5))
def test_whatever_is_sent_gets_an_envelope(salesmanago, path, body):
    whole = json.dumps({**salesmanago.auth(), "owner": salesmanago.owner, **body})
    answer = salesmanago.session.post(f"{salesmanago.url}/api/{path}", data=whole, timeout=10)
    assert answer.status_code == 200
    told = json.loads(answer.content, parse_constant=pytest.fail)
    assert isinstance(told["success"], bool)
    assert told["success"] is not bool(told["message"])


@pytest.mark.parametrize("body", [b'{"contact": {"name": "\\ud800"}}', b"[" * 100_000, b"\xff"])
def test_what_can_not_be_read_is_refused(salesmanago, body):
    answer = salesmanago.session.post(f"{salesmanago.url}/api/contact/upsert", data=body, timeout=10).json()
    assert answer["message"] == ["Invalid JSON"]


details = st.fixed_dictionaries(
    {"contact": st.fixed_dictionaries({"email": st.sampled_from(PEOPLE)}, optional={"name": st.text(max_size=4)})},
    optional={
        "newEmail": st.sampled_from(PEOPLE),
        "forceOptOut": st.booleans(),
        "forceOptIn": st.just(False),
        "useApiDoubleOptIn": st.booleans(),
        "tags": st.lists(st.sampled_from(["a", "b"]), max_size=2),
    },
)
writes = st.tuples(st.sampled_from(["contact/upsert", "contact/batchupsert", "contact/batchupsertv2", "contact/delete"]), details)


@settings(PLENTY, max_examples=80)
@given(opted_out=st.sets(st.sampled_from(PEOPLE)), sent=st.lists(writes, max_size=6))
def test_without_a_force_nobody_becomes_mailable(salesmanago, opted_out, sent):
    salesmanago.sandbox.reset()
    salesmanago.seed(*({"email": email, "optedOut": email in opted_out} for email in PEOPLE))
    mailable = {card["contactId"] for card in salesmanago.control("store")["contacts"] if card["mailable"]}
    for path, detail in sent:
        body = {"upsertDetails": [detail]} if "batch" in path else {**detail, "email": detail["contact"]["email"]}
        salesmanago.post(path, body)
    salesmanago.advance(100)
    assert {card["contactId"] for card in salesmanago.control("store")["contacts"] if card["mailable"]} <= mailable
