# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Servers that drip, over real sockets: a byte now and then must not keep a worker for ever."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from airflow_provider_marketsync.exceptions import NoAnswerError, ResponseError
from airflow_provider_marketsync.transport.body import iter_body
from airflow_provider_marketsync.transport.options import HttpOptions
from airflow_provider_marketsync.transport.pace import ENOUGH
from airflow_provider_marketsync.transport.retries import Retries
from airflow_provider_marketsync.transport.session import HttpSession

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"


@pytest.fixture
def session():
    options = HttpOptions(connect_timeout=0.3, read_timeout=0.4)
    with HttpSession("smaily", options=options, retries=Retries(attempts=1)) as opened:
        yield opened


def took(call):
    began = time.monotonic()
    call()
    return time.monotonic() - began


def test_a_head_that_drips_is_no_answer(session, wire, trickle):
    wire.script = [trickle(b"HTTP/1.1 200 OK\r\nX-Slow: ")]

    def call():
        with pytest.raises(NoAnswerError, match="did not answer in time"):
            session.request("GET", wire.url, repeatable=True)

    assert took(call) < 1.2


@pytest.mark.parametrize("head", [HEAD, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n"], ids=["length", "chunked"])
def test_a_body_that_drips_is_cut_off(session, wire, trickle, head):
    wire.script = [trickle(head)]

    def call():
        with pytest.raises(ResponseError):
            session.request("GET", wire.url, repeatable=True)

    assert took(call) < 1.5


def test_a_streamed_body_that_begins_to_drip_is_cut_off(session, wire, trickle):
    wire.script = [trickle(HEAD + b"x" * 5000)]
    response = session.request("GET", wire.url, repeatable=True, stream=True)

    def call():
        with pytest.raises(ResponseError):
            list(iter_body(response, 1000))

    assert took(call) < 1.5
    assert response.raw.closed


def test_a_slow_body_that_keeps_coming_is_read_to_its_end(session, wire):
    def slow(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (8 * ENOUGH))
        for _ in range(8):
            time.sleep(0.15)
            connection.sendall(b"x" * ENOUGH)

    wire.script = [slow]
    assert len(session.request("GET", wire.url, repeatable=True).content) == 8 * ENOUGH


def test_a_reader_that_takes_its_time_is_not_taken_for_a_server_that_does(session, wire, say):
    wire.script = [say(200, b"x" * 3000)]
    response = session.request("GET", wire.url, repeatable=True, stream=True)
    pieces = []
    for piece in iter_body(response, 1000):
        time.sleep(0.25)
        pieces.append(piece)
    assert len(b"".join(pieces)) == 3000


def test_a_connection_is_used_again_after_a_paced_answer(session):
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer_twice, args=(listener, asked), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        assert [session.request("GET", url, repeatable=True).content for _ in range(2)] == [b"ok", b"ok"]
        thread.join(2)
    assert len(asked) == 2


def _answer_twice(listener, asked):
    connection, _ = listener.accept()
    with connection:
        for _ in range(2):
            asked.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def test_a_proxy_that_drips_is_no_answer_either(wire, trickle):
    wire.script = [trickle(b"HTTP/1.1 200 OK\r\nX-Slow: ")]
    proxy = f"http://127.0.0.1:{wire.listener.getsockname()[1]}"
    options = HttpOptions(connect_timeout=0.3, read_timeout=0.4, proxies={"http": proxy}, allow_http=True)
    session = HttpSession("smaily", options=options, retries=Retries(attempts=1))

    def call():
        with pytest.raises(NoAnswerError):
            session.request("GET", "http://nobody.invalid/", repeatable=True)

    assert took(call) < 1.2
