# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One recipient at a time: write, subscribe, unsubscribe, remove (contract sections 5.4 and 5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.mailup.changes import (
    API,
    Cause,
    remove_from_account,
    remove_from_list,
    request,
    subscribe,
    unsubscribe,
)
from airflow_provider_marketsync.sandbox.mailup.field_names import detail_name
from airflow_provider_marketsync.sandbox.mailup.look_up import the_group, the_list, the_recipient
from airflow_provider_marketsync.sandbox.mailup.people import KeyMismatch
from airflow_provider_marketsync.sandbox.mailup.reading_routes import fields_of
from airflow_provider_marketsync.sandbox.mailup.recipient import (
    EMAIL,
    PENDING,
    SMS,
    SUBSCRIBED,
    UNSUBSCRIBED,
    Membership,
    Place,
)
from airflow_provider_marketsync.sandbox.mailup.replies import EMPTY, Refusal, as_json
from airflow_provider_marketsync.sandbox.mailup.rows import BadRow, Row, parse_row, single_policy, write_fields, write_row

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Reply
    from airflow_provider_marketsync.sandbox.mailup.account import Account
    from airflow_provider_marketsync.sandbox.mailup.ask import Ask
    from airflow_provider_marketsync.sandbox.mailup.recipient import Recipient


def _cause(account: Account, ask: Ask) -> Cause:
    return Cause(API, account.now, account.switches["webhooks_for_rest"] == "yes", ask.call.peer)


def _written(account: Account, ask: Ask, list_id: int) -> Recipient:
    try:
        row = parse_row(account, ask.record())
        recipient = write_row(account, row, single_policy(account.switches))
    except BadRow as bad:
        raise Refusal(400, str(bad)) from None
    _join(account, ask, Place(list_id, EMAIL if row.email else SMS), recipient)
    return recipient


def _join(account: Account, ask: Ask, place: Place, recipient: Recipient) -> None:
    confirms, cause = ask.flag("ConfirmEmail"), _cause(account, ask)
    if not _moves(account, account.membership(place, recipient), confirms):
        return
    if not confirms:
        subscribe(account, place, recipient, cause)
        return
    request(account, place, recipient, cause)
    account.mailbox.add("confirmation", recipient.email, cause.at, place.list_id)


def _moves(account: Account, before: Membership | None, confirms: bool) -> bool:
    switches = account.switches
    if before is None:
        return True
    if before.status == UNSUBSCRIBED:
        return switches["single_on_unsubscribed"] == "subscribe" and not before.is_bounced
    if before.status == PENDING:
        return confirms or switches["single_on_pending"] == "subscribe"
    return confirms and switches["single_confirm_subscribed"] == "pending"


def add_to_list(account: Account, ask: Ask) -> Reply:
    """``POST List/{l}/Recipient``: a bare number."""
    return as_json(_written(account, ask, the_list(account, ask.numbers[0]).id).id)


def add_to_group(account: Account, ask: Ask) -> Reply:
    """``POST Group/{g}/Recipient``: into the group and its list."""
    group = the_group(account, ask.numbers[0])
    recipient = _written(account, ask, group.list_id)
    group.members[recipient.id] = None
    return as_json(recipient.id)


def change_detail(account: Account, ask: Ask) -> Reply:
    """``PUT Recipient/Detail``: by ``idRecipient``; answers every field."""
    record = ask.record()
    number = record.get("idRecipient")
    if isinstance(number, bool) or not isinstance(number, int):
        raise Refusal(400, "idRecipient is missing")
    recipient = the_recipient(account, number)
    try:
        _change(account, recipient, parse_row(account, {**_keys_of(recipient), **record}))
    except BadRow as bad:
        raise Refusal(400, str(bad)) from None
    except KeyMismatch:
        raise Refusal(400, "Key mismatch: email and mobile number belong to different recipients") from None
    return as_json(detail(account, recipient))


def _keys_of(recipient: Recipient) -> dict[str, str]:
    return {"Email": recipient.email, "MobilePrefix": recipient.prefix, "MobileNumber": recipient.number}


