# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One recipient at a time, and reading them, at MailUp's stand-in (contract sections 5.4, 5.6 and 5.7)."""

from __future__ import annotations

import csv
import io
import json

import pytest

MARI = "mari@kask.example.com"
KEYS = ["Email", "Fields", "MobileNumber", "MobilePrefix", "Name", "idRecipient"]


def single(mailup, email=MARI, list_id=1, path=None, query=None, **more):
    record = {"Name": "Mari Kask", "Email": email, "Fields": [{"Id": 1, "Value": "Mari"}], **more}
    return mailup.ask("POST", path or f"List/{list_id}/Recipient", record, **(query or {}))


def test_the_id_comes_back_as_a_bare_number(mailup):
    answer = single(mailup)
    assert (answer.status_code, answer.content) == (200, b"100")
    assert mailup.status() == "subscribed"
    assert mailup.control("mails") == []


def test_posting_a_known_address_in_any_case_updates_it(mailup):
    single(mailup)
    again = single(mailup, "MARI@Kask.example.com", Fields=[{"Id": 4, "Value": "Torino"}])
    assert again.json() == 100
    assert mailup.person()["fields"] == {"nome": "Mari", "città": "Torino"}
    assert mailup.control("store?count=1")["counts"]["recipients"] == 1


@pytest.mark.parametrize(
    "record",
    [
        {"Email": "mari"},
        {"Email": "mari@kask"},
        {"Email": "ma ri@kask.example.com"},
        {"Email": ""},
        {},
        [],
        {"Email": MARI, "Fields": 1},
        {"Email": MARI, "Fields": [{"Value": "x"}]},
    ],
)
def test_a_bad_recipient_is_400_in_the_error_shape_and_nothing_is_written(mailup, record):
    answer = mailup.ask("POST", "List/1/Recipient", record)
    assert (answer.status_code, answer.json()["ErrorCode"]) == (400, "400")
    assert mailup.control("store?count=1")["counts"]["recipients"] == 0


def test_a_body_that_is_no_json_is_400(mailup):
    url = mailup.url + mailup.CONSOLE + "List/1/Recipient"
    assert mailup.session.post(url, data=b"{", timeout=10).status_code == 400


def test_confirm_email_makes_pending_and_mails_at_once(mailup):
    single(mailup, query={"ConfirmEmail": "true"})
    assert mailup.status() == "pending"
    assert [(one["kind"], one["email"]) for one in mailup.control("mails")] == [("confirmation", MARI)]
    item = mailup.get("List/1/Recipients/EmailOptins").json()["Items"][0]
    assert (item["Status"], item["Optin_Date"], item["Optin_Request_IP"]) == ("PENDING", "", "127.0.0.1")


@pytest.mark.parametrize(("choice", "status"), [("stay", "unsubscribed"), ("subscribe", "subscribed")])
def test_single_call_on_an_unsubscribed_address_is_a_switch_and_answers_the_id(mailup, choice, status):
    mailup.seed({"Email": MARI, "Status": "OPTOUT"})
    mailup.switch(single_on_unsubscribed=choice)
    assert single(mailup).json() == 100
    assert mailup.status() == status


@pytest.mark.parametrize(("choice", "status"), [("stay", "pending"), ("subscribe", "subscribed")])
def test_single_call_on_a_pending_address_is_a_switch(mailup, choice, status):
    mailup.seed({"Email": MARI, "Status": "PENDING"})
    mailup.switch(single_on_pending=choice)
    single(mailup)
    assert mailup.status() == status


@pytest.mark.parametrize(("choice", "status", "mails"), [("pending", "pending", 1), ("stay", "subscribed", 0)])
def test_confirm_email_on_a_subscribed_address_is_a_switch(mailup, choice, status, mails):
    mailup.seed({"Email": MARI})
    mailup.switch(single_confirm_subscribed=choice)
    single(mailup, query={"ConfirmEmail": "true"})
    assert (mailup.status(), mailup.control("mails?count=1")["count"]) == (status, mails)


