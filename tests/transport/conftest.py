# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A server of raw sockets that answers, breaks and stays silent as a test says."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

import pytest


def answer(status=200, body=b"", *, length=None, **headers):
    """Return an answer as bytes; ``length`` may promise more than the body holds."""
    lines = [
        f"HTTP/1.1 {status} Said",
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def reset(connection):
    """Break the connection hard after the request was read."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silence(connection):
    """Say nothing until the caller gives up."""
    connection.recv(1)


@dataclass
class Wire:
    """The server: what it is to do with the next requests, and what it was asked."""

    listener: socket.socket
    script: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self):
        """Where to call it."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/api/contact.php"

    def serve(self):
        """Answer until the listener is shut."""
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve_one, args=(connection,), daemon=True).start()

    def _serve_one(self, connection):
        with connection:
            asked = _request(connection)
            with self.lock:
                self.asked.append(asked)
                step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
            with contextlib.suppress(ConnectionError):  # the caller may have gone
                step(connection) if callable(step) else connection.sendall(step)


def _request(connection):
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head.decode("latin-1"), body


@pytest.fixture
def wire():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = Wire(listener)
        thread = threading.Thread(target=served.serve, daemon=True)
        thread.start()
        yield served
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(2)


@pytest.fixture
def say():
    """How to build answers."""
    return answer


@pytest.fixture
def broken():
    """A connection reset after the request."""
    return reset


@pytest.fixture
def silent():
    """A request that is never answered."""
    return silence


@pytest.fixture
def trickle():
    """Send these bytes at once and then blanks, one in a while, until the caller has gone."""

    def begin_with(first, pause=0.05):
        def step(connection):
            connection.sendall(first)
            while True:
                time.sleep(pause)
                connection.sendall(b" ")

        return step

    return begin_with
