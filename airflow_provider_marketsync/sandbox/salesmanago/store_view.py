# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The account as the control port shows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.card import ADDRESS_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from airflow_provider_marketsync.sandbox.salesmanago.account import Account
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card


def store_view(account: Account, query: Mapping[str, str]) -> Iterator[str]:
    """Give the account as pieces of one JSON text; cards come one by one."""
    summary = json.dumps(account.summary(), ensure_ascii=False)
    if query.get("count"):
        yield summary
        return
    yield summary[:-1] + ', "contacts": ['
    separator = ""
    for card in _chosen(account, query):
        yield separator + json.dumps(shown(account, card), ensure_ascii=False)
        separator = ", "
    yield "]}"


def _chosen(account: Account, query: Mapping[str, str]) -> Iterable[Card]:
    if "email" not in query:
        return iter(account.directory)
    found = account.directory.find(query["email"])
    return [found] if found else []


def shown(account: Account, card: Card) -> dict[str, Any]:
    """Give a card in plain words, deleted ones too, with ``mailable``: whether a mailing would reach this person."""
    return {
        "contactId": card.id,
        "email": card.email,
        **card.texts,
        "state": card.state,
        "address": {field: card.address.get(field) for field in ADDRESS_FIELDS} if card.address else None,
        "birthday": list(card.birthday),
        "properties": card.properties,
        "dictionaryProperties": [{"name": name, "type": kind, "value": value} for name, (kind, value) in card.dictionary.items()],
        "tags": {tag.name: tag.score for tag in card.tags.values()},
        "consents": list(card.consents.values()),
        "events": [{"eventId": event.id, **event.record()} for event in card.events],
        "mainContactOwner": card.owner,
        "optedOut": card.opted_out,
        "optedOutPhone": card.opted_out_phone,
        "deleted": card.deleted,
        "invalid": card.invalid,
        "mailable": card.is_mailable,
        "textable": card.is_textable,
        "awaits_confirmation": card.awaits_confirmation,
        "createdOn": account.stamp(card.created_at),
        "modifiedOn": account.stamp(card.modified_at),
    }
