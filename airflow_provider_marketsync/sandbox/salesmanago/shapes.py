# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The two shapes of a card on the wire (contract sections 6.1 and 6.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.card import ADDRESS_FIELDS

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.salesmanago.account import Account
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card, Tag


def basic_card(account: Account, card: Card) -> dict[str, Any]:
    """Give the light card of ``contact/basic``; its id is called ``contactId``."""
    return {
        "name": _text(account, card, "name"),
        "email": card.email,
        "phone": _text(account, card, "phone"),
        "fax": _text(account, card, "fax"),
        **_flags(card),
        "company": _text(account, card, "company"),
        "externalId": _text(account, card, "externalId"),
        "address": _address(account, card),
        "contactId": card.id,
        **_birthday(card),
        "modifiedOn": account.stamp(card.modified_at),
        "createdOn": account.stamp(card.created_at),
        "lastVisit": account.stamp(card.last_visit),
    }


def full_card(account: Account, card: Card) -> dict[str, Any]:
    """Give the card of ``contact/list``; its id is called ``id``, properties are a list."""
    return {
        "id": card.id,
        "name": _text(account, card, "name"),
        "email": card.email,
        "phone": _text(account, card, "phone"),
        "fax": _text(account, card, "fax"),
        **_flags(card),
        "company": _text(account, card, "company"),
        "externalId": _text(account, card, "externalId"),
        "address": _address(account, card),
        **_birthday(card),
        "province": _text(account, card, "province"),
        "mainContactOwner": card.owner,
        **_collections(account, card),
        "modifiedOn": account.stamp(card.modified_at),
        "createdOn": account.stamp(card.created_at),
    }


def _collections(account: Account, card: Card) -> dict[str, Any]:
    return {
        "contactVisits": [],
        "contactTags": [_tag(account, tag) for tag in card.tags.values()],
        "contactEvents": [],
        "emailMessages": [],
        "properties": [{"name": name, "value": value} for name, value in card.properties.items()],
        "contactFunnels": [],
        "contactNotes": list(card.notes),
        "contactTasks": [],
        "incomingEmailMessages": [],
        "contactExtEvents": [event.record() for event in card.events],
        "coupons": [],
        "smsMessages": [],
        **_consents(account, card),
    }


def _flags(card: Card) -> dict[str, Any]:
    return {
        "score": card.score,
        "state": card.state,
        "optedOut": card.opted_out,
        "optedOutPhone": card.opted_out_phone,
        "deleted": card.deleted,
        "invalid": card.invalid,
    }


def _text(account: Account, card: Card, name: str) -> str | None:
    return _read_back(account, card.texts.get(name))


def _read_back(account: Account, text: str | None) -> str | None:
    return text if text or account.switches["cleared_reads"] == "empty" else None


def _address(account: Account, card: Card) -> dict[str, str | None] | None:
    if not card.address:
        return None
    return {field: _read_back(account, card.address.get(field)) for field in ADDRESS_FIELDS}


def _birthday(card: Card) -> dict[str, str | None]:
    return {
        "birthdayYear": card.birthday.year,
        "birthdayMonth": card.birthday.month,
        "birthdayDay": card.birthday.day,
    }


def _tag(account: Account, tag: Tag) -> dict[str, Any]:
    return {
        "tag": tag.name,
        "tagName": tag.name,
        "score": tag.score,
        "createdOn": account.stamp(tag.created_at),
        "tagWithScore": f"{tag.name} ({tag.score})",
    }


def _consents(account: Account, card: Card) -> dict[str, Any]:
    key = account.switches["card_consents"]
    if key == "absent":
        return {}
    date = "agreementDate" if key == "consentName" else "consentDate"
    return {
        "consents": [{key: name, date: consent["agreementDate"], "ip": consent["ip"]} for name, consent in card.consents.items()]
    }