@pytest.mark.parametrize(
    ("switches", "left"),
    [
        ({}, {"cognome": "Kask"}),
        ({"single_empty_values": "keep"}, {"nome": "Mari", "cognome": "Kask"}),
        ({"single_missing_fields": "clear"}, {}),
    ],
)
def test_fields_sent_empty_and_fields_not_sent(mailup, switches, left):
    single(mailup, Fields=[{"Id": 1, "Value": "Mari"}, {"Id": 2, "Value": "Kask"}])
    mailup.switch(**switches)
    single(mailup, Fields=[{"Id": 1, "Value": ""}])
    assert mailup.person()["fields"] == left


def test_values_are_cut_at_200_characters_or_refused(mailup):
    long = [{"Id": 1, "Value": "x" * 201}]
    single(mailup, Fields=long)
    assert mailup.person()["fields"]["nome"] == "x" * 200
    mailup.switch(long_values="refuse")
    assert single(mailup, Fields=long).status_code == 400


def test_a_field_that_is_not_switched_on_is_ignored_or_refused(mailup):
    assert single(mailup, Fields=[{"Id": 39, "Value": "x"}]).status_code == 200
    assert mailup.person()["fields"] == {}
    mailup.switch(unknown_field="refuse")
    assert single(mailup, Fields=[{"Id": 39, "Value": "x"}]).status_code == 400


def test_address_and_mobile_of_two_recipients_are_a_key_mismatch(mailup):
    single(mailup, MobilePrefix="0039", MobileNumber="3331000001")
    single(mailup, "pia@kask.example.com")
    answer = single(mailup, "pia@kask.example.com", MobilePrefix="+39", MobileNumber="333 1000001")
    assert (answer.status_code, "Key mismatch" in answer.json()["ErrorDescription"]) == (400, True)
    assert single(mailup, "lia@kask.example.com", MobilePrefix="", MobileNumber="3331000001").status_code == 400


def test_into_a_group_means_into_its_list_too(mailup):
    number = single(mailup, path="Group/7/Recipient").json()
    assert (mailup.status(), mailup.person()["idGroups"]) == ("subscribed", [7])
    groups = mailup.get(f"List/1/Recipient/{number}/Groups").json()
    assert [one["idGroup"] for one in groups["Items"]] == [7]
    out = mailup.ask("DELETE", f"Group/7/Unsubscribe/{number}")
    assert (out.status_code, out.content) == (200, b"")
    assert (mailup.status(), mailup.person()["idGroups"]) == ("subscribed", [])


@pytest.mark.parametrize(
    ("query", "switches", "status"),
    [
        ({}, {}, "subscribed"),
        ({"confirmSubscription": "false"}, {}, "unsubscribed"),
        ({}, {"group_subscribe_revives": "no"}, "unsubscribed"),
    ],
)
def test_subscribing_to_a_group_by_id_also_subscribes_to_the_list_unless_told_otherwise(mailup, query, switches, status):
    mailup.seed({"Email": MARI, "Status": "OPTOUT"})
    mailup.switch(**switches)
    assert mailup.ask("POST", "Group/7/Subscribe/100", **query).content == b""
    assert (mailup.status(), mailup.person()["idGroups"]) == (status, [7])


def test_readers_of_a_group_see_all_or_only_subscribed_members(mailup):
    mailup.seed({"Email": MARI, "Status": "OPTOUT", "idGroups": [7]}, {"Email": "pia@kask.example.com", "idGroups": [7]})
    assert mailup.get("Group/7/Recipients").json()["TotalElementsCount"] == 2
    mailup.switch(group_recipients="subscribed")
    assert [one["Email"] for one in mailup.get("Group/7/Recipients").json()["Items"]] == ["pia@kask.example.com"]


