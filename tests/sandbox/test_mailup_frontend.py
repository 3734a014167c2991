# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The HTTP API pages of MailUp's stand-in (contract section 3)."""

from __future__ import annotations

import csv
import io

import pytest
import requests

MARI = "mari@kask.example.com"
GUID = "49494949-4444-9999-8888-185543409eb7"
CHECKED = {2: "subscribed", 3: "unsubscribed", 4: "pending", 1: None}


def subscribe(mailup, email=MARI, **more):
    return mailup.page("Xmlsubscribe", **{"Email": email, "List": 1, "Confirm": 0, "retCode": 1, **more})


def on_list(mailup, page, email=MARI, **more):
    return mailup.page(page, **{"ListGuid": GUID, "List": 1, "Email": email, **more})


def test_the_sample_exchanges_answer_byte_for_byte(mailup, recorded):
    mailup.seed({"Email": "marco.neri@example.it"})
    mailup.ask("POST", "List/1/Group", {"Name": "x"})
    for row in csv.DictReader(io.StringIO(recorded("mailup-made-http-exchanges.csv").decode())):
        mailup.act("forbid_address" if row["case"] == "caller not registered" else "allow_address", address="127.0.0.1")
        path = row["request"].removeprefix("GET ").replace("Group=3%3B5", "Group=6%3B7")
        answer = requests.get(mailup.url + path, timeout=10)
        assert answer.status_code == 200
        assert answer.content == row["body_repr"].encode().decode("unicode_escape").encode(), row["case"]
    marco = mailup.person("marco.neri@example.it")
    assert (marco["idGroups"], marco["fields"]) == ([6, 7], {"città": "Torino"})


@pytest.mark.parametrize("name", ["Xmlsubscribe.aspx", "xmlSubscribe.aspx", "XMLSUBSCRIBE.ASPX"])
@pytest.mark.parametrize("parameters", [{"list": "1", "EMAIL": MARI}, {"List": "1", "email": MARI}])
def test_pages_and_parameters_are_read_without_case_by_get_and_by_post(mailup, name, parameters):
    known = {**parameters, "retcode": "1", "CONFIRM": "false"}
    first = requests.get(f"{mailup.url}/Frontend/{name}", params=known, timeout=10)
    second = requests.post(f"{mailup.url}/frontend/{name}", data=known, timeout=10)
    assert (first.content, second.content) == (b"0\r\n", b"3\r\n")


def test_confirmed_opt_in_is_the_default(mailup):
    assert mailup.page("Xmlsubscribe", Email=MARI, List=1, retCode=1) == 0
    assert mailup.status() == "pending"
    assert [(one["kind"], one["idList"]) for one in mailup.control("mails")] == [("confirmation", 1)]
    assert on_list(mailup, "Xmlchksubscriber") == 4


def test_without_ret_code_a_text_comes(mailup):
    answer = requests.get(f"{mailup.url}/frontend/Xmlsubscribe.aspx", params={"Email": MARI, "List": 1}, timeout=10)
    assert (answer.status_code, answer.text.strip().isdigit(), mailup.status()) == (200, False, "pending")


def test_several_lists_and_groups_in_one_call_with_one_confirmation(mailup):
    assert subscribe(mailup, List="1,2", Group="7,8", Confirm="true", ConfirmListID=2) == 0
    assert [mailup.status(list_id=number) for number in (1, 2)] == ["pending", "pending"]
    assert mailup.person()["idGroups"] == [7, 8]
    assert [one["idList"] for one in mailup.control("mails")] == [2]
    assert subscribe(mailup, "pia@kask.example.com", List="1,2", Confirm=1) == 0
    assert mailup.control("mails?count=1")["count"] == 3


