# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A socket that answers with the bytes it is told to, so that faults of the wire are real ones."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

RESET = b"\x00reset"


@dataclass
class Heard:
    """One request as it came in."""

    method: str
    query: dict[str, str]
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class RawServer:
    """Answers each request with the next of its answers, the last one again and again.

    :param answers: whole HTTP answers; one that ends in :data:`RESET` ends by a connection reset
    """

    answers: list[bytes]
    heard: list[Heard] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self._open = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """A classic interface's full URL at this server."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/xmlcore/demo_ee/xmlcore.asp"

    def stop(self) -> None:
        """Hear no more requests."""
        self._open = False
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while self._open:
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        self.heard.append(_read_request(connection))
        answer = self.answers[min(len(self.heard), len(self.answers)) - 1]
        try:
            connection.sendall(answer.removesuffix(RESET))
        except OSError:
            return  # the caller had enough
        if answer.endswith(RESET):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _read_request(connection: socket.socket) -> Heard:
    with connection.makefile("rb") as stream:
        method, target, _ = stream.readline().decode().split(" ")
        headers = dict(_headers(stream))
        body = stream.read(int(headers.get("content-length", 0))).decode()
    return Heard(method, dict(parse_qsl(urlsplit(target).query)), dict(parse_qsl(body)), headers)


def _headers(stream) -> Iterator[tuple[str, str]]:
    while (line := stream.readline().decode().strip()) != "":
        name, _, value = line.partition(":")
        yield name.lower(), value.strip()


@contextmanager
def raw_server(*answers: bytes) -> Iterator[RawServer]:
    server = RawServer(list(answers))
    try:
        yield server
    finally:
        server.stop()


def http(body: bytes, status: str = "200 OK", headers: str = "", length: int | None = None) -> bytes:
    """An answer with a length, which may be a wrong one."""
    claimed = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: {claimed}\r\n{headers}\r\n"
    return head.encode() + body


def chunked(*chunks: bytes, ended: bool = True) -> bytes:
    """An answer in chunks, with or without the last one."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head + body + (b"0\r\n\r\n" if ended else b"")


def until_close(body: bytes) -> bytes:
    """An answer without any length, as old servers give it."""
    return b"HTTP/1.0 200 OK\r\n\r\n" + body
