# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``list.php`` of Smaily's stand-in (contract section 8.6)."""

from __future__ import annotations

import pytest

PEOPLE = [
    {"email": "a@post.example.com", "city": "Tartu", "age": "40"},
    {"email": "b@post.example.com", "city": "Tallinn", "age": "9"},
    {"email": "c@kodu.example.com", "city": "", "age": ""},
]


@pytest.fixture
def people(smaily):
    smaily.post("contact.php", PEOPLE)
    return smaily


def save(smaily, *rules, kind="ALL", **extra):
    return smaily.post("list.php", {"name": "Made", "filter_type": kind, "filter_data": list(rules), **extra}).json()


def members(smaily, number):
    return "".join(row["email"][0] for row in smaily.get("contact.php", list=number).json())


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (["city", ["Equal", "tartu"]], "a"),
        (["city", ["NotEqual", "Tartu"]], "bc"),
        (["city", ["BeginsWith", "Ta"]], "ab"),
        (["city", ["Contains", "ll"]], "b"),
        (["city", ["DoesNotContain", "ll"]], "ac"),
        (["email", ["EndsWith", "kodu.example.com"]], "c"),
        (["age", ["LessThan", "40"]], "bc"),
        (["age", ["LessThanEqual", "40"]], "abc"),
        (["age", ["GreaterThan", "9"]], "a"),
        (["age", ["GreaterThanEqual", "9"]], "ab"),
        (["is_unsubscribed", ["Equal", "0"]], "abc"),
    ],
)
def test_every_operator(people, rule, found):
    answer = save(people, rule)
    assert answer == {"code": 101, "message": "OK", "id": 4}
    assert members(people, 4) == found


def test_all_and_any_and_live_evaluation(people):
    rules = [["city", ["Equal", "Tartu"]], ["age", ["Equal", "9"]]]
    save(people, *rules)
    save(people, *rules, kind="ANY")
    assert (members(people, 4), members(people, 5)) == ("", "ab")
    people.post("contact.php", {"email": "a@post.example.com", "age": "9"})
    assert members(people, 4) == "a"


def test_listing_is_sorted_by_name_and_ids_are_text(people):
    save(people, ["city", ["Equal", "Tartu"]], name="Tartu")
    save(people, ["city", ["Equal", "Tallinn"]], name="Aa")
    assert people.get("list.php").json() == [
        {"id": "5", "name": "Aa", "subscribers_count": 1},
        {"id": "4", "name": "Tartu", "subscribers_count": 1},
    ]


def test_built_in_segments_are_listed_only_with_the_switch(smaily):
    assert smaily.get("list.php").content == b"[]"
    smaily.switch(list_builtin="yes")
    assert [row["id"] for row in smaily.get("list.php").json()] == ["1", "2"]


def test_one_segment_shows_its_rules(smaily):
    assert smaily.get("list.php", id=2).json() == {
        "id": 2,
        "name": "Unsubscribed",
        "filter_type": "ALL",
        "subscribers_count": 0,
        "filter_data": [["is_unsubscribed", ["Equal", "1"]]],
    }
    assert smaily.get("list.php", id=77).json()["code"] == 208


def test_segment_can_be_changed(people):
    save(people, ["city", ["Equal", "Tartu"]])
    assert save(people, ["city", ["Equal", "Tallinn"]], id=4)["id"] == 4
    assert members(people, 4) == "b"
    assert save(people, ["city", ["Equal", "Tallinn"]], id=44)["code"] == 219


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"name": ""}, {"code": 207, "message": "Following fields are required - name"}),
        ({"filter_data": []}, {"code": 207, "message": "Following fields are required - filter_data"}),
        ({"filter_type": "NONE"}, {"code": 203, "message": "Invalid data submitted"}),
        (
            {"filter_data": [["shoe", ["Equal", "1"]]]},
            {"code": 217, "message": "Unknown column in filter data - shoe"},
        ),
        (
            {"filter_data": [["city", ["Is", "1"]]]},
            {"code": 218, "message": "Unknown operator “Is” for field “city”"},
        ),
        ({"filter_data": ["city"]}, {"code": 203, "message": "Invalid data submitted"}),
    ],
)
def test_refused_segments(people, change, answer):
    body = {"name": "Made", "filter_type": "ALL", "filter_data": [["city", ["Equal", "Tartu"]]], **change}
    assert people.post("list.php", body).json() == answer


def test_segment_by_form(people):
    form = {
        "name": "Made", "filter_type": "ALL",
        "filter_data[0][0]": "city", "filter_data[0][1][0]": "Equal", "filter_data[0][1][1]": "Tartu",
    }  # fmt: skip
    assert people.session.post(f"{people.url}/api/list.php", data=form, timeout=5).json()["code"] == 101
    assert members(people, 4) == "a"
