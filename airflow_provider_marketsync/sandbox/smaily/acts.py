# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What readers and staff do at Smaily."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from airflow_provider_marketsync.sandbox.errors import OrderError
from airflow_provider_marketsync.sandbox.smaily.account import Account
from airflow_provider_marketsync.sandbox.smaily.campaigns import DEMO_CAMPAIGN
from airflow_provider_marketsync.sandbox.smaily.changes import delete, edit, opt_in, opt_out, upsert
from airflow_provider_marketsync.sandbox.smaily.contact import Contact
from airflow_provider_marketsync.sandbox.smaily.rows import Row

OPTED_OUT_BY_MAIL = "1001"
REPORTED_SPAM = "1002"

Act = Callable[[Account, Contact, Mapping[str, Any]], None]


def _campaign_of(account: Account, order: Mapping[str, Any]) -> int:
    number = order.get("campaign_id", DEMO_CAMPAIGN)
    if number not in account.campaigns:
        raise OrderError(f"no campaign {number!r}", {"campaigns": sorted(account.campaigns)})
    return int(number)


def _unsubscribe(account: Account, contact: Contact, order: Mapping[str, Any]) -> None:
    number, now = _campaign_of(account, order), account.now
    contact.last_response_code, contact.last_response_at = OPTED_OUT_BY_MAIL, now.stamp
    account.campaigns[number].unsubscribed.add(contact.email.lower())
    opt_out(account, contact, now)
    account.log.add(now, contact.email, "optout", campaign_id=number)


def _complain(account: Account, contact: Contact, order: Mapping[str, Any]) -> None:
    number, now = _campaign_of(account, order), account.now
    contact.last_response_code, contact.last_response_at = REPORTED_SPAM, now.stamp
    account.campaigns[number].complaints += 1
    opt_out(account, contact, now)
    account.log.add(now, contact.email, "complaint", campaign_id=number)


def _bounce(account: Account, contact: Contact, order: Mapping[str, Any]) -> None:
    number, now = _campaign_of(account, order), account.now
    contact.last_response_code, contact.last_response_at = str(order.get("code", "550")), now.stamp
    account.campaigns[number].bounces += 1
    account.directory.touched(contact)
    account.log.add(now, contact.email, "bounce", contact.last_response_code, number)


def _open(account: Account, contact: Contact, order: Mapping[str, Any]) -> None:
    contact.total_opens += 1
    contact.last_open_at = account.now.stamp
    account.directory.touched(contact)
    account.log.add(account.now, contact.email, "view", "", _campaign_of(account, order))


def _click(account: Account, contact: Contact, order: Mapping[str, Any]) -> None:
    contact.total_clicks += 1
    contact.last_click_at = account.now.stamp
    account.directory.touched(contact)
    url = str(order.get("url", "https://pood.example.com/"))
    account.log.add(account.now, contact.email, "click", url, _campaign_of(account, order))


def _resubscribe(account: Account, contact: Contact, order: Mapping[str, Any]) -> None:
    if contact.is_unsubscribed:
        opt_in(account, contact, account.now)


def _edit(account: Account, contact: Contact, order: Mapping[str, Any]) -> None:
    fields = order.get("fields")
    if not isinstance(fields, dict):
        raise OrderError('edit takes "fields", an object of names and values')
    edit(account, contact, {name: str(value) for name, value in fields.items()}, account.now)


def _delete(account: Account, contact: Contact, order: Mapping[str, Any]) -> None:
    delete(account, contact, account.now)


def _forget(account: Account, contact: Contact, order: Mapping[str, Any]) -> None:
    account.directory.remove(contact.email)
    account.log.forget({contact.email.lower()})


ACTS: dict[str, Act] = {
    "unsubscribe": _unsubscribe,
    "complain": _complain,
    "bounce": _bounce,
    "open": _open,
    "click": _click,
    "resubscribe": _resubscribe,
    "edit": _edit,
    "delete": _delete,
    "forget": _forget,
}


def act(account: Account, order: Mapping[str, Any]) -> dict[str, Any]:
    """
    Do one act to one subscriber; ``subscribe`` makes a new one by form.

    :raises OrderError: unknown action or subscriber
    """
    action, email = str(order.get("action")), str(order.get("email"))
    account.settle_all()
    if action == "subscribe":
        fields = {name: str(value) for name, value in dict(order.get("fields") or {}).items()}
        upsert(account, Row(email, False, None, fields), account.now)
        return {"action": action, "email": email, "time": account.now.stamp}
    if action not in ACTS:
        raise OrderError(f"unknown action {action!r}", {"actions": sorted([*ACTS, "subscribe"])})
    contact = account.directory.visible(email)
    if contact is None:
        raise OrderError(f"no subscriber {email!r}", status=404)
    ACTS[action](account, contact, order)
    return {"action": action, "email": email, "time": account.now.stamp}
