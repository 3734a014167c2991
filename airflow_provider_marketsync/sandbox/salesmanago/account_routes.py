# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Routes about the account itself, and those that send (contract sections 2.1, 2.2 and 5.8)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.contact_routes import known_card
from airflow_provider_marketsync.sandbox.salesmanago.replies import NOT_AUTHENTICATED, USER_EMPTY, Refusal
from airflow_provider_marketsync.sandbox.salesmanago.signing import CLIENT_ID, PASSWORD, TOKEN_LASTS
from airflow_provider_marketsync.sandbox.salesmanago.tags import tag_name
from airflow_provider_marketsync.sandbox.salesmanago.values import objects_in, text_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_provider_marketsync.sandbox.salesmanago.account import Account, Caller
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card

LARGEST_TAG_AUDIENCE = 10
STATISTICS = ("sent", "opened", "clicked", "softBounce", "hardBounce", "resigned")


def list_users(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """List the users of the account; the connection test."""
    return {"users": list(account.users)}


def authorise(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Give a token that stands in for the secret for a while."""
    user = account.user(text_in(body, "userName") or "")
    if user is None or body.get("password") != PASSWORD:
        raise Refusal(NOT_AUTHENTICATED, kind="auth")
    token, end = secrets.token_hex(16), account.now + TOKEN_LASTS
    account.tokens[token] = end
    return {"token": token, "clientId": CLIENT_ID, "validTo": int(end * 1000)}


def send_confirmation(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Send one subscription confirmation."""
    card = known_card(account, body)
    card.awaits_confirmation = True
    account.mailbox.add("confirmation", card.email, account.now, "email/sendConfirmation")
    return {"requestId": account.start_job("email/sendConfirmation", lambda when: None).number}


def conversation_statistics(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Give the numbers of the account's mailings, of which the demo account has none."""
    if account.user(text_in(body, "user") or "") is None:
        raise Refusal(USER_EMPTY, kind="auth")
    return dict.fromkeys(STATISTICS, 0)


def send_sms(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Send a text message to everybody addressed whom one may be sent to."""
    if account.user(text_in(body, "user") or "") is None:
        raise Refusal(USER_EMPTY, kind="auth")
    if text_in(body, "text") is None:
        raise Refusal("Text not specified", "text")
    for card in {card.id: card for card in _audience(account, body)}.values():
        if card.is_textable:
            account.mailbox.add("sms", card.email, account.now, "sms/send")
    return {}


def _audience(account: Account, body: Mapping[str, Any]) -> Iterable[Card]:
    addressees = objects_in(body, "contacts")
    tags = [tag_name(str(one["tag"]), account.switches["tag_spaces"]) for one in addressees if one.get("tag")]
    if len(tags) > LARGEST_TAG_AUDIENCE:
        raise Refusal(f"more than {LARGEST_TAG_AUDIENCE} tags", "contacts")
    named = (account.card_of(text_in(one, "contactId"), text_in(one, "email")) for one in addressees)
    yield from (card for card in named if card is not None)
    yield from (card for card in account.directory if any(tag in card.tags for tag in tags))
