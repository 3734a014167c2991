# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Contacts put in from the control port, as if they had been there for long."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.errors import OrderError
from airflow_provider_marketsync.sandbox.people import person
from airflow_provider_marketsync.sandbox.salesmanago.account import OWNER
from airflow_provider_marketsync.sandbox.salesmanago.card import Card
from airflow_provider_marketsync.sandbox.salesmanago.changes import write_profile
from airflow_provider_marketsync.sandbox.salesmanago.detail import read_detail
from airflow_provider_marketsync.sandbox.salesmanago.moments import DAY
from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_provider_marketsync.sandbox.salesmanago.account import Account

_OPTED_OUT_ONE_IN = 25
_FLAGS = {"optedOut": "opted_out", "optedOutPhone": "opted_out_phone", "deleted": "deleted", "invalid": "invalid"}
_STAMPS = {"createdOn": "created_at", "modifiedOn": "modified_at", "lastVisit": "last_visit"}
_CONTACT = ("email", "name", "phone", "fax", "company", "externalId", "state", "address")
_BESIDE = ("province", "lang", "birthday", "tags", "properties", "dictionaryProperties", "consentDetails")
_OWN = ("id", "contactId", "mainContactOwner", "score")
KEYS = frozenset((*_CONTACT, *_BESIDE, *_OWN, *_FLAGS, *_STAMPS))


def seed_records(account: Account, records: Iterable[Any]) -> int:
    """
    Put cards in; one with the same address is replaced.

    A record has the keys of a card as the vendor writes and reads them: ``email``, ``name``, ``address``, ``tags``,
    ``properties``, ``birthday``, ``optedOut``, ``mainContactOwner``, ``createdOn`` (milliseconds) and so on.

    :return: how many
    :raises OrderError: a record is not understood; nothing is put in
    """
    cards = [_card(account, record) for record in records]
    for card in cards:
        account.directory.add(card)
        account.dictionary.update({name: kind for name, (kind, _) in card.dictionary.items()})
    return len(cards)


def seed_people(account: Account, count: int, seed: int) -> int:
    """
    Put made people in; the same seed makes the same people at every vendor.

    :return: how many
    """
    long_ago = account.now - 400 * DAY
    for number in range(count):
        one = person(seed, number)
        card = Card(str(uuid.uuid4()), one.email, OWNER, long_ago, long_ago)
        card.texts = {"name": f"{one.first_name} {one.last_name}", "phone": one.phone}
        card.address = {"streetAddress": one.street, "zipCode": one.postcode, "city": one.city, "country": "EE"}
        card.opted_out = one.dice >> 50 < (1 << 14) // _OPTED_OUT_ONE_IN
        account.directory.add(card)
    return count


def _card(account: Account, record: Any) -> Card:
    if not isinstance(record, dict) or not isinstance(record.get("email"), str) or "@" not in record["email"]:
        raise OrderError('every record is an object with the key "email"')
    unknown = sorted(set(record) - KEYS)
    if unknown:
        raise OrderError(f"unknown keys {unknown}", {"keys": sorted(KEYS)})
    long_ago = account.now - 400 * DAY
    contact_id = str(record.get("contactId") or record.get("id") or uuid.uuid4()).lower()
    card = Card(contact_id, record["email"].strip().lower(), _owner(account, record), long_ago, long_ago)
    _fill(account, card, record)
    return card


def _owner(account: Account, record: Mapping[str, Any]) -> str:
    owner = account.user(str(record.get("mainContactOwner") or OWNER))
    if owner is None:
        raise OrderError("mainContactOwner is no user of the account", {"users": list(account.users)})
    return owner


def _fill(account: Account, card: Card, record: Mapping[str, Any]) -> None:
    body = {name: record[name] for name in _BESIDE if name in record}
    body["contact"] = {name: record[name] for name in _CONTACT if name in record}
    try:
        write_profile(account, card, read_detail(body, account.switches), card.created_at)
    except Refusal as refusal:
        raise OrderError(refusal.text) from None
    card.score = int(_number(record, "score") or 0)
    for key, name in _FLAGS.items():
        setattr(card, name, record.get(key) is True)
    for key, name in _STAMPS.items():
        if record.get(key) is not None:
            setattr(card, name, _number(record, key) / 1000)


def _number(record: Mapping[str, Any], key: str) -> float:
    given = record.get(key)
    if isinstance(given, bool) or not isinstance(given, (int, float, type(None))):
        raise OrderError(f'"{key}" is a number; times are milliseconds')
    return float(given or 0)
