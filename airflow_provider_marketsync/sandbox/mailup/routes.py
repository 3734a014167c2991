# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Verb and path of the REST console -> what answers; ``{}`` is an id (contract section 5)."""

from __future__ import annotations

from collections.abc import Callable

from airflow_provider_marketsync.sandbox.call import Reply
from airflow_provider_marketsync.sandbox.mailup import import_routes, list_routes, reading_routes, recipient_routes
from airflow_provider_marketsync.sandbox.mailup.account import Account
from airflow_provider_marketsync.sandbox.mailup.ask import Ask

Route = Callable[[Account, Ask], Reply]

ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "Authentication/Info"): list_routes.account_info,
    ("GET", "Authentication/Details"): list_routes.account_details,
    ("GET", "List"): list_routes.lists_new_path,
    ("GET", "User/Lists"): list_routes.lists_old_path,
    ("POST", "List"): list_routes.create_list,
    ("POST", "User/Lists"): list_routes.create_list,
    ("GET", "List/{}"): list_routes.read_list,
    ("PUT", "List/{}"): list_routes.change_list,
    ("PUT", "User/List/{}"): list_routes.change_list,
    ("DELETE", "List/{}"): list_routes.delete_list,
    ("GET", "List/{}/Groups"): list_routes.groups,
    ("POST", "List/{}/Group"): list_routes.create_group,
    ("PUT", "List/{}/Group/{}"): list_routes.change_group,
    ("DELETE", "List/{}/Group/{}"): list_routes.delete_group,
    ("GET", "List/{}/Recipient/{}/Groups"): list_routes.groups_of_recipient,
    ("GET", "Recipient/DynamicFields"): list_routes.dynamic_fields,
    ("POST", "List/{}/Recipient"): recipient_routes.add_to_list,
    ("POST", "Group/{}/Recipient"): recipient_routes.add_to_group,
    ("PUT", "Recipient/Detail"): recipient_routes.change_detail,
    ("POST", "List/{}/Recipients"): import_routes.import_to_list,
    ("POST", "Group/{}/Recipients"): import_routes.import_to_group,
    ("POST", "Sms/{}/Recipients"): import_routes.import_to_sms,
    ("GET", "Import/{}"): import_routes.import_counters,
    ("GET", "Imports"): import_routes.import_list,
    ("GET", "Imports/{}"): import_routes.import_detail,
    ("GET", "Import/{}/Sending"): import_routes.import_sending,
    ("POST", "Email/Sendings/{}/Immediate"): import_routes.send_now,
    ("POST", "Email/Sendings/{}/Deferred"): import_routes.send_later,
    ("POST", "List/{}/Subscribe/{}"): recipient_routes.subscribe_by_id,
    ("DELETE", "List/{}/Unsubscribe/{}"): recipient_routes.unsubscribe_by_id,
    ("POST", "Group/{}/Subscribe/{}"): recipient_routes.subscribe_to_group,
    ("DELETE", "Group/{}/Unsubscribe/{}"): recipient_routes.unsubscribe_from_group,
    ("DELETE", "List/{}/Recipient/{}"): recipient_routes.remove_from_one_list,
    ("DELETE", "Recipients/{}"): recipient_routes.remove_wholly,
    ("GET", "List/{}/Recipients/Subscribed"): reading_routes.subscribed,
    ("GET", "List/{}/Recipients/Unsubscribed"): reading_routes.unsubscribed,
    ("GET", "List/{}/Recipients/Pending"): reading_routes.pending,
    ("GET", "List/{}/Recipients/EmailOptins"): reading_routes.email_optins,
    ("GET", "Group/{}/Recipients"): reading_routes.group_recipients,
}


def taken_apart(path: str) -> tuple[str, tuple[int, ...]]:
    """Give the template of a path and the ids in it."""
    parts = path.split("/")
    numbers = tuple(int(part) for part in parts if part.isascii() and part.isdigit())
    return "/".join("{}" if part.isascii() and part.isdigit() else part for part in parts), numbers
