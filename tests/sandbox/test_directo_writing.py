# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Puts to Directo's stand-in (contract section 8)."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import pytest
import requests
from lxml import etree

MARI = {"code": "K1", "name": "Mari", "email": "mari@post.example.com", "language": "EST", "class": "ERA"}


def customers(*cards, inner="<datafields/>"):
    rows = (f"<customer {' '.join(f'{k}={quoteattr(v)}' for k, v in card.items())}>{inner}</customer>" for card in cards)
    return f'<?xml version="1.0" encoding="utf-8"?><customers>{"".join(rows)}</customers>'


def types(answer):
    assert answer.status_code == 200
    return [row.get("Type") for row in etree.fromstring(answer.content)]


def stored(directo, code):
    found = directo.control(f"store?code={code}")["customers"]
    return found[0] if found else None


def test_new_card_is_created_with_write_only_columns_and_datafields(directo):
    inner = '<datafields><data code="OPTIN" content="no" param="2026-11-21"/></datafields>'
    answer = directo.put(customers({**MARI, "firstname": "Mari", "type": "1", "vatzone": "1"}, inner=inner))
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n<results>'
        '<Result Type="0" Desc="Created" docid="K1" doctype="CUSTOMER" submit="Customers"/></results>'
    )
    card = stored(directo, "K1")
    assert (card["language"], card["firstname"], card["vatregion"]) == ("EST", "Mari", "1")
    assert card["datafields"] == [{"code": "OPTIN", "content": "no", "param": "2026-11-21"}]
    assert card["ts"]


def test_one_result_per_record_in_order_with_its_reason(directo, recorded):
    directo.seed({"code": "10002", "name": "Jüri"})
    answer = directo.put(recorded("directo-made-put-customers-request.xml").decode())
    rows = [dict(row.attrib) for row in etree.fromstring(answer.content)]
    assert [row["Type"] for row in rows] == ["11", "0", "12"]
    assert [row["docid"] for row in rows] == ["10002", "10010", ""]
    assert [row["Desc"] for row in rows] == ["Duplicate", "Created", "Missing document identificator"]
    assert stored(directo, "10002")["name"] == "Jüri"


@pytest.mark.parametrize(
    ("xmldata", "type_"),
    [
        ("", "99"),
        ("  ", "99"),
        ("<customers/>", "99"),
        ("<contacts><customer code='1'/></contacts>", "99"),
        ("<customers><customer code='1'></customers>", "8"),
        ("no xml", "8"),
        ("<!DOCTYPE c [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><customers>&x;</customers>", "99"),
    ],
)
def test_document_that_holds_nothing_or_is_broken(directo, xmldata, type_):
    answer = directo.put(xmldata)
    assert types(answer) == [type_]


def test_missing_xmldata_is_99_and_wrong_credential_goes_before_it(directo):
    form = {"token": directo.credentials["token"], "put": 1, "what": "customer"}
    assert types(requests.post(directo.endpoint, data=form, timeout=5)) == ["99"]
    form["token"] = "wrong"
    assert b"Unauthorized" in requests.post(directo.endpoint, data=form, timeout=5).content


def test_overwrite_blanks_what_is_not_sent_write_only_columns_too(directo):
    directo.seed({**MARI, "balance": "12.5", "phone": "555", "datafields": {"OPTIN": "yes"}})
    directo.switch(put_existing="overwrite")
    assert types(directo.put(customers({"code": "K1", "name": "M", "email": "m@post.example.com"}))) == ["0"]
    card = stored(directo, "K1")
    assert set(card) == {"code", "name", "email", "balance", "ts", "datafields"}
    assert card["datafields"] == []


def test_overwrite_may_keep_datafields_that_were_left_out(directo):
    directo.seed({**MARI, "datafields": {"OPTIN": "yes", "LANG": "EST"}})
    directo.switch(put_existing="overwrite", put_datafields_omitted="keep")
    inner = '<datafields><data code="OPTIN" content="no" param=""/></datafields>'
    directo.put(customers(MARI, inner=inner))
    assert {row["code"]: row["content"] for row in stored(directo, "K1")["datafields"]} == {"OPTIN": "no", "LANG": "EST"}


def test_partial_update_changes_name_email_and_phone_only(directo):
    directo.seed({**MARI, "datafields": {"OPTIN": "yes"}})
    directo.switch(put_existing="partial")
    sent = {"code": "K1", "name": "M", "email": "m@post.example.com", "phone": "5", "class": "X", "language": "RUS"}
    assert types(directo.put(customers(sent, inner="<datafields/>"))) == ["30"]
    card = stored(directo, "K1")
    assert (card["name"], card["email"], card["phone"]) == ("M", "m@post.example.com", "5")
    assert (card["class"], card["language"]) == ("ERA", "EST")
    assert card["datafields"][0]["content"] == "yes"


@pytest.mark.parametrize(
    "bad",
    [
        {"code": "x" * 33},
        {"name": "x" * 256},
        {"country": "EST"},
        {"closed": "jah"},
        {"discount": "5,5"},
        {"birthday": "1.5.1990"},
    ],
)
def test_value_that_does_not_fit_is_9_and_nothing_is_stored(directo, bad):
    assert types(directo.put(customers({**MARI, **bad}))) == ["9"]
    assert directo.control("store?count=1")["counts"]["customers"] == 0


