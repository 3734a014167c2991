# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Reading over real sockets: what the network and the web server do to an answer."""

from __future__ import annotations

import gzip
import logging
import traceback

import pytest

from airflow_provider_marketsync.contacts.record import FieldNames
from airflow_provider_marketsync.engine.ports import ReadRequest
from airflow_provider_marketsync.exceptions import (
    AuthError,
    MarketSyncError,
    NoAnswerError,
    RateLimitError,
    RequestError,
    ResponseError,
    RetryableError,
    ServerError,
    SettingsError,
)
from airflow_provider_marketsync.vendors.directo.component import Component
from airflow_provider_marketsync.vendors.directo.settings import DirectoSettings
from airflow_provider_marketsync.vendors.directo.source import DirectoSource

from .made import WANTED, sample
from .raw_server import RESET, chunked, http, raw_server, until_close

KEY = "made0key0made0key0made0key0made0"
CUSTOMERS = sample("xml-direct-customers")
ALL = ReadRequest(WANTED)


def source(url: str, component: Component = Component.CUSTOMER, **extra) -> DirectoSource:
    settings = DirectoSettings.from_connection(host=url, password=KEY, extra={"timeout": 2, **extra})
    return DirectoSource(settings, component)


def fails(answer: bytes, kind: type[MarketSyncError], about: str | None = None, **extra) -> MarketSyncError:
    with raw_server(answer) as server:
        reading = source(server.url, **extra).read(ALL)
        with pytest.raises(kind, match=about) as caught:
            list(reading)
        assert reading.cursor is None
        assert len(server.heard) == 1, "a failed read is left to the task's own retry"
    shown = "".join(traceback.format_exception(caught.value))
    assert KEY not in shown
    assert "@" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "answer",
    [
        http(CUSTOMERS),
        until_close(CUSTOMERS),
        chunked(*(CUSTOMERS[start : start + 7] for start in range(0, len(CUSTOMERS), 7))),
        http(gzip.compress(CUSTOMERS), headers="Content-Encoding: gzip\r\n"),
        http(b"\xef\xbb\xbf" + CUSTOMERS),
    ],
    ids=["length", "until close", "chunks", "gzip", "byte order mark"],
)
def test_an_answer_is_read_however_it_travels(answer):
    with raw_server(answer) as server:
        reading = source(server.url).read(ALL)
        assert len(list(reading)) == 10
    assert reading.cursor == "2026-11-20T11:00:00"


