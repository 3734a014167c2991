# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever Directo answers: a whole list, or an error that says what to do, and Smaily is not even asked."""

from __future__ import annotations

import socket

import pytest

from airflow_provider_marketsync.exceptions import (
    AuthError,
    FeedError,
    NoAnswerError,
    RateLimitError,
    RequestError,
    ResponseError,
    ServerError,
    SettingsError,
    UnreachableError,
)

from .world import TIMEOUT, WRONG

LATE = {"seconds": 2 * TIMEOUT}
FAULTS = [
    ("unauthorized", AuthError, "refused the key or token.*check the connection's password field"),
    ("token_required", AuthError, "saw no token; put it into the connection's password field"),
    ("invalid_url", SettingsError, "knows no such URL.*copy the interface's full URL into the connection again"),
    ("html_200", ResponseError, "web page instead of XML; try again later, and check the connection's URL"),
    ("empty_200", ResponseError, "answer is empty; try again later, and check the connection's URL"),
    ("truncated", ResponseError, "cut off before its end; try again later"),
    ("cut", ResponseError, "cut off before its end; check network and proxy"),
    ("cut_chunked", ResponseError, "cut off before its end; check network and proxy"),
    ("malformed_xml", ResponseError, r"stops being XML at line \d+, column \d+; try again later, and look for that card"),
    ("entity_bomb", FeedError, "declares a document type.*check the connection's URL"),
    ("external_entity", FeedError, "declares a document type.*check the connection's URL"),
    ("control_character", FeedError, "control character at line.*remove it from the card, or set .*'sanitize'"),
    ("huge_attribute", FeedError, "so it is not trusted; look at the card in Directo"),
    ("not_utf8", FeedError, "is not UTF-8 at line.*ask Directo's support"),
    ("401", AuthError, r"refused access \(401\); check the connection's URL and password field"),
    ("403", AuthError, r"refused access \(403\); check the connection's URL and password field"),
    ("404", SettingsError, r"nothing at the connection's URL \(404\); copy the interface's full URL"),
    ("redirect", RequestError, "redirects to http://localhost, which is not followed; correct the connection"),
    ("429", RateLimitError, "asks to slow down; run fewer tasks at a time"),
    ("429_without_retry_after", RateLimitError, "asks to slow down; run fewer tasks at a time"),
    ("500", ServerError, r"failed on its side \(500\); ask its support"),
    ("503", ServerError, r"failed on its side \(503\); ask its support"),
    ("503_with_retry_after", ServerError, r"failed on its side \(503\); ask its support"),
    ("slow_first_byte", NoAnswerError, "did not answer in time; raise the connection's extra field 'timeout'"),
    ("silent_before", NoAnswerError, "did not answer in time; raise the connection's extra field 'timeout'"),
    ("reset_before", NoAnswerError, "broke before an answer came; check network and proxy"),
    ("reset_after", NoAnswerError, "broke before an answer came; check network and proxy"),
]
OPTIONS = {"slow_first_byte": LATE, "503_with_retry_after": {"retry_after": 90}, "429": {"retry_after": 90}}


def fails_and_leaves_everything(world, kind, about, source=None):
    """A fetch fails, and neither Smaily nor the ledger nor the extracts folder hears of it."""
    before, asked = world.outside(), len(world.requests("smaily"))
    error = world.fails(kind, about, world.fetch, source)
    assert world.outside() == before
    assert len(world.requests("smaily")) == asked + 1, "the look into Smaily's log is the only call"
    return error


@pytest.mark.parametrize(("fault", "kind", "about"), FAULTS, ids=[fault for fault, _, _ in FAULTS])
def test_a_fault_of_directo_leaves_everything_as_it_was_and_then_nothing_is_missing(world, undisturbed, day, fault, kind, about):
    world.tell(day)
    world.order("directo", fault, **OPTIONS.get(fault, {}))
    asked = len(world.requests("directo"))
    fails_and_leaves_everything(world, kind, about)
    assert len(world.requests("directo")) == asked + 1, "an entity was fetched, or a call repeated without the pause"
    world.calm()
    world.run()
    assert world.settled() == undisturbed[day]


