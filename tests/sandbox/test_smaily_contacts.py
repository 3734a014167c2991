# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``contact.php`` and ``contact/forget.php`` of Smaily's stand-in (contract sections 2, 7, 8.1 to 8.4)."""

from __future__ import annotations

import time

import pytest
import requests

MARI, JAAN = "mari@post.example.com", "jaan@post.example.com"
OK = b'{"code":101,"message":"OK"}'
SYSTEM = [
    "email", "is_unsubscribed", "last_response_code", "last_response_at", "created_at", "subscribed_at", "modified_at",
    "last_open_at", "total_opens", "last_click_at", "total_clicks", "unsubscribed_at",
]  # fmt: skip


def emails(answer):
    return [row["email"] for row in answer.json()]


def test_write_answers_101_as_html(smaily):
    answer = smaily.post("contact.php", {"email": MARI, "first_name": "Mari"})
    assert (answer.status_code, answer.content) == (200, OK)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_one_subscriber_has_system_fields_in_order_then_custom_ones(smaily):
    smaily.sandbox.call("/clock", {"set": "2026-07-01T12:00:00Z"})
    smaily.post("contact.php", {"email": MARI, "city": "Põlva"})
    contact = smaily.get("contact.php", email=MARI).json()
    assert list(contact) == [*SYSTEM, "city"]
    assert contact["is_unsubscribed"] == "0"
    assert contact["created_at"][:16] == contact["subscribed_at"][:16] == "2026-07-01 15:00"
    assert contact["unsubscribed_at"] == contact["last_open_at"] == "0000-00-00 00:00:00"
    assert (contact["total_opens"], contact["last_response_code"], contact["city"]) == ("0", "0", "Põlva")


def test_look_up_is_without_letter_case_and_unknown_is_206(smaily):
    smaily.post("contact.php", {"email": "Mari@Post.Example.com"})
    assert smaily.get("contact.php", email="MARI@post.example.com").json()["email"] == MARI
    answer = smaily.get("contact.php", email=JAAN)
    assert (answer.status_code, answer.json()) == (
        200, {"code": 206, "message": "Could not find requested email address"},
    )  # fmt: skip


def test_absent_key_keeps_and_empty_or_null_clears(smaily):
    smaily.post("contact.php", {"email": MARI, "a": "1", "b": "2", "c": "3"})
    smaily.post("contact.php", {"email": MARI, "b": "", "c": None})
    contact = smaily.contact(MARI)
    assert (contact["a"], contact["b"], contact["c"]) == ("1", "", "")


def test_values_become_text(smaily):
    smaily.post("contact.php", {"email": MARI, "n": 7, "f": 1.50, "t": True, "x": False})
    contact = smaily.contact(MARI)
    assert (contact["n"], contact["f"], contact["t"], contact["x"]) == ("7", "1.5", "1", "")


def test_system_fields_can_not_be_written(smaily):
    smaily.post("contact.php", {"email": MARI, "created_at": "2000-01-01 00:00:00", "total_opens": "9"})
    contact = smaily.contact(MARI)
    assert contact["created_at"] > "2026"
    assert contact["total_opens"] == "0"


def test_repeating_a_write_changes_nothing_and_logs_nothing(smaily):
    smaily.post("contact.php", {"email": MARI, "a": "1"})
    before = smaily.contact(MARI), smaily.control("store?count=1")["counts"]["log_rows"]
    smaily.sandbox.call("/clock", {"advance": 60})
    smaily.post("contact.php", {"email": MARI, "a": "1"})
    assert (smaily.contact(MARI), smaily.control("store?count=1")["counts"]["log_rows"]) == before


@pytest.mark.parametrize("yes", [1, "1", True, "true"])
@pytest.mark.parametrize("no", [0, "0", False])
def test_status_absent_keeps_one_opts_out_and_zero_subscribes_again(smaily, yes, no):
    smaily.post("contact.php", {"email": MARI})
    assert smaily.contact(MARI)["mailable"] is True
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": yes})
    opted_out = smaily.contact(MARI)
    assert opted_out["mailable"] is False
    assert opted_out["unsubscribed_at"] > "2026"
    smaily.post("contact.php", {"email": MARI, "a": "1"})
    assert smaily.contact(MARI)["mailable"] is False
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": no})
    contact = smaily.contact(MARI)
    assert contact["mailable"] is True
    assert contact["unsubscribed_at"] == "0000-00-00 00:00:00"


