# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Lists, groups, fields, pages and filters of MailUp's stand-in (contract sections 4.3, 5.2 and 5.3)."""

from __future__ import annotations

import pytest

PAGE = ["IsPaginated", "Items", "PageNumber", "PageSize", "Skipped", "TotalElementsCount"]
GROUP = ["Count", "Deletable", "Name", "Notes", "idGroup", "idList"]


def test_demo_account_has_two_lists_one_with_an_ampersand_and_a_group(mailup):
    store = mailup.control("store?count=1")
    assert [one["Name"] for one in store["lists"]] == ["Newsletter", "Sconti & Offerte"]
    assert [one["Name"] for one in store["groups"] if one["idList"] == 1] == ["TEST", "Clienti"]
    assert store["soap"] == {"is_on": True, "addresses": ["127.0.0.1", "::1"]}
    assert store["counts"]["recipients"] == 0


def test_the_two_paths_spell_the_keys_of_a_list_differently(mailup):
    new, old = mailup.get("List").json(), mailup.get("User/Lists").json()
    assert list(new) == list(old) == PAGE
    assert list(new["Items"][0]) == ["Company", "Description", "IdList", "ListGuid", "Name"]
    assert list(old["Items"][0]) == ["Company", "Description", "Name", "idList", "listGuid"]
    mailup.switch(old_path_guid="ListGuid")
    assert "ListGuid" in mailup.get("User/Lists").json()["Items"][0]


def test_a_list_is_made_read_changed_and_deleted(mailup):
    made = mailup.ask("POST", "List", {"Name": "Clienti VIP", "UseDefaultSettings": True})
    assert (made.status_code, made.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert (made.json()["IdList"], made.json()["KBMax"], made.json()["TimeZoneCode"]) == (3, 100, "UTC+01:00.0")
    assert "UseDefaultSettings" not in made.json()
    assert mailup.ask("PUT", "User/List/3", {"City": "Torino"}).json()["City"] == "Torino"
    assert mailup.get("List/3").json()["City"] == "Torino"
    gone = mailup.ask("DELETE", "List/3")
    assert (gone.status_code, gone.content) == (200, b"")
    assert mailup.get("List/3").status_code == 404


@pytest.mark.parametrize(("choice", "path", "answer"), [("number", "List", 3), ("id_object", "User/Lists", {"idList": 3})])
def test_what_the_making_of_a_list_answers_is_a_switch(mailup, choice, path, answer):
    mailup.switch(list_created_answer=choice)
    assert mailup.ask("POST", path, {"Name": "x"}).json() == answer


def test_a_list_without_a_name_or_with_an_unknown_setting_is_refused(mailup):
    assert mailup.ask("POST", "List", {"Description": "x"}).status_code == 400
    assert mailup.ask("POST", "List", {"Name": "x", "Colour": "red"}).status_code == 400


def test_a_new_list_can_be_forbidden_for_a_while(mailup):
    mailup.switch(new_list_forbidden=60)
    mailup.ask("POST", "List", {"Name": "x"})
    assert mailup.get("List/3/Groups").status_code == 403
    mailup.pass_time(61)
    assert mailup.get("List/3/Groups").status_code == 200


def test_groups_are_made_changed_and_deleted(mailup):
    made = mailup.ask("POST", "List/1/Group", {"Name": "Gruppo", "Notes": "QWERTYUIOP"}).json()
    assert list(made) == GROUP
    assert made == {"Count": None, "Deletable": True, "Name": "Gruppo", "Notes": "QWERTYUIOP", "idGroup": 9, "idList": 1}
    assert mailup.ask("PUT", "List/1/Group/9", {"Name": "Altro"}).json()["Name"] == "Altro"
    names = [one["Name"] for one in mailup.get("List/1/Groups").json()["Items"]]
    assert names == ["TEST", "Clienti", "Altro"]
    gone = mailup.ask("DELETE", "List/1/Group/9")
    assert (gone.status_code, gone.content) == (200, b"")
    assert mailup.ask("DELETE", "List/2/Group/7").status_code == 404
    assert mailup.ask("DELETE", "List/1/Group/6").status_code == 400


def test_a_reader_of_one_page_of_fields_misses_some(mailup):
    first, second = (mailup.get("Recipient/DynamicFields", pageNumber=number).json() for number in (0, 1))
    assert (first["IsPaginated"], first["PageSize"], first["TotalElementsCount"]) == (True, 20, 27)
    assert first["Items"][0] == {"Description": "compleanno", "Id": 27}
    assert (second["Skipped"], second["Items"][-1]) == (20, {"Description": "nome", "Id": 1})
    mailup.act("name_fields", fields={"30": "classe"})
    assert mailup.get("Recipient/DynamicFields").json()["Items"][0] == {"Description": "classe", "Id": 30}


def test_pages_begin_at_nought_and_parameter_names_are_read_without_case(mailup):
    mailup.control("seed", {"count": 45, "seed": 1})
    path = "List/1/Recipients/EmailOptins"
    pages = [mailup.get(path, PageNumber=number, PAGESIZE=20).json() for number in range(4)]
    assert [len(one["Items"]) for one in pages] == [20, 20, 5, 0]
    assert [one["Skipped"] for one in pages] == [0, 20, 40, 60]
    assert {(one["IsPaginated"], one["TotalElementsCount"]) for one in pages} == {(True, 45)}
    assert len({item["idRecipient"] for one in pages for item in one["Items"]}) == 45
    assert mailup.get(path, pageSize=45).json()["IsPaginated"] is False
    assert mailup.get(path, pageSize="x").status_code == 400


def test_an_empty_page_and_the_largest_page_size(mailup):
    empty = mailup.get("List/1/Recipients/Pending").json()
    assert list(empty.values()) == [False, [], 0, 20, 0, 0]
    mailup.switch(largest_page_size=1)
    assert mailup.get("List", pageSize=50).json()["PageSize"] == 1


def test_order_of_recipients_is_a_switch(mailup):
    mailup.control("seed", {"count": 3, "seed": 1})
    numbers = [one["idRecipient"] for one in mailup.get("List/1/Recipients/EmailOptins").json()["Items"]]
    mailup.switch(recipients_order="newest_first")
    assert [one["idRecipient"] for one in mailup.get("List/1/Recipients/EmailOptins").json()["Items"]] == numbers[::-1]


PEOPLE = [
    {"Email": "anna+1@kask.example.com", "Name": " Anna ", "Fields": [{"Id": 1, "Value": "Anna"}, {"Id": 4, "Value": "Torino"}]},
    {"Email": "marco@kask.example.com", "Name": "Marco", "Fields": [{"Id": 1, "Value": "Marco"}]},
    {"Email": "pia@saar.example.com", "Name": "Pia", "Fields": [{"Id": 1, "Value": "Pia"}, {"Id": 4, "Value": "Torino"}]},
]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("\"Email.Contains('kask')\"", ["anna", "marco"]),
        ("Email.Contains('KASK')", []),
        ("Email=='anna+1@kask.example.com'", ["anna"]),
        ("Email = 'pia@saar.example.com'", ["pia"]),
        ("idRecipient==101", ["marco"]),
        ("Name.Trim().Equals('Anna')", ["anna"]),
        ("Name=='Anna'", []),
        ("Email.StartsWith('p')", ["pia"]),
        ("\"Fields['città']=='Torino' and Email.Contains('saar')\"", ["pia"]),
        ("Fields['nome'].StartsWith('M')&&Email.Contains('@kask')", ["marco"]),
        ("Fields['nome'] == ''", []),
    ],
)
def test_filters_select(mailup, expression, found):
    mailup.seed(*PEOPLE)
    page = mailup.get("List/1/Recipients/Subscribed", filterby=expression)
    assert page.status_code == 200
    assert [one["Email"].split("@")[0].split("+")[0] for one in page.json()["Items"]] == found
    assert page.json()["TotalElementsCount"] == len(found)


