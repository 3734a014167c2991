# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The envelope of every answer, and refusals (contract section 3)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.call import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable

JSON = {"Content-Type": "application/json;charset=UTF-8"}

# Exact texts of section 3.3; which of them belongs to which mistake is section 13.2's reading.
NOT_AUTHENTICATED = "User not authenticated"
INACTIVE = "Not authenticated"
OWNER_MISSING = "Not authenticated, not owner specified"
OWNER_INVALID = "Not authenticated, invalid owner"
USER_EMPTY = "User cannot be empty"

# Texts of ours: the vendor's are not known, and nobody may match on them.
RATE_LIMITED = "API rate limit exceeded"
VALIDATION_FAILED = "Validation failed"

STATUSES = {"auth": 401, "validation": 400, "route": 404}


class Refusal(Exception):
    """
    A request, or one row of it, that is answered with ``success: false``.

    :param text: the reason as ``message`` gives it
    :param field: name of the field it is about, for the ``values`` form
    :param kind: ``auth``, ``validation`` or ``route``; decides the status where statuses are used
    """

    def __init__(self, text: str, field: str | None = None, kind: str = "validation") -> None:
        super().__init__(text)
        self.text = text
        self.field = field
        self.kind = kind


def as_json(value: Any, status: int = 200) -> Reply:
    """Make a JSON reply."""
    return Reply(status, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), JSON)


def done(fields: dict[str, Any]) -> Reply:
    """Make the answer to a request that was carried out."""
    return as_json({"success": True, "message": [], **fields})


def refused(refusal: Refusal, fields: Iterable[str], error_status_mode: str, detail: str) -> Reply:
    """
    Make the answer to a request that was refused; the endpoint's own fields come as null.

    :param error_status_mode: ``body200`` or ``http4xx``
    :param detail: ``message``, or ``values`` for validation errors told field by field
    """
    status = STATUSES[refusal.kind] if error_status_mode == "http4xx" else 200
    in_values = detail == "values" and refusal.field is not None
    message = VALIDATION_FAILED if in_values else refusal.text
    values = {"values": {refusal.field: [refusal.text]}} if in_values else {}
    return as_json({"success": False, "message": [message], **dict.fromkeys(fields), **values}, status)
