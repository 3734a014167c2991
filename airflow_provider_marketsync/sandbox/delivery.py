# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Ways in which a reply reaches the caller, or does not."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Reply
    from airflow_provider_marketsync.sandbox.faults import Order

SERVER = "marketsync-sandbox"
PATIENCE = 3600.0


class Undelivered(Exception):
    """The connection was broken on purpose; there is nothing left to answer."""


Deliver = Callable[[web.Request, "Reply", "Order | None"], Awaitable[web.StreamResponse]]


async def send_whole(request: web.Request, reply: Reply, order: Order | None = None) -> web.StreamResponse:
    """Send the reply as it is; an iterable body goes out in chunks."""
    headers = {"Server": SERVER, **reply.headers}
    if isinstance(reply.body, bytes):
        return web.Response(status=reply.status, body=reply.body, headers=headers)
    response = web.StreamResponse(status=reply.status, headers=headers)
    await response.prepare(request)
    for chunk in reply.body:
        await response.write(chunk)
        await asyncio.sleep(0)
    await response.write_eof()
    return response


async def send_late(request: web.Request, reply: Reply, order: Order | None = None) -> web.StreamResponse:
    """Wait before the first byte; the work is done by then."""
    await asyncio.sleep(order.number("seconds", 2.0) if order else 2.0)
    return await send_whole(request, reply)


async def send_half(request: web.Request, reply: Reply, order: Order | None = None) -> web.StreamResponse:
    """Announce the whole length, send half of the body and close."""
    body = reply.content
    response = web.StreamResponse(status=reply.status, headers={"Server": SERVER, **reply.headers})
    response.content_length = max(len(body), 2)
    await _send_part(request, response, body[: max(len(body) // 2, 1)])
    raise Undelivered


async def send_half_chunked(request: web.Request, reply: Reply, order: Order | None = None) -> web.StreamResponse:
    """Send half of the body in chunks and close without the last chunk."""
    body = reply.content
    response = web.StreamResponse(status=reply.status, headers={"Server": SERVER, **reply.headers})
    response.enable_chunked_encoding()
    await _send_part(request, response, body[: max(len(body) // 2, 1)])
    raise Undelivered


async def _send_part(request: web.Request, response: web.StreamResponse, part: bytes) -> None:
    await response.prepare(request)
    for start in range(0, len(part), 65536):
        await response.write(part[start : start + 65536])
    transport = request.transport
    while transport and not transport.is_closing() and transport.get_write_buffer_size():
        await asyncio.sleep(0.005)
    if transport:
        transport.close()


async def break_connection(request: web.Request, reply: Reply, order: Order | None = None) -> web.StreamResponse:
    """Reset the connection (RST) without a byte of an answer."""
    transport = request.transport
    if transport is not None:
        linger_nought = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_nought)
        transport.abort()
    raise Undelivered


async def say_nothing(request: web.Request, reply: Reply, order: Order | None = None) -> web.StreamResponse:
    """Keep the connection open and never answer."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while request.transport is not None and not request.transport.is_closing() and loop.time() < end:
        await asyncio.sleep(0.05)
    raise Undelivered
