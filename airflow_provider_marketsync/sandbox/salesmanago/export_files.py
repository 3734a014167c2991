# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What stands in the files of finished jobs (contract section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from airflow_provider_marketsync.sandbox.salesmanago.account import Account
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card

EXPORT_TYPES = (
    "CONTACT", "TAG", "EXT_EVENT", "VISITS", "EMAILS", "FUNNELS", "NOTES", "TASKS", "COUPONS", "SMS", "CONSENTS",
    "PROPERTIES", "DICTIONARY_PROPERTIES",
)  # fmt: skip


def contact_rows(contacts: Iterable[tuple[str, Card | None]]) -> list[dict[str, Any]]:
    """Give the rows of a contact list file; None = nobody was found or written for the address."""
    return [_contact_row(email, card) for email, card in contacts]


def _contact_row(email: str, card: Card | None) -> dict[str, Any]:
    return {
        "success": card is not None,
        "email": card.email if card else email,
        "exists": card is not None,
        "id": card.id if card else None,
        "name": card.texts.get("name") or None if card else None,
        "country": card.address.get("country") or None if card else None,
        "phone": card.texts.get("phone") or None if card else None,
    }


def exported_card(account: Account, card: Card, types: Collection[str]) -> dict[str, Any]:
    """Give one contact of an ``export/data`` file: an object with its id as the only key."""
    with_guesses = account.switches["export_unknown_parts"] == "guessed"
    parts = {**KNOWN_PARTS, **GUESSED_PARTS} if with_guesses else KNOWN_PARTS
    return {card.id: {name: part(account, card) for kind, (name, part) in parts.items() if kind in types}}


def _contact_part(account: Account, card: Card) -> dict[str, Any]:
    known = {"email": card.email, "name": card.texts.get("name") or None, "phone": card.texts.get("phone") or None}
    if account.switches["export_unknown_parts"] == "absent":
        return known
    return {
        **known,
        "externalId": card.texts.get("externalId") or None,
        "optedOut": card.opted_out,
        "optedOutPhone": card.opted_out_phone,
        "deleted": card.deleted,
        "invalid": card.invalid,
    }


def _tag_part(account: Account, card: Card) -> list[dict[str, Any]] | None:
    return [{"tagName": tag.name, "createdOn": account.stamp(tag.created_at)} for tag in card.tags.values()] or None


def _property_part(account: Account, card: Card) -> list[dict[str, Any]] | None:
    return [{"name": name, "value": value} for name, value in card.properties.items()] or None


def _event_part(account: Account, card: Card) -> list[dict[str, Any]] | None:
    return [event.record() for event in card.events] or None


def _consent_part(account: Account, card: Card) -> list[dict[str, Any]] | None:
    return [dict(consent) for consent in card.consents.values()] or None


def _dictionary_part(account: Account, card: Card) -> list[dict[str, Any]] | None:
    return [{"name": name, "type": kind, "value": value} for name, (kind, value) in card.dictionary.items()] or None


Part = tuple[str, "Callable[[Account, Card], Any]"]
KNOWN_PARTS: dict[str, Part] = {
    "CONTACT": ("contactData", _contact_part),
    "TAG": ("tagData", _tag_part),
    "PROPERTIES": ("contactPropertiesData", _property_part),
}
# Keys of ours: no source shows the vendor's.
GUESSED_PARTS: dict[str, Part] = {
    "EXT_EVENT": ("contactExtEventData", _event_part),
    "CONSENTS": ("consentData", _consent_part),
    "DICTIONARY_PROPERTIES": ("contactDictionaryPropertiesData", _dictionary_part),
}
