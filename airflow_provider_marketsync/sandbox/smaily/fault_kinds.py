# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Faults that can be ordered from Smaily (contract section 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.common_faults import common_faults
from airflow_provider_marketsync.sandbox.faults import FaultKind, Order
from airflow_provider_marketsync.sandbox.smaily.codes import BARE_HTML, MESSAGES, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

WRONG_CREDENTIALS = Reply(401, b"Unauthorized", BARE_HTML)
NO_SUCH_HOST = Reply(404, b"", BARE_HTML)
NO_SUCH_SCRIPT = Reply(404, b"File not found.\n", BARE_HTML)
PLAN_BLOCKED = Reply(403, b'{"code":227,"message":"A paid package is required."}', BARE_HTML)
PLAIN_FORBIDDEN = Reply(403, b"Forbidden", BARE_HTML)


def _always(reply: Reply) -> Callable[[Call, Order], Reply]:
    return lambda call, order: reply


def _code(code: int) -> Callable[[Call, Order], Reply]:
    def answer(call: Call, order: Order) -> Reply:
        return Refusal(code, *order.options.get("details", ["made", "made"])).reply

    return answer


SMAILY_FAULTS: dict[str, FaultKind] = {
    **common_faults(),
    **{
        f"code_{code}": FaultKind(f"HTTP 200 with code {code}; work not done", _code(code))
        for code in MESSAGES
        if code not in (101, 227)
    },
    "401": FaultKind("HTTP 401; order it with after = N and times = null for a user deleted mid-run",
                     _always(WRONG_CREDENTIALS)),
    "403": FaultKind("HTTP 403 without an envelope", _always(PLAIN_FORBIDDEN)),
    "403_package": FaultKind("HTTP 403 with code 227: the package has no API access", _always(PLAN_BLOCKED)),
    "404": FaultKind("bare 404, as for an unknown script", _always(NO_SUCH_SCRIPT)),
    "404_host": FaultKind("empty 404, as for an unknown subdomain", _always(NO_SUCH_HOST)),
}  # fmt: skip
