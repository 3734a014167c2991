# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Routes that write single contacts (contract sections 5.1, 5.4, 5.6 to 5.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.call import Reply
from airflow_provider_marketsync.sandbox.salesmanago.addressees import addressed
from airflow_provider_marketsync.sandbox.salesmanago.changes import Writing, upsert
from airflow_provider_marketsync.sandbox.salesmanago.deletion import delete
from airflow_provider_marketsync.sandbox.salesmanago.detail import read_detail
from airflow_provider_marketsync.sandbox.salesmanago.replies import JSON, OWNER_INVALID, Refusal
from airflow_provider_marketsync.sandbox.salesmanago.tags import add_tags, remove_tags, tag_counts, tag_names
from airflow_provider_marketsync.sandbox.salesmanago.values import flag_in, list_in, text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_provider_marketsync.sandbox.salesmanago.account import Account, Caller
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card


def upsert_contact(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Create or change one contact."""
    card = upsert(account, read_detail(body, account.switches), single_writing(account, caller, "contact/upsert"))
    hides_id = body.get("async") is True and account.switches["async_answer"] == "without_id"
    return {"contactId": None if hides_id else card.id, "externalId": card.texts.get("externalId") or None}


def single_writing(account: Account, caller: Caller, source: str) -> Writing:
    """Say how a write of one contact is done: without a confirmation mail unless it asks for one."""
    return Writing(
        owner=caller.owner,
        when=account.now,
        source=source,
        double_opt_in=account.switches["upsert_double_opt_in"] == "yes",
        fires_events=account.switches["automations"] == "every_write",
    )


def insert_contact(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Create a contact; one that exists is changed, unless the account refuses that."""
    detail = read_detail(body, account.switches)
    if account.switches["insert_existing"] == "refused" and account.card_of(None, detail.contact_email):
        raise Refusal("Contact already exists", "email")
    return upsert_contact(account, body, caller)


def update_contact(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Change a contact; a missing one is refused, unless the account creates it."""
    if account.switches["update_missing"] == "refused":
        known_card(account, body)
    return upsert_contact(account, body, caller)


def known_card(account: Account, body: Mapping[str, Any]) -> Card:
    """
    Find the contact that ``contactId`` or ``email`` names.

    :raises Refusal: none is named, or there is none
    """
    contact_id, email = text_in(body, "contactId"), text_in(body, "email")
    if contact_id is None and email is None:
        raise Refusal("E-mail address not specified", "email")
    card = account.card_of(contact_id, email)
    if card is None:
        raise Refusal("Contact not found", "email" if contact_id is None else "contactId")
    return card


def delete_contact(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any] | Reply:
    """Delete one contact by address."""
    try:
        card = known_card(account, body)
    except Refusal:
        if account.switches["delete_unknown"] == "refused":
            raise
    else:
        delete(account, card, permanently=_permanently(account, body))
    if account.switches["delete_answer"] == "empty_body":
        return Reply(200, b"", JSON)
    return {"result": "Contact deleted" if account.switches["delete_answer"] == "contact_deleted" else None}


def _permanently(account: Account, body: Mapping[str, Any]) -> bool:
    if body.get("permanently") is None:
        return bool(account.switches["permanently_default"] == "yes")
    return flag_in(body, "permanently")


def delete_contacts(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Delete everybody who is addressed."""
    for card in addressed(account, body):
        delete(account, card, permanently=_permanently(account, body))
    return {"result": None}


def manage_tags(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Add tags to a contact and take others off."""
    card, spaces = known_card(account, body), account.switches["tag_spaces"]
    remove_tags(card, tag_names(list_in(body, "removeTags"), spaces))
    scoring = flag_in(body, "tagScoring") or account.switches["tag_scoring"] == "always"
    new = add_tags(card, tag_names(list_in(body, "tags"), spaces), account.now, scoring=scoring)
    card.modified_at = account.now
    if new and account.switches["automations"] == "every_write":
        account.mailbox.add("automation", card.email, account.now, "contact/managetags")
    return {"contactId": card.id}


def list_tags(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """List the tags in use; the demo account has no system tags, so ``showSystemTags`` adds none."""
    return {"tags": tag_counts(account.directory)}


def add_note(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Write a note on a card."""
    card = known_card(account, body)
    note = text_in(body, "note")
    if note is None:
        raise Refusal("Note not specified", "note")
    card.notes.append({"note": note, "priv": flag_in(body, "priv"), "createdOn": account.stamp(account.now)})
    card.modified_at = account.now
    return {"contactId": card.id}


def set_main_owner(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Give a contact another main owner."""
    card = account.card_of(None, text_in(body, "contact"))
    if card is None:
        raise Refusal("Contact not found", "contact")
    user = account.user(text_in(body, "newOwner") or "")
    if user is None:
        raise Refusal(OWNER_INVALID, "newOwner")
    card.owner, card.modified_at = user, account.now
    return {}
