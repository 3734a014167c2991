# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Faults that can be ordered from SALESmanago (contract sections 3, 9 and 13)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.common_faults import common_faults
from airflow_provider_marketsync.sandbox.faults import FaultKind, Order
from airflow_provider_marketsync.sandbox.salesmanago.job_routes import FAILED, PENDING
from airflow_provider_marketsync.sandbox.salesmanago.replies import (
    INACTIVE,
    NOT_AUTHENTICATED,
    OWNER_INVALID,
    OWNER_MISSING,
    RATE_LIMITED,
    USER_EMPTY,
    VALIDATION_FAILED,
    as_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = {"Content-Type": "text/plain;charset=UTF-8"}
NO_SUCH_HOST = Reply(404, b"", {"Content-Type": "text/html"})
TOO_MANY = Reply(429, b"Too Many Requests", {"Content-Type": "text/html"})
TOO_MANY_AFTER_ONE_SECOND = replace(TOO_MANY, headers={**TOO_MANY.headers, "Retry-After": "1"})

TEXTS = {
    "not_authenticated": NOT_AUTHENTICATED,
    "inactive_account": INACTIVE,
    "owner_missing": OWNER_MISSING,
    "invalid_owner": OWNER_INVALID,
    "not_authorized": "Not authorized",
    "api_key_missing": "Api key not specified",
    "user_empty": USER_EMPTY,
    "no_loyalty_program": "Specified loyalty program does not exist",
    "inactive_loyalty_program": "Specified loyalty program is inactive",
    "rate_limit_message": RATE_LIMITED,
    "validation": VALIDATION_FAILED,
}


def _failure(message: Any, **fields: Any) -> Callable[[Call, Order], Reply]:
    def answer(call: Call, order: Order) -> Reply:
        return as_json({"success": False, "message": message, **fields}, int(order.number("status", 200)))

    return answer


def _plain(call: Call, order: Order) -> Reply:
    return Reply(int(order.number("status", 500)), b"Internal error", PLAIN)


def _cloudflare(call: Call, order: Order) -> Reply:
    return Reply(403, b"error code: 1010", PLAIN)


def _always(fields: dict[str, Any]) -> Callable[[Call, Order], Reply]:
    return lambda call, order: as_json(fields)


def _changed(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Reply, Order], Reply]:
    def alter(reply: Reply, order: Order) -> Reply:
        body = json.loads(reply.content or b"{}")
        return as_json(change(body), reply.status) if isinstance(body, dict) else reply

    return alter


def _without_success(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "success"}


def _without_ids(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, **{name: None for name in ("contactId", "contactIds", "eventId", "requestId") if name in body}}


def _odd_message(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "message": [None]}


SALESMANAGO_FAULTS: dict[str, FaultKind] = {
    **common_faults(),
    **{
        name: FaultKind(f"success:false with {text!r} (option status, default 200); work not done", _failure([text]))
        for name, text in TEXTS.items()
    },
    "values": FaultKind("success:false with the reason under values; work not done",
                        _failure([VALIDATION_FAILED], values={"email": ["not a valid e-mail address"]})),
    "values_text": FaultKind("the same with one text instead of a list; work not done",
                             _failure([VALIDATION_FAILED], values={"email": "not a valid e-mail address"})),
    "bare_message": FaultKind("success:false, message is a bare text; work not done", _failure(VALIDATION_FAILED)),
    "no_message": FaultKind("success:false with an empty message; work not done", _failure([])),
    "null_message": FaultKind("success:false, message holds null; work not done", _failure([None, VALIDATION_FAILED])),
    "plain_text": FaultKind("plain text instead of JSON (option status, default 500); work not done", _plain),
    "cloudflare_1010": FaultKind("403 of the edge: the User-Agent is refused; work not done", _cloudflare),
    "job_pending": FaultKind("a question about a job is answered as if it still ran",
                             _always({"success": True, "message": [PENDING], "fileUrl": None})),
    "job_failed": FaultKind("a question about a job is answered with success:false", _failure([FAILED], fileUrl=None)),
    "without_success": FaultKind("the work is done, the answer has no success", alters=_changed(_without_success)),
    "without_ids": FaultKind("the work is done, success without any id", alters=_changed(_without_ids)),
    "null_in_message": FaultKind("the work is done, message of the success holds null", alters=_changed(_odd_message)),
}  # fmt: skip
