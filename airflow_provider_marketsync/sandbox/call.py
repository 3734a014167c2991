# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One request and one reply, free of the web library."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Call:
    """
    One request as it came in.

    :param method: verb, upper case
    :param path: decoded path without query
    :param query_string: raw query without the question mark
    :param headers: header names in lower case
    :param body: whole body, decompressed
    :param peer: address of the caller, for limits per IP
    """

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    peer: str

    @property
    def query(self) -> list[tuple[str, str]]:
        """Name and value pairs of the query, in order, blank values kept."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    @property
    def content_type(self) -> str:
        """Media type of the body, lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def account_label(self) -> str | None:
        """First label of the Host header; None where the Host is an IP address or localhost."""
        host = self.headers.get("host", "")
        if host.startswith("["):
            return None
        name = host.partition(":")[0].lower()
        if not name or name == "localhost" or name.replace(".", "").isdigit():
            return None
        return name.partition(".")[0]


@dataclass(frozen=True)
class Reply:
    """
    What goes back.

    :param body: bytes, or an iterable of bytes that is streamed and never held whole
    :param delay: seconds to wait before the first byte; the work is done by then
    :param breaks_off: the vendor resets the connection instead of answering
    """

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    breaks_off: bool = False

    def whole(self) -> Reply:
        """Give the same reply with its body in one piece."""
        return replace(self, body=self.content)

    @property
    def content(self) -> bytes:
        """The body in one piece; a streamed body is used up by it."""
        return self.body if isinstance(self.body, bytes) else b"".join(self.body)
