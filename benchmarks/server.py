# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A server with as little work of its own as possible: it sends one file as Directo, and says yes to everything as Smaily.

Smaily's answers take a given time. What was upserted is kept as it came and only looked at when somebody walks the
base, so that the server's own work does not disturb what is measured. ``/received`` tells what came in, and forgets it.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

DONE = b'{"code":101,"message":"OK"}'
PAGE = 25_000


@dataclass
class Place:
    """What is served.

    :param feed: the file to send as Directo
    :param delay: seconds until Smaily answers
    """

    feed: Path
    delay: float
    bodies: list[bytes] = field(default_factory=list)
    people: dict[str, None] = field(default_factory=dict)
    looked_at: int = 0

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(head, await reader.readexactly(_length(head)), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        method, target, _ = head.split(b" ", 2)
        url = urlsplit(target.decode())
        if url.path.startswith("/xmlcore/"):
            await self._send_feed(writer)
            return
        await asyncio.sleep(self.delay)
        writer.write(_reply(self._smaily(method, url.path, parse_qs(url.query), body)))
        await writer.drain()

    async def _send_feed(self, writer: asyncio.StreamWriter) -> None:
        writer.write(_head(self.feed.stat().st_size, b"text/xml"))
        with self.feed.open("rb") as file:
            await asyncio.get_running_loop().sendfile(writer.transport, file)

    def _smaily(self, method: bytes, path: str, query: dict[str, list[str]], body: bytes) -> bytes:
        if method == b"POST":
            self.bodies.append(body)
            return DONE
        if path == "/received":
            return json.dumps(self._received()).encode()
        if query.get("list") == ["1"]:
            return json.dumps(self._page(int(query["offset"][0]))).encode()
        return b"[]"

    def _page(self, number: int) -> list[dict[str, Any]]:
        for body in self.bodies[self.looked_at :]:
            self.people |= dict.fromkeys(row["email"] for row in json.loads(body))
        self.looked_at = len(self.bodies)
        addresses = sorted(self.people)[number * PAGE : (number + 1) * PAGE]
        return [{"email": address, "is_unsubscribed": 0} for address in addresses]

    def _received(self) -> dict[str, Any]:
        """Return what came in, and begin anew."""
        told = {"requests": len(self.bodies), "digest": digest(row for body in self.bodies for row in json.loads(body))}
        self.bodies.clear()
        self.people.clear()
        self.looked_at = 0
        return told


def digest(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a digest that does not depend on the order of rows and fields."""
    return hashlib.sha256("".join(sorted(json.dumps(row, sort_keys=True) for row in rows)).encode()).hexdigest()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _reply(body: bytes) -> bytes:
    return _head(len(body), b"application/json") + body


def _head(length: int, kind: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, length)


@contextmanager
def serving(feed: Path, delay: float = 0.0) -> Iterator[str]:
    """Serve from a process of its own.

    :param feed: the file to send as Directo
    :param delay: seconds until Smaily answers
    :return: the server's URL
    """
    command = [sys.executable, "-m", "benchmarks.server", "--feed", str(feed), "--delay", str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def _serve(place: Place) -> None:
    server = await asyncio.start_server(place.connected, "127.0.0.1", 0, limit=1024 * 1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feed", type=Path, required=True)
    parser.add_argument("--delay", type=float, required=True)
    arguments = parser.parse_args()
    asyncio.run(_serve(Place(arguments.feed, arguments.delay)))