def test_directo_is_left_alone_for_a_minute_or_as_long_as_it_asks(world):
    world.tell("first day")
    for fault, wait in (("503", 60), ("429_without_retry_after", 60), ("429", 90), ("503_with_retry_after", 90)):
        world.order("directo", fault, times=1, **OPTIONS.get(fault, {}))
        with pytest.raises((ServerError, RateLimitError)) as caught:
            world.fetch()
        assert caught.value.retry_after == wait


WRONG_CONNECTIONS = {
    "wrong token": ({"password": WRONG}, {}, AuthError, "refused the key or token.*password field"),
    "wrong key": ({"path": "demo_ee", "password": WRONG}, {}, AuthError, "refused the key or token.*password field"),
    "key for a token": ({}, {"interface": "classic", "database": None}, AuthError, "saw no token; put it into .*password field"),
    "wrong database": ({"path": "other_ee"}, {"database": None}, SettingsError, "nothing at the connection's URL"),
    "wrong path": ({"path": "cap_xml_direct/asp"}, {"interface": "xml_direct"}, SettingsError, "nothing at the connection's URL"),
}


@pytest.mark.parametrize(("connection", "extra", "kind", "about"), WRONG_CONNECTIONS.values(), ids=WRONG_CONNECTIONS)
def test_a_wrong_connection_says_which_field_to_correct(world, undisturbed, connection, extra, kind, about):
    world.tell("first day")
    path = connection.pop("path", "cap_xml_direct")
    host = f"{world.sandbox.urls['directo']}/xmlcore/{path}/xmlcore.asp"
    wrong = world.source(extra, host=host, **connection)
    world.fails(kind, about, wrong.check)
    fails_and_leaves_everything(world, kind, about, wrong)
    world.run()
    assert world.settled() == undisturbed["first day"]


def test_a_missing_token_is_told_before_anything_is_asked(world):
    world.fails(SettingsError, "no password; put the app key .* or the token there", world.source, password="")
    assert world.requests("directo") == []


def test_nobody_at_the_address_is_told(world, undisturbed):
    world.tell("first day")
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    nowhere = world.source(host=f"http://127.0.0.1:{port}/xmlcore/cap_xml_direct/xmlcore.asp")
    fails_and_leaves_everything(world, UnreachableError, "can not be reached; check host, network and proxy", nowhere)
    world.run()
    assert world.settled() == undisturbed["first day"]


def test_a_slow_first_byte_within_the_timeout_is_only_slow(world, undisturbed):
    world.tell("first day")
    world.order("directo", "slow_first_byte", times=1, seconds=TIMEOUT / 2)
    world.run()
    assert world.settled() == undisturbed["first day"]


@pytest.mark.parametrize("fault", ["bom", "wrong_encoding", "added_attribute"])
def test_what_does_no_harm_is_read(world, undisturbed, day, fault):
    world.tell(day)
    world.order("directo", fault)
    world.run()
    world.calm()
    assert world.settled() == undisturbed[day]


def test_control_characters_may_be_dropped_instead(world, undisturbed, day):
    world.tell(day)
    world.order("directo", "control_character", times=1)
    fetched = world.fetch(world.source({"sanitize": True}))
    assert fetched.summary["notices"] == ["1 control characters were dropped from Directo's answer"]
    world.upsert(fetched.path)
    assert world.settled() == undisturbed[day]


def test_an_empty_list_is_no_fault_and_removes_nobody(world, undisturbed):
    world.tell("second day")
    before = world.people()
    cards = world.call("/directo/store")["customers"]
    for one in cards:
        world.call("/directo/act", {"action": "delete", "code": one["code"]})
    assert world.upsert(world.fetch(full=True).path)["read"] == 0
    assert {address for address, one in world.people().items() if one["mailable"]} <= set(before)
    assert set(world.people()) == set(before)
    world.seed(*cards)
    world.run()
    assert world.settled() == undisturbed["second day"]