def _change(account: Account, recipient: Recipient, row: Row) -> None:
    policy = single_policy(account.switches)
    owner = account.people.by_mobile(row.prefix, row.number) if row.number else None
    if owner not in (None, recipient):
        raise KeyMismatch
    account.people.rename(recipient, row.email or recipient.email)
    if row.number:
        account.people.set_mobile(recipient, row.prefix, row.number)
    if row.name is not None:
        recipient.name = row.name
    write_fields(recipient, row.fields, policy)


def detail(account: Account, recipient: Recipient) -> dict[str, Any]:
    """Give a recipient as ``PUT Recipient/Detail`` does, in its own order and spelling of field names."""
    fields = [{**one, "Description": detail_name(one["Id"], one["Description"])} for one in fields_of(account, recipient, True)]
    return {
        "Fields": fields,
        "Name": recipient.name,
        "idRecipient": recipient.id,
        "Email": recipient.email,
        "MobileNumber": recipient.number or None,
        "MobilePrefix": recipient.prefix or None,
    }


def _subscribe(account: Account, ask: Ask, list_id: int, recipient: Recipient) -> None:
    place = Place(list_id)
    before = account.membership(place, recipient)
    if before is None or not before.is_bounced:
        subscribe(account, place, recipient, _cause(account, ask))
    elif account.switches["subscribe_after_bounce"] == "refused":
        raise Refusal(400, "Recipient can not be subscribed: unsubscribed because of a bounce")


def subscribe_by_id(account: Account, ask: Ask) -> Reply:
    """``POST List/{l}/Subscribe/{r}``: empty body."""
    found, recipient = the_list(account, ask.numbers[0]), the_recipient(account, ask.numbers[1])
    _subscribe(account, ask, found.id, recipient)
    return EMPTY


def unsubscribe_by_id(account: Account, ask: Ask) -> Reply:
    """``DELETE List/{l}/Unsubscribe/{r}``: empty body."""
    found, recipient = the_list(account, ask.numbers[0]), the_recipient(account, ask.numbers[1])
    place = Place(found.id)
    if account.membership(place, recipient) is None:
        raise Refusal(404, "Recipient not found")
    unsubscribe(account, place, recipient, _cause(account, ask), str(account.switches["api_optout_type"]))
    return EMPTY


def subscribe_to_group(account: Account, ask: Ask) -> Reply:
    """``POST Group/{g}/Subscribe/{r}``; unless told otherwise it also subscribes to the list."""
    group, recipient = the_group(account, ask.numbers[0]), the_recipient(account, ask.numbers[1])
    if ask.flag("confirmSubscription", True):
        membership = account.membership(Place(group.list_id), recipient)
        is_out = membership is not None and membership.status != SUBSCRIBED
        if not is_out or account.switches["group_subscribe_revives"] == "yes":
            _subscribe(account, ask, group.list_id, recipient)
    group.members[recipient.id] = None
    return EMPTY


def unsubscribe_from_group(account: Account, ask: Ask) -> Reply:
    """``DELETE Group/{g}/Unsubscribe/{r}``: out of the group, the status in the list stays."""
    group, recipient = the_group(account, ask.numbers[0]), the_recipient(account, ask.numbers[1])
    group.members.pop(recipient.id, None)
    return EMPTY


def _removed(account: Account) -> Reply:
    return as_json({"Removed": 1}) if account.switches["removal_answer"] == "removed" else EMPTY


def remove_from_one_list(account: Account, ask: Ask) -> Reply:
    """``DELETE List/{l}/Recipient/{r}``."""
    found, recipient = the_list(account, ask.numbers[0]), the_recipient(account, ask.numbers[1])
    if all(place.list_id != found.id for place in account.places_of(recipient)):
        raise Refusal(404, "Recipient not found")
    remove_from_list(account, found.id, recipient, _cause(account, ask))
    return _removed(account)


def remove_wholly(account: Account, ask: Ask) -> Reply:
    """``DELETE Recipients/{r}``: the right to be forgotten."""
    remove_from_account(account, the_recipient(account, ask.numbers[0]), _cause(account, ask))
    return _removed(account)