def test_already_subscribed_in_one_of_two_lists_is_done_in_the_other(mailup):
    mailup.seed({"Email": MARI})
    assert subscribe(mailup, List="1,2") == 0
    assert subscribe(mailup, List="1,2") == 3
    assert mailup.status(list_id=2) == "subscribed"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Email": "mari"}, 2),
        ({"Email": "", "Sms": "+393331000001"}, 2),
        ({"Email": "", "Sms": "0039 333"}, 2),
        ({"Email": ""}, 1),
        ({"List": ""}, 1),
        ({"List": "9"}, 1),
        ({"List": "x"}, 1),
        ({"Group": "99"}, 1),
        ({"Group": "8"}, 1),
        ({"csvFldNames": "campo1;campo2", "csvFldValues": "Mari"}, 1),
        ({"csvFldNames": "campo1", "csvFldValues": "Ma;ri"}, 1),
        ({"csvFldNames": "campo1", "csvFldValues": "Ma--ri"}, 1),
        ({"csvFldNames": "campo39", "csvFldValues": "x"}, 1),
        ({"csvFldNames": "nome", "csvFldValues": "x"}, 1),
    ],
)
def test_what_the_subscribe_page_refuses_writes_nobody(mailup, parameters, code):
    assert subscribe(mailup, **parameters) == code
    assert mailup.control("store?count=1")["counts"]["recipients"] == 0


def test_extra_parameters_do_no_harm_and_fields_are_written(mailup):
    more = {"ListGuid": GUID, "source": "wordpress", "ipAddress": "192.0.2.1", "lang": "it"}
    assert subscribe(mailup, csvFldNames="campo1;campo4", csvFldValues="Mari;Città", **more) == 0
    assert mailup.person()["fields"] == {"nome": "Mari", "città": "Città"}


def test_the_encoding_of_percent_encoded_bytes_is_a_switch(mailup):
    mailup.switch(frontend_encoding="windows-1252")
    url = f"{mailup.url}/frontend/Xmlsubscribe.aspx?Email={MARI}&List=1&csvFldNames=campo4&csvFldValues=Citt%E0&Confirm=0"
    requests.get(url, timeout=10)
    assert mailup.person()["fields"] == {"città": "Città"}


@pytest.mark.parametrize(("choice", "code", "status"), [("subscribe", 0, "subscribed"), ("stay", 1, "unsubscribed")])
def test_the_subscribe_page_on_an_unsubscribed_address_is_a_switch(mailup, choice, code, status):
    mailup.seed({"Email": MARI, "Status": "OPTOUT"})
    mailup.switch(xmlsubscribe_on_unsubscribed=choice)
    assert (subscribe(mailup), mailup.status()) == (code, status)


def test_the_subscribe_page_confirms_who_is_pending_and_revives_no_bounce(mailup):
    mailup.seed({"Email": MARI, "Status": "PENDING"})
    assert (subscribe(mailup), mailup.status()) == (0, "subscribed")
    mailup.act("bounce")
    assert (subscribe(mailup), mailup.status()) == (1, "unsubscribed")


def test_a_mobile_can_be_subscribed_checked_and_unsubscribed(mailup):
    assert subscribe(mailup, "", Sms="00393331000001") == 0
    assert on_list(mailup, "Xmlchksubscriber", "", Sms="3331000001") == 2
    assert on_list(mailup, "Xmlunsubscribe", "", Sms="00393331000001") == 0
    assert on_list(mailup, "Xmlchksubscriber", "", Sms="00393331000001") == 3


@pytest.mark.parametrize(("word", "code"), [("OPTIN", 2), ("OPTOUT", 3), ("PENDING", 4), ("NONE", 1)])
def test_the_check_page_says_the_status(mailup, word, code):
    mailup.seed({"Email": MARI, "Status": word})
    assert on_list(mailup, "Xmlchksubscriber") == code
    assert on_list(mailup, "Xmlchksubscriber", ListGuid="bogus") == 1
    assert on_list(mailup, "Xmlchksubscriber", List=2) == 1


@pytest.mark.parametrize(("choice", "code"), [("refused", 1), ("allowed", 2)])
def test_checking_without_a_guid_is_a_switch(mailup, choice, code):
    mailup.seed({"Email": MARI})
    mailup.switch(check_without_guid=choice)
    assert mailup.page("Xmlchksubscriber", List=1, Email=MARI) == code
    assert mailup.page("Xmlunsubscribe", List=1, Email=MARI) == 1


@pytest.mark.parametrize(("word", "code", "status"), [
    ("OPTIN", 0, "unsubscribed"), ("PENDING", 0, "unsubscribed"), ("OPTOUT", 3, "unsubscribed"), ("NONE", 3, None),
])  # fmt: skip
def test_the_unsubscribe_page(mailup, word, code, status):
    mailup.seed({"Email": MARI, "Status": word})
    assert on_list(mailup, "Xmlunsubscribe", ListGuid="bogus") == 1
    assert on_list(mailup, "Xmlunsubscribe", "nobody@kask.example.com") == 3
    assert (on_list(mailup, "Xmlunsubscribe"), mailup.status()) == (code, status)
    assert mailup.control("mails") == []