def test_new_contact_may_be_created_opted_out(smaily):
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": 1})
    contact = smaily.contact(MARI)
    assert (contact["mailable"], contact["subscribed_at"]) == (False, "0000-00-00 00:00:00")


def test_deleted_contact_is_hidden_purged_and_keeps_its_opt_out(smaily):
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": 1, "city": "Põlva"})
    smaily.post("contact.php", {"email": MARI, "is_deleted": 1})
    assert smaily.get("contact.php", email=MARI).json()["code"] == 206
    assert smaily.get("contact.php", list=1).json() == []
    assert smaily.get("contact.php", list=2).json() == []
    smaily.post("contact.php", {"email": MARI, "first_name": "Mari"})
    contact = smaily.get("contact.php", email=MARI).json()
    assert contact["is_unsubscribed"] == "1"
    assert "city" not in contact


def test_subscribed_contact_that_was_deleted_gets_mail_again_when_it_comes_back(smaily):
    smaily.post("contact.php", {"email": MARI})
    smaily.post("contact.php", {"email": MARI, "is_deleted": 1})
    assert smaily.contact(MARI)["mailable"] is False
    smaily.post("contact.php", {"email": MARI})
    assert smaily.contact(MARI)["mailable"] is True


def test_deleting_an_unknown_contact_makes_none(smaily):
    assert smaily.code("contact.php", {"email": MARI, "is_deleted": 1}) == 101
    assert smaily.control("store")["contacts"] == []


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"first_name": "Mari"}, 207, "Following fields are required - email"),
        ({}, 207, "Following fields are required - email"),
        ([], 203, "Invalid data submitted"),
        ("text", 203, "Invalid data submitted"),
        ([[1]], 203, "Invalid data submitted"),
        ({"email": ""}, 203, "Invalid data submitted"),
        ({"email": None}, 203, "Invalid data submitted"),
        ({"email": "not-an-address"}, 204, "Invalid email address provided - not-an-address"),
        ({"email": "a@b"}, 204, "Invalid email address provided - a@b"),
        ({"email": "a b@example.com"}, 204, "Invalid email address provided - a b@example.com"),
        ({"email": "mari@post.test"}, 203, "Invalid data submitted"),
        ({"email": "mari@post.INVALID"}, 203, "Invalid data submitted"),
        ({"email": "mari@post.localhost"}, 203, "Invalid data submitted"),
        ({"email": "mari@post.example"}, 203, "Invalid data submitted"),
        ({"email": MARI, "is_unsubscribed": "maybe"}, 203, "Invalid data submitted"),
        ({"email": MARI, "list": [1]}, 203, "Invalid data submitted"),
    ],
)
def test_refused_writes_are_http_200_with_a_code(smaily, body, code, message):
    answer = smaily.post("contact.php", body)
    assert (answer.status_code, answer.json()) == (200, {"code": code, "message": message})
    assert smaily.control("store")["contacts"] == []


@pytest.mark.parametrize("email", ["b+c@example.com", "o'hara@post.example.com", "a.b_c-d@x-y.example.com"])
def test_usual_addresses_are_taken(smaily, email):
    assert smaily.code("contact.php", {"email": email}) == 101
    assert smaily.get("contact.php", email=email).json()["email"] == email


def test_missing_email_can_be_203(smaily):
    smaily.switch(missing_email="203")
    assert smaily.code("contact.php", {"first_name": "Mari"}) == 203


def test_mixed_batch_stores_the_good_rows_or_none(smaily):
    batch = [{"email": "bad"}, {"email": MARI}]
    assert smaily.code("contact.php", batch) == 101
    assert emails(smaily.get("contact.php", list=1)) == [MARI]
    smaily.switch(mixed_batch="refuse_all")
    assert smaily.code("contact.php", [{"email": JAAN}, {"email": "bad"}, {}]) == 204
    assert emails(smaily.get("contact.php", list=1)) == [MARI]


def test_batch_of_bad_rows_answers_the_code_of_the_first(smaily):
    assert smaily.code("contact.php", [{"email": "x.test"}, {}]) == 204
    assert smaily.code("contact.php", [{}, {"email": "x.test"}]) == 207


def test_last_of_two_rows_with_one_address_wins(smaily):
    smaily.post("contact.php", [{"email": MARI, "a": "1"}, {"email": MARI.upper(), "a": "2"}])
    assert smaily.contact(MARI)["a"] == "2"


