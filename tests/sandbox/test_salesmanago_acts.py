# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Acts, callbacks, seeds and the look behind the door at SALESmanago's stand-in (contract sections 8.6 and 13)."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

ANNA, JAN = "anna@post.example.com", "jan@post.example.com"


@pytest.fixture
def receiver():
    """A server of ours that keeps what the vendor calls."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def _keep(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            got.append((self.command, self.path, dict(self.headers), body))
            self.send_response(204)
            self.end_headers()

        do_GET = do_POST = _keep

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.url, server.got = f"http://127.0.0.1:{server.server_port}", got
    yield server
    server.shutdown()
    server.server_close()


def callbacks(salesmanago, count):
    end = time.monotonic() + 5
    while time.monotonic() < end:
        sent = salesmanago.control("store?count=1")["callbacks"]
        if len(sent) == count and all(one["status"] is not None for one in sent):
            return sent
        time.sleep(0.02)
    raise AssertionError(f"{count} callbacks expected, not {len(sent)}")


def act(salesmanago, action, **fields):
    return salesmanago.control("act", {"action": action, **fields})


def shown(salesmanago, *names, email=ANNA):
    card = salesmanago.full(email)
    return tuple(card[name] for name in names)


def test_what_a_reader_does_shows_on_the_card(salesmanago):
    salesmanago.seed({"email": ANNA, "phone": "+372 5"})
    act(salesmanago, "unsubscribe_phone", email=ANNA)
    assert shown(salesmanago, "optedOut", "optedOutPhone") == (False, True)
    act(salesmanago, "unsubscribe", email=ANNA)
    assert shown(salesmanago, "optedOut", "invalid") == (True, False)
    act(salesmanago, "resubscribe", email=ANNA)
    assert shown(salesmanago, "optedOut") == (False,)
    act(salesmanago, "complain", email=ANNA)
    assert shown(salesmanago, "optedOut") == (True,)
    act(salesmanago, "visit", email=ANNA)
    assert salesmanago.post("contact/basic", email=[ANNA])["contacts"][0]["lastVisit"] > 1.7e12
    assert salesmanago.control("mails") == []


def test_a_hard_bounce_makes_invalid_and_a_soft_one_nothing(salesmanago):
    salesmanago.seed({"email": ANNA})
    act(salesmanago, "bounce", email=ANNA, hard=False)
    assert shown(salesmanago, "invalid") == (False,)
    act(salesmanago, "bounce", email=ANNA)
    assert shown(salesmanago, "invalid", "optedOut") == (True, False)
    assert salesmanago.contact(ANNA)["mailable"] is False


def test_a_form_opts_in_and_creates(salesmanago):
    salesmanago.switch(force_opt_in="ignored_after_opt_out")
    salesmanago.seed({"email": JAN, "optedOut": True})
    for email in (ANNA, JAN):
        act(salesmanago, "subscribe", email=email, name="Anna")
        assert salesmanago.contact(email)["mailable"] is True
    with pytest.raises(ValueError, match="address"):
        act(salesmanago, "subscribe", email="nobody")


def test_staff_edits_deletes_and_forgets(salesmanago):
    salesmanago.seed({"email": ANNA, "name": "Anna"}, {"email": JAN})
    detail = {"contact": {"name": "Ann"}, "tags": ["vip"], "newEmail": "ann@post.example.com"}
    act(salesmanago, "edit", email=ANNA, detail=detail)
    card = salesmanago.contact("ann@post.example.com")
    assert (card["name"], card["tags"]) == ("Ann", {"VIP": 1})
    act(salesmanago, "delete", email="ann@post.example.com")
    assert shown(salesmanago, "deleted", email="ann@post.example.com") == (True,)
    act(salesmanago, "delete", email=JAN, permanently=True)
    assert salesmanago.post("contact/hasContact", email=JAN)["result"] is False
    act(salesmanago, "forget", email=JAN)
    assert salesmanago.contact(JAN) is None
    salesmanago.advance(2 * 86_400)
    assert salesmanago.upsert(JAN)["success"] is True
    for wrong in ({}, {"detail": {"birthday": "x"}}):
        with pytest.raises(ValueError, match="edit takes|Invalid"):
            act(salesmanago, "edit", email=JAN, **wrong)


def test_users_can_be_added(salesmanago):
    act(salesmanago, "add_user", user="third@example.com")
    assert salesmanago.post("user/listByClient")["users"][2] == "third@example.com"
    assert salesmanago.upsert(ANNA, owner="third@example.com")["success"] is True
    with pytest.raises(ValueError, match="user"):
        act(salesmanago, "add_user")


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ({"action": "x"}, "set_callback"),
        ({"action": "unsubscribe", "email": JAN}, "no contact"),
        ({"action": "set_callback", "on": "x"}, "opt_out"),
    ],
)
def test_orders_that_are_not_understood(salesmanago, order, text):
    with pytest.raises(ValueError, match=text):
        salesmanago.control("act", order)


def test_callback_of_the_sample_has_address_and_digest(salesmanago, recorded, receiver):
    sample = recorded("salesmanago-made-optout-callback.txt").decode()
    path = next(line for line in sample.splitlines() if line.startswith("GET ")).split()[1]
    configured = next(line for line in sample.splitlines() if "$email$" in line).removeprefix("#   https://airflow.example.com")
    salesmanago.seed({"email": "anna.nowak@example.com"})
    act(salesmanago, "set_callback", on="opt_out", url=receiver.url + configured)
    act(salesmanago, "unsubscribe", email="anna.nowak@example.com")
    (sent,) = callbacks(salesmanago, 1)
    assert sent == {"kind": "opt_out", "email": "anna.nowak@example.com", "status": 204}
    assert [(method, target) for method, target, _, _ in receiver.got] == [("GET", path)]


def test_callbacks_for_opting_in_deleting_and_editing(salesmanago, receiver):
    salesmanago.seed({"email": ANNA})
    for kind in ("opt_in", "opt_out", "delete"):
        act(salesmanago, "set_callback", on=kind, url=f"{receiver.url}/{kind}?email=$email$&key=sha1($email$s)")
    salesmanago.upsert(ANNA, forceOptOut=True)
    salesmanago.upsert(ANNA, useApiDoubleOptIn=True)
    act(salesmanago, "confirm", email=ANNA)
    act(salesmanago, "edit", email=ANNA, detail={"forceOptOut": True})
    act(salesmanago, "edit", email=ANNA, detail={"contact": {"name": "A"}})
    act(salesmanago, "delete", email=ANNA)
    assert [one["kind"] for one in callbacks(salesmanago, 3)] == ["opt_in", "opt_out", "delete"]
    key = hashlib.sha1(f"{ANNA}s".encode()).hexdigest()  # noqa: S324 -- the vendor's own scheme
    assert parse_qs(urlsplit(receiver.got[0][1]).query) == {"email": [ANNA], "key": [key]}


def test_webhook_of_a_rule_posts_the_sample(salesmanago, recorded, receiver):
    sample = json.loads(recorded("salesmanago-made-rule-webhook.json"))
    salesmanago.seed(
        {"email": sample["email"], "id": sample["contactId"], "phone": sample["phone"], "company": sample["company"]}
    )
    act(salesmanago, "set_callback", on="rule", url=f"{receiver.url}/hook", login="user:word")
    act(salesmanago, "run_rule", email=sample["email"], name=sample["name"])
    callbacks(salesmanago, 1)
    ((method, path, headers, body),) = receiver.got
    assert (method, path) == ("POST", "/hook")
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"user:word").decode()
    assert {**json.loads(body), "id": sample["id"]} == sample
    assert list(json.loads(body)) == list(sample)


def test_the_sandbox_calls_this_machine_only_and_outlives_a_dead_receiver(salesmanago):
    for url in ("https://127.0.0.1/x", "http://127.0.0.1:x/", "http://[::1", "http://airflow.example.com/x", "x"):
        with pytest.raises(ValueError, match="this machine"):
            act(salesmanago, "set_callback", on="opt_out", url=url)
    salesmanago.seed({"email": ANNA})
    act(salesmanago, "set_callback", on="opt_out", url="http://127.0.0.1:1/x")
    act(salesmanago, "unsubscribe", email=ANNA)
    assert callbacks(salesmanago, 1)[0]["status"] == 0


def test_generated_people_are_the_same_for_the_same_seed_and_at_every_vendor(salesmanago):
    salesmanago.control("seed", {"count": 300, "seed": 7})
    salesmanago.sandbox.call("/smaily/seed", {"count": 300, "seed": 7})
    cards = {card["email"]: card for card in salesmanago.control("store")["contacts"]}
    others = {one["email"]: one for one in salesmanago.sandbox.call("/smaily/store")["contacts"]}
    assert cards.keys() == others.keys()
    assert {email: card["mailable"] for email, card in cards.items()} == {email: one["mailable"] for email, one in others.items()}
    counts = salesmanago.control("store?count=1")["counts"]
    assert (counts["contacts"], counts["mailable"] + counts["opted_out"]) == (300, 300)
    assert 0 < counts["opted_out"] < 30


@pytest.mark.parametrize(
    "order",
    [
        [{"name": "x"}],
        [{"email": ANNA, "nmae": "x"}],
        [{"email": ANNA, "birthday": "x"}],
        [{"email": ANNA, "createdOn": "x"}],
        [{"email": ANNA, "mainContactOwner": "x@example.com"}],
        ["x"],
        {"count": -1},
        "x",
        None,
    ],
)
def test_seeds_that_are_not_understood_put_nothing_in(salesmanago, order):
    with pytest.raises(ValueError, match="error"):
        salesmanago.control("seed", [{"email": JAN}, *order] if isinstance(order, list) else order)
    assert salesmanago.control("store?count=1")["counts"]["contacts"] == 0


def test_a_seed_replaces_the_card_of_the_same_address(salesmanago):
    salesmanago.seed({"email": ANNA, "name": "A"})
    salesmanago.seed(
        {"email": ANNA.upper(), "optedOut": True, "dictionaryProperties": [{"name": "n", "type": "NUMBER", "value": 1}]}
    )
    store = salesmanago.control("store")
    assert [(card["email"], card["optedOut"], "name" in card) for card in store["contacts"]] == [(ANNA, True, False)]
    assert store["dictionary"] == {"n": "NUMBER"}


def test_a_seed_with_an_id_in_use_takes_its_place(salesmanago):
    salesmanago.seed({"email": ANNA, "contactId": "A-1"})
    salesmanago.seed({"email": JAN, "contactId": "a-1"}, {"email": ANNA})
    salesmanago.seed({"email": ANNA, "contactId": "a-1"})
    assert [card["contactId"] for card in salesmanago.control("store")["contacts"]] == ["a-1"]


def test_reset_gives_the_demo_state(salesmanago):
    salesmanago.upsert(ANNA, useApiDoubleOptIn=True)
    salesmanago.post("v2/contact/addContactExtEvent", email=JAN, contactEvent={"date": 1, "contactExtEventType": "CART"})
    salesmanago.sandbox.reset()
    store = salesmanago.control("store")
    assert set(store["counts"].values()) == {0}
    assert store["users"] == ["owner@example.com", "marketing@example.com"]
    assert store["consents"] == ["MARKETING_TERMS", "NEWSLETTER"]
    assert salesmanago.control("mails") == store["jobs"] == []
