# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What recipients do at MailUp; the table of every act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from airflow_provider_marketsync.sandbox.errors import OrderError
from airflow_provider_marketsync.sandbox.mailup import console_acts, file_acts
from airflow_provider_marketsync.sandbox.mailup.account import Account
from airflow_provider_marketsync.sandbox.mailup.changes import (
    COMPLAINT,
    CONSOLE,
    HARD_BOUNCE,
    PERSON,
    Cause,
    bounce,
    remove_from_account,
    remove_from_list,
    request,
    subscribe,
    tell_new_address,
    tell_profile,
    unsubscribe,
)
from airflow_provider_marketsync.sandbox.mailup.moments import utc_stamp
from airflow_provider_marketsync.sandbox.mailup.people import KeyMismatch
from airflow_provider_marketsync.sandbox.mailup.recipient import PENDING, Place, Recipient

PersonAct = Callable[[Account, Place, Recipient, Mapping[str, Any]], None]
CLICKED = "2"


def _cause(account: Account, order: Mapping[str, Any]) -> Cause:
    source = str(order.get("source", PERSON))
    if source not in (PERSON, CONSOLE):
        raise OrderError(f"unknown source {source!r}", {"sources": [PERSON, CONSOLE]})
    return Cause(source, account.now, ip="192.0.2.10" if source == PERSON else None)


def _subscribe(account: Account, place: Place, recipient: Recipient, order: Mapping[str, Any]) -> None:
    subscribe(account, place, recipient, _cause(account, order))


def _request(account: Account, place: Place, recipient: Recipient, order: Mapping[str, Any]) -> None:
    request(account, place, recipient, _cause(account, order))


def _confirm(account: Account, place: Place, recipient: Recipient, order: Mapping[str, Any]) -> None:
    membership = account.membership(place, recipient)
    if membership is None or membership.status != PENDING:
        raise OrderError("there is nothing to confirm", status=409)
    subscribe(account, place, recipient, _cause(account, order))


def _unsubscribe(account: Account, place: Place, recipient: Recipient, order: Mapping[str, Any]) -> None:
    cause = _cause(account, order)
    message = order.get("message")
    reason = str(order.get("reason", CLICKED if cause.source == PERSON else "0"))
    if not reason.isdigit():
        raise OrderError("a reason is a code of digits, such as 2 or 81")
    unsubscribe(account, place, recipient, cause, reason, None if message is None else int(message))


def _bounce(account: Account, place: Place, recipient: Recipient, order: Mapping[str, Any]) -> None:
    bounce(account, recipient, _cause(account, order), str(order.get("reason", HARD_BOUNCE)))


def _complain(account: Account, place: Place, recipient: Recipient, order: Mapping[str, Any]) -> None:
    unsubscribe(account, place, recipient, _cause(account, order), str(order.get("reason", COMPLAINT)))


def _edit(account: Account, place: Place, recipient: Recipient, order: Mapping[str, Any]) -> None:
    numbers = {name: number for number, name in account.fields.items()}
    fields = order.get("fields", {})
    if not isinstance(fields, dict) or not fields.keys() <= numbers.keys():
        raise OrderError('edit takes "fields", an object of names and values', {"fields": sorted(numbers)})
    recipient.fields.update({numbers[name]: str(value) for name, value in fields.items()})
    recipient.name = str(order.get("name", recipient.name))
    tell_profile(account, recipient, _cause(account, order))


def _change_address(account: Account, place: Place, recipient: Recipient, order: Mapping[str, Any]) -> None:
    try:
        tell_new_address(account, recipient, str(order["new_email"]), _cause(account, order))
    except (KeyMismatch, KeyError):
        raise OrderError('change_address takes "new_email", an address that is free') from None


def _delete(account: Account, place: Place, recipient: Recipient, order: Mapping[str, Any]) -> None:
    remove_from_list(account, place.list_id, recipient, _cause(account, {"source": CONSOLE, **order}))


def _forget(account: Account, place: Place, recipient: Recipient, order: Mapping[str, Any]) -> None:
    remove_from_account(account, recipient, _cause(account, {"source": CONSOLE, **order}))


PERSON_ACTS: dict[str, PersonAct] = {
    "subscribe": _subscribe,
    "request": _request,
    "confirm": _confirm,
    "unsubscribe": _unsubscribe,
    "bounce": _bounce,
    "complain": _complain,
    "edit": _edit,
    "change_address": _change_address,
    "delete": _delete,
    "forget": _forget,
}
OTHER_ACTS = {**console_acts.CONSOLE_ACTS, **file_acts.FILE_ACTS}
ACTS = (*PERSON_ACTS, *OTHER_ACTS)
_BY_FORM = ("subscribe", "request")


def act(account: Account, order: Mapping[str, Any]) -> dict[str, Any]:
    """
    Do one act.

    :raises OrderError: unknown action, recipient or list
    """
    action = str(order.get("action"))
    if action in OTHER_ACTS:
        return {"action": action, **OTHER_ACTS[action](account, order)}
    if action not in PERSON_ACTS:
        raise OrderError(f"unknown action {action!r}", {"actions": sorted(ACTS)})
    email, list_id = str(order.get("email")), order.get("idList", 1)
    if list_id not in account.lists:
        raise OrderError(f"no list {list_id!r}", {"lists": sorted(account.lists)})
    PERSON_ACTS[action](account, Place(int(list_id)), _whom(account, action, email), order)
    return {"action": action, "email": email, "time": utc_stamp(account.now)}


def _whom(account: Account, action: str, email: str) -> Recipient:
    found = account.people.by_email(email)
    if found is None and action in _BY_FORM:
        found = account.people.add()
        account.people.rename(found, email)
    if found is None:
        raise OrderError(f"no recipient {email!r}", status=404)
    return found
