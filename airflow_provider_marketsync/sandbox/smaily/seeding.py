# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Subscribers put in from the control port, as if they had been there for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.errors import OrderError
from airflow_provider_marketsync.sandbox.people import person
from airflow_provider_marketsync.sandbox.smaily.contact import RESERVED_FIELDS, SYSTEM_FIELDS, Contact
from airflow_provider_marketsync.sandbox.smaily.moments import DAY, NEVER, moment, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_provider_marketsync.sandbox.smaily.account import Account

_OPTED_OUT_ONE_IN = 25
_ONLY_IN_STORE = frozenset({"mailable"})
_NUMBERS = ("total_opens", "total_clicks")


def seed_records(account: Account, records: Iterable[Any]) -> int:
    """
    Put records in, in Smaily's own words; one with the same address is replaced.

    Stamps inside the last 30 days also write their ``create`` or ``optout`` row.

    :return: how many
    :raises OrderError: a record has no address; nothing is put in
    """
    contacts = [_contact(account, record) for record in records]
    for contact in contacts:
        account.directory.add(contact)
        _write_history(account, contact)
    return len(contacts)


def seed_people(account: Account, count: int, seed: int) -> int:
    """
    Put made people in; the same seed makes the same people at every vendor.

    :return: how many
    """
    long_ago, later = _stamp_before(account, 400), _stamp_before(account, 100)
    for number in range(count):
        one = person(seed, number)
        fields = {"first_name": one.first_name, "last_name": one.last_name, "city": one.city}
        contact = Contact(one.email, fields, created_at=long_ago, subscribed_at=long_ago, modified_at=long_ago)
        if one.dice >> 50 < (1 << 14) // _OPTED_OUT_ONE_IN:
            contact.is_unsubscribed, contact.unsubscribed_at = True, later
        account.directory.add(contact)
    return count


def _stamp_before(account: Account, days: int) -> str:
    return moment(account.now.at - days * DAY).stamp


def _contact(account: Account, record: Any) -> Contact:
    if not isinstance(record, dict) or not isinstance(record.get("email"), str) or "@" not in record["email"]:
        raise OrderError('every record is an object with the key "email"')
    contact = Contact(record["email"].strip(), _custom_fields(record))
    contact.is_unsubscribed = _flag(record, "is_unsubscribed")
    contact.is_deleted = _flag(record, "is_deleted")
    contact.created_at = _stamp_before(account, 400)
    contact.unsubscribed_at = _stamp_before(account, 100) if contact.is_unsubscribed else NEVER
    for name in SYSTEM_FIELDS:
        if record.get(name) is not None:
            value = record[name]
            setattr(contact, name, int(value) if name in _NUMBERS else str(value))
    contact.subscribed_at = str(record.get("subscribed_at") or contact.created_at)
    contact.modified_at = str(record.get("modified_at") or contact.created_at)
    return contact


def _custom_fields(record: Mapping[str, Any]) -> dict[str, str]:
    if _flag(record, "is_deleted"):
        return {}
    known = {*RESERVED_FIELDS, *SYSTEM_FIELDS, *_ONLY_IN_STORE}
    return {name: "" if value is None else str(value) for name, value in record.items() if name not in known}


def _flag(record: Mapping[str, Any], name: str) -> bool:
    return str(record.get(name, 0)).lower() in {"1", "true"}


def _write_history(account: Account, contact: Contact) -> None:
    stamps = [("create", contact.created_at)]
    if contact.is_unsubscribed:
        stamps.append(("optout", contact.unsubscribed_at))
    for action, stamp in stamps:
        if stamp == NEVER:
            continue
        try:
            when = moment_of(stamp)
        except ValueError:
            raise OrderError(f"stamps have the form YYYY-MM-DD HH:MM:SS, not {stamp!r}") from None
        if when.at >= account.oldest:
            account.log.add(when, contact.email, action)
