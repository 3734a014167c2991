# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Who becomes mailable by what at SALESmanago's stand-in, and which mails it causes (contract section 8)."""

from __future__ import annotations

import json

import pytest

ANNA, JAN, ELA = "anna@post.example.com", "jan@post.example.com", "ela@post.example.com"


def status(salesmanago, email=ANNA):
    card = salesmanago.contact(email)
    return card["optedOut"], card["optedOutPhone"]


def mails(salesmanago, kind):
    return [one["email"] for one in salesmanago.control("mails") if one["kind"] == kind]


def test_a_new_contact_is_opted_out_unless_somebody_says_otherwise(salesmanago):
    salesmanago.upsert(ANNA)
    assert status(salesmanago) == (True, True)
    falses = dict.fromkeys(("forceOptIn", "forceOptOut", "forcePhoneOptIn", "forcePhoneOptOut"), False)
    salesmanago.upsert(JAN, **falses)
    assert status(salesmanago, JAN) == (True, True)
    salesmanago.switch(new_contact_default="opted_in")
    salesmanago.upsert(ELA)
    assert status(salesmanago, ELA) == (False, False)
    assert salesmanago.control("mails") == []


@pytest.mark.parametrize("opted_out", [False, True])
def test_without_a_force_flag_the_status_of_an_existing_contact_stays(salesmanago, opted_out):
    salesmanago.seed({"email": ANNA, "optedOut": opted_out, "optedOutPhone": not opted_out})
    salesmanago.upsert(ANNA, contact={"name": "Anna"}, forceOptIn=False, forceOptOut=False)
    assert status(salesmanago) == (opted_out, not opted_out)


@pytest.mark.parametrize("known", [True, False])
def test_force_flags_set_each_channel_apart(salesmanago, known):
    if known:
        salesmanago.seed({"email": ANNA, "optedOut": True, "optedOutPhone": True})
    salesmanago.upsert(ANNA, forceOptIn=True)
    assert status(salesmanago) == (False, True)
    salesmanago.upsert(ANNA, forcePhoneOptIn=True)
    assert status(salesmanago) == (False, False)
    salesmanago.upsert(ANNA, forceOptOut=True)
    assert status(salesmanago) == (True, False)
    salesmanago.upsert(ANNA, forcePhoneOptOut=True)
    assert status(salesmanago) == (True, True)


def test_force_opt_in_undoes_an_opt_out_of_the_person(salesmanago):
    salesmanago.seed({"email": ANNA})
    salesmanago.control("act", {"action": "unsubscribe", "email": ANNA})
    salesmanago.upsert(ANNA, forceOptIn=True)
    assert salesmanago.contact(ANNA)["mailable"] is True


def test_force_opt_in_may_be_ignored_after_an_opt_out_but_never_for_a_newcomer(salesmanago):
    salesmanago.switch(force_opt_in="ignored_after_opt_out")
    salesmanago.seed({"email": ANNA, "optedOut": True})
    salesmanago.upsert(ANNA, forceOptIn=True)
    salesmanago.upsert(JAN, forceOptIn=True)
    assert (status(salesmanago)[0], status(salesmanago, JAN)[0]) == (True, False)


def test_out_beats_in_unless_switched(salesmanago):
    salesmanago.upsert(ANNA, forceOptIn=True, forceOptOut=True)
    assert status(salesmanago)[0] is True
    salesmanago.switch(both_forces="opt_in_wins")
    salesmanago.upsert(ANNA, forceOptIn=True, forceOptOut=True)
    assert status(salesmanago)[0] is False


@pytest.mark.parametrize("flag", ["true", 1, "1", None])
def test_only_a_json_true_is_a_force(salesmanago, flag):
    salesmanago.upsert(ANNA, forceOptIn=flag)
    assert status(salesmanago)[0] is True


def test_double_opt_in_mails_and_waits_for_the_answer(salesmanago):
    salesmanago.upsert(ANNA, useApiDoubleOptIn=True, forceOptOut=True)
    assert mails(salesmanago, "double_opt_in") == [ANNA]
    assert salesmanago.contact(ANNA)["mailable"] is False
    salesmanago.control("act", {"action": "confirm", "email": ANNA})
    assert salesmanago.contact(ANNA)["mailable"] is True
    with pytest.raises(ValueError, match="waiting"):
        salesmanago.control("act", {"action": "confirm", "email": ANNA})


