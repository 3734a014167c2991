# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``history.php`` of Smaily's stand-in (contract section 8.5), and what people do."""

from __future__ import annotations

import time

import pytest

MARI, JAAN, REIN = (f"{name}@post.example.com" for name in ("mari", "jaan", "rein"))
DAY = 86_400


@pytest.fixture
def log(smaily):
    smaily.post("contact.php", [{"email": MARI, "city": "Põlva"}, {"email": JAAN}, {"email": REIN}])
    smaily.post("contact.php", {"email": MARI, "first_name": "Mari"})
    smaily.control("act", {"action": "unsubscribe", "email": JAAN})
    smaily.control("act", {"action": "complain", "email": REIN})
    smaily.control("act", {"action": "bounce", "email": MARI, "code": "550"})
    return smaily


def cursor(smaily, since=0, limit=100, **parameters):
    return smaily.get("history.php", since_seq_id=since, limit=limit, **parameters).json()


def test_rows_have_the_documented_fields_and_numbers_rise(log):
    rows = cursor(log)
    assert list(rows[0]) == ["seq_id", "email", "time", "campaign_id", "campaign_name", "action", "value"]
    assert [row["action"] for row in rows] == [
        "create", "create", "create", "modify", "optout", "complaint", "bounce",
    ]  # fmt: skip
    numbers = [row["seq_id"] for row in rows]
    assert numbers == sorted(set(numbers))
    assert rows[3]["value"] == "city=Põlva;first_name=Mari;"
    assert (rows[0]["campaign_id"], rows[0]["campaign_name"]) == (None, None)
    assert (rows[4]["campaign_id"], rows[4]["campaign_name"]) == (5, "Nädala pakkumised")
    assert rows[6]["value"] == "550"


def test_cursor_gives_rows_after_it_up_to_the_limit(log):
    rows = cursor(log)
    assert cursor(log, limit=2) == rows[:2]
    assert cursor(log, since=rows[1]["seq_id"], limit=2) == rows[2:4]
    assert cursor(log, since=rows[-1]["seq_id"]) == []


@pytest.mark.parametrize("actions", [{"actions": "optout,complaint"}, {"actions[0]": "optout", "actions[1]": "complaint"}])
def test_actions_narrow_in_both_forms(log, actions):
    assert [row["action"] for row in cursor(log, **actions)] == ["optout", "complaint"]


def test_window_rows_carry_no_number_and_come_by_time(log):
    now = int(time.time())
    rows = log.get("history.php", start_at=now - 60, end_at=now + 60).json()
    assert len(rows) == 7
    assert "seq_id" not in rows[0]
    page = log.get("history.php", start_at=now - 60, end_at=now + 60, offset=1, limit=3).json()
    assert page == rows[3:6]
    assert log.get("history.php", start_at=now - 60, end_at=now + 60, limit=0).json() == rows


def test_window_with_fixed_pages(log):
    now = int(time.time())
    log.switch(paging="fixed_page")
    assert log.get("history.php", start_at=now - 60, end_at=now + 60, offset=1, limit=3).json() == []


def test_end_of_window_can_be_exclusive(smaily):
    smaily.sandbox.call("/clock", {"set": "2026-11-21T12:00:00.200Z"})
    smaily.post("contact.php", {"email": MARI})
    at = 1_795_262_400
    assert len(smaily.get("history.php", start_at=at, end_at=at + 1).json()) == 1
    assert len(smaily.get("history.php", start_at=at, end_at=at).json()) == 1
    smaily.switch(window_end="exclusive")
    assert smaily.get("history.php", start_at=at, end_at=at).json() == []


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, 223),
        ({"start_at": 1}, 223),
        ({"end_at": 1}, 223),
        ({"start_at": 2, "end_at": 1}, 224),
        ({"since_seq_id": 0}, 207),
        ({"since_seq_id": 0, "limit": 0}, 207),
        ({"since_seq_id": 0, "limit": 10, "offset": 0}, 203),
        ({"since_seq_id": "x", "limit": 10}, 203),
    ],
)
def test_errors(smaily, parameters, code):
    assert smaily.get("history.php", **parameters).json()["code"] == code


