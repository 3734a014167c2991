# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Writing single contacts at SALESmanago's stand-in (contract sections 4 and 5)."""

from __future__ import annotations

import json
import uuid

import pytest

ANNA, JAN = "anna@post.example.com", "jan@post.example.com"


def test_sample_upserts_are_taken_and_read_back(salesmanago, recorded):
    body = json.loads(recorded("salesmanago-made-upsert-request.json"))
    answer = salesmanago.post("contact/upsert", body)
    assert list(answer) == list(json.loads(recorded("salesmanago-made-upsert-response.json")))
    assert (answer["success"], answer["message"], answer["externalId"]) == (True, [], "ERP-10045")
    assert str(uuid.UUID(answer["contactId"])) == answer["contactId"]
    card = salesmanago.full("anna.kowalska@example.com")
    expected = json.loads(recorded("salesmanago-made-contact-list-optedout-response.json"))["contacts"][0]
    assert list(card) == list(expected)
    same = (
        "name",
        "phone",
        "state",
        "company",
        "externalId",
        "address",
        "birthdayYear",
        "birthdayMonth",
        "birthdayDay",
        "province",
    )
    assert {name: card[name] for name in same} == {name: expected[name] for name in same}
    assert [tag["tag"] for tag in card["contactTags"]] == ["ERP_CUSTOMER", "TIER_GOLD"]
    assert card["properties"] == [{"name": "erp_segment", "value": "B2B"}, {"name": "erp_credit_limit", "value": "15000"}]


def test_the_other_sample_sets_the_status_by_force(salesmanago, recorded):
    body = {**json.loads(recorded("salesmanago-sample-upsert-body.json")), "owner": salesmanago.owner}
    assert salesmanago.post("contact/upsert", body)["externalId"] == "U123456"
    card = salesmanago.contact("name@example.com")
    assert (card["optedOut"], card["optedOutPhone"], card["province"]) == (False, True, "California")


def test_partial_upsert_keeps_the_rest_empty_clears_and_null_keeps(salesmanago):
    first = salesmanago.upsert(ANNA, contact={"name": "Anna", "phone": "+48600", "company": "Firma"})
    again = salesmanago.upsert(ANNA.upper(), contact={"fax": "+4822", "company": "", "name": None})
    assert again["contactId"] == first["contactId"]
    card = salesmanago.full(ANNA)
    assert (card["name"], card["phone"], card["fax"], card["company"]) == ("Anna", "+48600", "+4822", None)
    salesmanago.switch(cleared_reads="empty", null_value="clears")
    salesmanago.upsert(ANNA, contact={"name": None})
    assert [salesmanago.full(ANNA)[name] for name in ("name", "company")] == ["", ""]


def test_address_is_null_or_has_nulls_inside(salesmanago):
    salesmanago.upsert(ANNA)
    assert salesmanago.full(ANNA)["address"] is None
    salesmanago.upsert(ANNA, contact={"address": {"city": "Tartu", "zipCode": None}})
    assert salesmanago.full(ANNA)["address"] == {"streetAddress": None, "zipCode": None, "city": "Tartu", "country": None}


TOO_LONG = ["a" * 65 + "@post.example.com", "a@" + ".".join(letter * 60 for letter in "bcdef") + ".ee"]


@pytest.mark.parametrize(
    "email", ["", "anna", "anna@", "@post.example.com", "anna@localhost", "a b@post.example.com", None, *TOO_LONG]
)
def test_what_is_no_address_is_refused(salesmanago, email):
    assert salesmanago.upsert(email) | {"message": []} == {
        "success": False, "message": [], "contactId": None, "externalId": None,
    }  # fmt: skip


@pytest.mark.parametrize("email", [f"{'a' * 64}@post.example.com", "o'neil+x@post.example.com"])
def test_long_and_odd_addresses_are_taken(salesmanago, email):
    assert salesmanago.upsert(email)["success"] is True


def test_addresses_are_kept_in_small_letters_unless_switched(salesmanago):
    salesmanago.upsert("Anna@Post.Example.com")
    assert salesmanago.full(ANNA)["email"] == ANNA
    salesmanago.switch(email_case="as_sent")
    salesmanago.upsert("Jan@Post.Example.com")
    assert salesmanago.full(JAN)["email"] == "Jan@Post.Example.com"


