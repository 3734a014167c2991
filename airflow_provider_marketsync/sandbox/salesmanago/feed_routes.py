# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What was created or modified in a window of time (contract section 6)."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.limits import page_size
from airflow_provider_marketsync.sandbox.salesmanago.moments import milliseconds, moment_of
from airflow_provider_marketsync.sandbox.salesmanago.read_routes import listed
from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal
from airflow_provider_marketsync.sandbox.salesmanago.values import whole_number_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_provider_marketsync.sandbox.salesmanago.account import Account, Caller
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card

Entry = dict[str, Any]


def created_contacts(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """List whom the window saw created."""
    return {"createdContacts": [_entry(card) for card in _window(account, body, caller, "created_at")]}


def modified_contacts(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """List whom the window saw modified, by ourselves too."""
    return {"modifiedContacts": [_entry(card) for card in _window(account, body, caller, "modified_at")]}


def modified_page(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Give one page of those modified, from page 1, and whether there is another."""
    page, size = whole_number_in(body, "page", 1), page_size(account, whole_number_in(body, "size", 1000))
    cards = _window(account, body, caller, "modified_at")
    return {
        "modifiedContacts": [_entry(card) for card in cards[(page - 1) * size : page * size]],
        "hasMore": len(cards) > page * size,
    }


def recent_activity(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Answer with no activity: nobody visits the demo account's pages, and the shape of a visit is not known."""
    key = account.switches["recent_activity_key"]
    return {key: {} if key == "recentActivity" else []}


def _entry(card: Card) -> Entry:
    return {"id": card.id, "email": card.email}


def _window(account: Account, body: Mapping[str, Any], caller: Caller, stamp: str) -> list[Card]:
    """Cards of a window in the order of their stamps; switches are asked once, as an account may hold very many cards."""
    start, end = _limit(body, "from"), _limit(body, "to")
    if account.switches["window_start"] == "exclusive":
        start += 1
    if account.switches["window_end"] == "inclusive":
        end += 1
    resolution, owned_only = account.switches["stamp_resolution"], account.switches["feed_scope"] == "owner"
    stamp_of = attrgetter(stamp)
    found = [
        card
        for card in listed(account, account.directory)
        if start <= milliseconds(stamp_of(card), resolution) < end and (not owned_only or card.owner == caller.owner)
    ]
    return sorted(found, key=stamp_of)


def _limit(body: Mapping[str, Any], field: str) -> int:
    if body.get(field) is None:
        raise Refusal(f"{field} not specified", field)
    return moment_of(body[field], field)