@pytest.mark.parametrize(
    "expression",
    ["Mail=='x'", "Email", "Email==", "Email>'a'", "Email=='a' or Email=='b'", "Fields['x'", "Fields=='x'", "Email['x']=='y'"],
)
def test_other_filters_are_refused_in_the_error_shape(mailup, expression):
    answer = mailup.get("List/1/Recipients/Subscribed", filterby=expression)
    assert (answer.status_code, answer.json()["ErrorCode"]) == (400, "400")


def test_a_plus_that_is_not_encoded_is_a_blank_and_finds_nobody(mailup):
    mailup.seed(*PEOPLE)
    path = f"{mailup.url}{mailup.CONSOLE}List/1/Recipients/Subscribed"
    bare = mailup.session.get(f"{path}?filterby=Email=='anna+1@kask.example.com'", timeout=10)
    assert bare.json()["Items"] == []


def test_order_by_several_conditions(mailup):
    mailup.seed(*PEOPLE)
    order = "\"Fields['x'] asc\""
    assert mailup.get("List/1/Recipients/Subscribed", orderby=order).status_code == 400
    found = mailup.get("List/1/Recipients/Subscribed", orderby="Name desc;Email asc").json()["Items"]
    assert [one["Name"] for one in found] == ["Pia", "Marco", " Anna "]


def test_success_can_be_201_and_204_where_a_switch_says_so(mailup):
    mailup.switch(success_status="by_verb")
    assert mailup.ask("POST", "List/1/Group", {"Name": "x"}).status_code == 201
    assert mailup.ask("DELETE", "List/1/Group/9").status_code == 204
    assert mailup.get("List").status_code == 200


def test_latency_delays_every_answer(mailup):
    mailup.switch(latency_ms=150)
    assert mailup.get("List").elapsed.total_seconds() >= 0.15
