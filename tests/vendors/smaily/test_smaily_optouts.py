# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The feed of opt-outs by cursor, its re-baseline, and the gap alarm."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta, timezone

import pytest

from airflow_provider_marketsync.contacts.consent import Decided
from airflow_provider_marketsync.engine.ports import OptOutPull, Told
from airflow_provider_marketsync.exceptions import LedgerError, MarketSyncError, ServerError
from airflow_provider_marketsync.vendors.smaily.client import HISTORY_PAGE

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)


@pytest.fixture
def at_noon(target):
    target._now = lambda: NOW
    return target


def row(number, action, address="a@shop.example.com", time="2026-11-18 21:40:02"):
    return {"seq_id": number, "email": address, "time": time, "action": action, "value": "", "campaign_id": None}


def cursor(number, **ago):
    return json.dumps({"seq_id": number, "at": (NOW - timedelta(**ago)).isoformat()})


class Account:
    """Answers like an account with this log and these opted-out people."""

    def __init__(self, scripted, log, base=()):
        self.log, self.base, self.calls = list(log), list(base), []
        scripted.script = [self.answer]

    def answer(self, query):
        """Answer a segment or the log."""
        if "list" in query:
            self.calls.append(f"segment {query['list']}")
            return 200, self.base
        after = int(query["since_seq_id"])
        self.calls.append(f"log {after}")
        return 200, [one for one in self.log if int(one["seq_id"]) > after][:HISTORY_PAGE]


def test_a_pull_with_a_fresh_cursor_reads_the_log_only(scripted, at_noon):
    account = Account(scripted, [row(7, "optin"), row(8, "optout", "b@shop.example.com"), row("9", "complaint")])
    pull = at_noon.pull_opt_outs(cursor(7, days=1))
    assert list(pull) == [
        Told("b@shop.example.com", Decided.OPTED_OUT, "2026-11-18T19:40:02Z", "optout"),
        Told("a@shop.example.com", Decided.COMPLAINT, "2026-11-18T19:40:02Z", "complaint"),
    ]
    assert account.calls == ["log 7"]
    assert not pull.rebaselined
    assert json.loads(pull.cursor) == {"seq_id": 9, "at": "2026-11-21T12:00:00Z"}
    assert scripted.asked[0][1]["actions"] == "optin,optout,delete,complaint"


def test_every_action_has_its_meaning_and_those_not_asked_for_have_none(scripted, at_noon):
    kinds = ["optin", "optout", "delete", "complaint", "bounce", "create", "modify", "send", "view", "click", "new one"]
    Account(scripted, [row(number, action) for number, action in enumerate(kinds, 1)])
    pull = at_noon.pull_opt_outs(cursor(0, days=1))
    assert [(told.origin, told.decided) for told in pull] == [
        ("optin", Decided.OPTED_IN),
        ("optout", Decided.OPTED_OUT),
        ("delete", Decided.OPTED_OUT),
        ("complaint", Decided.COMPLAINT),
    ]
    assert json.loads(pull.cursor)["seq_id"] == 11


def test_the_first_pull_drains_walks_and_drains_again(scripted, at_noon, caplog):
    base = [
        {"email": "c@shop.example.com", "unsubscribed_at": "2026-10-25 03:30:00"},
        {"email": "d@shop.example.com", "unsubscribed_at": "0000-00-00 00:00:00"},
        {"email": "e@shop.example.com", "last_response_code": "1001"},
        {"email": "f@shop.example.com", "last_response_code": "1002"},
        {"email": "g@shop.example.com", "last_response_code": 1002},
    ]
    account = Account(scripted, [row(1, "optin"), row(2, "optout")], base)
    pull = at_noon.pull_opt_outs(None)
    told = []
    for one in pull:
        told.append(one)
        if one.origin == "segment" and len(account.log) == 2:
            account.log.append(row(3, "optout", "late@shop.example.com"))
    assert [(one.address[0], one.decided.value, one.at, one.origin) for one in told] == [
        ("a", "opted_in", "2026-11-18T19:40:02Z", "optin"),
        ("a", "opted_out", "2026-11-18T19:40:02Z", "optout"),
        ("c", "opted_out", "2026-10-25T01:30:00Z", "segment"),
        ("d", "opted_out", None, "segment"),
        ("e", "opted_out", None, "segment"),
        ("f", "complaint", None, "segment"),
        ("g", "complaint", None, "segment"),
        ("l", "opted_out", "2026-11-18T19:40:02Z", "optout"),
    ]
    assert account.calls == ["log 0", "segment 2", "log 2"]
    assert pull.rebaselined
    assert json.loads(pull.cursor)["seq_id"] == 3
    assert caplog.records == []


