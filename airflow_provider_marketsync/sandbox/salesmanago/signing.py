# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Who may ask: the digest, and the owner (contract sections 2 and 13.2)."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.replies import (
    INACTIVE,
    NOT_AUTHENTICATED,
    OWNER_INVALID,
    OWNER_MISSING,
    Refusal,
)
from airflow_provider_marketsync.sandbox.salesmanago.values import text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_provider_marketsync.sandbox.salesmanago.account import Account

CLIENT_ID = "demo-client-01"
API_SECRET = "demo-secret-01"  # noqa: S105 -- the made credentials of the sample requests
PASSWORD = "s3cret"  # noqa: S105 -- made, for the temporary authorisation
EARLIEST, LATEST = 946_684_800_000, 4_102_444_800_000  # 2000 and 2100, in milliseconds
TOKEN_LASTS = 86_400.0


def digest(api_key: str, client_id: str, secret: str) -> str:
    """Sign: SHA-1 over the UTF-8 bytes of the three, in this order, as small hex."""
    return hashlib.sha1((api_key + client_id + secret).encode()).hexdigest()  # noqa: S324 -- the vendor's own scheme


def check_signature(account: Account, body: Mapping[str, Any]) -> None:
    """
    Check client, digest and time.

    :raises Refusal: one of them is wrong, or the account is inactive
    """
    api_key, client_id, sha = (body.get(name) for name in ("apiKey", "clientId", "sha"))
    if not (isinstance(api_key, str) and api_key and isinstance(sha, str) and client_id == CLIENT_ID):
        raise Refusal(NOT_AUTHENTICATED, kind="auth")
    if not any(hmac.compare_digest(digest(api_key, CLIENT_ID, secret).encode(), sha.encode()) for secret in _secrets(account)):
        raise Refusal(NOT_AUTHENTICATED, kind="auth")
    if not _is_time(body.get("requestTime"), account.switches["request_time"]):
        raise Refusal(NOT_AUTHENTICATED, kind="auth")
    if account.switches["account_state"] == "inactive":
        raise Refusal(INACTIVE, kind="auth")


def _secrets(account: Account) -> list[str]:
    # A temporary token stands in for the secret until its end (section 2.1).
    return [API_SECRET, *(token for token, end in account.tokens.items() if end > account.now)]


def _is_time(given: Any, mode: str) -> bool:
    if isinstance(given, bool):
        return False
    if mode == "strict":
        return isinstance(given, int) and EARLIEST <= given < LATEST
    return isinstance(given, (int, float)) or (isinstance(given, str) and given.isdecimal())


def owner_in(account: Account, body: Mapping[str, Any], *, required: bool) -> str:
    """
    Read the owner a request names; empty where it may be left out and is.

    :raises Refusal: it is missing, or no user of the account
    """
    given = text_in(body, "owner")
    if given is None:
        if required:
            raise Refusal(OWNER_MISSING, kind="auth")
        return ""
    user = account.user(given)
    if user is None:
        raise Refusal(OWNER_INVALID, kind="auth")
    return user
