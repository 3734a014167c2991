# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Paging and row shapes, against answers a well-behaved Smaily never gives."""

from __future__ import annotations

import pytest

from airflow_provider_marketsync.exceptions import ResponseError, SettingsError
from airflow_provider_marketsync.vendors.smaily.client import HISTORY_PAGE, SEGMENT_PAGE
from airflow_provider_marketsync.vendors.smaily.rows import OptedOut, Subscriber

ENVELOPE = {"code": 208, "message": "Could not find list with ID - 2"}


def people(first, count):
    return [{"email": f"p{number:06}@shop.example.com"} for number in range(first, first + count)]


def actions(first, count):
    return [
        {"seq_id": number, "email": "a@shop.example.com", "time": "2026-11-18 21:40:02", "action": "optout"}
        for number in range(first, first + count)
    ]


def test_a_segment_is_read_in_pages_of_the_cap_until_a_short_one(scripted, client):
    scripted.says(people(0, SEGMENT_PAGE), people(SEGMENT_PAGE, 3))
    pages = list(client.segment_pages(2, OptedOut))
    assert [len(page) for page in pages] == [SEGMENT_PAGE, 3]
    assert [query for _, query in scripted.asked] == [
        {"list": "2", "fields": "email,unsubscribed_at,last_response_code", "offset": str(number), "limit": "25000"}
        for number in (0, 1)
    ]


def test_a_segment_ends_at_an_empty_page_too(scripted, client):
    scripted.says(people(0, SEGMENT_PAGE), [])
    assert len(list(client.segment_pages(2, OptedOut))) == 1


def test_a_page_that_comes_twice_is_an_error_and_not_an_endless_walk(scripted, client):
    scripted.says(people(0, SEGMENT_PAGE))
    with pytest.raises(ResponseError, match="twice"):
        list(client.segment_pages(2, OptedOut))
    assert len(scripted.asked) == 2


def test_the_log_is_read_on_from_the_last_number_until_a_short_page(scripted, client):
    scripted.says(actions(11, HISTORY_PAGE), actions(10_500, 2))
    assert [len(page) for page in client.history_pages(10, ["optin", "optout"])] == [HISTORY_PAGE, 2]
    assert [query for _, query in scripted.asked] == [
        {"since_seq_id": number, "limit": "10000", "actions": "optin,optout"} for number in ("10", str(10 + HISTORY_PAGE))
    ]


@pytest.mark.parametrize("first", [1, 10])
def test_a_log_that_does_not_go_forward_is_an_error(scripted, client, first):
    scripted.says(actions(first, 1))
    with pytest.raises(ResponseError, match="forward"):
        list(client.history_pages(10, ["optout"]))


@pytest.mark.parametrize(
    "body",
    [
        {"email": "a@shop.example.com"},
        [{"name": "no address"}],
        [{"email": None}],
        [["a"]],
        "text",
        7,
        None,
        [{"email": "secret@shop.example.com", "unsubscribed_at": 5}],
    ],
)
def test_a_list_that_is_none_is_an_error_without_its_content(scripted, client, body):
    scripted.says(body)
    with pytest.raises(ResponseError) as caught:
        list(client.segment_pages(2, OptedOut))
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(("body", "kind"), [(ENVELOPE, SettingsError), ({"code": 219, "message": ""}, SettingsError)])
def test_an_envelope_in_place_of_a_list_is_never_an_empty_list(scripted, client, body, kind):
    scripted.says(body)
    with pytest.raises(kind):
        list(client.segment_pages(2, OptedOut))


@pytest.mark.parametrize(("flag", "opted_out"), [(0, False), ("0", False), (False, False), (1, True), ("1", True), (True, True)])
def test_the_flag_is_understood_in_every_type_it_comes_in(scripted, target, flag, opted_out):
    scripted.says([{"email": "a@shop.example.com", "is_unsubscribed": flag}])
    ((person,),) = target.walk()
    assert person.mailable is not opted_out
    scripted.says({"email": "a@shop.example.com", "is_unsubscribed": flag})
    assert target.read_one("a@shop.example.com").mailable is not opted_out


@pytest.mark.parametrize("flag", ["", "2", "no", None, 2])
def test_a_flag_that_is_none_never_passes_for_mailable(scripted, target, flag):
    scripted.says([{"email": "a@shop.example.com", "is_unsubscribed": flag}])
    with pytest.raises(ResponseError):
        list(target.walk())


def test_one_subscriber_may_come_as_a_list_of_one(scripted, target):
    scripted.says([{"email": "A@shop.example.com", "is_unsubscribed": "1", "code": "204"}])
    person = target.read_one("a@shop.example.com")
    assert (person.address, person.mailable) == ("A@shop.example.com", False)


@pytest.mark.parametrize("body", [[], {}, [{"email": "a@b.example.com"}] * 2, "x"])
def test_a_subscriber_that_is_none_is_an_error_and_not_nobody(scripted, client, body):
    scripted.says(body)
    with pytest.raises(ResponseError):
        client.read_one("a@b.example.com")


def test_a_subscriber_without_its_flag_is_an_error(scripted, target):
    scripted.says({"email": "a@shop.example.com"})
    with pytest.raises(ResponseError):
        target.read_one("a@shop.example.com")


def test_rows_ask_for_no_more_than_they_hold():
    assert Subscriber.__struct_fields__ == ("email", "is_unsubscribed")
    assert OptedOut.__struct_fields__ == ("email", "unsubscribed_at", "last_response_code")
