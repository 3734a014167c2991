# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The four shapes of an answer and the two shapes of an error (contract sections 4.1 and 4.2)."""

from __future__ import annotations

import json
from typing import Any

from airflow_provider_marketsync.sandbox.call import Reply

JSON = {"Content-Type": "application/json; charset=utf-8"}
ERROR_NAMES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}
EXPIRED = "Authorization error: Access token is expired"
REVOKED = "Authorization error: Unauthorized"
NOT_SIGNED = "Authorization error: Contract not signed, please login in console and accept terms of service."
NEW_LIST = "Authorization error: User is not allowed to access this list"

EMPTY = Reply(200, b"")


def as_json(content: Any, status: int = 200) -> Reply:
    """Answer with an object, a page or a bare number."""
    return Reply(status, json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), JSON)


def error_reply(status: int, description: str) -> Reply:
    """Answer with an error of the API proper; ``ErrorCode`` repeats the status as text."""
    name = ERROR_NAMES.get(status)
    shape = {"ErrorCode": str(status), "ErrorDescription": description, "ErrorName": name, "ErrorStack": None}
    return as_json(shape, status)


def too_many(limit: int, actual: int) -> Reply:
    """Answer a call over the limit, as documented; there is no ``Retry-After``."""
    return error_reply(
        429, f"Authorization error (too_many_requests): Too many requests. Max:{limit} calls per second , actual:{actual}."
    )


class Refusal(Exception):
    """
    A call that is refused.

    :param status: HTTP status
    :param description: text of ``ErrorDescription``
    """

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.reply = error_reply(status, description)
