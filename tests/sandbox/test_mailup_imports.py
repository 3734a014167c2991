# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Many recipients at a time at MailUp's stand-in (contract sections 5.5 and 10.1)."""

from __future__ import annotations

import csv
import io
import json

import pytest

MARI = "mari@kask.example.com"
BAD = {"Email": "mari"}


def test_the_sample_import_counts_as_the_samples_say(mailup, recorded):
    rows = json.loads(recorded("mailup-made-rest-import-request.json"))
    mailup.seed({"Email": rows[0]["Email"]})
    mailup.switch(import_seconds=100)
    answer = mailup.ask("POST", "List/1/Recipients", rows)
    assert (answer.status_code, answer.content) == (200, b"42")
    assert mailup.get("Import/42").json() == json.loads(recorded("mailup-made-rest-import-status-running.json"))
    mailup.pass_time(100)
    assert mailup.get("Import/42").json() == json.loads(recorded("mailup-made-rest-import-status-done.json"))
    assert mailup.person(rows[2]["Email"])["fields"]["città"] == "Köln"


def test_nobody_has_to_poll_for_an_import_to_end(mailup):
    mailup.switch(import_seconds=100)
    mailup.ask("POST", "List/1/Recipients", [{"Email": MARI}])
    assert mailup.person() is None
    mailup.pass_time(100)
    assert mailup.control("store?count=1")["imports"][0]["Completed"] is True
    assert mailup.status() == "subscribed"


def test_an_import_is_dated_by_its_own_end_however_late_one_looks(mailup):
    mailup.sandbox.call("/clock", {"set": "2026-11-22T10:00:00Z"})
    mailup.session.headers["Authorization"] = "Bearer " + mailup.token().json()["access_token"]
    mailup.ask("POST", "List/1/Recipients", [{"Email": MARI}])
    mailup.pass_time(600)
    assert mailup.person()["lists"][0]["optin"].startswith("2026-11-22 10:00:0")


@pytest.mark.parametrize(("choice", "codes"), [("soap", [1, 2, 3]), ("from_zero", [0, 1, 2])])
def test_the_job_waits_runs_and_ends(mailup, choice, codes):
    mailup.switch(import_seconds=100, import_status_codes=choice)
    mailup.ask("POST", "List/1/Recipients", [{"Email": MARI}])
    seen = []
    for seconds in (0, 60, 60):
        mailup.pass_time(seconds)
        seen.append(mailup.get("Imports").json()["Items"][0]["statusCode"])
    assert seen == codes


def test_imports_are_listed_as_the_sample_and_in_detail_rows_is_an_object(mailup):
    mailup.bulk({"Email": MARI}, BAD)
    line = mailup.get("Imports").json()["Items"][0]
    assert list(line) == ["filename", "idImport", "idList", "rows", "startDate", "statusCode"]
    assert (line["filename"], line["rows"], line["startDate"][-1]) == ("Import_42.csv", 2, "Z")
    detail = mailup.get("Imports/42").json()
    assert detail["rows"] == {"NotValid": 1, "Total": 2, "Valid": 1}
    assert {"endDate", "stopDate", "fieldSeparator", "idGroups", "sendConfirmationEmail"} <= detail.keys()
    assert mailup.get("Import/7").status_code == mailup.get("Imports/7").status_code == 404


def test_refused_rows_are_counted_and_never_named(mailup):
    long = {"Email": "x@kask.example.com", "MobilePrefix": "0039", "MobileNumber": "333"}
    mailup.seed({"Email": MARI, "MobilePrefix": "0039", "MobileNumber": "333"}, {"Email": "x@kask.example.com"})
    counted = mailup.bulk({"Email": "good@kask.example.com"}, BAD, {}, "x", long)
    assert (counted["ValidRecipients"], counted["NotValidRecipients"]) == (1, 4)
    assert "mari" not in json.dumps(counted)


def test_ignore_mobile_avoids_the_key_mismatch(mailup):
    mailup.seed({"Email": MARI, "MobilePrefix": "0039", "MobileNumber": "333"}, {"Email": "x@kask.example.com"})
    row = {"Email": "x@kask.example.com", "MobilePrefix": "0039", "MobileNumber": "333"}
    assert mailup.bulk(row, ignoreMobile="true")["ValidRecipients"] == 1


ROUTE_OPTIONS = {
    "default": {},
    "ConfirmEmail": {"ConfirmEmail": "true"},
    "importType=asOptin": {"importType": "asOptin"},
    "importType=asOptout": {"importType": "asOptout"},
}
SINGLE_OPTIONS = {"default": {}, "ConfirmEmail": {"ConfirmEmail": "true"}}


