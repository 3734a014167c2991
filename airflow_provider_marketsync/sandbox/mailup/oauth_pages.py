# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The OAuth2 pages: three grants, and errors in a shape of their own (contract section 4.1)."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.mailup.account import CONSOLE_ID
from airflow_provider_marketsync.sandbox.mailup.replies import as_json, error_reply

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.mailup.account import Account

USERNAME = f"m{CONSOLE_ID}"
PASSWORD = "made-password"  # noqa: S105 -- the made credentials of the samples

Form = dict[str, str]


class _Denied(Exception):
    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error, self.description = error, description


def oauth_page(account: Account, call: Call, name: str) -> Reply:
    """Answer one of the pages under ``/Authorization/OAuth/``."""
    if name == "Token" and call.method in ("GET", "POST"):
        return _token(account, call)
    if name in ("LogOn", "Authorization") and call.method == "GET":
        return _log_on(account, call)
    return error_reply(404, "Resource not found")


def _form(call: Call) -> Form:
    pairs = [*call.query, *parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)]
    return {**_basic(call), **dict(pairs)}


def _basic(call: Call) -> Form:
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client_id, _, secret = base64.b64decode(token, validate=True).decode("utf-8", "replace").partition(":")
    except binascii.Error:
        return {}
    return {"client_id": client_id, "client_secret": secret}


def _log_on(account: Account, call: Call) -> Reply:
    # The user of the demo account is taken to be there and to agree.
    form = _form(call)
    client_id, target = form.get("client_id", ""), form.get("redirect_uri", "")
    if client_id not in account.applications.secrets or not target:
        return error_reply(400, "Parameter client_id or redirect_uri is not valid")
    joint = "&" if "?" in target else "?"
    code = account.applications.new_code(client_id)
    return Reply(302, b"", {"Location": f"{target}{joint}{urlencode({'code': code})}"})


def _token(account: Account, call: Call) -> Reply:
    form = _form(call)
    try:
        return _granted(account, form)
    except _Denied as denied:
        status = int(account.switches["token_error_status"])
        return as_json({"error": denied.error, "error_description": denied.description}, status)


def _granted(account: Account, form: Form) -> Reply:
    grant = GRANTS.get(form.get("grant_type", ""))
    if grant is None:
        raise _Denied("unsupported_grant_type", "Grant type is not supported")
    # The samples of the code grant send the code alone.
    if grant is not _by_code or "client_secret" in form:
        _check_client(account, form.get("client_id", ""), form.get("client_secret", ""))
    grant(account, form)
    lifetime, refresh_lifetime = int(account.switches["token_lifetime"]), float(account.switches["refresh_lifetime"])
    ends = account.now + refresh_lifetime if refresh_lifetime else None
    access, refresh = account.applications.issue(form["client_id"], account.now + lifetime, ends)
    status = int(account.switches["password_grant_status"]) if grant is _by_password else 200
    return as_json({"access_token": access, "expires_in": lifetime, "refresh_token": refresh}, status)


def _check_client(account: Account, client_id: str, secret: str) -> None:
    if not account.applications.knows(client_id, secret):
        raise _Denied("invalid_client", "Client credentials are invalid")


def _by_password(account: Account, form: Form) -> None:
    given = f"{form.get('username', '')}:{form.get('password', '')}".encode()
    if not hmac.compare_digest(given, f"{USERNAME}:{PASSWORD}".encode()):
        raise _Denied("invalid_grant", "Username or password is invalid")


def _by_refresh(account: Account, form: Form) -> None:
    keep = account.switches["refresh_rotation"] == "old_lives"
    token = form.get("refresh_token", "")
    if not account.applications.takes_refresh(token, form.get("client_id", ""), account.now, keep):
        raise _Denied("invalid_grant", "Refresh token is invalid")


def _by_code(account: Account, form: Form) -> None:
    owner = account.applications.takes_code(form.get("code", ""))
    if owner is None or form.setdefault("client_id", owner) != owner:
        raise _Denied("invalid_grant", "Authorization code is invalid")


GRANTS: dict[str, Callable[[Account, Form], None]] = {
    "password": _by_password,
    "refresh_token": _by_refresh,
    "authorization_code": _by_code,
}
