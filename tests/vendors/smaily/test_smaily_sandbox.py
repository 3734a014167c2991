# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The target against the sandbox's Smaily, which was built from the same contract by other hands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from requests.auth import HTTPBasicAuth

from airflow_provider_marketsync.contacts.consent import Decided
from airflow_provider_marketsync.engine.ports import Verdict
from airflow_provider_marketsync.exceptions import (
    AccountError,
    AuthError,
    NoAnswerError,
    RateLimitError,
    RequestError,
    SettingsError,
)
from airflow_provider_marketsync.sandbox import Sandbox
from airflow_provider_marketsync.transport.rate import RateLimit
from airflow_provider_marketsync.transport.retries import Retries
from airflow_provider_marketsync.transport.session import HttpSession
from airflow_provider_marketsync.vendors.smaily.client import open_session
from airflow_provider_marketsync.vendors.smaily.settings import SmailySettings
from airflow_provider_marketsync.vendors.smaily.target import SmailyTarget

ANNA, PEEP, TIIU = (f"{name}@shop.example.com" for name in ("anna", "peep", "tiiu"))


@pytest.fixture(scope="module")
def server():
    with Sandbox() as running:
        yield running


@pytest.fixture
def sandbox(server):
    server.reset()
    server.call("/smaily/switches", {"rate_limit": 0})
    return server


@pytest.fixture
def settings(sandbox):
    connection = sandbox.connections["smaily"]
    extra = {**connection["extra"], "calls_per_second": 1000, "timeout": 1}
    return SmailySettings.from_connection(connection["host"], connection["login"], connection["password"], None, None, extra)


@pytest.fixture
def waits():
    return []


def calling(settings, sleep=lambda _: None):
    auth = HTTPBasicAuth(settings.username.encode(), settings.password.encode())
    return HttpSession("smaily", auth=auth, options=settings.http, retries=Retries(attempts=3), sleep=sleep)


@pytest.fixture
def target(settings, waits):
    with calling(settings, waits.append) as session:
        yield SmailyTarget(settings, session=session)


def faults(sandbox, *kinds, times=1, **more):
    sandbox.call("/smaily/faults", [{"kind": kind, "times": times, **more} for kind in kinds])


def contact(sandbox, address):
    (found,) = sandbox.call(f"/smaily/store?email={address}")["contacts"] or [None]
    return found


def row(target, address, unsubscribed=False, **fields):
    return target.payload(address, fields, unsubscribed=unsubscribed)


# ------------------------------------------------------------------------------------------------ account


def test_a_good_connection_passes_the_check_with_one_request(sandbox, target):
    target.check()
    assert sandbox.call("/smaily/requests?count=1") == {"count": 1}


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("401", AuthError),
        ("403", AuthError),
        ("403_package", AuthError),
        ("404_host", AccountError),
        ("404", RequestError),
    ],
)
def test_faults_of_the_account_are_told_apart_and_not_tried_again(sandbox, target, waits, kind, error):
    faults(sandbox, kind, times=None)
    for call in (target.check, lambda: target.send([row(target, ANNA)]), lambda: list(target.pull_opt_outs(None))):
        with pytest.raises(error):
            call()
    assert waits == []


def test_a_wrong_password_is_an_auth_error(settings):
    with open_session(replace(settings, password="wrong")) as session, pytest.raises(AuthError):
        SmailyTarget(settings, session=session).check()


def test_an_unknown_segment_names_the_fields_to_correct(sandbox, settings, target):
    lost = SmailyTarget(replace(settings, all_segment=77, opted_out_segment=78), session=target.session)
    for code in ("208", "219"):
        sandbox.call("/smaily/switches", {"unknown_segment": code})
        with pytest.raises(SettingsError, match="'all_segment'"):
            list(lost.walk())
        with pytest.raises(SettingsError, match="'opted_out_segment'"):
            list(lost.pull_opt_outs(None))


# --------------------------------------------------------------------------------------------------- upsert


def test_a_batch_creates_updates_and_causes_no_mail(sandbox, target):
    sandbox.call("/smaily/seed", [{"email": PEEP, "city": "Tartu", "is_unsubscribed": 1}])
    answer = target.send([row(target, ANNA, name="Anna"), row(target, PEEP, name="Peep"), row(target, TIIU, True)])
    assert answer.verdict is Verdict.ACCEPTED
    assert contact(sandbox, ANNA)["mailable"]
    peep = contact(sandbox, PEEP)
    assert (peep["name"], peep["city"], peep["mailable"]) == ("Peep", "Tartu", False)
    assert not contact(sandbox, TIIU)["mailable"]
    assert sandbox.call("/smaily/mails?count=1") == {"count": 0}


def test_sending_a_batch_twice_changes_nothing(sandbox, target):
    batch = [row(target, ANNA, name="Anna"), row(target, TIIU, True)]
    target.send(batch)
    before = sandbox.call("/smaily/store")
    target.send(batch)
    assert sandbox.call("/smaily/store") == before


