# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Contact and event in one call, as the vendor's shop plugins write (contract section 5.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.contact_routes import upsert_contact
from airflow_provider_marketsync.sandbox.salesmanago.event_routes import adding_event
from airflow_provider_marketsync.sandbox.salesmanago.signing import owner_in
from airflow_provider_marketsync.sandbox.salesmanago.values import object_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_provider_marketsync.sandbox.salesmanago.account import Account, Caller

_add_event = adding_event("event_unknown_contact")


def write_both(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Write the contact, then the event; either part may be absent, and each names its owner."""
    contact, event = object_in(body, "contactUpsertRequest"), object_in(body, "addContactExtEventRequest")
    owners = {name: owner_in(account, part, required=True) for name, part in (("contact", contact), ("event", event)) if part}
    answer: dict[str, Any] = {"contactId": None, "eventId": None}
    if contact:
        written = upsert_contact(account, contact, caller._replace(owner=owners["contact"]))
        answer["contactId"] = written["contactId"]
    if event:
        answer |= _add_event(account, event, caller._replace(owner=owners["event"]))
    return answer