def test_a_good_bye_mail_follows_where_the_list_is_set_up_for_it(mailup):
    mailup.seed({"Email": MARI})
    mailup.ask("PUT", "List/1", {"SendEmailOptout": True})
    on_list(mailup, "Xmlunsubscribe")
    assert [one["kind"] for one in mailup.control("mails")] == ["goodbye"]


def test_the_update_page_writes_fields_and_adds_or_replaces_groups(mailup):
    mailup.seed({"Email": MARI, "idGroups": [6], "Fields": [{"Id": 2, "Value": "Kask"}]})
    assert on_list(mailup, "xmlUpdSubscriber", Group="7", csvFldNames="campo1", csvFldValues="Mari") == 0
    assert (mailup.person()["idGroups"], mailup.person()["fields"]) == ([6, 7], {"nome": "Mari", "cognome": "Kask"})
    assert on_list(mailup, "Updsubscriber", Group="7", Replace="1") == 0
    assert mailup.person()["idGroups"] == [7]


@pytest.mark.parametrize(
    "parameters",
    [
        {"List": "x"},
        {"ListGuid": "x"},
        {"Email": "nobody@kask.example.com"},
        {"Email": "out@kask.example.com"},
        {"csvFldNames": "campo1", "csvFldValues": "a;b"},
        {"csvFldNames": "campo1", "csvFldValues": "a--b"},
    ],
)
def test_what_the_update_page_refuses_is_code_1(mailup, parameters):
    mailup.seed({"Email": MARI}, {"Email": "out@kask.example.com", "Status": "OPTOUT"})
    assert on_list(mailup, "xmlUpdSubscriber", **parameters) == 1


def test_a_caller_whose_address_is_not_registered_gets_its_code_until_the_check_is_off(mailup):
    mailup.act("forbid_address", address="127.0.0.1")
    assert subscribe(mailup) == -1011
    assert [on_list(mailup, name) for name in ("Xmlchksubscriber", "xmlUpdSubscriber", "Xmlunsubscribe")] == [-1011] * 3
    mailup.switch(unregistered_unsubscribe="1")
    assert on_list(mailup, "Xmlunsubscribe") == 1
    mailup.switch(address_check="off")
    assert subscribe(mailup) == 0


def activate(mailup, **changed):
    made = mailup.credentials
    known = {"usr": made["soap_user"], "pwd": made["soap_password"], "nl_url": "demo.console.example.com"}
    parameters = {**known, "ws_name": "FrontEnd", **changed}
    return requests.get(f"{mailup.url}/frontend/WSActivation.aspx", params=parameters, timeout=10).text


def test_a_caller_can_register_its_own_address(mailup):
    mailup.act("forbid_address", address="127.0.0.1")
    assert "<ReturnCode>0</ReturnCode>" in activate(mailup)
    assert subscribe(mailup) == 0
    assert "<ReturnCode>-1008</ReturnCode>" in activate(mailup)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"usr": "m1234"}, -1001),
        ({"pwd": "x"}, -1002),
        ({"ws_name": "x"}, -1000),
        ({"ws_name": ""}, -2),
        ({"usr": "", "pwd": ""}, -12),
    ],
)
def test_activation_codes(mailup, changed, code):
    mailup.switch(activation_answer="number")
    assert activate(mailup, **changed) == f"{code}\r\n"


def test_what_activation_leaves_open_is_a_switch(mailup):
    mailup.switch(activation_answer="number", activation_missing="first", activation_takes_effect="no")
    mailup.act("forbid_address", address="127.0.0.1", service="FrontEnd")
    assert activate(mailup, usr="", pwd="").strip() == "-4"
    assert activate(mailup).strip() == "0"
    assert subscribe(mailup) == -1011


def test_other_pages_are_404(mailup):
    assert requests.get(f"{mailup.url}/frontend/nothing.aspx", timeout=10).status_code == 404
    assert requests.put(f"{mailup.url}/frontend/Xmlsubscribe.aspx", timeout=10).status_code == 404
    assert requests.get(f"{mailup.url}/nothing", timeout=10).status_code == 404