def test_subscribe_and_unsubscribe_by_id_have_empty_bodies(mailup):
    mailup.seed({"Email": MARI})
    out = mailup.ask("DELETE", "List/1/Unsubscribe/100")
    assert (out.status_code, out.content, mailup.status()) == (200, b"", "unsubscribed")
    back = mailup.ask("POST", "List/1/Subscribe/100")
    assert (back.status_code, back.content, mailup.status()) == (200, b"", "subscribed")
    assert mailup.ask("DELETE", "List/2/Unsubscribe/100").status_code == 404
    assert mailup.ask("POST", "List/1/Subscribe/999").status_code == 404


@pytest.mark.parametrize(("choice", "status"), [("refused", 400), ("ignored", 200)])
def test_nobody_returns_by_the_api_after_a_bounce(mailup, choice, status):
    mailup.seed({"Email": MARI})
    mailup.act("bounce", reason="82")
    mailup.switch(subscribe_after_bounce=choice, single_on_unsubscribed="subscribe")
    assert mailup.ask("POST", "List/1/Subscribe/100").status_code == status
    single(mailup)
    assert mailup.status() == "unsubscribed"


def test_removal_from_a_list_forgets_the_opt_out(mailup):
    mailup.seed({"Email": MARI, "Status": "OPTOUT"}, {"Email": MARI, "idList": 2})
    gone = mailup.ask("DELETE", "List/1/Recipient/100")
    assert (gone.status_code, gone.content) == (200, b"")
    assert (mailup.status(), mailup.status(list_id=2)) == (None, "subscribed")
    assert mailup.ask("DELETE", "List/1/Recipient/100").status_code == 404
    assert mailup.bulk({"Email": MARI})["CreatedRecipients"] == 1
    assert mailup.status() == "subscribed"


def test_removal_from_the_account_and_its_other_answer(mailup):
    mailup.seed({"Email": MARI, "idGroups": [7]})
    mailup.switch(removal_answer="removed")
    assert mailup.ask("DELETE", "Recipients/100").json() == {"Removed": 1}
    assert mailup.person() is None
    assert mailup.ask("DELETE", "Recipients/100").status_code == 404


def test_put_detail_answers_every_field_in_its_own_spelling(mailup):
    mailup.seed({"Email": MARI, "Name": "Mari", "Fields": [{"Id": 12, "Value": "C-1"}]})
    answer = mailup.ask("PUT", "Recipient/Detail", {"idRecipient": 100, "Fields": [{"Id": 1, "Value": "Mari"}]}).json()
    assert list(answer) == ["Fields", "Name", "idRecipient", "Email", "MobileNumber", "MobilePrefix"]
    assert len(answer["Fields"]) == 27
    assert answer["Fields"][11] == {"Description": "IDCliente", "Id": 12, "Value": "C-1"}
    assert (answer["Name"], answer["MobileNumber"], answer["MobilePrefix"]) == ("Mari", None, None)


def test_put_detail_changes_the_address_but_not_to_somebody_elses(mailup):
    mailup.seed({"Email": MARI}, {"Email": "pia@kask.example.com"})
    assert mailup.ask("PUT", "Recipient/Detail", {"idRecipient": 100, "Email": "uus@kask.example.com"}).status_code == 200
    assert mailup.person() is None
    assert mailup.status("uus@kask.example.com") == "subscribed"
    assert mailup.ask("PUT", "Recipient/Detail", {"idRecipient": 100, "Email": "pia@kask.example.com"}).status_code == 400
    assert mailup.ask("PUT", "Recipient/Detail", {"Email": MARI}).status_code == 400


def test_the_three_lists_of_recipients_show_the_keys_of_the_sample(mailup, recorded):
    sample = json.loads(recorded("mailup-made-rest-recipients-subscribed-page1.json"))
    mailup.seed({"Email": "anna@kask.example.com"}, {"Email": "marco@kask.example.com"}, sample["Items"][0])
    mailup.seed({"Email": "x@kask.example.com", "Status": "OPTOUT"}, {"Email": "y@kask.example.com", "Status": "PENDING"})
    page = mailup.get("List/1/Recipients/Subscribed", pageNumber=1, pageSize=2).json()
    assert page == sample
    assert list(page["Items"][0]) == KEYS
    for word, email in (("Unsubscribed", "x"), ("Pending", "y")):
        items = mailup.get(f"List/1/Recipients/{word}").json()["Items"]
        assert [one["Email"] for one in items] == [f"{email}@kask.example.com"]