@pytest.mark.parametrize("ago", [{"days": 30}, {"days": 31}, {"days": 400}])
def test_after_a_gap_the_whole_base_is_read_and_an_alarm_is_given(scripted, at_noon, caplog, ago):
    account = Account(scripted, [row(50, "optout")], [{"email": "c@shop.example.com"}])
    pull = at_noon.pull_opt_outs(cursor(7, **ago))
    assert [told.origin for told in pull] == ["optout", "segment"]
    assert account.calls == ["log 0", "segment 2", "log 50"]
    assert pull.rebaselined
    (alarm,) = caplog.records
    assert alarm.levelno == logging.WARNING
    assert f"{ago['days']} days ago" in alarm.getMessage()


def test_a_cursor_of_almost_a_month_is_still_good(scripted, at_noon, caplog):
    account = Account(scripted, [])
    pull = at_noon.pull_opt_outs(cursor(7, days=29, hours=22))
    assert list(pull) == []
    assert account.calls == ["log 7"]
    assert json.loads(pull.cursor) == {"seq_id": 7, "at": "2026-11-21T12:00:00Z"}
    assert caplog.records == []


def test_a_quiet_log_still_moves_the_moment_so_that_no_false_gap_appears(scripted, at_noon):
    Account(scripted, [])
    first = at_noon.pull_opt_outs(cursor(7, days=20))
    assert list(first) == []
    at_noon._now = lambda: NOW + timedelta(days=20)
    assert not at_noon.pull_opt_outs(first.cursor).rebaselined


def test_a_first_pull_of_an_empty_account_gives_a_cursor_that_is_no_first_pull(scripted, at_noon):
    Account(scripted, [])
    first = at_noon.pull_opt_outs(None)
    assert list(first) == []
    second = at_noon.pull_opt_outs(first.cursor)
    assert list(second) == []
    assert not second.rebaselined


def test_in_octobers_repeated_hour_no_seems_later_and_yes_earlier(scripted, at_noon):
    times = {"time": "2026-10-25 03:30:00"}
    Account(scripted, [row(1, "optout", **times), row(2, "optin", **times), row(3, "complaint", **times)])
    told = list(at_noon.pull_opt_outs(cursor(0, days=1)))
    assert [one.at for one in told] == ["2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]


def test_a_feed_that_fails_half_way_raises(scripted, at_noon):
    full = [row(number, "optout") for number in range(1, HISTORY_PAGE + 1)]
    scripted.script = [(200, full), (500, b"")]
    told = []
    with pytest.raises(ServerError):
        told.extend(at_noon.pull_opt_outs(cursor(0, days=1)))


@pytest.mark.parametrize(
    "broken",
    [
        {"email": "a@shop.example.com", "action": "optout"},
        {"seq_id": "x", "email": "a@shop.example.com", "action": "optout"},
        {"seq_id": 1, "action": "optout"},
        {"seq_id": 1, "email": "a@shop.example.com"},
        {"seq_id": 1, "email": "a@shop.example.com", "action": "optout", "time": "soon"},
    ],
)
def test_a_row_that_is_not_as_documented_stops_the_pull(scripted, at_noon, broken):
    scripted.says([broken])
    with pytest.raises(MarketSyncError) as caught:
        list(at_noon.pull_opt_outs(cursor(0, days=1)))
    assert "shop.example.com" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["7", "{}", "not json", '{"seq_id":"x","at":"2026-11-21T12:00:00Z"}', '{"seq_id":1,"at":"2026-11-21T12:00:00"}'],
)
def test_a_cursor_of_somebody_else_is_refused(at_noon, text):
    with pytest.raises(LedgerError):
        at_noon.pull_opt_outs(text)


def test_a_told_shows_no_address(scripted, at_noon):
    Account(scripted, [row(1, "optout")])
    (told,) = at_noon.pull_opt_outs(cursor(0, days=1))
    assert "@" not in repr(told)


def test_the_pull_fulfils_the_engines_port(at_noon):
    pull: OptOutPull = at_noon.pull_opt_outs(None)
    assert pull.rebaselined
