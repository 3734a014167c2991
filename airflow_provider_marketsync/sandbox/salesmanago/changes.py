# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What one upsert detail does to the account (contract sections 5.1 to 5.7)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.salesmanago.card import Card
from airflow_provider_marketsync.sandbox.salesmanago.consent import apply_forces, send_double_opt_in, set_newcomer_status
from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal
from airflow_provider_marketsync.sandbox.salesmanago.tags import add_tags, remove_tags

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.salesmanago.account import Account
    from airflow_provider_marketsync.sandbox.salesmanago.detail import Detail


@dataclass(frozen=True)
class Writing:
    """
    How details are written.

    :param owner: in whose name
    :param when: seconds since 1970
    :param source: the route, for the list of mails
    :param double_opt_in: what holds for a detail that does not say
    :param fires_events: automations may start from this write
    """

    owner: str
    when: float
    source: str
    double_opt_in: bool
    fires_events: bool


def upsert(account: Account, detail: Detail, writing: Writing) -> Card:
    """
    Create or change a contact.

    :raises Refusal: no address, an unknown id, an address that is taken, a wrong dictionary type; nothing is changed then
    """
    found = _target(account, detail)
    _check(account, detail, found)
    card = found or _create(account, detail, writing)
    before = card.profile()
    if found is not None:
        _revive(account, card)
        _rename(account, card, detail)
    if account.switches["upsert_other_owner"] == "changes_owner":
        card.owner = writing.owner
    write_profile(account, card, detail, writing.when)
    apply_forces(card, detail.forces, account.switches, is_new=found is None)
    asked = writing.double_opt_in if detail.double_opt_in is None else detail.double_opt_in
    if asked:
        send_double_opt_in(account, card, writing.when, writing.source, is_new=found is None)
    if before != card.profile() or account.switches["same_write_modifies"] == "yes":
        card.modified_at = writing.when
    if writing.fires_events:
        account.mailbox.add("automation", card.email, writing.when, writing.source)
    return card


def _target(account: Account, detail: Detail) -> Card | None:
    if detail.contact_id:
        card = account.directory.with_id(detail.contact_id)
        if card is None:
            raise Refusal("Contact not found", "contactId")
        return card
    found = account.card_of(None, detail.email) or account.card_of(None, detail.contact_email)
    if found is None and detail.contact_email is None:
        raise Refusal("E-mail address not specified", "email")
    return found


def _check(account: Account, detail: Detail, found: Card | None) -> None:
    _check_new_email(account, detail, found)
    if account.switches["dictionary_type_conflict"] == "refused":
        for name, (kind, _) in detail.dictionary.items():
            if account.dictionary.get(name, kind) != kind:
                raise Refusal("Dictionary property has another type", "dictionaryProperties")
    if account.switches["unknown_consent"] == "refused" and not set(detail.consents) <= account.consent_names:
        raise Refusal("Specified consent does not exist", "consentDetails")


def _check_new_email(account: Account, detail: Detail, found: Card | None) -> None:
    taken = account.directory.find(detail.new_email) if detail.new_email else None
    if taken is not None and taken is not found and account.switches["new_email_taken"] == "refused":
        raise Refusal("Contact with this e-mail address already exists", "newEmail")


def _create(account: Account, detail: Detail, writing: Writing) -> Card:
    email = _written(account, detail.contact_email or "")
    card = Card(str(uuid.uuid4()), email, writing.owner, writing.when, writing.when)
    set_newcomer_status(card, account.switches)
    account.directory.add(card)
    if account.switches["new_email_of_unknown"] == "creates_new":
        _rename(account, card, detail)
    return card


def _written(account: Account, email: str) -> str:
    return email.lower() if account.switches["email_case"] == "lower" else email


def _rename(account: Account, card: Card, detail: Detail) -> None:
    if detail.new_email is None:
        return
    taken = account.directory.find(detail.new_email)
    if taken is None or taken is card:
        account.directory.rename(card, _written(account, detail.new_email))


def _revive(account: Account, card: Card) -> None:
    if not card.deleted:
        return
    card.deleted, card.purge_at = False, None
    if account.switches["revived_status"] == "as_new":
        set_newcomer_status(card, account.switches)


def write_profile(account: Account, card: Card, detail: Detail, when: float) -> None:
    """Set everything of a card but its address, owner and status."""
    card.texts.update(detail.texts)
    card.address.update(detail.address)
    card.state = detail.state or card.state
    card.birthday = detail.birthday if detail.birthday is not None else card.birthday
    card.properties.update(detail.properties)
    card.consents.update(detail.consents)
    _write_dictionary(account, card, detail)
    remove_tags(card, detail.remove_tags)
    add_tags(card, detail.tags, when, scoring=detail.tag_scoring)


def _write_dictionary(account: Account, card: Card, detail: Detail) -> None:
    for name, (kind, value) in detail.dictionary.items():
        if account.dictionary.setdefault(name, kind) == kind:
            card.dictionary[name] = (kind, value)