@pytest.mark.parametrize("body", ["{", "", "[1"])
def test_body_announced_as_json_that_is_none_is_203(smaily, body):
    headers = {"Content-Type": "application/json"}
    answer = smaily.session.post(f"{smaily.url}/api/contact.php", data=body, headers=headers, timeout=5)
    assert answer.json()["code"] == 203


def test_bracketed_form_is_the_same_as_json(smaily):
    form = {"0[email]": MARI, "0[is_unsubscribed]": "1", "1[email]": "b+c@example.com", "1[city]": "Põlva"}
    answer = smaily.session.post(f"{smaily.url}/api/contact.php", data=form, timeout=5)
    assert answer.content == OK
    assert smaily.contact(MARI)["mailable"] is False
    assert smaily.contact("b+c@example.com")["city"] == "Põlva"
    smaily.session.post(f"{smaily.url}/api/contact.php", data={"email": JAAN, "city": "Tartu"}, timeout=5)
    assert smaily.contact(JAAN)["city"] == "Tartu"


def test_plus_has_to_be_encoded_in_a_query(smaily):
    smaily.post("contact.php", {"email": "b+c@example.com"})
    url = f"{smaily.url}/api/contact.php?email="
    assert smaily.session.get(url + "b+c@example.com", timeout=5).json()["code"] == 206
    assert smaily.session.get(url + "b%2Bc@example.com", timeout=5).json()["email"] == "b+c@example.com"


def test_segment_pages_are_sorted_and_end_with_an_empty_list(smaily):
    smaily.post("contact.php", [{"email": f"{name}@post.example.com"} for name in "dbeac"])
    pages = [smaily.get("contact.php", list=1, offset=page, limit=2) for page in range(4)]
    assert [[email[0] for email in emails(page)] for page in pages] == [["a", "b"], ["c", "d"], ["e"], []]
    assert pages[3].content == b"[]"


def test_small_limit_with_fixed_pages_skips_rows(smaily):
    smaily.switch(paging="fixed_page")
    smaily.post("contact.php", [{"email": f"{name}@post.example.com"} for name in "abc"])
    assert len(emails(smaily.get("contact.php", list=1, offset=0, limit=2))) == 2
    assert emails(smaily.get("contact.php", list=1, offset=1, limit=2)) == []


def test_limit_is_lowered_to_the_cap_and_the_cap_is_the_default(smaily):
    smaily.control("seed", {"count": 25_003, "seed": 2})
    started = time.monotonic()
    for limit in ({"limit": 100_000}, {}, {"limit": 0}):
        assert len(smaily.get("contact.php", list=1, fields="email", **limit).json()) == 25_000
    assert time.monotonic() - started < 5
    assert len(smaily.get("contact.php", list=1, fields="email", offset=1).json()) == 3


def test_fields_choose_columns_and_unknown_ones_are_ignored(smaily):
    smaily.post("contact.php", {"email": MARI, "city": "Tartu", "is_unsubscribed": 1})
    (row,) = smaily.get("contact.php", list=2, fields="city,unsubscribed_at,no_such").json()
    assert list(row) == ["email", "city", "unsubscribed_at"]


def test_built_in_segments_are_everybody_and_the_opted_out(smaily):
    smaily.post("contact.php", [{"email": MARI, "is_unsubscribed": 1}, {"email": JAAN}])
    assert emails(smaily.get("contact.php", list=1)) == [JAAN, MARI]
    assert emails(smaily.get("contact.php", list=2)) == [MARI]


@pytest.mark.parametrize("switch", ["208", "219"])
def test_unknown_segment(smaily, switch):
    smaily.switch(unknown_segment=switch)
    answer = smaily.get("contact.php", list=999).json()
    assert answer == {"code": int(switch), "message": "Could not find list with ID - 999"}
    assert smaily.get("contact.php", list="abc").json()["code"] == int(switch)


def test_neither_email_nor_list_is_207(smaily):
    assert smaily.get("contact.php").json() == {"code": 207, "message": "Following fields are required - email"}


@pytest.mark.parametrize(
    ("switch", "single", "page"), [("mixed", "1", 1), ("string", "1", "1"), ("number", 1, 1)]
)  # fmt: skip
def test_type_of_is_unsubscribed(smaily, switch, single, page):
    smaily.switch(is_unsubscribed_type=switch)
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": 1})
    assert smaily.get("contact.php", email=MARI).json()["is_unsubscribed"] == single
    assert smaily.get("contact.php", list=1).json()[0]["is_unsubscribed"] == page


