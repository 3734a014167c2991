# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Workflows, opt-outs by campaign, forms, campaigns and messages of Smaily's stand-in (contract sections 8.7 to 8.9)."""

from __future__ import annotations

import pytest
import requests

MARI, JAAN = "mari@post.example.com", "jaan@post.example.com"


def trigger(smaily, *emails, **keys):
    body = {"addresses": [{"email": email} for email in emails], **keys}
    return smaily.post("autoresponder.php", body).json()


def mails(smaily):
    return [(mail["kind"], mail["email"]) for mail in smaily.control("mails")]


def test_workflow_mails_every_time_and_answers_the_addresses(smaily):
    assert trigger(smaily, MARI, JAAN, autoresponder=7) == {"code": 101, "message": "OK", "addresses": [MARI, JAAN]}
    trigger(smaily, MARI, autoresponder=7)
    assert mails(smaily) == [("workflow", MARI), ("workflow", JAAN), ("workflow", MARI)]
    assert smaily.control("mails?count=1") == {"count": 3}
    assert smaily.control("store?count=1")["counts"]["workflow_calls"] == 2


def test_plain_opt_in_mails_once_per_person(smaily):
    trigger(smaily, MARI)
    trigger(smaily, MARI)
    assert mails(smaily) == [("opt_in", MARI)]


@pytest.mark.parametrize("forced", [{}, {"force_opt_in": True}, {"force_opt_in": "1"}])
def test_forced_opt_in_subscribes_again_and_mails(smaily, forced):
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": 1})
    trigger(smaily, MARI, autoresponder=7, **forced)
    assert smaily.contact(MARI)["mailable"] is True
    assert mails(smaily) == [("workflow", MARI)]


@pytest.mark.parametrize("forced", [False, 0, "0", "false"])
def test_opt_in_that_is_not_forced_leaves_status_and_mails_nobody_opted_out(smaily, forced):
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": 1})
    assert trigger(smaily, MARI, autoresponder=7, force_opt_in=forced)["code"] == 101
    assert trigger(smaily, MARI, force_opt_in=forced)["code"] == 101
    assert smaily.contact(MARI)["mailable"] is False
    assert mails(smaily) == []


def test_forced_opt_in_can_be_ignored(smaily):
    smaily.switch(force_opt_in="ignored")
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": 1})
    trigger(smaily, MARI, autoresponder=7)
    assert smaily.contact(MARI)["mailable"] is False


@pytest.mark.parametrize("workflow", [8, 99, "x"])
def test_unknown_or_wrong_workflow_is_221_and_changes_nothing(smaily, workflow):
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": 1})
    assert trigger(smaily, MARI, autoresponder=workflow) == {"code": 221, "message": "Invalid autoresponder ID provided"}
    assert smaily.contact(MARI)["mailable"] is False


def test_sleeping_workflow_answers_101_and_mails_nobody(smaily):
    assert trigger(smaily, MARI, autoresponder=9)["code"] == 101
    assert mails(smaily) == []
    assert smaily.contact(MARI)["mailable"] is True


def test_addresses_are_required_and_checked(smaily):
    assert smaily.code("autoresponder.php", {}) == 207
    assert trigger(smaily, "bad")["code"] == 204
    assert trigger(smaily, "bad", MARI)["addresses"] == [MARI]


def test_force_opt_in_inside_an_address_is_a_custom_field(smaily):
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": 1})
    body = {"addresses": [{"email": MARI, "force_opt_in": 0, "cart": "full"}]}
    smaily.post("autoresponder.php", body)
    contact = smaily.contact(MARI)
    assert (contact["force_opt_in"], contact["cart"], contact["mailable"]) == ("0", "full", True)


def test_workflow_lists(smaily):
    assert smaily.get("workflows.php", trigger_type="form_submitted").json() == [
        {"id": 7, "trigger_type": "form_submitted", "title": "Tere tulemast", "is_enabled": True},
        {"id": 9, "trigger_type": "form_submitted", "title": "Mustand", "is_enabled": False},
    ]
    assert [row["id"] for row in smaily.get("autoresponder.php", status="ACTIVE").json()] == ["7", "8"]
    assert len(smaily.get("autoresponder.php", **{"status[]": ["ACTIVE", "INACTIVE"], "id": 7}).json()) == 3
    assert [row["id"] for row in smaily.get("autoresponder.php", limit=2, page=1).json()] == ["9"]
    assert smaily.get("workflows.php", trigger_type="birthday").content == b"[]"


