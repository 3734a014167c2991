# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Webhooks of MailUp's stand-in, received by a real server on this machine (contract section 8)."""

from __future__ import annotations

import base64
import json
import queue
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote

import pytest

from airflow_provider_marketsync.sandbox.mailup.rc4 import rc4
from airflow_provider_marketsync.sandbox.mailup.webhooks import enciphered

MARI = "mari@kask.example.com"
MARCO = {"Email": "marco.neri@example.it", "Fields": [{"Id": 1, "Value": "Marco"}]}
PIA = {"Email": "pia.rossi@example.it", "Fields": [{"Id": 1, "Value": "Pia"}]}
GUID = "49494949-4444-9999-8888-185543409eb7"


class Receiver:
    """Keeps what came; answers with the status and body it was told."""

    def __init__(self, url):
        self.url = url
        self.came = queue.Queue()
        self.status = 200
        self.body = b""

    def one(self):
        return self.came.get(timeout=5)

    def all(self):
        return [self.came.get_nowait() for _ in range(self.came.qsize())]

    def events(self):
        return [parse_qs(text)["evt"][0] for _, text in self.all()]


@pytest.fixture
def receiver():
    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            kept.came.put((self.command, body or self.path.partition("?")[2]))
            self.send_response(kept.status)
            self.send_header("Content-Length", str(len(kept.body)))
            self.end_headers()
            self.wfile.write(kept.body)

        do_GET = do_POST = answer

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


def listen(mailup, receiver, **more):
    return mailup.act("add_webhook", url=receiver.url, **more)["id"]


def without_milliseconds(text):
    return re.sub(r"\.\d{3}%2b", ".000%2b", text)


def at(mailup, moment):
    mailup.sandbox.call("/clock", {"set": moment})


def test_the_four_sample_calls_apart_from_milliseconds_and_console(mailup, receiver, recorded):
    listen(mailup, receiver)
    mailup.seed({**MARCO, "idGroups": [6, 7]}, {**PIA, "Status": "PENDING", "idGroups": []})
    marco, pia = MARCO["Email"], PIA["Email"]
    steps = [
        ("subscribe", "2026-11-20T12:05:00+01:00", "confirm", pia, {}),
        ("changeprofile", "2026-11-20T12:06:00+01:00", "edit", pia, {"source": "Console"}),
        ("delete", "2026-11-20T12:07:00+01:00", "delete", pia, {}),
        ("unsubscribe", "2026-11-20T18:22:31+01:00", "unsubscribe", marco, {"message": 161}),
    ]
    for name, moment, action, email, more in steps:
        at(mailup, moment)
        mailup.act(action, email, **more)
        verb, text = receiver.one()
        sample = recorded(f"mailup-made-webhook-{name}-plain.txt").decode()
        fixed = sample.replace("12345", "1234").replace("gru=3%2c5", "gru=6%2c7").replace("gru=3&", "gru=&")
        assert verb == "POST"
        assert without_milliseconds(text) == without_milliseconds(fixed)


def test_user_named_parameters_and_small_hex_digits_as_documented(mailup, receiver, recorded):
    sample = recorded("mailup-documented-webhook-unsubscribe.txt").decode()
    named = {"unsubscribeDate": "[EventDate]", "customerEmail": "[Email]", "customerList": "[IdList]"}
    listen(mailup, receiver, idList=2, parameters=named, method="GET")
    mailup.seed({"Email": "johnsmith@yahoo.com", "idList": 2})
    at(mailup, "2012-12-10T17:41:03+01:00")
    mailup.act("unsubscribe", "johnsmith@yahoo.com", idList=2)
    verb, text = receiver.one()
    assert verb == "GET"
    assert without_milliseconds(text) == without_milliseconds(sample)


def test_summer_time_has_the_other_offset(mailup, receiver):
    listen(mailup, receiver)
    at(mailup, "2027-07-01T10:00:00Z")
    mailup.act("subscribe")
    when = parse_qs(receiver.one()[1])["evd"][0]
    assert (when[:19], when[-3:]) == ("2027-07-01T12:00:00", "+02")