def test_too_long_datafield_is_9(directo):
    inner = f'<datafields><data code="OPTIN" content="{"x" * 2001}" param=""/></datafields>'
    assert types(directo.put(customers(MARI, inner=inner))) == ["9"]


def test_missing_email_by_interface_and_by_switch(directo):
    card = {"code": "K1", "name": "Mari"}
    assert types(directo.put(customers(card))) == ["9"]
    form = {"key": directo.credentials["key"], "put": 1, "what": "customer", "xmldata": customers(card)}
    assert types(requests.post(directo.classic, data=form, timeout=5)) == ["0"]
    directo.switch(put_missing_email="reject")
    assert types(requests.post(directo.classic, data=form, timeout=5)) == ["9"]
    directo.switch(put_missing_email="accept")
    assert types(directo.put(customers({**card, "code": "K2"}))) == ["0"]


def test_columns_that_can_not_be_written_are_ignored(directo):
    directo.put(customers({**MARI, "ts": "2000-01-01T00:00:00", "balance": "9", "session_id": "x", "unknown": "y"}))
    card = stored(directo, "K1")
    assert card["ts"] > "2026"
    assert not {"balance", "session_id", "unknown"} & set(card)


def test_classic_customer_without_code_gets_one(directo):
    form = {"key": directo.credentials["key"], "put": 1, "what": "customer", "xmldata": customers({"name": "A"})}
    row = etree.fromstring(requests.post(directo.classic, data=form, timeout=5).content)[0]
    assert row.get("Type") == "0"
    assert stored(directo, row.get("docid"))["name"] == "A"


@pytest.mark.parametrize("attribute", ["appkey", "key"])
def test_classic_put_may_carry_the_key_on_every_record(directo, attribute):
    form = {"put": 1, "what": "customer", "xmldata": customers({**MARI, attribute: directo.credentials["key"]})}
    assert types(requests.post(directo.classic, data=form, timeout=5)) == ["0"]
    form["xmldata"] = customers({**MARI, attribute: "0" * 32})
    assert b"Unauthorized" in requests.post(directo.classic, data=form, timeout=5).content
    assert attribute not in stored(directo, "K1")


def test_contact_is_created_without_code_and_twice_makes_two(directo):
    directo.seed(MARI)
    contacts = '<contacts><contact customercode="K1" name="Õie" email="oie@post.example.com"><datafields/></contact></contacts>'
    first, second = directo.put(contacts, "contact"), directo.put(contacts, "contact")
    assert (types(first), types(second)) == (["0"], ["0"])
    row = etree.fromstring(first.content)[0]
    assert (row.get("doctype"), row.get("submit")) == ("CONTACT", "Contacts")
    assert directo.control("store?count=1")["counts"]["contacts"] == 2


def test_contact_of_an_unknown_customer_is_31(directo):
    assert types(directo.put('<contacts><contact customercode="K9" name="A"/></contacts>', "contact")) == ["31"]


def test_contact_is_updated_only_with_overwrite(directo):
    directo.seed({"code": "501", "suppliercode": "H-77", "name": "A", "sex": "1"})
    update = '<contacts><contact code="501" suppliercode="H-77" name="B"/></contacts>'
    assert types(directo.put(update, "contact")) == ["11"]
    directo.switch(put_existing="partial")
    assert types(directo.put(update, "contact")) == ["11"]
    directo.switch(put_existing="overwrite")
    assert types(directo.put(update, "contact")) == ["0"]
    (contact,) = directo.control("store")["contacts"]
    assert contact["name"] == "B"
    assert "sex" not in contact


def test_result_case_and_code_attribute(directo):
    directo.switch(result_case="result/type/desc", result_code_attr="code")
    row = etree.fromstring(directo.put(customers(MARI)).content)[0]
    assert (row.tag, dict(row.attrib)) == ("result", {"type": "0", "desc": "Created", "code": "K1"})


def test_post_over_19_megabytes_is_refused_as_the_switch_says(directo):
    document = customers({**MARI, "comment": "x"}).replace("</customers>", "<!--" + "x" * 19_000_000 + "--></customers>")
    assert directo.put(document).status_code == 413
    directo.switch(put_too_large="cut")
    with pytest.raises(requests.ConnectionError):
        directo.put(document)
    assert directo.control("store?count=1")["counts"]["customers"] == 0


def test_reply_lost_after_the_write_was_done(directo):
    directo.fault("reset_after")
    with pytest.raises(requests.ConnectionError):
        directo.put(customers(MARI))
    assert stored(directo, "K1")
    assert types(directo.put(customers(MARI))) == ["11"]


@pytest.mark.parametrize("type_", ["9", "17"])
def test_failure_of_every_record_can_be_ordered(directo, type_):
    directo.fault(f"result_{type_}")
    answer = directo.put(customers(MARI, {**MARI, "code": "K2"}))
    assert types(answer) == [type_, type_]
    assert [row.get("docid") for row in etree.fromstring(answer.content)] == ["K1", "K2"]
    assert stored(directo, "K1") is None