def test_unsubscribe_by_campaign_opts_out_and_is_counted(smaily):
    smaily.post("contact.php", {"email": MARI})
    assert smaily.code("unsubscribe.php", {"email": MARI, "campaign_id": 5}) == 101
    assert smaily.contact(MARI)["mailable"] is False
    assert smaily.get("campaign.php", id=5).json()["unsubscribed_count"] == 1
    row = smaily.get("history.php", since_seq_id=0, limit=10).json()[-1]
    assert (row["action"], row["campaign_id"]) == ("optout", 5)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 207),
        ({"email": MARI}, 207),
        ({"email": MARI, "campaign_id": "x"}, 215),
        ({"email": MARI, "campaign_id": 7}, 216),
        ({"email": MARI, "campaign_id": 5}, 206),
    ],
)
def test_unsubscribe_errors(smaily, body, code):
    assert smaily.code("unsubscribe.php", body) == code


def test_public_form_needs_no_credentials_and_redirects_with_the_code(smaily):
    form = {"email": MARI, "city": "Tartu", "success_url": "https://pood.example.com/ok?x=1", "failure_url": "/no"}
    url = f"{smaily.url}/api/opt-in/"
    answer = requests.post(url, data=form, allow_redirects=False, timeout=5)
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://pood.example.com/ok?x=1&code=101")
    assert mails(smaily) == [("opt_in", MARI)]
    contact = smaily.contact(MARI)
    assert (contact["city"], "success_url" in contact) == ("Tartu", False)
    answer = requests.post(url, data={**form, "email": "bad"}, allow_redirects=False, timeout=5)
    assert answer.headers["Location"] == "/no?code=204"
    answer = requests.post(url, data={"email": MARI, "remote": "1"}, timeout=5)
    assert answer.json() == {"code": 101, "message": "OK"}


def test_campaign_launch_mails_the_mailable_of_its_segments_once(smaily):
    smaily.post("contact.php", [{"email": MARI}, {"email": JAAN, "is_unsubscribed": 1}])
    body = {"subject": "Tere", "from": "info@demo.example.com", "list": [1, 2], "html": "<p>x</p>"}
    assert smaily.post("campaign.php", body).json() == {"code": 101, "message": "OK", "id": 6}
    assert mails(smaily) == [("campaign", MARI)]
    assert smaily.post("campaign.php", {**body, "save_as_draft": 1}).json()["id"] == 7
    assert mails(smaily) == [("campaign", MARI)]
    assert [row["status"] for row in smaily.get("campaign.php").json()] == ["COMPLETED", "PENDING", "DRAFT"]
    assert [row["id"] for row in smaily.get("campaign.php", **{"status[]": "DRAFT"}).json()] == ["7"]
    assert smaily.code("campaign.php", {**body, "list": 99}) == 208
    assert smaily.code("campaign.php", {"subject": "x"}) == 207
    assert smaily.get("campaign.php", id=99).json()["code"] == 216
    assert smaily.get("campaign.php", id="x").json()["code"] == 215


def test_message_is_json_only_and_gives_ids_beyond_53_bits(smaily):
    body = {"autoresponder_id": 7, "to": [{"email": MARI}, JAAN], "subject": "ignored"}
    answer = smaily.post("message/send.php", body).json()
    assert answer["code"] == 101
    assert all(number > 2**53 for number in answer["message_ids"])
    assert mails(smaily) == [("message", MARI), ("message", JAAN)]
    (row,) = smaily.get("message/action/log.php", message_id=answer["message_ids"][0]).json()
    assert (row["email"], row["action"], row["message_id"]) == (MARI, "send", answer["message_ids"][0])
    assert row["created_at"].endswith("+00:00")
    assert len(smaily.get("message/action/log.php", since_seq_id=0, limit=10).json()) == 2
    assert smaily.get("message/action/log.php").json()["code"] == 223
    form = smaily.session.post(f"{smaily.url}/api/message/send.php", data={"autoresponder_id": 7}, timeout=5)
    assert form.json()["code"] == 203
    assert smaily.code("message/send.php", {"autoresponder_id": 99, "to": [MARI]}) == 221
    assert smaily.code("message/send.php", {"to": [MARI]}) == 207


def test_plain_answers_for_the_rest(smaily):
    assert smaily.get("split.php").json() == []
    body = {"splits": [{"subject": "a"}], "list": 1, "size": 10, "condition": "clicks"}
    assert smaily.post("split.php", body).json() == {"code": 101, "message": "OK", "id": 1}
    assert smaily.code("split.php", {**body, "condition": "luck"}) == 214
    assert len(smaily.get("split.php").json()) == 1
    assert smaily.get("templates.php").json()[0]["type"] == "default"
    assert smaily.get("templates.php", page=1).json() == []
    (user,) = smaily.get("organizations/users.php").json()
    assert (user["is_owner"], user["role"]) == (True, {"id": 1, "name": "Manager"})