@pytest.mark.parametrize("part", range(0, 20))
def test_an_answer_cut_off_by_the_network_never_passes_for_a_short_list(part):
    piece = CUSTOMERS[: len(CUSTOMERS) * part // 20]
    fails(http(piece, length=len(CUSTOMERS)), ResponseError)
    fails(until_close(piece), ResponseError)
    fails(chunked(piece, ended=False) if piece else chunked(ended=False), ResponseError)


def test_a_whole_document_with_bytes_missing_after_it_is_cut_off_too():
    fails(http(CUSTOMERS, length=len(CUSTOMERS) + 1), ResponseError, "cut off")
    fails(chunked(CUSTOMERS, ended=False), ResponseError, "cut off")


def test_a_damaged_gzip_stream_is_cut_off():
    packed = gzip.compress(CUSTOMERS)
    fails(http(packed[:-20], headers="Content-Encoding: gzip\r\n"), ResponseError)


def test_a_reset_before_the_answer_is_no_answer():
    assert fails(RESET, NoAnswerError).retry_after == 60


def test_a_reset_within_the_answer_is_a_cut():
    fails(http(CUSTOMERS[:1000], length=len(CUSTOMERS)) + RESET, ResponseError)


def test_a_silent_server_does_not_hang_the_task():
    fails(http(b"", length=5).replace(b"\r\n\r\n", b"\r\n"), RetryableError, timeout=0.3)


def test_nobody_listening_is_told_and_retryable():
    with raw_server(b"") as server:
        url = server.url
    with pytest.raises(RetryableError, match="reached") as caught:
        list(source(url).read(ALL))
    assert caught.value.retry_after == 60


@pytest.mark.parametrize(
    ("answer", "kind", "status"),
    [
        (http(b"<html>500</html>", "500 Internal Server Error"), ServerError, 500),
        (http(b"", "503 Service Unavailable", "Retry-After: 90\r\n"), ServerError, 503),
        (http(b"", "429 Too Many Requests"), RateLimitError, 429),
        (http(b"<html>404</html>", "404 Not Found"), SettingsError, 404),
        (http(b"", "404 Not Found"), SettingsError, 404),
        (http(b"<html/>", "401 Unauthorized"), AuthError, 401),
        (http(CUSTOMERS, "400 Bad Request"), RequestError, 400),
        (http(b"", "302 Found", "Location: https://elsewhere.example.com/\r\n"), RequestError, 302),
        (http(CUSTOMERS, "203 Non-Authoritative Information"), ResponseError, 203),
        (http(sample("error-unauthorized"), "404 Not Found"), AuthError, 404),
        (http(sample("error-token-required"), "400 Bad Request"), AuthError, 400),
        (http(sample("error-invalid-url"), "400 Bad Request"), SettingsError, 400),
    ],
)
def test_every_bad_status_has_its_error_and_a_known_body_goes_first(answer, kind, status):
    error = fails(answer, kind)
    assert error.status == status


def test_the_vendors_pause_is_asked_for_unless_it_names_a_longer_one():
    assert fails(http(b"", "503 x"), ServerError).retry_after == 60
    assert fails(http(b"", "503 x", "Retry-After: 5\r\n"), ServerError).retry_after == 60
    assert fails(http(b"", "503 x", "Retry-After: 90\r\n"), ServerError).retry_after == 90
    assert fails(until_close(CUSTOMERS[:99]), ResponseError).retry_after == 60


def test_the_default_read_asks_by_the_book():
    with raw_server(http(CUSTOMERS)) as server:
        list(source(server.url).read(ReadRequest(WANTED, "2026-11-19T10:00:00")))
    heard = server.heard[0]
    assert (heard.method, heard.query) == ("POST", {})
    assert heard.form == {"key": KEY, "get": "1", "what": "customer", "ts": "18.11.2026"}
    assert heard.headers["content-type"] == "application/x-www-form-urlencoded"


def test_routing_and_method_move_the_parameters_but_never_a_posted_key():
    with raw_server(http(CUSTOMERS)) as server:
        list(source(server.url, routing="query").read(ALL))
        list(source(server.url, method="GET").read(ALL))
    assert (server.heard[0].form, server.heard[0].query) == ({"key": KEY}, {"get": "1", "what": "customer"})
    assert (server.heard[1].method, server.heard[1].form) == ("GET", {})
    assert server.heard[1].query == {"get": "1", "what": "customer", "key": KEY}


def test_a_key_in_the_url_stays_out_of_logs_and_errors(caplog):
    caplog.set_level(logging.DEBUG)
    fails(http(b"", "500 x"), ServerError, method="GET")
    fails(http(b"", "302 Found", f"Location: /other?key={KEY}\r\n"), RequestError, method="GET")
    fails(RESET, NoAnswerError, method="GET")
    assert KEY not in caplog.text


def test_plain_http_to_another_machine_is_refused_before_anything_is_sent():
    with pytest.raises(SettingsError, match="https"):
        list(source("http://login.directo.example.com/xmlcore/demo_ee/xmlcore.asp").read(ALL))


def test_check_asks_for_a_card_that_does_not_exist():
    with raw_server(http(b"<transport><customers/></transport>")) as server:
        source(server.url).check()
        source(server.url, Component.CONTACT).check()
    assert [heard.form["what"] for heard in server.heard] == ["customer", "contact"]
    assert [heard.form["code"] for heard in server.heard] == ["~marketsync-no-such-card~", "-1"]
    assert "ts" not in server.heard[0].form


def test_check_is_content_with_the_first_card_where_the_filter_is_ignored():
    card = b"<customer code='1'/>" * 10_000
    endless = http(b"<transport>" + card * 20, length=10**9)
    with raw_server(endless) as server:
        source(server.url).check()


@pytest.mark.parametrize(
    ("name", "kind", "about"),
    [
        ("error-unauthorized", AuthError, "Unauthorized"),
        ("error-token-required", AuthError, "no token"),
        ("error-invalid-url", SettingsError, "full URL"),
        ("error-legacy-error-root", RequestError, "number"),
    ],
)
def test_check_tells_the_faults_of_a_connection_apart(name, kind, about):
    with raw_server(http(sample(name))) as server, pytest.raises(kind, match=about):
        source(server.url).check()


def test_check_tells_a_body_that_is_no_xml():
    with raw_server(http(b"nothing to see here")) as server, pytest.raises(ResponseError, match="not XML"):
        source(server.url).check()


def test_nothing_is_sent_before_the_reading_is_iterated():
    with raw_server(http(CUSTOMERS)) as server:
        source(server.url).read(ReadRequest(FieldNames()))
        assert server.heard == []
