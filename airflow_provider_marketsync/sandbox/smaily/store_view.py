# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The account as the control port shows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from airflow_provider_marketsync.sandbox.smaily.account import Account
    from airflow_provider_marketsync.sandbox.smaily.contact import Contact


def store_view(account: Account, query: Mapping[str, str]) -> Iterator[str]:
    """Give the account as pieces of one JSON text; subscribers come one by one."""
    summary = json.dumps(_summary(account), ensure_ascii=False)
    if query.get("count"):
        yield summary
        return
    yield summary[:-1] + ', "contacts": ['
    separator = ""
    for contact in _chosen(account, query):
        yield separator + json.dumps(shown(contact), ensure_ascii=False)
        separator = ", "
    yield "]}"


def _chosen(account: Account, query: Mapping[str, str]) -> Iterable[Contact]:
    if "email" not in query:
        return iter(account.directory)
    found = account.directory.find(query["email"])
    return [found] if found else []


def shown(contact: Contact) -> dict[str, Any]:
    """Give a subscriber, hidden ones too, with ``mailable``: whether a campaign would reach this person."""
    record = contact.record(1 if contact.is_unsubscribed else 0)
    return {**record, "is_deleted": 1 if contact.is_deleted else 0, "mailable": contact.is_mailable}


def _summary(account: Account) -> dict[str, Any]:
    return {
        "subdomain": account.subdomain,
        "counts": {
            "contacts": len(account.directory),
            "mailable": sum(contact.is_mailable for contact in account.directory),
            "unsubscribed": sum(contact.is_unsubscribed for contact in account.directory),
            "deleted": sum(contact.is_deleted for contact in account.directory),
            "log_rows": len(account.log),
            "waiting_writes": account.waiting,
            "workflow_calls": account.mailbox.workflow_calls,
            "mails": len(account.mailbox.entries()),
        },
        "fields": list(account.directory.field_names),
        "segments": [{"id": one.id, "name": one.name, "filter_type": one.filter_type} for one in account.segments.values()],
        "campaigns": [
            {"id": one.id, "name": one.name, "status": one.status, "unsubscribed": len(one.unsubscribed)}
            for one in account.campaigns.values()
        ],
        "workflows": [
            {"id": one.id, "title": one.title, "trigger_type": one.trigger_type, "is_enabled": one.is_enabled}
            for one in account.workflows.values()
        ],
    }
