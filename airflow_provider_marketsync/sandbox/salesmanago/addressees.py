# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Who is meant by a list of addressees (contract sections 5.5 and 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal
from airflow_provider_marketsync.sandbox.salesmanago.tags import tag_name
from airflow_provider_marketsync.sandbox.salesmanago.values import objects_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_provider_marketsync.sandbox.salesmanago.account import Account
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card

# The demo account has no funnels, so nobody is in one.
ADDRESSEE_TYPES = ("EMAIL", "CONTACT_ID", "ID", "TAG", "FUNNEL", "STAGE")


def addressed(account: Account, body: Mapping[str, Any]) -> list[Card]:
    """
    Find everybody whom ``contacts`` addresses, each once; unknown people are no error.

    :raises Refusal: the list is empty, or a type of addressee is unknown
    """
    found: dict[str, Card] = {}
    for addressee in objects_in(body, "contacts"):
        found.update((card.id, card) for card in _meant(account, addressee))
    return list(found.values())


def _meant(account: Account, addressee: Mapping[str, Any]) -> Iterable[Card]:
    kind, value = str(addressee.get("addresseeType")).upper(), str(addressee.get("value") or "")
    if kind not in ADDRESSEE_TYPES:
        raise Refusal("Unknown addressee type", "addresseeType")
    if kind == "TAG":
        name = tag_name(value, account.switches["tag_spaces"])
        return [card for card in account.directory if name in card.tags]
    if kind in ("FUNNEL", "STAGE"):
        return []
    card = account.directory.find(value) if kind == "EMAIL" else account.directory.with_id(value)
    return [] if card is None else [card]
