# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One batch: what is written, and what the one answer means for it."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest

from airflow_provider_marketsync.engine.ports import Target, Verdict
from airflow_provider_marketsync.exceptions import (
    AuthError,
    NoAnswerError,
    PreflightError,
    RateLimitError,
    RequestError,
    ServerError,
    UnreachableError,
)
from airflow_provider_marketsync.transport.retries import Retries
from airflow_provider_marketsync.transport.session import HttpSession
from airflow_provider_marketsync.vendors.smaily.target import SmailyTarget, capability_of

OK = {"code": 101, "message": "OK"}
BATCH = [{"email": "Anna@shop.example.com", "name": "Anna"}, {"email": "peep@shop.example.com"}]


def test_a_payload_says_nothing_about_consent_unless_it_opts_out(target):
    assert target.payload("a@b.example.com", {"name": "Ann"}, unsubscribed=False) == {
        "email": "a@b.example.com",
        "name": "Ann",
    }
    assert target.payload("a@b.example.com", {}, unsubscribed=True) == {
        "email": "a@b.example.com",
        "is_unsubscribed": 1,
    }


def test_the_address_is_the_engines_whatever_a_mapping_put_under_email(target):
    assert target.payload("a@b.example.com", {"email": " A@B.example.com"}, unsubscribed=False) == {"email": "a@b.example.com"}


@pytest.mark.parametrize("name", ["is_unsubscribed", "is_deleted", "created_at", "Name"])
def test_a_payload_never_holds_reserved_or_malformed_names(target, name):
    with pytest.raises(PreflightError):
        target.payload("a@b.example.com", {name: "0"}, unsubscribed=False)


def test_a_batch_travels_as_one_json_array_and_one_101_takes_it(scripted, target):
    scripted.says(OK)
    answer = target.send(BATCH)
    assert (answer.verdict, answer.code, answer.refused) == (Verdict.ACCEPTED, "101", ())
    assert [path for path, _ in scripted.asked] == ["/api/contact.php"]
    assert json.loads(scripted.bodies[0]) == BATCH


@pytest.mark.parametrize("flag", [0, "0", False, None, "1"])
def test_an_opted_out_person_can_not_be_subscribed_again_by_any_row(scripted, target, flag):
    scripted.says(OK)
    with pytest.raises(RequestError):
        target.send([*BATCH, {"email": "c@shop.example.com", "is_unsubscribed": flag}])
    assert scripted.asked == []


@pytest.mark.parametrize("code", [203, 204, 207])
def test_a_refusal_of_the_rows_is_an_answer_and_not_an_error(scripted, target, code):
    scripted.says({"code": code, "message": "Something"})
    answer = target.send(BATCH)
    assert (answer.verdict, answer.code, answer.refused) == (Verdict.REFUSED, str(code), ())
    assert len(scripted.asked) == 1


@pytest.mark.parametrize(
    ("message", "refused"),
    [
        ("Invalid email address provided - anna@SHOP.example.com", (0,)),
        ("Invalid email address provided -  peep@shop.example.com ", (1,)),
        ("Invalid email address provided - else@shop.example.com", ()),
        ("Invalid email address provided - ", ()),
        ("Invalid email address provided", ()),
    ],
)
def test_the_row_that_204_names_is_found_and_named_by_position_only(scripted, target, caplog, message, refused):
    caplog.set_level(logging.DEBUG)
    scripted.says({"code": 204, "message": message})
    answer = target.send(BATCH)
    assert answer.refused == refused
    assert "@" not in repr(answer)
    assert "@" not in "".join(record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("code", [205, 225])
def test_a_failure_that_smaily_admits_is_tried_again_and_then_said(scripted, target, code):
    scripted.says({"code": code, "message": ""}, OK)
    assert target.send(BATCH).verdict is Verdict.ACCEPTED
    scripted.says({"code": code, "message": ""})
    with pytest.raises(ServerError) as caught:
        target.send(BATCH)
    assert caught.value.code == code
    assert len(scripted.asked) == 2 + 3


@pytest.mark.parametrize(("status", "body"), [(500, b""), (502, b"x"), (504, b""), (200, b"<html>"), (200, b"")])
def test_after_an_answer_that_tells_nothing_the_batch_may_have_been_stored(scripted, target, status, body):
    scripted.says(body, status=status)
    with pytest.raises(NoAnswerError) as caught:
        target.send(BATCH)
    assert caught.value.status == status
    assert len(scripted.asked) == 3


@pytest.mark.parametrize(("status", "body"), [(503, b""), (200, b"")])
def test_a_single_attempt_that_told_nothing_leaves_the_same_doubt(scripted, target, status, body):
    scripted.says(body, status=status)
    with HttpSession("smaily", retries=Retries(attempts=1)) as session, pytest.raises(NoAnswerError):
        SmailyTarget(target._settings, session=session).send(BATCH)


def test_a_batch_that_met_429_only_was_not_stored(scripted, target):
    scripted.says(b"slow down", status=429)
    with pytest.raises(RateLimitError):
        target.send(BATCH)


def test_a_batch_that_met_a_fault_and_then_429_may_have_been_stored(scripted, target):
    scripted.script = [(500, b""), (429, b"")]
    with pytest.raises(NoAnswerError):
        target.send(BATCH)


def test_a_batch_that_never_left_was_not_stored(session, target):
    away = replace(target._settings, base_url="http://127.0.0.1:9")
    with pytest.raises(UnreachableError):
        SmailyTarget(away, session=session).send(BATCH)


@pytest.mark.parametrize(("status", "body"), [(401, b""), (403, {"code": 227, "message": "A paid package is required."})])
def test_a_fault_of_the_account_stops_and_is_not_tried_again(scripted, target, status, body):
    scripted.says(body, status=status)
    with pytest.raises(AuthError):
        target.send(BATCH)
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("body", [{"code": 206, "message": "Could not find"}, {"code": 216, "message": ""}])
def test_a_code_that_an_upsert_can_not_have_is_an_error(scripted, target, body):
    scripted.says(body)
    with pytest.raises(RequestError):
        target.send(BATCH)


def test_bare_data_is_no_proof_that_a_write_was_done(scripted, target):
    scripted.says([])
    with pytest.raises(NoAnswerError):
        target.send(BATCH)


@pytest.mark.parametrize(
    ("fields", "configured", "size"), [(0, 500, 500), (20, 500, 500), (21, 500, 100), (60, 500, 100), (60, 40, 40)]
)
def test_wide_rows_travel_in_small_batches(target, fields, configured, size):
    assert capability_of(replace(target._settings, batch_size=configured), fields).batch_size == size


def test_the_target_fulfils_the_engines_port(target):
    fulfils: Target = target
    assert (fulfils.vendor, fulfils.account) == ("smaily", "demo")
    assert fulfils.capability.create_makes_mailable


def test_known_fields_are_what_subscribers_show_less_the_systems_own(scripted, target):
    page = [{"email": f"p{number}@shop.example.com"} for number in range(12)]

    def answer(query):
        if "list" in query:
            return 200, page
        return 200, {
            "email": query["email"],
            "is_unsubscribed": "0",
            "total_opens": "1",
            f"only_{query['email'][1]}": "x",
        }

    scripted.script = [answer]
    assert target.known_fields() == {"only_0", "only_3", "only_6", "only_9"}
    assert scripted.asked[0][1] == {"list": "1", "fields": "email", "offset": "0", "limit": "25000"}


def test_an_empty_account_shows_no_fields(scripted, target):
    scripted.says([])
    assert target.known_fields() == frozenset()
