# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever Smaily answers, and whenever: nobody is lost, doubled, or mailed who must not be."""

from __future__ import annotations

import pytest

from airflow_provider_marketsync.exceptions import (
    AccountError,
    AuthError,
    NoAnswerError,
    RateLimitError,
    RequestError,
    ResponseError,
    ServerError,
)

from .world import CLICK, TIMEOUT, WRONG

OPTIONS = {"slow_first_byte": {"seconds": 2 * TIMEOUT}, "429": {"retry_after": 90}}
NO_JSON = (ResponseError, "the answer is empty or no JSON; check 'base_url' and proxy if this lasts")
CUT = (ResponseError, "cut off before its end; check network and proxy")
SILENT = (NoAnswerError, "did not answer in time; raise the connection's extra field 'timeout'")
BROKEN = (NoAnswerError, "broke before an answer came; check network and proxy")
REFUSING = {
    "401": (AuthError, "user name or password of the API user are wrong, or it was deleted; correct the connection"),
    "403": (AuthError, r"the API user was refused; check the connection's login and password \(status 403\)"),
    "403_package": (AuthError, r"no API access; the account's owner must change the package at Smaily \(code 227\)"),
    "404": (RequestError, "no such script; check 'base_url'"),
    "404_host": (AccountError, "no account with this subdomain; correct the connection's host or 'subdomain'"),
    "redirect": (RequestError, "redirects to http://localhost, which is not followed; correct the connection"),
    "429": (RateLimitError, "asks to slow down; run fewer tasks at a time"),
    "429_without_retry_after": (RateLimitError, "asks to slow down; run fewer tasks at a time"),
}
UNSURE = {
    "500": (ServerError, r"failed on its side \(500\); ask its support"),
    "503": (ServerError, r"failed on its side \(503\); ask its support"),
    "html_200": NO_JSON,
    "empty_200": NO_JSON,
    "truncated": NO_JSON,
    "cut": CUT,
    "cut_chunked": CUT,
    "slow_first_byte": SILENT,
    "silent_before": SILENT,
    "silent_after": SILENT,
    "reset_before": BROKEN,
    "reset_after": BROKEN,
}
ANSWERS = {**REFUSING, **UNSURE}
RESENT = (NoAnswerError, r"\d records were sent and got no answer; the next try sends them again")
FAILED_INSIDE = (ServerError, r"could not store the contacts; ask its support if this lasts \(code 2\d5\)")
SENDING = {"method": "POST", "path": "contact.php"}


def cases(answers):
    return pytest.mark.parametrize(("fault", "kind", "about"), [(f, *a) for f, a in answers.items()], ids=list(answers))


def order(world, fault, match, **options):
    world.order("smaily", fault, match=match, **{**OPTIONS.get(fault, {}), **options})


def posts(world):
    return len(world.requests("smaily", "POST"))


@cases(ANSWERS)
def test_without_smailys_opt_outs_nothing_is_written(world, undisturbed, fault, kind, about):
    world.tell("second day")
    fetched = world.fetch()
    before, sent = world.outside(), posts(world)
    order(world, fault, {"path": "history.php"})
    world.fails(kind, about, world.upsert, fetched.path)
    world.calm()
    assert (world.outside(), posts(world)) == (before, sent)
    world.run()
    assert world.settled() == undisturbed["second day"]


@cases(ANSWERS)
def test_without_a_look_at_who_is_there_nothing_is_written(world, undisturbed, fault, kind, about):
    world.tell("first day")
    fetched = world.fetch()
    order(world, fault, {"path": "list=1"})
    world.fails(kind, about, world.upsert, fetched.path)
    world.calm()
    assert (world.people(), posts(world), world.watermark()) == ({}, 0, None)
    world.upsert(fetched.path)
    assert world.settled() == undisturbed["first day"]


@cases(REFUSING)
def test_what_smaily_did_not_take_is_sent_later(world, undisturbed, day, fault, kind, about):
    world.tell(day)
    fetched = world.fetch()
    before, mark = (world.people(), world.log()), world.watermark()
    order(world, fault, SENDING)
    world.fails(kind, about, world.upsert, fetched.path)
    assert (world.people(), world.log()) == before
    assert world.watermark() == mark
    assert world.query("SELECT 1 FROM record WHERE pending_fp IS NOT NULL") == []
    world.calm()
    world.upsert(fetched.path) if day == "first day" else world.run()
    assert world.settled() == undisturbed[day]


@cases({**dict.fromkeys(UNSURE, RESENT), "code_205": FAILED_INSIDE, "code_225": FAILED_INSIDE})
def test_what_smaily_may_have_taken_is_sent_again_and_done_once(world, undisturbed, day, fault, kind, about):
    world.tell(day)
    fetched = world.fetch()
    order(world, fault, SENDING)
    world.fails(kind, about, world.upsert, fetched.path)
    assert len(world.query("SELECT 1 FROM record WHERE pending_fp IS NOT NULL")) == {"first day": 5, "second day": 4}[day]
    assert world.mailable() <= {address.partition("@")[0] for address in undisturbed[day].people}
    world.calm()
    world.upsert(fetched.path) if day == "first day" else world.run()
    assert world.settled() == undisturbed[day]