def test_the_sample_vector_of_the_cipher(recorded):
    vector = json.loads(recorded("mailup-made-webhook-encrypted-vector.json"))
    assert enciphered(vector["plain"], vector["key"]) == vector["query_string"]
    assert rc4(b"Key", b"Plaintext").hex() == "bbf316e8d940af0ad3"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_enciphered_calls_can_be_read_with_the_key_only(mailup, receiver, method):
    listen(mailup, receiver, key="made-key", method=method)
    mailup.act("subscribe")
    verb, text = receiver.one()
    assert (verb, "=" in text) == (method, False)
    plain = rc4(b"made-key", base64.b64decode(unquote(text))).decode()
    assert parse_qs(plain)["eml"] == [MARI]


def test_a_request_to_subscribe_has_no_event_and_its_confirmation_has(mailup, receiver):
    listen(mailup, receiver)
    mailup.act("request")
    assert receiver.all() == []
    mailup.act("confirm")
    mailup.act("unsubscribe")
    mailup.act("delete")
    assert receiver.events() == ["SUBSCRIBE", "UNSUBSCRIBE", "DELETE"]


def test_calls_of_the_http_api_fire_and_rest_calls_and_imports_do_not(mailup, receiver):
    listen(mailup, receiver)
    mailup.ask("POST", "List/1/Recipient", {"Email": MARI})
    mailup.ask("DELETE", "List/1/Unsubscribe/100")
    mailup.bulk({"Email": "pia@kask.example.com"})
    assert mailup.page("Xmlsubscribe", Email="lia@kask.example.com", List=1, Confirm=0, retCode=1) == 0
    called = parse_qs(receiver.one()[1])
    assert (called["evt"], called["src"], called["eml"]) == (["SUBSCRIBE"], ["API"], ["lia@kask.example.com"])
    assert mailup.page("xmlUpdSubscriber", Email="lia@kask.example.com", List=1, ListGuid=GUID, Group=7) == 0
    assert parse_qs(receiver.one()[1])["gru"] == ["7"]
    assert receiver.all() == []


def test_that_rest_calls_and_imports_fire_is_a_switch(mailup, receiver):
    listen(mailup, receiver)
    mailup.switch(webhooks_for_rest="yes", webhooks_for_imports="yes")
    mailup.ask("POST", "List/1/Recipient", {"Email": MARI})
    receiver.one()
    mailup.bulk({"Email": "pia@kask.example.com"}, {"Email": MARI}, importType="asOptout")
    assert receiver.events() == ["UNSUBSCRIBE", "UNSUBSCRIBE"]


def test_webhooks_are_per_list_event_and_source_and_can_be_removed(mailup, receiver):
    first = listen(mailup, receiver, events=["UNSUBSCRIBE"], sources=["Recipient"], idList=1)
    mailup.act("subscribe")
    mailup.act("subscribe", idList=2)
    mailup.act("unsubscribe", idList=2)
    mailup.act("unsubscribe", source="Console")
    assert receiver.all() == []
    mailup.act("subscribe")
    mailup.act("unsubscribe")
    assert receiver.events() == ["UNSUBSCRIBE"]
    mailup.act("remove_webhook", id=first)
    mailup.act("subscribe")
    mailup.act("unsubscribe")
    assert receiver.all() == []


def test_a_changed_address_is_an_unsubscription_and_a_subscription(mailup, receiver):
    mailup.seed({"Email": MARI})
    listen(mailup, receiver)
    mailup.act("change_address", new_email="uus@kask.example.com")
    told = [(one["evt"][0], one["eml"][0]) for one in (parse_qs(text) for _, text in receiver.all())]
    assert told == [("UNSUBSCRIBE", MARI), ("SUBSCRIBE", "uus@kask.example.com")]


def test_a_failed_call_is_tried_again_on_the_ladder_of_the_virtual_clock(mailup, receiver):
    receiver.status = 500
    listen(mailup, receiver)
    mailup.act("subscribe")
    assert len(receiver.all()) == 1
    tries = []
    for seconds in (290, 15, 600, 900, 2 * 3600, 6 * 3600 + 3600):
        mailup.pass_time(seconds)
        tries.append(len(receiver.all()))
    assert tries == [0, 1, 2, 1, 2, 3]
    mailup.pass_time(1_000_000)
    delivery = mailup.control("store?count=1")["deliveries"][0]
    assert (delivery["state"], delivery["answers"]) == ("given up", [500] * 13)