@pytest.mark.parametrize(
    ("wanted", "expected"), [("not_opted_in", [ANNA, JAN]), ("everybody", [ANNA, JAN, ELA]), ("new_only", [ANNA])]
)
def test_whom_double_opt_in_mails(salesmanago, wanted, expected):
    salesmanago.switch(double_opt_in_mails=wanted)
    salesmanago.seed({"email": JAN, "optedOut": True}, {"email": ELA, "optedOut": False})
    for email in (ANNA, JAN, ELA):
        salesmanago.upsert(email, useApiDoubleOptIn=True)
    assert mails(salesmanago, "double_opt_in") == expected
    assert salesmanago.contact(ELA)["mailable"] is True


def test_double_opt_in_may_overwrite_the_status_of_an_existing_contact(salesmanago):
    salesmanago.switch(double_opt_in_mails="everybody", double_opt_in_existing="opts_out")
    salesmanago.seed({"email": ELA})
    salesmanago.upsert(ELA, useApiDoubleOptIn=True)
    assert salesmanago.contact(ELA)["mailable"] is False


@pytest.mark.parametrize(("said", "expected"), [(..., [ANNA, JAN]), (None, [ANNA, JAN]), (True, [ANNA, JAN]), (False, [])])
@pytest.mark.parametrize("path", ["contact/batchupsert", "contact/batchupsertv2"])
def test_a_batch_that_does_not_say_no_mails_everybody(salesmanago, path, said, expected):
    rows = [{"contact": {"email": email}} for email in (ANNA, JAN)]
    salesmanago.post(path, upsertDetails=rows, useApiDoubleOptIn=said, fireEvents=False)
    salesmanago.advance(100)
    assert mails(salesmanago, "double_opt_in") == expected
    assert status(salesmanago) == (True, True)


def test_double_opt_in_of_one_contact_and_of_batches_by_switch(salesmanago):
    salesmanago.switch(upsert_double_opt_in="yes", batch_double_opt_in="no")
    salesmanago.upsert(ANNA)
    salesmanago.post("contact/batchupsert", upsertDetails=[{"contact": {"email": JAN}}])
    assert mails(salesmanago, "double_opt_in") == [ANNA]


def test_a_confirmation_can_be_sent_to_one_person(salesmanago):
    salesmanago.upsert(ANNA)
    assert isinstance(salesmanago.post("email/sendConfirmation", email=ANNA, lang="PL", tag="X")["requestId"], int)
    assert salesmanago.post("email/sendConfirmation", email=JAN)["success"] is False
    assert mails(salesmanago, "confirmation") == [ANNA]
    salesmanago.control("act", {"action": "confirm", "email": ANNA})
    assert salesmanago.contact(ANNA)["mailable"] is True


def test_sms_reach_only_who_may_be_texted(salesmanago):
    salesmanago.seed(
        {"email": ANNA, "phone": "+372 5", "tags": ["VIP"]},
        {"email": JAN, "phone": "+372 6", "optedOutPhone": True},
        {"email": ELA},
    )
    audience = [{"email": ANNA}, {"email": JAN}, {"email": ELA}, {"tag": "vip"}]
    sent = salesmanago.post("sms/send", user=salesmanago.owner, text="Tere", contacts=audience)
    assert sent["success"] is True
    assert mails(salesmanago, "sms") == [ANNA]
    assert salesmanago.post("sms/send", user=salesmanago.owner, contacts=audience)["success"] is False
    many = [{"tag": f"t{n}"} for n in range(11)]
    assert salesmanago.post("sms/send", user=salesmanago.owner, text="Tere", contacts=many)["success"] is False


def test_automations_start_from_a_job_unless_it_fires_no_events(salesmanago):
    rows = [{"contact": {"email": ANNA}}]
    for fire in (False, True, ...):
        salesmanago.post("contact/batchupsertv2", upsertDetails=rows, useApiDoubleOptIn=False, fireEvents=fire)
        salesmanago.advance(100)
    assert mails(salesmanago, "automation") == [ANNA, ANNA]
    salesmanago.upsert(ANNA, tags=["A"])
    salesmanago.post("contact/managetags", email=ANNA, tags=["B"])
    assert len(salesmanago.control("mails")) == 2