def test_an_empty_value_clears_and_an_absent_one_keeps(sandbox, target):
    target.send([row(target, ANNA, name="Anna", city="Tartu")])
    target.send([row(target, ANNA, name="")])
    anna = contact(sandbox, ANNA)
    assert (anna.get("name", ""), anna["city"]) == ("", "Tartu")


@pytest.mark.parametrize("mixed", ["skip", "refuse_all"])
def test_a_batch_of_bad_rows_only_is_refused_whatever_mixed_batches_do(sandbox, target, mixed):
    sandbox.call("/smaily/switches", {"mixed_batch": mixed})
    assert target.send([row(target, "anna@shop.test")]).code == "203"
    answer = target.send([row(target, "no address")])
    assert (answer.verdict, answer.code, answer.refused) == (Verdict.REFUSED, "204", (0,))


def test_a_batch_refused_for_one_row_names_its_position(sandbox, target):
    sandbox.call("/smaily/switches", {"mixed_batch": "refuse_all"})
    answer = target.send([row(target, ANNA), row(target, "Peep.@@shop"), row(target, TIIU)])
    assert (answer.verdict, answer.code, answer.refused) == (Verdict.REFUSED, "204", (1,))
    assert sandbox.call("/smaily/store?count=1")["counts"]["contacts"] == 0


@pytest.mark.parametrize(
    "kind",
    [
        "429", "429_without_retry_after", "500", "502", "503", "504", "503_with_retry_after", "code_205", "code_225",
        "html_200", "empty_200", "truncated", "cut", "cut_chunked", "reset_before", "reset_after", "silent_after",
    ],
)  # fmt: skip
def test_a_batch_survives_every_passing_fault_once(sandbox, target, kind):
    faults(sandbox, kind)
    assert target.send([row(target, ANNA, name="Anna")]).verdict is Verdict.ACCEPTED
    assert contact(sandbox, ANNA)["name"] == "Anna"
    assert sandbox.call("/smaily/requests?count=1") == {"count": 2}


@pytest.mark.parametrize("kind", ["reset_after", "empty_200", "cut", "truncated"])
def test_a_batch_that_was_stored_without_a_word_is_reported_as_unknown(sandbox, target, kind):
    faults(sandbox, kind, times=None)
    with pytest.raises(NoAnswerError):
        target.send([row(target, ANNA)])
    assert contact(sandbox, ANNA)


def test_a_slow_batch_times_out_after_it_was_stored_and_is_sent_again(sandbox, settings, target):
    sandbox.call("/smaily/switches", {"row_delay_ms": 300})
    batch = [row(target, ANNA), row(target, PEEP)]
    hasty = replace(settings, http=replace(settings.http, read_timeout=0.3))
    with calling(hasty) as session, pytest.raises(NoAnswerError):
        SmailyTarget(hasty, session=session).send(batch)
    assert sandbox.call("/smaily/store?count=1")["counts"]["contacts"] == 2
    sandbox.call("/smaily/switches", {"row_delay_ms": 0})
    assert target.send(batch).verdict is Verdict.ACCEPTED


def test_a_batch_under_429_only_is_known_to_be_undone(sandbox, target, waits):
    faults(sandbox, "429", times=None, retry_after=2)
    with pytest.raises(RateLimitError):
        target.send([row(target, ANNA)])
    assert waits == [2.0, 2.0]
    assert contact(sandbox, ANNA) is None


def test_a_redirect_gives_no_credentials_away(sandbox, target):
    faults(sandbox, "redirect")
    with pytest.raises(RequestError, match="localhost"):
        target.send([row(target, ANNA)])
    assert sandbox.call("/smaily/requests?count=1") == {"count": 1}


# ------------------------------------------------------------------------------------------------------ reads


@pytest.mark.parametrize("flags", ["mixed", "string", "number"])
@pytest.mark.parametrize("case", ["lower", "as_sent"])
def test_people_are_looked_up_and_walked_whatever_types_the_account_speaks(sandbox, target, flags, case):
    sandbox.call("/smaily/switches", {"is_unsubscribed_type": flags, "email_case": case})
    target.send([row(target, "Anna+Tag@shop.example.com"), row(target, PEEP, True)])
    anna, peep = target.read_one("anna+tag@shop.example.com"), target.read_one(PEEP.upper())
    assert (anna.address.lower(), anna.mailable, peep.mailable) == ("anna+tag@shop.example.com", True, False)
    assert target.read_one(TIIU) is None
    assert [(one.address.lower(), one.mailable) for page in target.walk() for one in page] == [
        ("anna+tag@shop.example.com", True),
        (PEEP, False),
    ]


