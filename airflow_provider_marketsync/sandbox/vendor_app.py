# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The web application of one vendor: log, fault, answer, delivery."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from aiohttp import web

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.delivery import Deliver, Undelivered, break_connection, send_whole

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.faults import FaultKind, Order
    from airflow_provider_marketsync.sandbox.vendor import Vendor

LARGEST_BODY = 128 * 1024 * 1024


def vendor_app(vendor: Vendor) -> web.Application:
    """Serve a vendor's real paths at the root."""

    async def serve(request: web.Request) -> web.StreamResponse:
        call = await _read(request)
        entry = vendor.requests.begin(call, vendor.clock.now().isoformat(), vendor.remarks(call))
        reply, deliver, order = _decide(vendor, call)
        if order:
            entry["fault"] = order.kind
        return await _deliver(request, reply, deliver, order, entry)

    app = web.Application(client_max_size=LARGEST_BODY)
    app.router.add_route("*", "/{path:.*}", serve)
    return app


async def _read(request: web.Request) -> Call:
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = await request.read()
    return Call(request.method, request.path, request.rel_url.raw_query_string, headers, body, request.remote or "")


def _decide(vendor: Vendor, call: Call) -> tuple[Reply, Deliver, Order | None]:
    struck = vendor.faults.take(call)
    if struck is None:
        reply = vendor.answer(call)
        return reply, break_connection if reply.breaks_off else send_whole, None
    kind, order = struck
    return _faulty(vendor, call, kind, order), kind.deliver, order


def _faulty(vendor: Vendor, call: Call, kind: FaultKind, order: Order) -> Reply:
    if kind.instead:
        return kind.instead(call, order)
    reply = vendor.answer(call)
    return kind.alters(reply, order) if kind.alters else reply


async def _deliver(
    request: web.Request, reply: Reply, deliver: Deliver, order: Order | None, entry: dict[str, Any]
) -> web.StreamResponse:
    if reply.delay:
        await asyncio.sleep(reply.delay)
    if deliver is send_whole:
        # Before the last byte, so that a caller who looks at once finds it.
        entry["status"] = reply.status
    try:
        response = await deliver(request, reply, order)
    except (Undelivered, ConnectionResetError):
        entry["status"] = None
        return _closed(request)
    entry["status"] = reply.status
    return response


def _closed(request: web.Request) -> web.Response:
    # aiohttp wants a response object even where nothing can be sent any more.
    with contextlib.suppress(AttributeError):
        request.protocol.force_close()
    return web.Response()