def test_card_can_be_addressed_by_id(salesmanago):
    contact_id = salesmanago.upsert(ANNA)["contactId"]
    assert salesmanago.post("contact/upsert", contactId=contact_id, contact={"name": "Anna"})["contactId"] == contact_id
    assert salesmanago.post("contact/upsert", contact={"contactId": contact_id, "fax": "1"})["contactId"] == contact_id
    assert salesmanago.post("contact/upsert", contactId=str(uuid.uuid4()), contact={"email": JAN})["success"] is False
    assert salesmanago.contact(JAN) is None


def test_a_top_level_address_finds_a_card_and_makes_none(salesmanago):
    assert salesmanago.post("contact/upsert", email=ANNA, contact={"name": "Anna"})["success"] is False
    contact_id = salesmanago.post("contact/upsert", email=ANNA, contact={"email": ANNA})["contactId"]
    assert salesmanago.post("contact/upsert", email=ANNA, contact={"name": "Anna"})["contactId"] == contact_id
    assert salesmanago.post("contact/upsert", email=JAN, contact={"email": ANNA})["contactId"] == contact_id
    assert salesmanago.contact(ANNA)["name"] == "Anna"


def test_new_email_renames_and_keeps_the_id(salesmanago):
    first = salesmanago.upsert(ANNA, tags=["VIP"])
    assert salesmanago.upsert(ANNA, newEmail=JAN)["contactId"] == first["contactId"]
    assert salesmanago.contact(ANNA) is None
    assert salesmanago.contact(JAN)["tags"] == {"VIP": 1}


@pytest.mark.parametrize("same", ["", ANNA, ANNA.upper(), None])
def test_new_email_may_be_empty_or_the_same(salesmanago, same):
    salesmanago.upsert(ANNA)
    assert salesmanago.upsert(ANNA, newEmail=same)["success"] is True
    assert salesmanago.contact(ANNA) is not None


def test_new_email_of_somebody_else_is_refused_whole(salesmanago):
    salesmanago.upsert(ANNA)
    salesmanago.upsert(JAN)
    assert salesmanago.upsert(ANNA, newEmail=JAN, contact={"name": "X"})["success"] is False
    assert "name" not in salesmanago.contact(ANNA)
    assert salesmanago.upsert("ela@post.example.com", newEmail=JAN)["success"] is False
    assert salesmanago.contact("ela@post.example.com") is None
    salesmanago.switch(new_email_taken="ignored")
    assert salesmanago.upsert(ANNA, newEmail=JAN, contact={"name": "X"})["success"] is True
    assert salesmanago.contact(ANNA)["name"] == "X"


def test_new_email_of_an_unknown_address_makes_the_new_one(salesmanago):
    salesmanago.upsert(ANNA, newEmail=JAN)
    assert (salesmanago.contact(ANNA), salesmanago.contact(JAN)["email"]) == (None, JAN)
    salesmanago.switch(new_email_of_unknown="creates_old")
    salesmanago.upsert(ANNA, newEmail="ela@post.example.com")
    assert salesmanago.contact(ANNA) is not None


@pytest.mark.parametrize(
    ("sent", "shown"),
    [("19840804", ("1984", "8", "4")), ("0923", (None, "9", "23")), ("0229", (None, "2", "29")), ("", (None, None, None))],
)
def test_birthday_comes_back_in_unpadded_parts(salesmanago, sent, shown):
    salesmanago.upsert(ANNA, birthday="19990101")
    salesmanago.upsert(ANNA, birthday=sent)
    card = salesmanago.full(ANNA)
    assert (card["birthdayYear"], card["birthdayMonth"], card["birthdayDay"]) == shown


@pytest.mark.parametrize("sent", ["1984-08-04", "19841304", "19830229", "84", "0230", "00000804"])
def test_a_wrong_birthday_is_refused_or_ignored(salesmanago, sent):
    assert salesmanago.upsert(ANNA, birthday=sent)["success"] is False
    salesmanago.switch(bad_value="ignored")
    assert salesmanago.upsert(ANNA, birthday=sent, contact={"state": "KING"})["success"] is True
    assert salesmanago.full(ANNA)["birthdayMonth"] is None
    assert salesmanago.full(ANNA)["state"] == "PROSPECT"


def test_states(salesmanago, recorded):
    for state in json.loads(recorded("salesmanago-made-enums.json"))["contactState"]:
        salesmanago.upsert(ANNA, contact={"state": state})
        assert salesmanago.full(ANNA)["state"] == state
    assert salesmanago.upsert(ANNA, contact={"state": "customer"})["success"] is False