def test_readers_see_filled_fields_or_all_of_them(mailup):
    mailup.seed({"Email": MARI, "Fields": [{"Id": 1, "Value": "Mari"}]})
    assert len(mailup.get("List/1/Recipients/Subscribed").json()["Items"][0]["Fields"]) == 1
    mailup.switch(read_fields="all")
    assert len(mailup.get("List/1/Recipients/Subscribed").json()["Items"][0]["Fields"]) == 27


def test_email_optins_are_those_of_the_sample(mailup, recorded):
    sample = json.loads(recorded("mailup-made-rest-emailoptins-mixed.json"))
    mailup.control("seed", sample["Items"])
    assert mailup.get("List/1/Recipients/EmailOptins").json() == sample
    assert list(mailup.get("List/1/Recipients/EmailOptins").json()["Items"][0]) == list(sample["Items"][0])


@pytest.mark.parametrize(
    ("switches", "key", "shown"),
    [
        ({}, "Optout_Type", 8),
        ({"optout_type_form": "text"}, "Optout_Type", "8"),
        ({"optout_type_form": "text"}, "Optout_Subtype", "81"),
        ({"optout_subtype_form": "last_digit"}, "Optout_Subtype", 1),
        ({}, "Status", "OPTOUT"),
        ({"status_words": "others"}, "Status", "UNSUBSCRIBED"),
        ({}, "Optout_Date", "2026-11-20 23:40:02.000"),
        ({"optins_zone": "rome"}, "Optout_Date", "2026-11-21 00:40:02.000"),
    ],
)
def test_what_email_optins_leave_open_is_a_switch(mailup, switches, key, shown):
    told = {"Optout_Type": 8, "Optout_Subtype": 81, "Optout_Date": "2026-11-20T23:40:02Z"}
    mailup.seed({"Email": MARI, "Status": "OPTOUT", **told})
    mailup.switch(**switches)
    assert mailup.get("List/1/Recipients/EmailOptins").json()["Items"][0][key] == shown


def test_every_reason_code_keeps_its_digits(mailup, recorded):
    codes = [row["code"] for row in csv.DictReader(io.StringIO(recorded("mailup-unsubscribe-type-codes.csv").decode()))]
    for number, code in enumerate(codes):
        mailup.seed({"Email": f"p{number}@kask.example.com"})
        mailup.act("unsubscribe", f"p{number}@kask.example.com", reason=code)
    items = mailup.get("List/1/Recipients/EmailOptins", pageSize=100).json()["Items"]
    assert [str(one["Optout_Subtype"] or one["Optout_Type"]) for one in items] == codes
    types = dict(zip(codes, (str(one["Optout_Type"]) for one in items), strict=True))
    assert {"01": "0", "81": "8", "321": "32", "2561": "256", "5121": "512", "162": "16"}.items() <= types.items()


@pytest.mark.parametrize(("choice", "kept"), [("cleared", False), ("kept", True)])
def test_what_is_left_of_an_opt_out_after_a_return_is_a_switch(mailup, choice, kept):
    mailup.seed({"Email": MARI, "Status": "OPTOUT"})
    mailup.switch(optout_date_after_return=choice)
    mailup.ask("POST", "List/1/Subscribe/100")
    item = mailup.get("List/1/Recipients/EmailOptins").json()["Items"][0]
    assert (item["Status"], bool(item["Optout_Date"])) == ("OPTIN", kept)