def test_automations_may_start_from_every_write_or_from_none(salesmanago):
    event = {"email": ANNA, "contactEvent": {"date": 1789000100000, "contactExtEventType": "PURCHASE"}}
    counts = []
    for kind in ("every_write", "none"):
        salesmanago.switch(automations=kind)
        salesmanago.upsert(ANNA)
        salesmanago.post("contact/managetags", email=ANNA, tags=[kind])
        salesmanago.post("contact/batchupsert", upsertDetails=[{"contact": {"email": ANNA}}], useApiDoubleOptIn=False)
        salesmanago.post("v2/contact/addContactExtEvent", event)
        counts.append(len(mails(salesmanago, "automation")))
    assert counts == [4, 4]


def test_consents_must_exist_in_the_account(salesmanago, recorded):
    given = json.loads(recorded("salesmanago-made-upsert-request.json"))["consentDetails"]
    assert salesmanago.upsert(ANNA, consentDetails=given)["success"] is True
    assert salesmanago.contact(ANNA)["consents"] == given
    unknown = [{"consentName": "SMS_TERMS", "consentAccept": True}]
    assert salesmanago.upsert(JAN, consentDetails=unknown)["success"] is False
    salesmanago.control("act", {"action": "create_consent", "name": "SMS_TERMS"})
    assert salesmanago.upsert(JAN, consentDetails=unknown)["success"] is True
    assert salesmanago.upsert(JAN, consentDetails=[{"consentAccept": True}])["success"] is False
    salesmanago.switch(unknown_consent="ignored")
    assert salesmanago.upsert(JAN, consentDetails=[{"consentName": "X"}])["success"] is True


def test_consents_on_a_full_card_by_switch(salesmanago):
    salesmanago.upsert(
        ANNA, consentDetails=[{"consentName": "NEWSLETTER", "consentAccept": True, "agreementDate": 5, "ip": "192.0.2.1"}]
    )
    assert "consents" not in salesmanago.full(ANNA)
    salesmanago.switch(card_consents="consentName")
    assert salesmanago.full(ANNA)["consents"] == [{"consentName": "NEWSLETTER", "agreementDate": 5, "ip": "192.0.2.1"}]
    salesmanago.switch(card_consents="name")
    assert salesmanago.full(ANNA)["consents"] == [{"name": "NEWSLETTER", "consentDate": 5, "ip": "192.0.2.1"}]


def test_opt_calls(salesmanago, recorded):
    body = json.loads(recorded("salesmanago-made-optout-request.json"))
    assert salesmanago.post("contact/optout", body, owner=...)["success"] is False
    salesmanago.seed({"email": body["email"]})
    contact_id = salesmanago.contact(body["email"])["contactId"]
    for path, expected in (
        ("optout", (True, False)),
        ("phoneoptout", (True, True)),
        ("optin", (False, True)),
        ("phoneoptin", (False, False)),
    ):
        answer = salesmanago.post(f"contact/{path}", body, owner=...)
        assert answer == {"success": True, "message": [], "contactId": contact_id}
        assert status(salesmanago, body["email"]) == expected
    assert salesmanago.post("contact/optout", contactId=contact_id)["contactId"] == contact_id
    assert salesmanago.post("contact/optout") == {
        "success": False,
        "message": ["E-mail address not specified"],
        "contactId": None,
    }


def test_opt_calls_for_many(salesmanago, recorded):
    body = json.loads(recorded("salesmanago-made-batchoptout-request.json"))
    salesmanago.seed({"email": "anna.nowak@example.com"}, {"email": ANNA})
    answer = salesmanago.post("contact/batchoptout", body)
    assert list(answer["contactIds"]) == ["anna.nowak@example.com"]
    assert (status(salesmanago, "anna.nowak@example.com")[0], status(salesmanago)[0]) == (True, False)
    salesmanago.post("contact/batchoptin", body)
    assert status(salesmanago, "anna.nowak@example.com")[0] is False
    assert salesmanago.post("contact/batchoptout", emails=[])["success"] is False
    many = [f"p{n}@post.example.com" for n in range(1001)]
    assert salesmanago.post("contact/batchoptout", emails=many)["success"] is False
