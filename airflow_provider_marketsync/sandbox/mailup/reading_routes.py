# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Reading recipients (contract section 5.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.mailup.lazy import Lazy
from airflow_provider_marketsync.sandbox.mailup.look_up import the_group, the_list
from airflow_provider_marketsync.sandbox.mailup.moments import optin_stamp
from airflow_provider_marketsync.sandbox.mailup.paging import page
from airflow_provider_marketsync.sandbox.mailup.recipient import (
    PENDING,
    SUBSCRIBED,
    UNSUBSCRIBED,
    Membership,
    Place,
    Recipient,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow_provider_marketsync.sandbox.call import Reply
    from airflow_provider_marketsync.sandbox.mailup.account import Account
    from airflow_provider_marketsync.sandbox.mailup.ask import Ask

Known = tuple[Recipient, Membership]
STATUS_WORDS = {
    "check_codes": {SUBSCRIBED: "OPTIN", UNSUBSCRIBED: "OPTOUT", PENDING: "PENDING"},
    "others": {SUBSCRIBED: "OPTIN", UNSUBSCRIBED: "UNSUBSCRIBED", PENDING: "NOTCONFIRMED"},
}


def fields_of(account: Account, recipient: Recipient, every: bool) -> list[dict[str, Any]]:
    """Give the fields of a recipient, filled ones or every one."""
    return [
        {"Description": name, "Id": number, "Value": recipient.fields.get(number, "")}
        for number, name in account.fields.items()
        if every or number in recipient.fields
    ]


def recipient_columns(account: Account) -> Mapping[str, Callable[[Recipient], Any]]:
    """What the recipient lists show."""
    every = account.switches["read_fields"] == "all"
    return {
        "Email": lambda one: one.email,
        "Fields": lambda one: fields_of(account, one, every),
        "MobileNumber": lambda one: one.number,
        "MobilePrefix": lambda one: one.prefix,
        "Name": lambda one: one.name,
        "idRecipient": lambda one: one.id,
    }


def optin_columns(account: Account) -> Mapping[str, Callable[[Known], Any]]:
    """What ``EmailOptins`` shows; missing dates are empty texts."""
    switches = account.switches
    zone, words = str(switches["optins_zone"]), STATUS_WORDS[switches["status_words"]]
    cut = switches["optout_subtype_form"] == "last_digit"

    def subtype(membership: Membership) -> str | None:
        return membership.optout_subtype[-1] if cut and membership.optout_subtype else membership.optout_subtype

    return {
        "Email": lambda one: one[0].email,
        "Optin_Date": lambda one: optin_stamp(one[1].optin_at, zone),
        "Optin_Request_Date": lambda one: optin_stamp(one[1].requested_at, zone),
        "Optin_Request_IP": lambda one: one[1].requested_from,
        "Optout_Date": lambda one: optin_stamp(one[1].optout_at, zone),
        "Optout_MsgID": lambda one: one[1].optout_message,
        "Optout_Subtype": lambda one: _code(account, subtype(one[1])),
        "Optout_Type": lambda one: _code(account, one[1].optout_type),
        "Status": lambda one: words[one[1].status],
        "idRecipient": lambda one: one[0].id,
    }


def _code(account: Account, code: str | None) -> int | str | None:
    # 01 is not 1: what a number would spoil stays text.
    if code is None or account.switches["optout_type_form"] == "text" or str(int(code)) != code:
        return code
    return int(code)


def _numbers(account: Account, place: Place, status: str | None = None) -> list[int]:
    numbers = account.numbers(place, status)
    return numbers[::-1] if account.switches["recipients_order"] == "newest_first" else numbers


def _of_status(status: str) -> Callable[[Account, Ask], Reply]:
    def answer(account: Account, ask: Ask) -> Reply:
        place = Place(the_list(account, ask.numbers[0]).id)
        return page(account, ask, Lazy(_numbers(account, place, status), account.known), recipient_columns(account))

    return answer


subscribed = _of_status(SUBSCRIBED)
unsubscribed = _of_status(UNSUBSCRIBED)
pending = _of_status(PENDING)


def email_optins(account: Account, ask: Ask) -> Reply:
    """``GET List/{l}/Recipients/EmailOptins``: all statuses together, with dates and reasons."""
    place = Place(the_list(account, ask.numbers[0]).id)
    roll = account.roll(place)
    everybody = Lazy(_numbers(account, place), lambda number: (account.known(number), roll[number]))
    return page(account, ask, everybody, optin_columns(account))


def group_recipients(account: Account, ask: Ask) -> Reply:
    """``GET Group/{g}/Recipients``."""
    group = the_group(account, ask.numbers[0])
    members = [one for one in map(account.people.get, group.members) if one]
    if account.switches["group_recipients"] == "subscribed":
        members = [one for one in members if account.is_subscribed(group.list_id, one)]
    return page(account, ask, members, recipient_columns(account))