def test_the_older_ladder_and_a_receiver_that_recovers(mailup, receiver):
    mailup.switch(webhook_ladder="old")
    receiver.status = 503
    listen(mailup, receiver)
    mailup.act("subscribe")
    mailup.act("unsubscribe")
    receiver.status = 204
    mailup.pass_time(301)
    deliveries = mailup.control("store?count=1")["deliveries"]
    assert [one["answers"] for one in deliveries] == [[503, 204], [503, 204]]
    receiver.status = 500
    mailup.act("delete")
    mailup.pass_time(1_000_000)
    assert mailup.control("store?count=1")["deliveries"][-1]["answers"] == [500] * 6


def test_what_counts_as_success_is_a_switch(mailup, receiver):
    mailup.switch(webhook_success="body_1")
    listen(mailup, receiver)
    mailup.act("subscribe")
    receiver.body = b"1"
    mailup.act("unsubscribe")
    assert [one["state"] for one in mailup.control("store?count=1")["deliveries"]] == ["waiting", "delivered"]


def test_a_receiver_that_is_not_there_is_a_failed_try(mailup):
    mailup.act("add_webhook", url="http://127.0.0.1:1/hook")
    mailup.act("subscribe")
    assert mailup.control("store?count=1")["deliveries"][0]["answers"] == [None]


def test_a_receiver_may_ask_the_stand_in_while_it_is_called(mailup, receiver):
    listen(mailup, receiver)
    seen = []
    put = receiver.came.put
    receiver.came.put = lambda came: (seen.append(mailup.get("List/1/Recipients/EmailOptins").json()), put(came))
    mailup.act("subscribe")
    assert seen[0]["Items"][0]["Email"] == MARI


def test_a_webhook_can_come_twice(mailup, receiver):
    listen(mailup, receiver)
    mailup.fault("webhook_twice", match=MARI)
    mailup.act("subscribe", "pia@kask.example.com")
    mailup.act("subscribe")
    texts = [text for _, text in receiver.all()]
    assert len(texts) == 3
    assert texts[1] == texts[2]


def test_a_webhook_can_come_after_the_next_one_or_a_minute_late(mailup, receiver):
    listen(mailup, receiver)
    mailup.fault("webhook_out_of_order", times=2)
    mailup.act("subscribe")
    assert receiver.all() == []
    mailup.control("faults", method="DELETE")
    mailup.act("unsubscribe")
    assert receiver.events() == ["UNSUBSCRIBE", "SUBSCRIBE"]
    mailup.fault("webhook_out_of_order")
    mailup.act("delete")
    assert receiver.all() == []
    mailup.pass_time(61)
    assert receiver.events() == ["DELETE"]


def test_webhook_faults_wait_for_webhooks_and_request_faults_for_requests(mailup, receiver):
    listen(mailup, receiver)
    mailup.fault("webhook_twice")
    mailup.fault("503")
    assert mailup.get("List").status_code == 503
    mailup.act("subscribe")
    assert len(receiver.all()) == 2


@pytest.mark.parametrize(
    "order",
    [
        {"url": "http://hooks.example.com/"},
        {"url": "https://127.0.0.1/"},
        {"url": "http://10.0.0.1/"},
        {"url": ""},
        {"events": ["REQUEST"]},
        {"sources": ["x"]},
        {"parameters": {"a": "[Nothing]"}},
        {"parameters": []},
        {"method": "PUT"},
        {"idList": 9},
    ],
)
def test_webhooks_that_can_not_be(mailup, receiver, order):
    with pytest.raises(ValueError, match="error"):
        mailup.control("act", {"action": "add_webhook", "url": receiver.url, **order})


def test_a_reset_calls_off_what_waits(mailup, receiver):
    receiver.status = 500
    listen(mailup, receiver)
    mailup.act("subscribe")
    receiver.all()
    mailup.sandbox.reset()
    mailup.pass_time(1000)
    assert receiver.all() == []
    assert mailup.control("store?count=1")["webhooks"] == []
