# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Opting people in and out (contract section 8.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.contact_routes import known_card
from airflow_provider_marketsync.sandbox.salesmanago.limits import BATCH_LIMIT, at_most
from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal
from airflow_provider_marketsync.sandbox.salesmanago.values import list_in

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.salesmanago.account import Account, Caller
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card

Work = Callable[["Account", Mapping[str, Any], "Caller"], dict[str, Any]]


def opting(channel: str, *, out: bool) -> Work:
    """Make a route that sets one person's status; ``channel`` is ``opted_out`` or ``opted_out_phone``."""

    def work(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
        card = known_card(account, body)
        _set(account, card, channel, out)
        return {"contactId": card.id}

    return work


def opting_many(*, out: bool) -> Work:
    """Make a route that sets the e-mail status of many; unknown addresses are left out of the answer."""

    def work(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
        emails = [str(email) for email in at_most(account, list_in(body, "emails"), BATCH_LIMIT, "emails")]
        if not emails:
            raise Refusal("emails is empty", "emails")
        found = {email: card for email in emails if (card := account.directory.find(email)) is not None}
        for card in found.values():
            _set(account, card, "opted_out", out)
        return {"contactIds": {email: card.id for email, card in found.items()}}

    return work


def _set(account: Account, card: Card, channel: str, out: bool) -> None:
    changed = getattr(card, channel) != out
    setattr(card, channel, out)
    if changed or account.switches["same_write_modifies"] == "yes":
        card.modified_at = account.now
