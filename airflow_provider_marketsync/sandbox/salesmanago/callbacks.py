# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Pushes from the service: callbacks and the webhook of a rule (contract section 8.6, ways 4 and 5)."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import threading
from typing import Any
from urllib.parse import quote, urlsplit

KINDS = ("opt_in", "opt_out", "delete", "rule")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TIMEOUT = 5.0
_DIGEST = re.compile(r"sha1\(([^)]*)\)")


def filled_in(address: str, email: str) -> str:
    """Put the address of a person into a callback's address; ``sha1(...)`` becomes the digest of what stands in it."""

    def digest(found: re.Match[str]) -> str:
        plain = found[1].replace("$email$", email)
        return hashlib.sha1(plain.encode()).hexdigest()  # noqa: S324 -- the vendor's own scheme

    return _DIGEST.sub(digest, address).replace("$email$", quote(email, safe=""))


class Callbacks:
    """The addresses set in the vendor's panel, and what was sent to them."""

    def __init__(self) -> None:
        self._addresses: dict[str, str] = {}
        self._logins: dict[str, str] = {}
        self._entries: list[dict[str, Any]] = []

    def set(self, kind: str, address: str, login: str) -> None:
        """
        Set an address.

        :param login: ``user:password`` for HTTP Basic; empty = none
        :raises ValueError: it is no HTTP address of this machine, the only one the sandbox calls
        """
        parts = urlsplit(address)
        # Asking for the port raises ValueError where it is none.
        if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.port == 0:
            raise ValueError(address)
        self._addresses[kind] = address
        self._logins.pop(kind, None)
        if login:
            self._logins[kind] = login

    def fire(self, kind: str, email: str, payload: dict[str, Any] | None = None) -> None:
        """Call the address of this kind, if there is one; nobody waits for the answer."""
        if kind not in self._addresses:
            return
        entry: dict[str, Any] = {"kind": kind, "email": email, "status": None}
        self._entries.append(entry)
        address = filled_in(self._addresses[kind], email)
        headers = self._headers(kind)
        threading.Thread(target=_send, args=(address, payload, headers, entry), daemon=True).start()

    def _headers(self, kind: str) -> dict[str, str]:
        if kind not in self._logins:
            return {}
        return {"Authorization": "Basic " + base64.b64encode(self._logins[kind].encode()).decode()}

    def entries(self) -> list[dict[str, Any]]:
        """Everything that was sent, with the status that came back; null while waiting, 0 where none came."""
        return [dict(entry) for entry in self._entries]


def _send(address: str, payload: dict[str, Any] | None, headers: dict[str, str], entry: dict[str, Any]) -> None:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        if payload is None:
            connection.request("GET", target, headers=headers)
        else:
            body = json.dumps(payload, ensure_ascii=False).encode()
            connection.request("POST", target, body, {"Content-Type": "application/json;charset=UTF-8", **headers})
        entry["status"] = connection.getresponse().status
    except (OSError, ValueError, http.client.HTTPException):
        entry["status"] = 0
    finally:
        connection.close()