def test_rows_older_than_thirty_days_are_gone(log):
    rows = cursor(log)
    log.sandbox.call("/clock", {"advance": 29 * DAY})
    assert cursor(log) == rows
    log.sandbox.call("/clock", {"advance": 2 * DAY})
    assert cursor(log) == []
    log.post("contact.php", {"email": MARI, "city": "Tartu"})
    assert cursor(log)[0]["seq_id"] > rows[-1]["seq_id"]


def test_status_flips_and_deletion_write_rows(smaily):
    for change in ({}, {"is_unsubscribed": 1}, {"is_unsubscribed": 0}, {"is_deleted": 1}):
        smaily.post("contact.php", {"email": MARI, **change})
    assert [row["action"] for row in cursor(smaily)] == ["create", "optout", "optin", "delete"]
    assert all(row["campaign_id"] is None for row in cursor(smaily))


def test_opt_outs_by_api_can_be_left_out_of_the_log(smaily):
    smaily.switch(api_optout_logged="no")
    smaily.post("contact.php", {"email": MARI})
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": 1})
    assert [row["action"] for row in cursor(smaily)] == ["create"]


def test_times_are_estonian_local_time(smaily):
    smaily.sandbox.call("/clock", {"set": "2026-10-25T00:30:00Z"})
    smaily.post("contact.php", {"email": MARI})
    smaily.sandbox.call("/clock", {"set": "2026-10-25T01:30:00Z"})
    smaily.post("contact.php", {"email": JAAN})
    assert [row["time"][:16] for row in cursor(smaily)] == ["2026-10-25 03:30"] * 2


def test_page_is_capped_at_ten_thousand(smaily):
    smaily.post("contact.php", [{"email": f"p{number}@post.example.com"} for number in range(10_005)])
    assert len(cursor(smaily, limit=20_000)) == 10_000
    now = int(time.time())
    assert len(smaily.get("history.php", start_at=now - 60, end_at=now + 60, limit=20_000).json()) == 10_000
    assert len(smaily.get("history.php", start_at=now - 60, end_at=now + 60).json()) == 10_005


@pytest.mark.parametrize(
    ("action", "mailable", "code", "row"),
    [
        ("unsubscribe", False, "1001", "optout"),
        ("complain", False, "1002", "complaint"),
        ("bounce", True, "550", "bounce"),
        ("open", True, "0", "view"),
        ("click", True, "0", "click"),
    ],
)
def test_what_a_reader_does(smaily, action, mailable, code, row):
    smaily.post("contact.php", {"email": MARI})
    smaily.control("act", {"action": action, "email": MARI})
    contact = smaily.contact(MARI)
    assert (contact["mailable"], contact["last_response_code"]) == (mailable, code)
    assert cursor(smaily)[-1]["action"] == row


def test_what_staff_and_forms_do(smaily):
    smaily.control("act", {"action": "subscribe", "email": MARI, "fields": {"city": "Tartu"}})
    smaily.control("act", {"action": "unsubscribe", "email": MARI})
    smaily.control("act", {"action": "resubscribe", "email": MARI})
    smaily.control("act", {"action": "edit", "email": MARI, "fields": {"city": "Narva"}})
    assert smaily.contact(MARI)["city"] == "Narva"
    smaily.control("act", {"action": "delete", "email": MARI})
    assert smaily.contact(MARI)["is_deleted"] == 1
    assert [row["action"] for row in cursor(smaily)] == ["create", "optout", "optin", "modify", "delete"]
    with pytest.raises(ValueError, match="no subscriber"):
        smaily.control("act", {"action": "edit", "email": "nobody@post.example.com", "fields": {}})


def test_seeded_people_have_been_there_for_long_unless_their_stamps_say_otherwise(smaily):
    smaily.sandbox.call("/clock", {"set": "2026-11-21T12:00:00Z"})
    recent = {"email": JAAN, "is_unsubscribed": 1, "unsubscribed_at": "2026-11-20 10:00:00"}
    smaily.seed({"email": MARI, "is_unsubscribed": 1}, recent)
    assert [(row["email"], row["action"], row["time"]) for row in cursor(smaily)] == [
        (JAAN, "optout", "2026-11-20 10:00:00"),
    ]  # fmt: skip
    assert smaily.contact(MARI)["created_at"] < "2025-12"
    assert smaily.contact(MARI)["mailable"] is False
