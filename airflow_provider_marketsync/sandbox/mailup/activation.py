# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``WSActivation.aspx``: a caller registers its own address (contract section 3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.mailup.frontend_form import PageForm

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.mailup.account import Account

SOAP_PASSWORD = "made-soap-password"  # noqa: S105 -- made credentials
MISSING = {"ws_name": -2, "usr": -4, "pwd": -8, "nl_url": -16}
UNRECOGNISED, ACCOUNT_INVALID, PASSWORD_INVALID, ALREADY_ACTIVE = -1000, -1001, -1002, -1008
ENVELOPE = (
    '<?xml version="1.0" encoding="windows-1252" ?>'
    "<mailupMessage><mailupBody><ReturnCode>{}</ReturnCode></mailupBody></mailupMessage>"
)


def activate(account: Account, call: Call) -> Reply:
    """Register the caller's address for the HTTP API or the SOAP import."""
    code = _code(account, PageForm(account, call), call.peer)
    if account.switches["activation_answer"] == "number":
        return Reply(200, f"{code}\r\n".encode(), {"Content-Type": "text/html; charset=utf-8"})
    return Reply(200, ENVELOPE.format(code).encode(), {"Content-Type": "text/xml"})


def _code(account: Account, form: PageForm, peer: str) -> int:
    missing = [code for name, code in MISSING.items() if not form.text(name)]
    if missing:
        return sum(missing) if account.switches["activation_missing"] == "summed" else missing[0]
    if form.text("usr") != f"a{account.console_id}":
        return ACCOUNT_INVALID
    if form.text("pwd") != SOAP_PASSWORD:
        return PASSWORD_INVALID
    allowed = account.allowed.get(form.text("ws_name"))
    if allowed is None:
        return UNRECOGNISED
    if peer in allowed:
        return ALREADY_ACTIVE
    if account.switches["activation_takes_effect"] == "yes":
        allowed.add(peer)
    return 0
