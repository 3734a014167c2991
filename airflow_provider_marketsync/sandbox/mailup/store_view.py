# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The account as the control port shows it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.mailup.moments import utc_stamp
from airflow_provider_marketsync.sandbox.mailup.recipient import EMAIL, Membership

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from airflow_provider_marketsync.sandbox.mailup.account import Account
    from airflow_provider_marketsync.sandbox.mailup.recipient import Recipient


def store_view(account: Account, query: Mapping[str, str]) -> Iterator[str]:
    """Give the account as pieces of one JSON text; recipients come one by one."""
    summary = json.dumps(_summary(account), ensure_ascii=False)
    if query.get("count"):
        yield summary
        return
    yield summary[:-1] + ', "recipients": ['
    separator = ""
    for recipient in _chosen(account, query):
        yield separator + json.dumps(shown(account, recipient), ensure_ascii=False)
        separator = ", "
    yield "]}"


def _chosen(account: Account, query: Mapping[str, str]) -> Iterable[Recipient]:
    if "email" not in query:
        return iter(account.people)
    found = account.people.by_email(query["email"])
    return [found] if found else []


def shown(account: Account, recipient: Recipient) -> dict[str, Any]:
    """Give a recipient with its status everywhere, and ``mailable``: whether a mailing to some list would reach it."""
    places = sorted(account.places_of(recipient))
    return {
        "idRecipient": recipient.id,
        "Email": recipient.email,
        "Name": recipient.name,
        "MobilePrefix": recipient.prefix,
        "MobileNumber": recipient.number,
        "fields": {account.fields[number]: value for number, value in sorted(recipient.fields.items())},
        "idGroups": [group.id for group in account.groups.values() if recipient.id in group.members],
        "lists": [
            {"idList": place.list_id, "channel": place.channel, **_status(account.rolls[place][recipient.id])} for place in places
        ],
        "mailable": any(account.is_subscribed(place.list_id, recipient) for place in places),
    }


def _status(membership: Membership) -> dict[str, Any]:
    times = {"optin": membership.optin_at, "requested": membership.requested_at, "optout": membership.optout_at}
    return {
        "status": membership.status,
        **{name: None if at is None else utc_stamp(at) for name, at in times.items()},
        "optout_type": membership.optout_type,
        "optout_subtype": membership.optout_subtype,
    }


def _summary(account: Account) -> dict[str, Any]:
    rolls = {place: roll for place, roll in account.rolls.items() if place.channel == EMAIL}
    statuses = Counter(membership.status for roll in rolls.values() for membership in roll.values())
    reached = {number for roll in rolls.values() for number, one in roll.items() if one.status == "subscribed"}
    return {
        "console": account.console_host,
        "counts": {
            "recipients": len(account.people),
            "mailable": len(reached),
            "subscribed": statuses["subscribed"],
            "unsubscribed": statuses["unsubscribed"],
            "pending": statuses["pending"],
            "imports": len(account.imports),
            "mails": len(account.mailbox.entries()),
        },
        "fields": {str(number): name for number, name in account.fields.items()},
        "lists": [{"idList": one.id, "ListGuid": one.guid, "Name": one.name} for one in account.lists.values()],
        "groups": [{**one.shown(), "members": len(one.members)} for one in account.groups.values()],
        "imports": [{**job.row(job.status(account.now)), "Completed": job.is_over} for job in account.imports.values()],
        "sendings": [one.shown() for one in account.mailbox.sendings.values()],
        "webhooks": [{"id": one.id, "idList": one.list_id, "url": one.url} for one in account.webhooks.values()],
        "deliveries": [one.shown() for one in account.outbox.deliveries],
        "soap": {"is_on": True, "addresses": sorted(account.allowed["WSMailUpImport"])},
        "http_addresses": sorted(account.allowed["FrontEnd"]),
    }