def transitions(recorded, route):
    return [
        row
        for row in csv.DictReader(io.StringIO(recorded("mailup-made-status-transitions.csv").decode()))
        if row["route"] == route
    ]


def put_before(mailup, before):
    if before == "new":
        return
    mailup.seed({"Email": MARI, "Status": {"pending": "PENDING", "unsubscribed": "OPTOUT"}.get(before, "OPTIN")})
    if before == "unsubscribed-bounce":
        mailup.act("bounce")


@pytest.mark.parametrize("route", ["rest-bulk", "rest-single"])
def test_every_row_of_the_transition_table(mailup, recorded, route):
    rows = transitions(recorded, route)
    assert len(rows) == {"rest-bulk": 7, "rest-single": 5}[route]
    for row in rows:
        mailup.sandbox.reset()
        mailup.__init__(mailup.sandbox)
        put_before(mailup, row["before"])
        if route == "rest-bulk":
            mailup.bulk({"Email": MARI}, **ROUTE_OPTIONS[row["options"]])
        else:
            mailup.ask("POST", "List/1/Recipient", {"Email": MARI}, **SINGLE_OPTIONS[row["options"]])
        assert mailup.status() == row["after"], row


@pytest.mark.parametrize(
    ("before", "query", "switches", "after"),
    [
        ("PENDING", {}, {}, "pending"),
        ("PENDING", {}, {"bulk_on_pending": "subscribe"}, "subscribed"),
        ("PENDING", {"importType": "asOptout"}, {}, "unsubscribed"),
        ("OPTIN", {"ConfirmEmail": "true"}, {}, "subscribed"),
        ("OPTIN", {"ConfirmEmail": "true"}, {"bulk_confirm_subscribed": "pending"}, "pending"),
        ("OPTOUT", {"ConfirmEmail": "true"}, {}, "unsubscribed"),
        ("NONE", {"importType": "asOptout"}, {"asoptout_new": "ignored"}, None),
        ("NONE", {"confirmMessage": "true"}, {}, "pending"),
        ("NONE", {"confirmMessage": "true"}, {"bulk_confirm_parameter": "ConfirmEmail"}, "subscribed"),
        ("NONE", {"ConfirmEmail": "true"}, {"bulk_confirm_parameter": "confirmMessage"}, "subscribed"),
    ],
)
def test_status_after_an_import_where_the_contract_is_open(mailup, before, query, switches, after):
    mailup.seed({"Email": MARI, "Status": before})
    mailup.switch(**switches)
    mailup.bulk({"Email": MARI}, **query)
    assert mailup.status() == after


@pytest.mark.parametrize(("choice", "after"), [("yes", "subscribed"), ("no", "unsubscribed")])
def test_whether_as_optin_revives_a_complaint_is_a_switch(mailup, choice, after):
    mailup.seed({"Email": MARI})
    mailup.act("complain")
    mailup.switch(asoptin_revives_complaints=choice)
    mailup.bulk({"Email": MARI}, importType="asOptin")
    assert mailup.status() == after


def test_an_unsubscribed_address_gets_new_values_and_stays_unsubscribed(mailup):
    mailup.seed({"Email": MARI, "Status": "OPTOUT"})
    counted = mailup.bulk({"Email": MARI, "Fields": [{"Id": 1, "Value": "Mari"}]})
    assert (counted["UpdatedRecipients"], counted["CreatedRecipients"]) == (1, 0)
    assert (mailup.status(), mailup.person()["fields"]) == ("unsubscribed", {"nome": "Mari"})


def test_import_as_unsubscribed_leaves_reason_4(mailup):
    mailup.bulk({"Email": MARI}, importType="asOptout")
    assert mailup.get("List/1/Recipients/EmailOptins").json()["Items"][0]["Optout_Type"] == 4


@pytest.mark.parametrize(
    ("query", "switches", "left"),
    [
        ({}, {}, {"nome": "Mari", "cognome": "Kask", "città": "Tartu"}),
        ({}, {"bulk_empty_values": "clear"}, {"cognome": "Kask", "città": "Tartu"}),
        ({"clearMissingOrEmptyFields": "true"}, {}, {"città": "Tartu"}),
    ],
)
def test_empty_and_missing_fields_of_an_import(mailup, query, switches, left):
    mailup.seed({"Email": MARI, "Fields": [{"Id": 1, "Value": "Mari"}, {"Id": 2, "Value": "Kask"}]})
    mailup.switch(**switches)
    mailup.bulk({"Email": MARI, "Fields": [{"Id": 1, "Value": ""}, {"Id": 4, "Value": "Tartu"}]}, **query)
    assert mailup.person()["fields"] == left


