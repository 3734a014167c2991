# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Finding what a path names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.mailup.replies import NEW_LIST, Refusal

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.mailup.account import Account
    from airflow_provider_marketsync.sandbox.mailup.lists import Group, MailingList
    from airflow_provider_marketsync.sandbox.mailup.recipient import Recipient


def the_list(account: Account, number: int) -> MailingList:
    """
    Find a list.

    :raises Refusal: 404 for none, 403 for one made a moment ago
    """
    found = account.lists.get(number)
    if found is None:
        raise Refusal(404, "List not found")
    if account.now < found.closed_until:
        raise Refusal(403, NEW_LIST)
    return found


def the_group(account: Account, number: int) -> Group:
    """
    Find a group.

    :raises Refusal: there is none, or its list may not be used yet
    """
    found = account.groups.get(number)
    if found is None:
        raise Refusal(404, "Group not found")
    the_list(account, found.list_id)
    return found


def the_recipient(account: Account, number: int) -> Recipient:
    """
    Find a recipient.

    :raises Refusal: there is none
    """
    found = account.people.get(number)
    if found is None:
        raise Refusal(404, "Recipient not found")
    return found
