# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Faults of MailUp's stand-in, ordered over the control port (contract sections 4.2 and 11.13)."""

from __future__ import annotations

import json

import pytest
import requests

MARI = "mari@kask.example.com"


def post(mailup):
    return mailup.ask("POST", "List/1/Recipient", {"Email": MARI})


@pytest.mark.parametrize("status", ["400", "401", "403", "404", "500", "503"])
def test_a_status_comes_in_the_error_shape_once_and_the_work_is_not_done(mailup, status):
    mailup.fault(status, match="Recipient")
    assert mailup.get("List").status_code == 200
    answer = post(mailup)
    assert (answer.status_code, answer.json()["ErrorCode"]) == (int(status), status)
    assert mailup.person() is None
    assert post(mailup).status_code == 200


def test_too_many_requests_as_documented(mailup, recorded):
    mailup.fault("429", actual=10)
    answer = post(mailup)
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, False)
    assert answer.json() == json.loads(recorded("mailup-documented-rest-error-429.json"))


def test_contract_not_signed_and_invalid_client(mailup, recorded):
    mailup.fault("contract_not_signed")
    assert post(mailup).json() == json.loads(recorded("mailup-documented-rest-error-403.json"))
    mailup.fault("invalid_client", match="/Token")
    assert mailup.token().json()["error"] == "invalid_client"
    assert mailup.token().status_code == 200


def test_a_revoked_token_stays_revoked_and_the_refresh_token_works(mailup):
    first = mailup.token().json()
    mailup.session.headers["Authorization"] = f"Bearer {first['access_token']}"
    mailup.fault("token_revoked", after=1)
    assert [mailup.get("List").status_code for _ in range(3)] == [200, 401, 401]
    second = mailup.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    mailup.session.headers["Authorization"] = f"Bearer {second['access_token']}"
    assert mailup.get("List").status_code == 200


def test_a_new_list_is_forbidden_for_a_minute(mailup):
    mailup.fault("new_list_forbidden")
    made = mailup.ask("POST", "List", {"Name": "x"})
    assert made.status_code == 200
    assert mailup.get("List/3/Groups").json()["ErrorCode"] == "403"
    assert mailup.get("List/1/Groups").status_code == 200
    mailup.pass_time(61)
    assert mailup.get("List/3/Groups").status_code == 200


def test_slow_answers(mailup):
    mailup.fault("slow_first_byte", seconds=0.2)
    assert post(mailup).elapsed.total_seconds() >= 0.2
    assert mailup.status() == "subscribed"


@pytest.mark.parametrize(("kind", "imports"), [("reset_before", 0), ("reset_after", 1), ("cut", 1)])
def test_the_connection_breaks_in_the_middle_of_an_import(mailup, kind, imports):
    mailup.fault(kind, match="/Recipients")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        mailup.ask("POST", "List/1/Recipients", [{"Email": MARI}])
    assert mailup.get("Imports").json()["TotalElementsCount"] == imports


@pytest.mark.parametrize(("choice", "completed"), [("no", False), ("yes", True)])
def test_an_import_fails_writes_nobody_and_says_so_in_the_job_list(mailup, choice, completed):
    mailup.switch(failed_import_completed=choice)
    mailup.fault("import_fails", match="List/1/")
    counted = mailup.bulk({"Email": MARI})
    assert (counted["Completed"], counted["ValidRecipients"], counted["NotValidRecipients"]) == (completed, 0, 0)
    assert mailup.get("Imports").json()["Items"][0]["statusCode"] == 4
    assert mailup.person() is None
    assert mailup.bulk({"Email": MARI})["Completed"] is True


def test_an_import_stalls(mailup):
    mailup.fault("import_stalls", seconds=500)
    assert mailup.bulk({"Email": MARI})["Completed"] is False
    mailup.pass_time(500)
    assert mailup.get("Import/42").json()["Completed"] is True


def test_every_kind_tells_its_meaning_and_every_switch_its_values(mailup):
    kinds = mailup.control("faults")["kinds"]
    own = {"contract_not_signed", "invalid_client", "token_revoked", "new_list_forbidden", "import_fails", "import_stalls"}
    assert own | {"webhook_twice", "webhook_out_of_order", "reset_after", "slow_first_byte"} <= kinds.keys()
    assert all(kinds.values())
    switches = mailup.control("switches")
    assert switches["switches"].keys() == switches["allowed"].keys()
