# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Faults that every vendor can have."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.delivery import (
    break_connection,
    say_nothing,
    send_half,
    send_half_chunked,
    send_late,
)
from airflow_provider_marketsync.sandbox.faults import FaultKind, Order

if TYPE_CHECKING:
    from collections.abc import Callable

HTML = {"Content-Type": "text/html"}
STATUSES = (400, 401, 403, 404, 408, 413, 500, 502, 503, 504)


def page(title: str) -> bytes:
    """Make a page as a web server or proxy shows it."""
    return f"<html><head><title>{title}</title></head></html>".encode()


def _nothing(call: Call, order: Order) -> Reply:
    return Reply()


def _status(code: int) -> Callable[[Call, Order], Reply]:
    title = f"{code} {HTTPStatus(code).phrase}"

    def answer(call: Call, order: Order) -> Reply:
        return Reply(code, page(title), HTML)

    return answer


def _too_many(call: Call, order: Order) -> Reply:
    wait = order.options.get("retry_after", 1)
    return Reply(429, b"Too Many Requests", {"Content-Type": "text/html", "Retry-After": str(wait)})


def _too_many_bare(call: Call, order: Order) -> Reply:
    return Reply(429, b"Too Many Requests", {"Content-Type": "text/html"})


def _unavailable_for(call: Call, order: Order) -> Reply:
    wait = str(order.options.get("retry_after", 1))
    return Reply(503, page("503 Service Unavailable"), {**HTML, "Retry-After": wait})


def _redirect(call: Call, order: Order) -> Reply:
    # The other loopback name: another host for every client, and yet one that answers and is logged.
    name, _, port = call.headers.get("host", "127.0.0.1").partition(":")
    other = "127.0.0.1" if name == "localhost" else "localhost"
    target = f"{call.path}?{call.query_string}" if call.query_string else call.path
    location = str(order.options.get("location", f"http://{other}:{port}{target}"))
    return Reply(int(order.number("status", 302)), b"", {**HTML, "Location": location})


def _html(call: Call, order: Order) -> Reply:
    return Reply(200, b"<html><body>maintenance</body></html>", HTML)


def _empty(reply: Reply, order: Order) -> Reply:
    return replace(reply.whole(), body=b"")


def _truncated(reply: Reply, order: Order) -> Reply:
    body = reply.content
    return replace(reply, body=body[: max(len(body) // 2, 1)])


def common_faults() -> dict[str, FaultKind]:
    """Every fault that does not depend on the vendor's own way of answering."""
    return {
        **{str(code): FaultKind(f"HTTP {code} with an HTML page; work not done", _status(code)) for code in STATUSES},
        "429": FaultKind("HTTP 429 with Retry-After (option retry_after, default 1); work not done", _too_many),
        "429_without_retry_after": FaultKind("HTTP 429, no Retry-After; work not done", _too_many_bare),
        "503_with_retry_after": FaultKind("HTTP 503 with Retry-After (option retry_after)", _unavailable_for),
        "redirect": FaultKind("302 to another host name (options location, status); work not done", _redirect),
        "html_200": FaultKind("HTTP 200 with an HTML page; work not done", _html),
        "empty_200": FaultKind("the work is done, HTTP 200 with an empty body comes back", alters=_empty),
        "truncated": FaultKind("the work is done, half of the body comes back as a whole answer", alters=_truncated),
        "cut": FaultKind("the work is done, body ends half way, short of Content-Length", deliver=send_half),
        "cut_chunked": FaultKind("the work is done, chunked body without its last chunk", deliver=send_half_chunked),
        "slow_first_byte": FaultKind("the work is done, first byte after option seconds (2)", deliver=send_late),
        "reset_before": FaultKind("connection reset, work not done", _nothing, deliver=break_connection),
        "reset_after": FaultKind("the work is done, connection reset without an answer", deliver=break_connection),
        "silent_before": FaultKind("never answers, work not done", _nothing, deliver=say_nothing),
        "silent_after": FaultKind("the work is done, never answers", deliver=say_nothing),
    }
