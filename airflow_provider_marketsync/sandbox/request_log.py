# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What came in, without secrets."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_provider_marketsync.sandbox.call import Call

MASK = "***"
SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-directo-key", "x-api-key"})
SECRET_PARAMETERS = frozenset(
    {"key", "appkey", "token", "access_token", "apikey", "api_key", "secret", "client_secret", "password", "refresh_token", "pwd"}
)
KEPT = 50_000


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Give the headers with every secret value replaced; its presence still shows."""
    return {name: MASK if name in SECRET_HEADERS else value for name, value in headers.items()}


def masked_parameters(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give name and value pairs with every secret value replaced."""
    return [(name, MASK if name.lower() in SECRET_PARAMETERS else value) for name, value in pairs]


def masked_path(call: Call) -> str:
    """Give path and query with every secret value replaced."""
    if not call.query_string:
        return call.path
    if all(name.lower() not in SECRET_PARAMETERS for name, _ in call.query):
        return f"{call.path}?{call.query_string}"
    return f"{call.path}?{urlencode(masked_parameters(call.query), safe=MASK)}"


class RequestLog:
    """The latest requests of one vendor."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)

    def begin(self, call: Call, at: str, remarks: Mapping[str, Any]) -> dict[str, Any]:
        """
        Write a request down; ``status`` stays null until something was answered.

        :param at: time on the sandbox's clock
        :param remarks: what the vendor makes out of the body, such as the number of rows
        """
        entry = {
            "method": call.method,
            "path": masked_path(call),
            "headers": masked_headers(call.headers),
            "body_size": len(call.body),
            "time": at,
            "status": None,
            "fault": None,
            "peer": call.peer,
            **remarks,
        }
        self._entries.append(entry)
        return entry

    def __len__(self) -> int:
        return len(self._entries)

    def entries(self) -> list[dict[str, Any]]:
        """All kept requests, oldest first."""
        return list(self._entries)

    def clear(self) -> None:
        """Forget them."""
        self._entries.clear()