@pytest.mark.parametrize(("query", "groups"), [({}, [6, 7]), ({"removeFromPrevGroups": "true"}, [7])])
def test_an_import_into_a_group_adds_it_or_replaces_the_former_ones(mailup, query, groups):
    mailup.seed({"Email": MARI, "idGroups": [6]}, {"Email": MARI, "idList": 2, "idGroups": [8]})
    assert mailup.ask("POST", "Group/7/Recipients", [{"Email": MARI}], **query).json() == 42
    mailup.pass_time(2)
    assert mailup.person()["idGroups"] == [*groups, 8]


def test_the_confirmation_of_an_import_waits_until_somebody_sends_it(mailup):
    mailup.seed({"Email": "pia@kask.example.com", "Status": "PENDING"})
    mailup.bulk({"Email": MARI}, {"Email": "pia@kask.example.com"}, ConfirmEmail="true")
    mailup.pass_time(100_000)
    assert mailup.control("mails") == []
    mailup.session.headers["Authorization"] = "Bearer " + mailup.token().json()["access_token"]
    sending = mailup.get("Import/42/Sending").json()
    assert isinstance(sending, int)
    mailup.act("confirm", "pia@kask.example.com")
    sent = mailup.ask("POST", f"Email/Sendings/{sending}/Immediate")
    assert (sent.status_code, sent.content) == (200, b"")
    assert [(one["kind"], one["email"]) for one in mailup.control("mails")] == [("confirmation", MARI)]
    assert mailup.ask("POST", f"Email/Sendings/{sending}/Immediate").status_code == 404


def test_a_deferred_confirmation_leaves_with_the_clock(mailup):
    mailup.switch(token_lifetime=100_000, sending_answer="object")
    mailup.session.headers["Authorization"] = "Bearer " + mailup.token().json()["access_token"]
    mailup.sandbox.call("/clock", {"set": "2026-11-22T10:00:00Z"})
    mailup.bulk({"Email": MARI}, ConfirmEmail="true")
    sending = mailup.get("Import/42/Sending").json()["idSending"]
    assert mailup.ask("POST", f"Email/Sendings/{sending}/Deferred", {"Date": "soon"}).status_code == 400
    assert mailup.ask("POST", f"Email/Sendings/{sending}/Deferred", {"Date": "2026-11-22 11:00:00"}).status_code == 200
    assert mailup.control("mails") == []
    mailup.pass_time(3600)
    assert mailup.control("mails?count=1")["count"] == 1


def test_an_import_without_confirmation_has_no_sending_and_causes_no_mail(mailup):
    mailup.bulk({"Email": MARI})
    assert mailup.get("Import/42/Sending").status_code == 404
    assert mailup.control("mails") == []
    assert mailup.control("store?count=1")["sendings"] == []


def test_bodies_and_options_that_are_refused_make_no_import(mailup):
    for body in ({}, [], "x"):
        assert mailup.ask("POST", "List/1/Recipients", body).status_code == 400
    assert mailup.ask("POST", "List/1/Recipients", [{"Email": MARI}], importType="x").status_code == 400
    mailup.switch(largest_bulk=1)
    assert mailup.ask("POST", "List/1/Recipients", [{"Email": MARI}] * 2).status_code == 400
    assert mailup.get("Imports").json()["TotalElementsCount"] == 0


def test_an_import_into_the_other_channel_leaves_the_mail_status_alone(mailup):
    mailup.seed({"Email": MARI, "Status": "OPTOUT"})
    mailup.ask("POST", "Sms/1/Recipients", [{"Email": MARI, "MobilePrefix": "0039", "MobileNumber": "333"}])
    mailup.pass_time(2)
    assert [(one["channel"], one["status"]) for one in mailup.person()["lists"]] == [
        ("email", "unsubscribed"),
        ("sms", "subscribed"),
    ]


def test_imports_run_side_by_side_and_write_in_the_order_of_their_ends(mailup):
    for value in ("first", "second"):
        mailup.ask("POST", "List/1/Recipients", [{"Email": MARI, "Fields": [{"Id": 1, "Value": value}]}])
    mailup.pass_time(10)
    assert mailup.person()["fields"]["nome"] == "second"


def test_the_request_log_counts_rows_and_shows_no_value(mailup):
    mailup.bulk({"Email": MARI}, {"Email": "pia@kask.example.com"})
    log = mailup.control("requests")
    assert [one["rows"] for one in log if "rows" in one] == [2]
    assert MARI not in json.dumps(log)
