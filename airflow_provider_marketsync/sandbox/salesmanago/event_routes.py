# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""External events (contract section 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.account import ParkedEvent
from airflow_provider_marketsync.sandbox.salesmanago.changes import upsert
from airflow_provider_marketsync.sandbox.salesmanago.contact_routes import single_writing
from airflow_provider_marketsync.sandbox.salesmanago.detail import read_detail
from airflow_provider_marketsync.sandbox.salesmanago.event import Event, read_event
from airflow_provider_marketsync.sandbox.salesmanago.limits import BATCH_LIMIT, at_most
from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal
from airflow_provider_marketsync.sandbox.salesmanago.values import flag_in, object_in, objects_in, text_in

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.salesmanago.account import Account, Caller
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card

Work = Callable[["Account", Mapping[str, Any], "Caller"], dict[str, Any]]


def adding_event(unknown_contact_switch: str) -> Work:
    """Make a route that adds one event; the switch says what becomes of one whose contact does not exist."""

    def work(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
        event = read_event(object_in(body, "contactEvent"), account.now, account.switches)
        card = _contact(account, body, caller)
        if card is not None:
            account.record_event(card, event, account.now)
        elif account.switches[unknown_contact_switch] == "parked":
            account.parked.append(ParkedEvent(_named(body), text_in(body, "contactId"), event, account.now))
        else:
            raise Refusal("Contact not found", "email")
        return {"eventId": event.id}

    return work


def _named(body: Mapping[str, Any]) -> str | None:
    # Where both are there the id counts (contract section 7.2).
    return None if text_in(body, "contactId") else text_in(body, "email")


def _contact(account: Account, body: Mapping[str, Any], caller: Caller) -> Card | None:
    contact_id, email = text_in(body, "contactId"), _named(body)
    if contact_id is None and email is None:
        raise Refusal("E-mail address not specified", "email")
    card = account.card_of(contact_id, email)
    if not flag_in(body, "forceOptIn") or (card is None and email is None):
        return card
    addressed = {"contactId": card.id} if card else {"contact": {"email": email}}
    detail = read_detail({**addressed, "forceOptIn": True}, account.switches)
    return upsert(account, detail, single_writing(account, caller, "event with forceOptIn"))


def add_events(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Add up to 1000 events; of those that failed only the contact is told."""
    rows = at_most(account, objects_in(body, "events"), BATCH_LIMIT, "events")
    failed = [_who(row) for row in rows if not _add_row(account, row, caller)]
    return {"failedContacts": failed, "createdAmount": len(rows) - len(failed), "failedAmount": len(failed)}


def _add_row(account: Account, row: Mapping[str, Any], caller: Caller) -> bool:
    try:
        event = read_event(object_in(row, "contactEvent"), account.now, account.switches)
        card = _contact(account, row, caller)
    except Refusal:
        return False
    if card is None:
        return False
    account.record_event(card, event, account.now)
    return True


def _who(row: Mapping[str, Any]) -> str:
    return str(row.get("contactId") or row.get("email") or "")


def update_event(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Replace an event: what is not sent again is gone."""
    given = object_in(body, "contactEvent")
    event_id = text_in(given, "eventId")
    if event_id is None:
        raise Refusal("Event id not specified", "eventId")
    for card in account.directory:
        for position, event in enumerate(card.events):
            if event.id == event_id:
                card.events[position] = read_event(given, account.now, account.switches, event_id)
                _touch(account, card)
                return {"eventId": event_id}
    raise Refusal("Event not found", "eventId")


def delete_event(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Remove an event by its id, or by the caller's own id."""
    found = _meant(account, text_in(body, "eventId"), text_in(body, "externalId"))
    if not found:
        raise Refusal("Event not found", "eventId")
    for card, event in found:
        card.events.remove(event)
        _touch(account, card)
    return {"result": "deleted"}


def _meant(account: Account, event_id: str | None, external_id: str | None) -> list[tuple[Card, Event]]:
    pairs = [(card, event) for card in account.directory for event in card.events]
    if event_id:
        return [pair for pair in pairs if pair[1].id == event_id]
    found = [pair for pair in pairs if external_id and pair[1].external_id == external_id]
    if account.switches["delete_by_external_id"] == "all":
        return found
    return sorted(found, key=lambda pair: pair[1].date)[-1:]


def _touch(account: Account, card: Card) -> None:
    if account.switches["event_modifies"] == "yes":
        card.modified_at = account.now
