# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What readers and staff do at SALESmanago (contract sections 5.6, 8 and 13.13)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from airflow_provider_marketsync.sandbox.errors import OrderError
from airflow_provider_marketsync.sandbox.salesmanago.account import Account
from airflow_provider_marketsync.sandbox.salesmanago.addresses import is_address
from airflow_provider_marketsync.sandbox.salesmanago.callbacks import KINDS
from airflow_provider_marketsync.sandbox.salesmanago.card import Card
from airflow_provider_marketsync.sandbox.salesmanago.changes import Writing, upsert
from airflow_provider_marketsync.sandbox.salesmanago.deletion import delete
from airflow_provider_marketsync.sandbox.salesmanago.detail import read_detail
from airflow_provider_marketsync.sandbox.salesmanago.moments import milliseconds
from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal

Act = Callable[[Account, Card, Mapping[str, Any]], None]
AccountAct = Callable[[Account, Mapping[str, Any]], None]


def _unsubscribe(account: Account, card: Card, order: Mapping[str, Any]) -> None:
    card.opted_out = True
    _status_changed(account, card)
    account.callbacks.fire("opt_out", card.email)


def _unsubscribe_phone(account: Account, card: Card, order: Mapping[str, Any]) -> None:
    card.opted_out_phone = True
    _status_changed(account, card)


def _resubscribe(account: Account, card: Card, order: Mapping[str, Any]) -> None:
    card.opted_out = card.awaits_confirmation = False
    _status_changed(account, card)
    account.callbacks.fire("opt_in", card.email)


def _confirm(account: Account, card: Card, order: Mapping[str, Any]) -> None:
    if not card.awaits_confirmation:
        raise OrderError("no confirmation mail is waiting for an answer")
    _resubscribe(account, card, order)


def _complain(account: Account, card: Card, order: Mapping[str, Any]) -> None:
    # How the vendor marks a complaint is not known; a card has no other flag that keeps mail away.
    _unsubscribe(account, card, order)


def _bounce(account: Account, card: Card, order: Mapping[str, Any]) -> None:
    if order.get("hard", True) is not True:
        return
    card.invalid = True
    _status_changed(account, card)


def _status_changed(account: Account, card: Card) -> None:
    if account.switches["unsubscribe_modifies"] == "yes":
        card.modified_at = account.now


def _visit(account: Account, card: Card, order: Mapping[str, Any]) -> None:
    card.last_visit = account.now


def _edit(account: Account, card: Card, order: Mapping[str, Any]) -> None:
    """Change a card in the panel: ``detail`` is an upsert detail; a status set there calls back."""
    detail = order.get("detail")
    if not isinstance(detail, dict):
        raise OrderError('edit takes "detail", an object in the words of contact/upsert')
    was_opted_out = card.opted_out
    writing = Writing(card.owner, account.now, "panel", double_opt_in=False, fires_events=False)
    try:
        upsert(account, read_detail({**detail, "contactId": card.id}, account.switches), writing)
    except Refusal as refusal:
        raise OrderError(refusal.text) from None
    if card.opted_out != was_opted_out:
        account.callbacks.fire("opt_out" if card.opted_out else "opt_in", card.email)


def _delete(account: Account, card: Card, order: Mapping[str, Any]) -> None:
    delete(account, card, permanently=order.get("permanently") is True)
    account.callbacks.fire("delete", card.email)


def _forget(account: Account, card: Card, order: Mapping[str, Any]) -> None:
    account.directory.remove(card)
    account.callbacks.fire("delete", card.email)


def _run_rule(account: Account, card: Card, order: Mapping[str, Any]) -> None:
    payload = {
        "id": str(uuid.uuid4()),
        "name": str(order.get("name", "Rule")),
        "contactId": card.id,
        "description": "Rule executed",
        "email": card.email,
        "phone": card.texts.get("phone"),
        "company": card.texts.get("company"),
    }
    account.callbacks.fire("rule", card.email, payload)


def _set_callback(account: Account, order: Mapping[str, Any]) -> None:
    kind = str(order.get("on"))
    if kind not in KINDS:
        raise OrderError(f"unknown callback {kind!r}", {"on": list(KINDS)})
    try:
        account.callbacks.set(kind, str(order.get("url")), str(order.get("login") or ""))
    except ValueError:
        raise OrderError('"url" is an http address of this machine') from None


def _create_consent(account: Account, order: Mapping[str, Any]) -> None:
    account.consent_names.add(_given(order, "name"))


def _add_user(account: Account, order: Mapping[str, Any]) -> None:
    account.users.append(_given(order, "user"))


def _given(order: Mapping[str, Any], name: str) -> str:
    if not order.get(name):
        raise OrderError(f'this act takes "{name}"')
    return str(order[name])


def _subscribe(account: Account, order: Mapping[str, Any]) -> None:
    """Fill in the vendor's form: whoever does is opted in, and created where there was no card."""
    email = str(order.get("email"))
    if not is_address(email):
        raise OrderError('subscribe takes "email", an address')
    detail = {"contact": {"name": order.get("name"), "email": email}, "forceOptIn": True}
    writing = Writing(account.users[0], account.now, "form", double_opt_in=False, fires_events=False)
    card = upsert(account, read_detail(detail, account.switches), writing)
    card.opted_out = False
    account.callbacks.fire("opt_in", card.email)


ACTS: dict[str, Act] = {
    "unsubscribe": _unsubscribe,
    "unsubscribe_phone": _unsubscribe_phone,
    "resubscribe": _resubscribe,
    "confirm": _confirm,
    "complain": _complain,
    "bounce": _bounce,
    "visit": _visit,
    "edit": _edit,
    "delete": _delete,
    "forget": _forget,
    "run_rule": _run_rule,
}
ACCOUNT_ACTS: dict[str, AccountAct] = {
    "subscribe": _subscribe,
    "set_callback": _set_callback,
    "create_consent": _create_consent,
    "add_user": _add_user,
}


def act(account: Account, order: Mapping[str, Any]) -> dict[str, Any]:
    """
    Do one act to one contact, or to the account.

    :raises OrderError: unknown action or contact
    """
    action, email = str(order.get("action")), str(order.get("email"))
    done = {"action": action, "email": order.get("email"), "time": milliseconds(account.now, "millisecond")}
    if action in ACCOUNT_ACTS:
        ACCOUNT_ACTS[action](account, order)
        return done
    if action not in ACTS:
        raise OrderError(f"unknown action {action!r}", {"actions": sorted([*ACTS, *ACCOUNT_ACTS])})
    card = account.directory.find(email)
    if card is None:
        raise OrderError(f"no contact {email!r}", status=404)
    ACTS[action](account, card, order)
    return done
