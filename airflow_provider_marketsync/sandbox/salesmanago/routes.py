# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Every route under ``/api``, what its answer holds, and whether it needs an owner (contract section 13.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago import (
    account_routes,
    batch_routes,
    contact_routes,
    event_routes,
    feed_routes,
    integration_routes,
    job_routes,
    opt_routes,
    read_routes,
)

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Reply
    from airflow_provider_marketsync.sandbox.salesmanago.account import Account, Caller

Work = Callable[["Account", Mapping[str, Any], "Caller"], "dict[str, Any] | Reply"]
PREFIX = "/api/"


@dataclass(frozen=True)
class Route:
    """
    One route.

    :param fields: of the answer; a refusal gives them as null
    :param owner: ``needed``, ``optional``, or ``ignored``
    :param is_signed: whether the four auth fields are checked
    """

    work: Work
    fields: tuple[str, ...] = ()
    owner: str = "needed"
    is_signed: bool = True


_CONTACT = ("contactId", "externalId")
_IDS = ("contactIds",)
_EVENT = ("eventId",)
_JOB = ("requestId",)
_BATCH_EVENTS = ("failedContacts", "createdAmount", "failedAmount")
_OLD_EVENT = event_routes.adding_event("old_event_unknown_contact")
_NEW_EVENT = event_routes.adding_event("event_unknown_contact")
_TAGS = Route(contact_routes.list_tags, ("tags",))

ROUTES: dict[str, Route] = {
    "user/listByClient": Route(account_routes.list_users, ("users",), owner="ignored"),
    "system/authorise": Route(account_routes.authorise, ("token", "clientId", "validTo"), owner="ignored", is_signed=False),
    "email/sendConfirmation": Route(account_routes.send_confirmation, _JOB),
    "email/globalConversationStatistics": Route(
        account_routes.conversation_statistics, account_routes.STATISTICS, owner="optional"
    ),
    "sms/send": Route(account_routes.send_sms, owner="optional"),
    "integration/upsert": Route(integration_routes.write_both, ("contactId", "eventId"), owner="ignored"),
    "contact/upsert": Route(contact_routes.upsert_contact, _CONTACT),
    "contact/insert": Route(contact_routes.insert_contact, _CONTACT),
    "contact/update": Route(contact_routes.update_contact, _CONTACT),
    "contact/batchupsert": Route(batch_routes.upsert_batch, _IDS),
    "contact/batchupsertv2": Route(batch_routes.upsert_batch_later, _JOB),
    "contact/delete": Route(contact_routes.delete_contact, ("result",)),
    "contact/batchDelete": Route(contact_routes.delete_contacts, ("result",)),
    "contact/managetags": Route(contact_routes.manage_tags, ("contactId",)),
    "contact/tags": _TAGS,
    "v2/contact/tags": _TAGS,
    "contact/addNote": Route(contact_routes.add_note, ("contactId",)),
    "contact/setMainOwner": Route(contact_routes.set_main_owner),
    "contact/hasContact": Route(read_routes.has_contact, ("result", "contactId")),
    "contact/basic": Route(read_routes.basic_cards("email"), ("contacts",)),
    "contact/basicById": Route(read_routes.basic_cards("id"), ("contacts",)),
    "contact/list": Route(read_routes.full_cards("email", any_owner=False), ("contacts",)),
    "contact/listById": Route(read_routes.full_cards("contactId", any_owner=False), ("contacts",)),
    "contact/listAll": Route(read_routes.full_cards("email", any_owner=True), ("contacts",)),
    "contact/listAllById": Route(read_routes.full_cards("contactId", any_owner=True), ("contacts",)),
    "contact/paginatedListById": Route(read_routes.page_of_owner, ("contacts",)),
    "contact/createdContacts": Route(feed_routes.created_contacts, ("createdContacts",)),
    "contact/modifiedContacts": Route(feed_routes.modified_contacts, ("modifiedContacts",)),
    "contact/paginatedModifiedContacts": Route(feed_routes.modified_page, ("modifiedContacts", "hasMore")),
    "contact/recentActivity": Route(feed_routes.recent_activity, ("recentActivity",), owner="optional"),
    "contact/optin": Route(opt_routes.opting("opted_out", out=False), ("contactId",), owner="optional"),
    "contact/optout": Route(opt_routes.opting("opted_out", out=True), ("contactId",), owner="optional"),
    "contact/phoneoptin": Route(opt_routes.opting("opted_out_phone", out=False), ("contactId",), owner="optional"),
    "contact/phoneoptout": Route(opt_routes.opting("opted_out_phone", out=True), ("contactId",), owner="optional"),
    "contact/batchoptin": Route(opt_routes.opting_many(out=False), _IDS),
    "contact/batchoptout": Route(opt_routes.opting_many(out=True), _IDS),
    "contact/addContactExtEvent": Route(_OLD_EVENT, _EVENT),
    "contact/batchAddContactExtEvent": Route(event_routes.add_events, _BATCH_EVENTS),
    "contact/updateContactExtEvent": Route(event_routes.update_event, _EVENT),
    "contact/deleteContactExtEvent": Route(event_routes.delete_event, ("result",)),
    "v2/contact/addContactExtEvent": Route(_NEW_EVENT, _EVENT),
    "v2/contact/addBatchContactExtEvent": Route(event_routes.add_events, _BATCH_EVENTS),
    "v2/contact/updateContactExtEvent": Route(event_routes.update_event, _EVENT),
    "v2/contact/deleteContactExtEvent": Route(event_routes.delete_event, ("result",)),
    "contact/paginatedContactList/export": Route(job_routes.export_page, _JOB),
    "contact/export/data": Route(job_routes.export_data, _JOB),
    "job/status": Route(job_routes.job_status, ("fileUrl",)),
}
