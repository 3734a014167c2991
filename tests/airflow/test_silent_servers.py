# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Servers that accept and say nothing, or drip, behind every hook: a typed error in time, whatever makes the call."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import pytest
from airflow.providers.http.operators.http import HttpOperator

from airflow_provider_marketsync.compat import BaseHook
from airflow_provider_marketsync.connection_forms import FORMS
from airflow_provider_marketsync.exceptions import NoAnswerError, ResponseError

TIMEOUT = 0.4
FIRST = {
    "silent": b"",
    "drips its head": b"HTTP/1.1 200 OK\r\nX-Slow: ",
    "drips its body": b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n",
}
vendors = pytest.mark.parametrize("vendor", [form.conn_type for form in FORMS])


@pytest.fixture(params=list(FIRST))
def slow(request, connections, connect):
    """A server that is slow in one way, and every vendor's default connection leading to it."""
    first = FIRST[request.param]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, first), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        for vendor, connection in connections.items():
            connect(f"{vendor}_default", **leading_to(url, connection))
        yield url
        listener.shutdown(socket.SHUT_RDWR)


def leading_to(url, connection):
    """Return the connection with the sandbox's server replaced, wherever the vendor keeps it."""
    extra = {name: url if name == "base_url" else value for name, value in connection["extra"].items()}
    host = connection["host"]
    host = f"{url}/{host.split('/', 3)[3]}" if "://" in host else host
    return {**connection, "host": host, "extra": {**extra, "timeout": TIMEOUT}}


def _serve(listener, first):
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_drip, args=(connection, first), daemon=True).start()


def _drip(connection, first):
    with connection, contextlib.suppress(OSError):
        connection.recv(65536)
        connection.sendall(first)
        while first:
            time.sleep(0.05)
            connection.sendall(b" ")
        connection.recv(1)


@contextlib.contextmanager
def in_time():
    began = time.monotonic()
    yield
    assert time.monotonic() - began < 3


@vendors
def test_a_raw_call_ends_in_time(slow, vendor):
    with in_time(), pytest.raises((NoAnswerError, ResponseError), match=f"connection '{vendor}_default'"):
        HttpOperator(task_id="raw", http_conn_id=f"{vendor}_default", method="POST", data={"a": "1"}).execute({})


@vendors
def test_the_test_of_a_connection_ends_in_time_and_says_so(slow, vendor):
    with in_time():
        good, told = BaseHook.get_connection(f"{vendor}_default").get_hook().test_connection()
    assert not good
    assert any(reason in told for reason in ("did not answer in time", "was cut off", "broke before an answer")), told


def test_a_reading_of_directo_ends_in_time(slow):
    from airflow_provider_marketsync.contacts.record import FieldNames
    from airflow_provider_marketsync.engine.ports import ReadRequest

    source = BaseHook.get_connection("directo_default").get_hook().source()
    with in_time(), pytest.raises((NoAnswerError, ResponseError)):
        list(source.read(ReadRequest(FieldNames())))
