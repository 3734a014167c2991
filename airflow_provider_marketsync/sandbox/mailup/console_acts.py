# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the staff does in MailUp's console, where no API reaches (contract sections 3.1, 4.1 and 8)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from airflow_provider_marketsync.sandbox.errors import OrderError
from airflow_provider_marketsync.sandbox.mailup.account import Account
from airflow_provider_marketsync.sandbox.mailup.field_names import MOST_FIELDS
from airflow_provider_marketsync.sandbox.mailup.webhooks import (
    EVENTS,
    PLACEHOLDER,
    PLACEHOLDERS,
    SOURCES,
    USUAL_PARAMETERS,
    Webhook,
)

Order = Mapping[str, Any]
ConsoleAct = Callable[[Account, Order], dict[str, Any]]


def _add_webhook(account: Account, order: Order) -> dict[str, Any]:
    number = max(account.webhooks, default=0) + 1
    list_id, method = order.get("idList", 1), str(order.get("method", "POST")).upper()
    if list_id not in account.lists or method not in ("GET", "POST"):
        raise OrderError("a webhook has a list that is there, and the method GET or POST")
    account.webhooks[number] = Webhook(
        number,
        list_id,
        _loopback(str(order.get("url"))),
        method,
        frozenset(_words(order.get("events", EVENTS), EVENTS)),
        frozenset(_words(order.get("sources", SOURCES), SOURCES)),
        _parameters(order.get("parameters", USUAL_PARAMETERS)),
        str(order.get("key", "")),
    )
    return {"id": number}


def _loopback(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if parts.scheme != "http" or not is_loopback:
        raise OrderError("the sandbox calls http URLs on this machine only, such as http://127.0.0.1:8000/hook")
    return url


def _words(given: Iterable[str], known: tuple[str, ...]) -> list[str]:
    words = list(given)
    if not set(words) <= set(known):
        raise OrderError("unknown event or source", {"allowed": list(known)})
    return words


def _parameters(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise OrderError("parameters are an object of names and placeholders", {"placeholders": sorted(PLACEHOLDERS)})
    unknown = {name for pattern in given.values() for name in PLACEHOLDER.findall(str(pattern))} - PLACEHOLDERS
    if unknown:
        raise OrderError(f"unknown placeholders {sorted(unknown)}", {"placeholders": sorted(PLACEHOLDERS)})
    return {str(name): str(pattern) for name, pattern in given.items()}


def _remove_webhook(account: Account, order: Order) -> dict[str, Any]:
    if account.webhooks.pop(order.get("id", 0), None) is None:
        raise OrderError("no such webhook", {"webhooks": sorted(account.webhooks)}, status=404)
    return {}


def _service(account: Account, order: Order) -> set[str]:
    name = str(order.get("service", "FrontEnd"))
    if name not in account.allowed:
        raise OrderError(f"unknown service {name!r}", {"services": sorted(account.allowed)})
    return account.allowed[name]


def _allow_address(account: Account, order: Order) -> dict[str, Any]:
    _service(account, order).add(str(order.get("address")))
    return {}


def _forbid_address(account: Account, order: Order) -> dict[str, Any]:
    _service(account, order).discard(str(order.get("address")))
    return {}


def _register_application(account: Account, order: Order) -> dict[str, Any]:
    client_id, secret = account.applications.register()
    return {"client_id": client_id, "client_secret": secret}


def _revoke_tokens(account: Account, order: Order) -> dict[str, Any]:
    account.applications.revoke_all()
    return {}


def _name_fields(account: Account, order: Order) -> dict[str, Any]:
    fields = order.get("fields")
    if not isinstance(fields, dict) or not all(number.isdigit() and 1 <= int(number) <= MOST_FIELDS for number in fields):
        raise OrderError(f'name_fields takes "fields", an object of ids ("1" to "{MOST_FIELDS}") and names')
    account.fields.update({int(number): str(name) for number, name in fields.items()})
    account.fields = dict(sorted(account.fields.items()))
    return {}


CONSOLE_ACTS: dict[str, ConsoleAct] = {
    "add_webhook": _add_webhook,
    "remove_webhook": _remove_webhook,
    "allow_address": _allow_address,
    "forbid_address": _forbid_address,
    "register_application": _register_application,
    "revoke_tokens": _revoke_tokens,
    "name_fields": _name_fields,
}