def test_properties_are_an_object_in_and_a_list_of_texts_out(salesmanago):
    salesmanago.upsert(ANNA, properties={"a": "1", "b": 2, "c": True, "d": None})
    salesmanago.upsert(ANNA, properties={"a": ""})
    expected = [{"name": "a", "value": ""}, {"name": "b", "value": "2"}, {"name": "c", "value": "true"}]
    assert salesmanago.full(ANNA)["properties"] == expected
    salesmanago.switch(property_value="refused")
    assert salesmanago.upsert(ANNA, properties={"b": 2})["success"] is False
    assert salesmanago.upsert(ANNA, properties={"b": {}})["success"] is False


def test_dictionary_properties_have_one_type_in_the_whole_account(salesmanago):
    orders = {"name": "OpenOrders", "type": "NUMBER", "value": 42}
    invoice = {"name": "LastInvoice", "type": "DATE", "value": "1488927600000"}
    salesmanago.upsert(ANNA, dictionaryProperties=[orders, invoice])
    assert salesmanago.contact(ANNA)["dictionaryProperties"] == [orders, {**invoice, "value": 1488927600000}]
    wrong = [{**orders, "type": "DATE"}]
    assert salesmanago.upsert(JAN, dictionaryProperties=wrong)["success"] is False
    assert salesmanago.contact(JAN) is None
    salesmanago.switch(dictionary_type_conflict="ignored")
    assert salesmanago.upsert(JAN, dictionaryProperties=wrong)["success"] is True
    assert salesmanago.contact(JAN)["dictionaryProperties"] == []


@pytest.mark.parametrize("wrong", [{"name": "x", "type": "TEXT", "value": "y"}, {"type": "NUMBER", "value": 1}, "x",
                                   {"name": "x", "type": "NUMBER", "value": "many"}, {"name": "x", "type": "DATE"},
                                   {"name": "x", "type": "NUMBER", "value": True}])  # fmt: skip
def test_dictionary_property_that_is_none_is_refused(salesmanago, wrong):
    assert salesmanago.upsert(ANNA, dictionaryProperties=[wrong])["success"] is False


def test_tags_are_spelt_the_vendors_way(salesmanago):
    salesmanago.upsert(ANNA, tags=["põhiklient", "Łódź!", "a#b$c&d*e\"f'g", "x-(1)[2]{3}_", "one,two", "  "])
    expected = ["POHIKLIENT", "LODZ_", "A_B_C_D_E_F_G", "X-(1)[2]{3}_", "ONE", "TWO"]
    tags = salesmanago.full(ANNA)["contactTags"]
    assert [tag["tag"] for tag in tags] == expected
    assert {tag["tagWithScore"] for tag in tags} >= {"ONE (1)"}
    assert all(tag["tagName"] == tag["tag"] and tag["score"] == 1 and tag["createdOn"] > 1.7e12 for tag in tags)
    salesmanago.upsert(ANNA, removeTags="pohiklient,ONE", tags="two words")
    assert [tag["tag"] for tag in salesmanago.full(ANNA)["contactTags"]] == [*expected[1:4], "TWO", "TWO WORDS"]
    salesmanago.switch(tag_spaces="underscore")
    salesmanago.upsert(ANNA, tags=["two words"])
    assert "TWO_WORDS" in salesmanago.contact(ANNA)["tags"]


def test_adding_a_tag_again_raises_its_score_only_when_asked(salesmanago):
    for _ in range(2):
        salesmanago.upsert(ANNA, tags=["VIP"])
    assert salesmanago.contact(ANNA)["tags"] == {"VIP": 1}
    salesmanago.upsert(ANNA, tags=["vip"], tagScoring=True)
    assert salesmanago.contact(ANNA)["tags"] == {"VIP": 2}
    salesmanago.switch(tag_scoring="always")
    salesmanago.upsert(ANNA, tags=["vip"])
    assert salesmanago.full(ANNA)["contactTags"][0]["tagWithScore"] == "VIP (3)"