def test_unset_fields_can_be_shown_empty(smaily):
    smaily.post("contact.php", [{"email": MARI, "city": "Tartu"}, {"email": JAAN}])
    assert "city" not in smaily.get("contact.php", email=JAAN).json()
    smaily.switch(unset_fields="empty")
    contact = smaily.get("contact.php", email=JAAN).json()
    assert list(contact) == [*SYSTEM, "city"]
    assert contact["city"] == ""
    assert [row["city"] for row in smaily.get("contact.php", list=1, fields="city").json()] == ["", "Tartu"]


def test_address_can_keep_its_letter_case(smaily):
    smaily.switch(email_case="as_sent")
    smaily.post("contact.php", {"email": "Mari@Post.Example.com"})
    assert smaily.get("contact.php", email=MARI).json()["email"] == "Mari@Post.Example.com"


def test_write_lag_hides_accepted_writes_until_the_clock_moves(smaily):
    smaily.switch(write_lag=30)
    assert smaily.code("contact.php", {"email": MARI, "a": "1"}) == 101
    assert smaily.code("contact.php", {"email": MARI, "a": "2"}) == 101
    assert smaily.get("contact.php", email=MARI).json()["code"] == 206
    assert smaily.control("store?count=1")["counts"]["waiting_writes"] == 2
    smaily.sandbox.call("/clock", {"advance": 31})
    assert smaily.get("contact.php", email=MARI).json()["a"] == "2"


def test_slow_batch_times_out_after_it_was_stored(smaily):
    smaily.switch(row_delay_ms=100, field_delay_ms=50)
    with pytest.raises(requests.ReadTimeout):
        smaily.session.post(f"{smaily.url}/api/contact.php", json=[{"email": MARI}, {"email": JAAN}], timeout=0.15)
    assert len(smaily.control("store")["contacts"]) == 2


def test_latency_holds_every_answer_back(smaily):
    smaily.switch(latency_ms=150)
    started = time.monotonic()
    smaily.get("list.php")
    assert time.monotonic() - started >= 0.15


def test_forget_takes_people_and_their_log_rows_out(smaily):
    smaily.post("contact.php", [{"email": MARI, "is_unsubscribed": 1}, {"email": JAAN}])
    assert smaily.post("contact/forget.php", [MARI.upper(), "nobody@post.example.com"]).content == OK
    assert smaily.get("contact.php", email=MARI).json()["code"] == 206
    log = smaily.get("history.php", since_seq_id=0, limit=10).json()
    assert {row["email"] for row in log} == {JAAN}
    smaily.post("contact.php", {"email": MARI})
    assert smaily.contact(MARI)["mailable"] is True


@pytest.mark.parametrize("body", [{}, [], ["a", 1], "a@post.example.com", {"email": MARI}])
def test_forget_takes_only_an_array_of_addresses(smaily, body):
    assert smaily.code("contact/forget.php", body) == 203


def test_forget_takes_a_form_list_too(smaily):
    smaily.post("contact.php", {"email": MARI})
    smaily.session.post(f"{smaily.url}/api/contact/forget.php", data={"0": MARI}, timeout=5)
    assert smaily.control("store")["contacts"] == []


def test_writes_cause_no_mail(smaily):
    smaily.post("contact.php", [{"email": MARI}, {"email": JAAN, "is_unsubscribed": 0}])
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": 1})
    smaily.post("contact.php", {"email": MARI, "is_unsubscribed": 0})
    assert smaily.control("mails") == []


def test_seed_takes_what_the_store_shows(smaily):
    smaily.post("contact.php", [{"email": MARI, "city": "Tartu"}, {"email": JAAN, "is_unsubscribed": 1}])
    contacts = smaily.control("store")["contacts"]
    smaily.sandbox.reset()
    smaily.control("seed", contacts)
    assert smaily.control("store")["contacts"] == contacts


def test_a_thousand_batches_of_a_hundred_rows_are_no_trouble(smaily):
    batches = [
        [{"email": f"p{batch}x{row}@post.example.com", "first_name": "Mari", "city": "Tartu"} for row in range(100)]
        for batch in range(100)
    ]
    started = time.monotonic()
    for batch in batches:
        assert smaily.post("contact.php", batch).content == OK
    assert time.monotonic() - started < 10
    assert smaily.control("store?count=1")["counts"]["contacts"] == 10_000