@cases({fault: answer for fault, answer in ANSWERS.items() if fault != "404_host"})
def test_a_run_that_dies_while_it_looks_whether_all_was_stored_loses_nothing(world, undisturbed, fault, kind, about):
    world.tell("first day")
    fetched = world.fetch()
    order(world, fault, {"path": "list=1"}, after=1)
    world.fails(kind, about, world.upsert, fetched.path)
    world.calm()
    assert (posts(world), world.watermark()) == (1, None)
    world.run()
    assert posts(world) == 1
    assert world.settled() == undisturbed["first day"]


PASSING = ["429_without_retry_after", *UNSURE]


@pytest.mark.parametrize(
    ("fault", "match"), [*((one, SENDING) for one in PASSING), ("503", {"path": "history.php"}), ("cut", {"path": "email="})]
)
def test_what_passes_is_waited_for(world, undisturbed, fault, match):
    world.tell("second day")
    order(world, fault, match, times=1)
    world.run()
    assert len(world.waits) == 1
    assert 1 <= world.waits[0] <= 3
    assert world.settled() == undisturbed["second day"]


def test_the_wait_smaily_asks_for_is_kept_and_a_long_one_left_to_the_next_try(world, undisturbed):
    world.tell("first day")
    fetched = world.fetch()
    world.order("smaily", "429", times=1, retry_after=7)
    world.order("smaily", "429", times=1, retry_after=90, match=SENDING)
    error = world.fails(RateLimitError, "asks to slow down", world.upsert, fetched.path)
    assert (world.waits, error.retry_after) == ([7.0], 90)
    world.upsert(fetched.path)
    assert world.settled() == undisturbed["first day"]


@pytest.mark.parametrize("retry_after", ["yes", "no"])
def test_a_real_limit_is_met_and_outlasted(world, undisturbed, retry_after):
    world.tell("first day")
    world.call("/smaily/switches", {"rate_limit": 1, "retry_after": retry_after})

    def pass_time(seconds):
        world.waits.append(seconds)
        world.call("/clock", {"advance": seconds})

    world.upsert(world.fetch().path, target=world.target(attempts=4, sleep=pass_time))
    assert 429 in {one["status"] for one in world.requests("smaily")}
    assert world.waits
    world.call("/smaily/switches", {"rate_limit": 0})
    assert world.settled() == undisturbed["first day"]


@pytest.mark.parametrize(
    ("connection", "extra", "kind", "about"),
    [
        ({"password": WRONG}, {}, *REFUSING["401"]),
        ({"login": "nobody"}, {}, *REFUSING["401"]),
        ({}, {"path": "/other"}, *REFUSING["404"]),
    ],
    ids=["wrong password", "wrong user", "wrong path"],
)
def test_a_wrong_connection_says_what_to_correct(world, undisturbed, connection, extra, kind, about):
    world.tell("first day")
    fetched = world.fetch()
    base = world.sandbox.urls["smaily"] + extra.get("path", "")
    wrong = world.target({"base_url": base}, **connection)
    world.fails(kind, about, wrong.check)
    world.fails(kind, about, world.upsert, fetched.path, target=wrong)
    assert (world.people(), posts(world), world.watermark()) == ({}, 0, None)
    world.upsert(fetched.path)
    assert world.settled() == undisturbed["first day"]


def test_a_package_without_an_api_is_told_from_wrong_credentials(world, undisturbed):
    world.tell("first day")
    fetched = world.fetch()
    world.call("/smaily/switches", {"package": "blocked"})
    world.fails(*REFUSING["403_package"], world.target(password=WRONG).check)
    world.fails(*REFUSING["403_package"], world.upsert, fetched.path)
    world.call("/smaily/switches", {"package": "paid"})
    world.upsert(fetched.path)
    assert world.settled() == undisturbed["first day"]


@pytest.mark.parametrize("fault", ["truncated", "cut", "cut_chunked", "empty_200"])
def test_half_a_list_of_those_who_opted_out_is_never_taken_for_the_whole(world, fault):
    people = [{"email": f"{name}@pood.example.com", "is_unsubscribed": 1} for name in ("aadu", "klikkija", "mari", "zoja")]
    world.call("/smaily/seed", people)
    world.tell("first day")
    fetched = world.fetch()
    before = world.outside()
    order(world, fault, {"path": "list=2"})
    kind, about = ANSWERS[fault]
    world.fails(kind, about, world.upsert, fetched.path, first_run="adopt")
    assert world.outside() == before
    world.calm()
    world.upsert(fetched.path, first_run="adopt")
    world.run()
    assert world.mailable() == {"jaan"}


@pytest.mark.parametrize("fault", ["reset_after", "silent_after", "empty_200"])
def test_a_click_between_a_lost_answer_and_the_next_try_is_never_undone(world, undisturbed, fault):
    world.tell("first day")
    fetched = world.fetch()
    order(world, fault, SENDING)
    world.fails(*RESENT, world.upsert, fetched.path)
    world.call("/smaily/act", CLICK)
    world.calm()
    world.upsert(fetched.path)
    end = world.settled()
    assert not end.people[CLICK["email"]]["mailable"]
    end.people[CLICK["email"]].update(mailable=True, is_unsubscribed=0)
    assert end.people == undisturbed["first day"].people
    assert all(number == 1 for number in end.log.values())
