# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a change does to a subscriber and to the log (contract sections 8.1, 8.5 and 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.smaily.contact import Contact
from airflow_provider_marketsync.sandbox.smaily.moments import NEVER, Moment

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.smaily.account import Account
    from airflow_provider_marketsync.sandbox.smaily.rows import Row


def upsert(account: Account, row: Row, when: Moment) -> None:
    """Create or update a subscriber by address; repeating it changes nothing."""
    contact = account.directory.find(row.email)
    if contact is None:
        if not row.is_deleted:
            _create(account, row, when)
        return
    if row.is_deleted:
        _set_status(account, contact, row.is_unsubscribed, when)
        delete(account, contact, when)
        return
    _revive(account, contact, when)
    _set_status(account, contact, row.is_unsubscribed, when)
    edit(account, contact, row.fields, when)


def _create(account: Account, row: Row, when: Moment) -> None:
    as_sent = account.switches["email_case"] == "as_sent"
    contact = Contact(
        email=row.email if as_sent else row.email.lower(),
        fields=dict(row.fields),
        created_at=when.stamp,
        modified_at=when.stamp,
        subscribed_at=NEVER if row.is_unsubscribed else when.stamp,
    )
    account.directory.add(contact)
    account.log.add(when, contact.email, "create")
    _set_status(account, contact, row.is_unsubscribed, when)


def _revive(account: Account, contact: Contact, when: Moment) -> None:
    if not contact.is_deleted:
        return
    contact.is_deleted = False
    account.directory.touched(contact)
    account.log.add(when, contact.email, "create")


def _set_status(account: Account, contact: Contact, is_unsubscribed: bool | None, when: Moment) -> None:
    if is_unsubscribed is None or is_unsubscribed == contact.is_unsubscribed:
        return
    if not is_unsubscribed:
        opt_in(account, contact, when)
        return
    opt_out(account, contact, when)
    if account.switches["api_optout_logged"] == "yes":
        account.log.add(when, contact.email, "optout")


def opt_in(account: Account, contact: Contact, when: Moment) -> None:
    """Subscribe somebody again."""
    contact.is_unsubscribed = False
    contact.subscribed_at = contact.modified_at = when.stamp
    contact.unsubscribed_at = NEVER
    account.directory.touched(contact)
    account.log.add(when, contact.email, "optin")


def opt_out(account: Account, contact: Contact, when: Moment) -> None:
    """Take somebody out of every mailing; the caller writes the log row, which names the reason."""
    contact.is_unsubscribed = True
    contact.unsubscribed_at = contact.modified_at = when.stamp
    account.directory.touched(contact)


def edit(account: Account, contact: Contact, fields: dict[str, str], when: Moment) -> None:
    """Set custom fields; without a difference nothing happens."""
    changed = any(contact.fields.get(name, "") != value for name, value in fields.items())
    contact.fields.update(fields)
    account.directory.touched(contact)
    if not changed:
        return
    contact.modified_at = when.stamp
    account.log.add(when, contact.email, "modify", contact.field_list())


def delete(account: Account, contact: Contact, when: Moment) -> None:
    """Hide somebody and purge the custom fields; the opt-out status survives."""
    if contact.is_deleted:
        return
    contact.is_deleted = True
    contact.fields.clear()
    contact.modified_at = when.stamp
    account.directory.touched(contact)
    account.log.add(when, contact.email, "delete")