@pytest.mark.parametrize("paging", ["offset_times_limit", "fixed_page"])
def test_a_base_of_more_than_one_page_is_walked_whole_under_both_readings_of_paging(sandbox, target, paging):
    sandbox.call("/smaily/switches", {"paging": paging})
    sandbox.call("/smaily/seed", {"count": 25_003, "seed": 1})
    pages = [[one.address for one in page] for page in target.walk()]
    assert [len(page) for page in pages] == [25_000, 3]
    assert len({address for page in pages for address in page}) == 25_003


@pytest.mark.parametrize("unset", ["absent", "empty"])
def test_known_fields_are_the_accounts_own(sandbox, target, unset):
    sandbox.call("/smaily/switches", {"unset_fields": unset})
    assert target.known_fields() == frozenset()
    sandbox.call("/smaily/seed", [{"email": ANNA, "city": "Tartu"}, {"email": PEEP, "code": "7", "is_unsubscribed": 1}])
    assert target.known_fields() == {"city", "code"}


# -------------------------------------------------------------------------------------------------- opt-outs


def test_what_people_do_at_smaily_comes_back_once(sandbox, target):
    sandbox.call("/smaily/seed", [{"email": address} for address in (ANNA, PEEP, TIIU)])
    first = target.pull_opt_outs(None)
    assert list(first) == []
    done = ("unsubscribe", ANNA), ("complain", PEEP), ("bounce", TIIU), ("resubscribe", ANNA), ("delete", TIIU)
    sandbox.call("/smaily/act", [{"action": action, "email": address} for action, address in done])
    second = target.pull_opt_outs(first.cursor)
    assert [(told.address, told.decided, told.origin) for told in second] == [
        (ANNA, Decided.OPTED_OUT, "optout"),
        (PEEP, Decided.COMPLAINT, "complaint"),
        (ANNA, Decided.OPTED_IN, "optin"),
        (TIIU, Decided.OPTED_OUT, "delete"),
    ]
    now = datetime.now(timezone.utc)
    for told in target.pull_opt_outs(first.cursor):
        moment = datetime.strptime(told.at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        assert abs(now - moment) < timedelta(minutes=1)
    assert list(target.pull_opt_outs(second.cursor)) == []


def test_opt_outs_older_than_the_log_are_found_by_the_first_pull_and_after_a_gap(sandbox, target):
    sandbox.call("/smaily/seed", [{"email": ANNA, "is_unsubscribed": 1}, {"email": PEEP}, {"email": TIIU}])
    sandbox.call("/smaily/act", {"action": "complain", "email": PEEP})
    first = target.pull_opt_outs(None)
    found = [(told.address, told.decided, told.origin) for told in first]
    assert found == [
        (PEEP, Decided.COMPLAINT, "complaint"),
        (ANNA, Decided.OPTED_OUT, "segment"),
        (PEEP, Decided.COMPLAINT, "segment"),
    ]
    sandbox.call("/smaily/act", {"action": "unsubscribe", "email": TIIU})
    sandbox.call("/clock", {"advance": 31 * 86400})
    target._now = lambda: datetime.now(timezone.utc) + timedelta(days=31)
    after_gap = target.pull_opt_outs(first.cursor)
    assert {(told.address, told.decided) for told in after_gap} == {
        (ANNA, Decided.OPTED_OUT),
        (PEEP, Decided.COMPLAINT),
        (TIIU, Decided.OPTED_OUT),
    }
    assert after_gap.rebaselined


def test_more_opt_outs_than_one_page_of_the_log_are_all_read(sandbox, target):
    sandbox.call("/smaily/seed", {"count": 10_050, "seed": 2})
    everybody = [one.address for page in target.walk() for one in page if one.mailable]
    cursor = target.pull_opt_outs(None)
    list(cursor)
    acts = [{"action": act, "email": one} for one in everybody[:5_200] for act in ("unsubscribe", "resubscribe")]
    sandbox.call("/smaily/act", acts)
    pull = target.pull_opt_outs(cursor.cursor)
    assert sum(1 for _ in pull) == 10_400
    assert list(target.pull_opt_outs(pull.cursor)) == []


# ------------------------------------------------------------------------------------------------ rate limit


def test_workers_keep_to_five_a_second_without_ever_meeting_429(sandbox, settings):
    sandbox.call("/smaily/switches", {"rate_limit": 5})
    auth = HTTPBasicAuth(settings.username.encode(), settings.password.encode())
    session = HttpSession("smaily", auth=auth, rate=RateLimit(5))
    target = SmailyTarget(settings, session=session)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: target.check(), range(8)))
    assert session.counters.rate_limited == 0
    assert session.counters.requests == 8


def test_a_session_of_the_settings_signs_and_keeps_the_shared_limit(sandbox, settings):
    with open_session(settings) as session:
        SmailyTarget(settings, session=session).check()
    assert session._rate is RateLimit.shared(settings.rate_key, 1000)