def test_managetags_and_tag_list(salesmanago, recorded):
    body = json.loads(recorded("salesmanago-made-managetags-request.json"))
    assert salesmanago.post("contact/managetags", body) == {"success": False, "message": ["Contact not found"], "contactId": None}
    contact_id = salesmanago.upsert(body["email"], tags=["TIER_GOLD"])["contactId"]
    salesmanago.upsert(JAN, tags=["TIER_PLATINUM", "X"])
    assert salesmanago.post("contact/managetags", body)["contactId"] == contact_id
    for path in ("contact/tags", "v2/contact/tags"):
        assert salesmanago.post(path, showSystemTags=False)["tags"] == [
            {"tag": "TIER_PLATINUM", "numberOfTagged": 2}, {"tag": "X", "numberOfTagged": 1},
        ]  # fmt: skip


def test_insert_and_update(salesmanago):
    first = salesmanago.post("contact/insert", contact={"email": ANNA, "name": "Anna"})
    assert salesmanago.post("contact/update", email=ANNA, contact={"name": "Ann"})["contactId"] == first["contactId"]
    assert salesmanago.post("contact/update", contactId=first["contactId"], contact={"fax": "1"})["success"] is True
    assert salesmanago.post("contact/insert", contact={"email": ANNA, "phone": "1"})["contactId"] == first["contactId"]
    assert salesmanago.post("contact/update", email=JAN, contact={"name": "Jan"})["success"] is False
    assert salesmanago.contact(JAN) is None
    salesmanago.switch(insert_existing="refused", update_missing="created")
    assert salesmanago.post("contact/insert", contact={"email": ANNA})["success"] is False
    assert salesmanago.post("contact/update", email=JAN, contact={"email": JAN})["success"] is True


def test_several_contacts_may_share_an_external_id_and_it_is_echoed(salesmanago):
    assert salesmanago.upsert(ANNA, contact={"externalId": "7"})["externalId"] == "7"
    assert salesmanago.upsert(JAN, contact={"externalId": "7"})["externalId"] == "7"
    assert salesmanago.upsert(JAN)["externalId"] == "7"
    assert salesmanago.upsert("ela@post.example.com")["externalId"] is None


def test_async_upsert_may_answer_without_an_id(salesmanago):
    assert salesmanago.upsert(ANNA, **{"async": True})["contactId"]
    salesmanago.switch(async_answer="without_id")
    assert salesmanago.upsert(ANNA, **{"async": True})["contactId"] is None
    assert salesmanago.upsert(ANNA)["contactId"]


def test_upsert_by_another_user_keeps_the_owner_unless_switched(salesmanago):
    salesmanago.upsert(ANNA)
    salesmanago.upsert(ANNA, owner="marketing@example.com")
    assert salesmanago.full(ANNA)["mainContactOwner"] == "owner@example.com"
    salesmanago.switch(upsert_other_owner="changes_owner")
    salesmanago.upsert(ANNA, owner="marketing@example.com")
    assert salesmanago.full(ANNA)["mainContactOwner"] == "marketing@example.com"


def test_main_owner_and_notes(salesmanago):
    salesmanago.upsert(ANNA)
    assert salesmanago.post("contact/setMainOwner", contact=ANNA, newOwner="marketing@example.com")["success"] is True
    assert salesmanago.post("contact/setMainOwner", contact=ANNA, newOwner="x@example.com")["success"] is False
    assert salesmanago.post("contact/setMainOwner", contact=JAN, newOwner="marketing@example.com")["success"] is False
    assert salesmanago.post("contact/addNote", email=ANNA, note="Helista", priv=True)["success"] is True
    assert salesmanago.post("contact/addNote", email=ANNA)["success"] is False
    card = salesmanago.full(ANNA)
    assert (card["mainContactOwner"], card["contactNotes"][0]["note"]) == ("marketing@example.com", "Helista")


def test_soft_deletion_marks_and_an_upsert_revives(salesmanago):
    first = salesmanago.upsert(ANNA, forceOptIn=True)
    assert salesmanago.post("contact/delete", email=ANNA) == {"success": True, "message": [], "result": None}
    assert salesmanago.full(ANNA)["deleted"] is True
    assert salesmanago.contact(ANNA)["mailable"] is False
    assert salesmanago.post("contact/hasContact", email=ANNA)["result"] is True
    salesmanago.switch(has_contact_deleted="no")
    assert salesmanago.post("contact/hasContact", email=ANNA)["result"] is False
    salesmanago.advance(3 * 86_400)
    assert salesmanago.upsert(ANNA)["contactId"] == first["contactId"]
    assert salesmanago.contact(ANNA)["mailable"] is True


