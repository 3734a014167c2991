# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Faults that can be ordered from MailUp (contract sections 4.2 and 11.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.common_faults import common_faults
from airflow_provider_marketsync.sandbox.faults import FaultKind, Order
from airflow_provider_marketsync.sandbox.mailup.outbox import OUT_OF_ORDER, TWICE
from airflow_provider_marketsync.sandbox.mailup.replies import EXPIRED, NOT_SIGNED, as_json, error_reply, too_many

if TYPE_CHECKING:
    from collections.abc import Callable

DESCRIPTIONS = {
    400: "Request is not valid",
    401: EXPIRED,
    403: "Authorization error: User is not authorized",
    404: "Resource not found",
    500: "Internal server error",
    503: "Service temporarily unavailable",
}


def _error(status: int, description: str) -> Callable[[Call, Order], Reply]:
    return lambda call, order: error_reply(status, description)


def _limit(call: Call, order: Order) -> Reply:
    return too_many(5, int(order.number("actual", 6)))


def _client(call: Call, order: Order) -> Reply:
    return as_json({"error": "invalid_client", "error_description": "Client credentials are invalid"}, 400)


MAILUP_FAULTS: dict[str, FaultKind] = {
    **common_faults(),
    **{
        str(status): FaultKind(f"HTTP {status} in the error shape of the API; work not done", _error(status, text))
        for status, text in DESCRIPTIONS.items()
    },
    "429": FaultKind("HTTP 429 as documented, no Retry-After (option actual, default 6); work not done", _limit),
    "contract_not_signed": FaultKind("HTTP 403: somebody must accept the terms in the console", _error(403, NOT_SIGNED)),
    "invalid_client": FaultKind("the error shape of the token page; work not done", _client),
    "token_revoked": FaultKind("the access token of the call dies now; 401, work not done", strikes="token"),
    "new_list_forbidden": FaultKind("the list made by the call answers 403 for option seconds (60)", strikes="list"),
    "import_fails": FaultKind("the import made by the call ends as failed and writes nothing", strikes="import"),
    "import_stalls": FaultKind("the import made by the call takes option seconds (3600) longer", strikes="import_time"),
    TWICE: FaultKind("the next webhook is called twice", strikes="webhook"),
    OUT_OF_ORDER: FaultKind("the next webhook is called after the one that follows, or a minute late", strikes="webhook"),
}
