# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Recipients put in from the control port, as if they had been there for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.errors import OrderError
from airflow_provider_marketsync.sandbox.mailup.moments import DAY, moment_of
from airflow_provider_marketsync.sandbox.mailup.people import KeyMismatch
from airflow_provider_marketsync.sandbox.mailup.recipient import (
    EMAIL,
    PENDING,
    SMS,
    SUBSCRIBED,
    UNSUBSCRIBED,
    Membership,
    Place,
)
from airflow_provider_marketsync.sandbox.mailup.rows import BadRow, FieldPolicy, parse_row, write_row
from airflow_provider_marketsync.sandbox.people import person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_provider_marketsync.sandbox.mailup.account import Account
    from airflow_provider_marketsync.sandbox.mailup.rows import Row

_OPTED_OUT_ONE_IN = 25
STATUSES = {"OPTIN": SUBSCRIBED, "OPTOUT": UNSUBSCRIBED, "PENDING": PENDING, "NONE": None}
POLICY = FieldPolicy(empty="clear", missing="keep")

Parsed = tuple["Row", "Place", "Membership | None", "list[int]"]


def seed_records(account: Account, records: Iterable[Any]) -> int:
    """
    Put records in: recipient objects with ``idList`` (1), ``Status`` (``OPTIN``), ``idGroups`` and, as ``EmailOptins``
    names them, dates and reasons. The same address with another ``idList`` gets a status there too.

    :return: how many
    :raises OrderError: a record is not understood and nothing is put in, or address and mobile belong to two people
    """
    parsed = [_parse(account, record) for record in records]
    try:
        for row, place, membership, groups in parsed:
            _put(account, row, place, membership, groups)
    except BadRow as bad:
        raise OrderError(str(bad)) from None
    return len(parsed)


def seed_people(account: Account, count: int, seed: int) -> int:
    """
    Put made people into list 1; the same seed makes the same people at every vendor.

    :return: how many
    """
    long_ago, later = account.now - 400 * DAY, account.now - 100 * DAY
    roll = account.roll(Place(1))
    for number in range(count):
        one = person(seed, number)
        recipient = account.people.by_email(one.email) or account.people.add()
        account.people.rename(recipient, one.email)
        recipient.name = f"{one.first_name} {one.last_name}"
        recipient.fields.update({1: one.first_name, 2: one.last_name, 4: one.city})
        membership = roll[recipient.id] = Membership(SUBSCRIBED, optin_at=long_ago)
        if one.dice >> 50 < (1 << 14) // _OPTED_OUT_ONE_IN:
            membership.status, membership.optout_at, membership.optout_type = UNSUBSCRIBED, later, "2"
    return count


def _put(account: Account, row: Row, place: Place, membership: Membership | None, groups: list[int]) -> None:
    try:
        recipient = write_row(account, row, POLICY)
    except KeyMismatch:
        raise BadRow("mobile belongs to somebody else") from None
    if membership:
        account.roll(place)[recipient.id] = membership
    for number in groups:
        account.groups[number].members[recipient.id] = None


def _parse(account: Account, record: Any) -> Parsed:
    try:
        row = parse_row(account, record)
        place = Place(int(record.get("idList", 1)), EMAIL if row.email else SMS)
        groups = [int(number) for number in record.get("idGroups", [])]
        membership = _membership(account, record)
    except (BadRow, ValueError, TypeError) as error:
        raise OrderError(f"a record is not understood: {error}") from None
    if place.list_id not in account.lists or any(number not in account.groups for number in groups):
        raise OrderError("unknown list or group", {"lists": sorted(account.lists), "groups": sorted(account.groups)})
    return row, place, membership, groups


def _membership(account: Account, record: Mapping[str, Any]) -> Membership | None:
    word = str(record.get("Status", "OPTIN"))
    if word not in STATUSES:
        raise OrderError(f"unknown status {word!r}", {"statuses": list(STATUSES)})
    status = STATUSES[word]
    if status is None:
        return None
    made = Membership(status, optin_at=_at(record, "Optin_Date"), requested_at=_at(record, "Optin_Request_Date"))
    made.requested_from = record.get("Optin_Request_IP")
    if status == PENDING:
        made.requested_at = made.requested_at or account.now - DAY
    else:
        made.optin_at = made.optin_at or account.now - 400 * DAY
    if status == UNSUBSCRIBED:
        _opt_out(account, made, record)
    return made


def _opt_out(account: Account, made: Membership, record: Mapping[str, Any]) -> None:
    made.optout_at = _at(record, "Optout_Date") or account.now - 100 * DAY
    made.optout_type, subtype = str(record.get("Optout_Type", "2")), record.get("Optout_Subtype")
    made.optout_subtype = None if subtype is None else str(subtype)
    message = record.get("Optout_MsgID")
    made.optout_message = None if message is None else int(message)


def _at(record: Mapping[str, Any], name: str) -> float | None:
    return moment_of(str(record[name])) if record.get(name) else None