def test_who_was_deleted_may_come_back_as_a_newcomer(salesmanago):
    salesmanago.upsert(ANNA, forceOptIn=True)
    salesmanago.post("contact/delete", email=ANNA)
    salesmanago.switch(revived_status="as_new")
    salesmanago.upsert(ANNA)
    assert salesmanago.contact(ANNA)["optedOut"] is True


def test_permanent_deletion_hides_at_once_and_removes_at_night(salesmanago):
    salesmanago.sandbox.call("/clock", {"set": "2026-11-21T12:00:00Z"})
    first = salesmanago.upsert(ANNA)
    salesmanago.post("contact/delete", email=ANNA, permanently=True)
    assert salesmanago.post("contact/hasContact", email=ANNA) == {
        "success": True, "message": [], "result": False, "contactId": None,
    }  # fmt: skip
    assert salesmanago.full(ANNA)["deleted"] is True
    salesmanago.sandbox.call("/clock", {"set": "2026-11-22T04:00:00Z"})
    assert salesmanago.post("contact/listAll", email=[ANNA])["contacts"] == []
    assert salesmanago.upsert(ANNA)["contactId"] != first["contactId"]


def test_an_upsert_before_the_night_saves_the_card(salesmanago):
    first = salesmanago.upsert(ANNA)
    salesmanago.post("contact/delete", email=ANNA, permanently=True)
    salesmanago.upsert(ANNA)
    salesmanago.advance(2 * 86_400)
    assert salesmanago.post("contact/hasContact", email=ANNA)["contactId"] == first["contactId"]


def test_deletion_may_be_permanent_by_default(salesmanago):
    salesmanago.upsert(ANNA)
    salesmanago.upsert(JAN)
    salesmanago.switch(permanently_default="yes")
    salesmanago.post("contact/delete", email=ANNA)
    salesmanago.post("contact/delete", email=JAN, permanently=False)
    salesmanago.advance(2 * 86_400)
    assert (salesmanago.contact(ANNA), salesmanago.contact(JAN)["deleted"]) == (None, True)


@pytest.mark.parametrize(("form", "body"), [("null", {"success": True, "message": [], "result": None}),
                                            ("contact_deleted", {"success": True, "message": [], "result": "Contact deleted"}),
                                            ("empty_body", None)])  # fmt: skip
def test_answers_of_delete(salesmanago, form, body):
    salesmanago.upsert(ANNA)
    salesmanago.switch(delete_answer=form)
    answer = salesmanago.ask("contact/delete", email=ANNA)
    assert answer.status_code == 200
    assert (answer.json() if answer.content else None) == body
    assert salesmanago.contact(ANNA)["deleted"] is True


def test_deleting_an_unknown_address(salesmanago):
    assert salesmanago.post("contact/delete", email=ANNA) == {"success": False, "message": ["Contact not found"], "result": None}
    salesmanago.switch(delete_unknown="success")
    assert salesmanago.post("contact/delete", email=ANNA)["success"] is True


def test_batch_delete_takes_addressees_in_any_case(salesmanago, recorded):
    body = json.loads(recorded("salesmanago-made-batchDelete-request.json"))
    salesmanago.seed(
        {"email": "jan@example.org"}, {"email": ANNA, "id": body["contacts"][1]["value"]}, {"email": JAN, "tags": ["gone"]}
    )
    assert salesmanago.post("contact/batchDelete", body) == {"success": True, "message": [], "result": None}
    tagged = [{"addresseeType": "TAG", "value": "gone"}, {"addresseeType": "STAGE", "value": "x", "optValue": "y"}]
    salesmanago.post("contact/batchDelete", contacts=tagged)
    assert [salesmanago.contact(email)["deleted"] for email in ("jan@example.org", ANNA, JAN)] == [True] * 3
    for wrong in ([], [{"addresseeType": "CITY", "value": "x"}], "x", [7]):
        assert salesmanago.post("contact/batchDelete", contacts=wrong)["success"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"contact": "x"},
        {"contact": {"email": ANNA, "name": []}},
        {"contact": {"email": ANNA, "address": 7}},
        {"contact": {"email": ANNA}, "properties": []},
        {"contact": {"email": ANNA}, "tags": {}},
    ],
)
def test_values_of_a_wrong_kind_are_refused(salesmanago, wrong):
    assert salesmanago.post("contact/upsert", wrong)["success"] is False
    assert salesmanago.contact(ANNA) is None