@pytest.mark.parametrize(("choice", "shown"), [("0", 0), ("01", 0), ("2", 2)])
def test_reason_of_an_opt_out_by_the_api_is_a_switch(mailup, choice, shown):
    mailup.seed({"Email": MARI})
    mailup.switch(api_optout_type=choice)
    mailup.ask("DELETE", "List/1/Unsubscribe/100")
    assert mailup.get("List/1/Recipients/EmailOptins").json()["Items"][0]["Optout_Type"] == shown


def test_a_second_opt_out_keeps_date_and_reason_of_the_first(mailup):
    mailup.seed({"Email": MARI, "Status": "OPTOUT", "Optout_Type": 2, "Optout_Date": "2026-11-01T10:00:00Z"})
    mailup.ask("DELETE", "List/1/Unsubscribe/100")
    item = mailup.get("List/1/Recipients/EmailOptins").json()["Items"][0]
    assert (item["Optout_Type"], item["Optout_Date"]) == (2, "2026-11-01 10:00:00.000")


def test_a_bounce_counts_in_every_list_and_a_complaint_in_one(mailup):
    for email in (MARI, "pia@kask.example.com"):
        mailup.seed({"Email": email}, {"Email": email, "idList": 2})
    mailup.act("bounce")
    mailup.act("complain", "pia@kask.example.com", idList=2)
    assert [mailup.status(list_id=number) for number in (1, 2)] == ["unsubscribed"] * 2
    assert [mailup.status("pia@kask.example.com", number) for number in (1, 2)] == ["subscribed", "unsubscribed"]


def test_a_mobile_alone_is_a_recipient_of_the_other_channel(mailup):
    single(mailup, "", MobilePrefix="0039", MobileNumber="3331000001")
    shown = mailup.control("store")["recipients"][0]
    assert shown["lists"][0]["channel"] == "sms"
    assert shown["mailable"] is False
    assert mailup.get("List/1/Recipients/EmailOptins").json()["Items"] == []


def test_made_people_are_the_same_for_the_same_seed_and_some_are_opted_out(mailup):
    mailup.control("seed", {"count": 200, "seed": 1})
    first = mailup.control("store")
    assert all(one["Email"].endswith(".example.com") for one in first["recipients"])
    assert 0 < first["counts"]["unsubscribed"] < 30
    mailup.sandbox.reset()
    mailup.control("seed", {"count": 200, "seed": 1})
    assert [one["Email"] for one in mailup.control("store")["recipients"]] == [one["Email"] for one in first["recipients"]]


@pytest.mark.parametrize(
    "record",
    [{}, {"Email": "x"}, {"Email": MARI, "Status": "X"}, {"Email": MARI, "idList": 9}, {"Email": MARI, "idGroups": [9]}, 1],
)
def test_a_seed_that_is_not_understood_puts_nobody_in(mailup, record):
    with pytest.raises(ValueError, match="error"):
        mailup.seed({"Email": "pia@kask.example.com"}, record)
    assert mailup.control("store?count=1")["counts"]["recipients"] == 0


def test_acts_edit_forget_delete_and_what_they_do_not_know(mailup):
    mailup.act("subscribe")
    mailup.act("edit", fields={"nome": "Mari"}, name="Mari Kask")
    assert (mailup.person()["fields"], mailup.person()["Name"]) == ({"nome": "Mari"}, "Mari Kask")
    mailup.act("change_address", new_email="uus@kask.example.com")
    mailup.act("request", idList=2, email="uus@kask.example.com")
    assert mailup.status("uus@kask.example.com", 2) == "pending"
    mailup.act("confirm", idList=2, email="uus@kask.example.com")
    mailup.act("delete", "uus@kask.example.com")
    assert [mailup.status("uus@kask.example.com", number) for number in (1, 2)] == [None, "subscribed"]
    mailup.act("forget", "uus@kask.example.com")
    assert mailup.person("uus@kask.example.com") is None
    for order in ({"action": "fly"}, {"action": "confirm"}, {"action": "subscribe", "idList": 9}):
        with pytest.raises(ValueError, match="error"):
            mailup.control("act", {"email": MARI, **order})
    assert mailup.control("mails") == []
