# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Looking people up (contract section 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.limits import LIST_LIMIT, at_most, page_size
from airflow_provider_marketsync.sandbox.salesmanago.shapes import basic_card, full_card
from airflow_provider_marketsync.sandbox.salesmanago.values import list_in, text_in, whole_number_in

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.salesmanago.account import Account, Caller
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card

Work = Callable[["Account", Mapping[str, Any], "Caller"], dict[str, Any]]


def has_contact(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Tell whether an address has a card; one that waits for the nightly removal is already hidden here."""
    card = account.card_of(text_in(body, "contactId"), text_in(body, "email"))
    hides_deleted = account.switches["has_contact_deleted"] == "no"
    if card is None or card.purge_at is not None or (card.deleted and hides_deleted):
        return {"result": False, "contactId": None}
    return {"result": True, "contactId": card.id}


def basic_cards(key: str) -> Work:
    """Make a route that gives light cards; ``key`` is ``email`` or ``id``."""

    def work(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
        hides_others = account.switches["basic_other_owner"] == "hidden"
        cards = _found(account, list_in(body, key), key)
        return {"contacts": [basic_card(account, card) for card in cards if not hides_others or card.owner == caller.owner]}

    return work


def full_cards(key: str, *, any_owner: bool) -> Work:
    """Make a route that gives full cards of up to 50 people; ``key`` is ``email`` or ``contactId``."""

    def work(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
        shows_others = any_owner or account.switches["list_other_owner"] == "shown"
        asked = at_most(account, list_in(body, key), LIST_LIMIT, key)
        cards = (card for card in _found(account, asked, key) if shows_others or card.owner == caller.owner)
        return {"contacts": [full_card(account, card) for card in cards]}

    return work


def _found(account: Account, asked: Iterable[Any], key: str) -> list[Card]:
    look_up = account.directory.find if key == "email" else account.directory.with_id
    cards = [look_up(str(one)) for one in asked]
    return list({card.id: card for card in cards if card is not None}.values())


def page_of_owner(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Give a page of the owner's full cards, from page 1."""
    return {"contacts": [full_card(account, card) for card in owned_page(account, body, caller)]}


def owned_page(account: Account, body: Mapping[str, Any], caller: Caller) -> list[Card]:
    """
    Give a page of the owner's cards in the order of their making.

    :raises Refusal: page or size are wrong
    """
    page, size = whole_number_in(body, "page", 1), page_size(account, whole_number_in(body, "size", 1000))
    shown = [card for card in listed(account, account.directory) if card.owner == caller.owner]
    return shown[(page - 1) * size : page * size]


def listed(account: Account, cards: Iterable[Card]) -> Iterable[Card]:
    """Give the cards that lists, feeds and exports show; whether they show deleted ones is not known."""
    hides_deleted = account.switches["deleted_in_lists"] == "hidden"
    return (card for card in cards if not (hides_deleted and card.deleted))
