# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The control port: clock, seeds, faults, switches, and a look behind the vendors' doors."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from airflow_provider_marketsync.sandbox.errors import OrderError
from airflow_provider_marketsync.sandbox.vendor import Vendor, orders_of

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.clock import Clock

LARGEST_ORDER = 512 * 1024 * 1024
ROUTES = {
    "POST /reset": "real time and the demo state again, everywhere; credentials stay",
    "GET, POST /clock": '{"advance": seconds} or {"set": "2026-11-21T08:00:00Z"}',
    "GET /<vendor>/credentials": "of the seeded demo account",
    "POST /<vendor>/seed": 'list of records in the vendor\'s words, or {"count": n, "seed": 1}',
    "GET /<vendor>/store": "what the vendor holds; ?count=1 for numbers only",
    "GET, POST /<vendor>/switches": "settings the vendor's contract leaves open",
    "GET, POST, DELETE /<vendor>/faults": 'list of {"kind", "match", "times", "after"}; GET lists the kinds',
    "GET, POST, DELETE /<vendor>/requests": "what came in; ?count=1 for the number only; POST and DELETE clear",
    "POST /<vendor>/act": 'what a person does at the vendor: {"action": ...}',
    "GET /<vendor>/mails": "every mail, confirmation or workflow start caused, and for whom",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Work = Callable[[Vendor, web.Request], Awaitable[web.StreamResponse]]


def control_app(clock: Clock, vendors: Mapping[str, Vendor]) -> web.Application:
    """Serve the control routes for these vendors."""
    app = web.Application(client_max_size=LARGEST_ORDER, middlewares=[_errors_as_json])
    app.router.add_get("/", _index(vendors))
    app.router.add_post("/reset", _reset(clock, vendors))
    app.router.add_get("/clock", _tell_time(clock))
    app.router.add_post("/clock", _move_clock(clock, vendors))
    for method, path, work in VENDOR_ROUTES:
        app.router.add_route(method, f"/{{vendor}}/{path}", _with_vendor(vendors, work))
    return app


@web.middleware
async def _errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ConnectionResetError:
        # The caller hung up in the middle of a long answer.
        return web.Response()
    except OrderError as error:
        return web.json_response({"error": str(error), **error.details}, status=error.status)
    except web.HTTPException as error:
        return web.json_response({"error": error.reason, "routes": ROUTES}, status=error.status)


def _index(vendors: Mapping[str, Vendor]) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return web.json_response({"vendors": sorted(vendors), "routes": ROUTES})

    return handle


def _reset(clock: Clock, vendors: Mapping[str, Vendor]) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        clock.reset()
        for vendor in vendors.values():
            vendor.reset()
        return web.json_response({"ok": True})

    return handle


def _tell_time(clock: Clock) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return web.json_response({"now": clock.now().isoformat()})

    return handle


def _move_clock(clock: Clock, vendors: Mapping[str, Vendor]) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        order = await _body(request)
        try:
            _apply_clock(clock, order)
        except (TypeError, ValueError, KeyError, OverflowError):
            raise OrderError('the clock takes {"advance": seconds} or {"set": ISO time}') from None
        for vendor in vendors.values():
            await vendor.settle()
        return web.json_response({"now": clock.now().isoformat()})

    return handle


def _apply_clock(clock: Clock, order: Any) -> None:
    if "set" in order:
        clock.set(datetime.fromisoformat(str(order["set"]).replace("Z", "+00:00")))
        return
    clock.advance(float(order["advance"]))


def _with_vendor(vendors: Mapping[str, Vendor], work: Work) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        name = request.match_info["vendor"]
        if name not in vendors:
            raise OrderError(f"unknown vendor {name!r}", {"vendors": sorted(vendors)}, status=404)
        return await work(vendors[name], request)

    return handle


async def _body(request: web.Request) -> Any:
    try:
        return json.loads(await request.read() or b"null")
    except ValueError:
        raise OrderError("the body is not JSON") from None


async def _credentials(vendor: Vendor, request: web.Request) -> web.StreamResponse:
    return web.json_response(vendor.credentials())


async def _seed(vendor: Vendor, request: web.Request) -> web.StreamResponse:
    return web.json_response(vendor.seed(await _body(request)))


async def _store(vendor: Vendor, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
    await response.prepare(request)
    for piece in vendor.store(request.query):
        await response.write(piece.encode())
    await response.write_eof()
    return response


async def _switches(vendor: Vendor, request: web.Request) -> web.StreamResponse:
    return web.json_response({"switches": vendor.switches.values(), "allowed": vendor.switches.allowed()})


async def _change_switches(vendor: Vendor, request: web.Request) -> web.StreamResponse:
    vendor.switches.change(await _body(request))
    return web.json_response({"switches": vendor.switches.values()})


async def _faults(vendor: Vendor, request: web.Request) -> web.StreamResponse:
    return web.json_response({"pending": vendor.faults.pending(), "kinds": vendor.faults.kinds()})


async def _add_faults(vendor: Vendor, request: web.Request) -> web.StreamResponse:
    vendor.faults.add(await _body(request))
    return web.json_response({"pending": vendor.faults.pending()})


async def _clear_faults(vendor: Vendor, request: web.Request) -> web.StreamResponse:
    vendor.faults.clear()
    return web.json_response({"pending": []})


async def _requests(vendor: Vendor, request: web.Request) -> web.StreamResponse:
    if request.query.get("count"):
        return web.json_response({"count": len(vendor.requests)})
    return web.json_response(vendor.requests.entries())


async def _clear_requests(vendor: Vendor, request: web.Request) -> web.StreamResponse:
    vendor.requests.clear()
    return web.json_response({"count": 0})


async def _act(vendor: Vendor, request: web.Request) -> web.StreamResponse:
    done = [vendor.act(order) for order in orders_of(await _body(request))]
    await vendor.settle()
    return web.json_response({"ok": True, "done": done})


async def _mails(vendor: Vendor, request: web.Request) -> web.StreamResponse:
    mails = vendor.mails()
    return web.json_response({"count": len(mails)} if request.query.get("count") else mails)


VENDOR_ROUTES: tuple[tuple[str, str, Work], ...] = (
    ("GET", "credentials", _credentials),
    ("POST", "seed", _seed),
    ("GET", "store", _store),
    ("GET", "switches", _switches),
    ("POST", "switches", _change_switches),
    ("GET", "faults", _faults),
    ("POST", "faults", _add_faults),
    ("DELETE", "faults", _clear_faults),
    ("GET", "requests", _requests),
    ("POST", "requests", _clear_requests),
    ("DELETE", "requests", _clear_requests),
    ("POST", "act", _act),
    ("GET", "mails", _mails),
)
