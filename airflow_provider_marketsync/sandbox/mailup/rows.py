# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One recipient as a request gives it, and how it is written (contract sections 5.3 to 5.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.mailup.people import KeyMismatch
from airflow_provider_marketsync.sandbox.mailup.recipient import LONGEST_VALUE, is_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_provider_marketsync.sandbox.mailup.account import Account
    from airflow_provider_marketsync.sandbox.mailup.recipient import Recipient
    from airflow_provider_marketsync.sandbox.switches import Switches


class BadRow(Exception):
    """A recipient that is refused; the text says why."""


@dataclass(frozen=True)
class Row:
    """
    One recipient to write.

    :param name: None where it was not sent
    :param fields: values by id, empty ones included
    """

    email: str = ""
    name: str | None = None
    prefix: str = ""
    number: str = ""
    fields: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FieldPolicy:
    """
    What becomes of stored values.

    :param empty: ``clear`` or ``keep`` for a value sent empty
    :param missing: the same for a field not sent
    """

    empty: str
    missing: str


def single_policy(switches: Switches) -> FieldPolicy:
    """Give the rule of the single call and of ``PUT Recipient/Detail``."""
    return FieldPolicy(str(switches["single_empty_values"]), str(switches["single_missing_fields"]))


def bulk_policy(switches: Switches, clears: bool) -> FieldPolicy:
    """Give the rule of imports."""
    return FieldPolicy("clear", "clear") if clears else FieldPolicy(str(switches["bulk_empty_values"]), "keep")


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return "" if value is None else str(value).strip()


def parse_row(account: Account, record: Any) -> Row:
    """
    Read a recipient object.

    :raises BadRow: it is none, has no usable address, or a value is too long where that is refused
    """
    if not isinstance(record, dict):
        raise BadRow("Recipient is not an object")
    email, number = _text(record, "Email"), _text(record, "MobileNumber")
    if not email and not number:
        raise BadRow("Email or mobile number is missing")
    if email and not is_address(email):
        raise BadRow("Email address is not valid")
    name = None if record.get("Name") is None else str(record["Name"])
    return Row(email, name, _text(record, "MobilePrefix"), number, parse_fields(account, record.get("Fields")))


def parse_fields(account: Account, given: Any) -> dict[int, str]:
    """
    Read ``Fields``.

    :raises BadRow: they have another shape, or hold what the switches refuse
    """
    try:
        pairs = [(int(one["Id"]), "" if one.get("Value") is None else str(one["Value"])) for one in given or []]
    except (TypeError, ValueError, KeyError, AttributeError):
        raise BadRow("Fields are not valid") from None
    return checked_fields(account, pairs)


def checked_fields(account: Account, pairs: list[tuple[int, str]]) -> dict[int, str]:
    """
    Apply the rules about unknown fields and long values.

    :raises BadRow: a switch says that they are refused
    """
    if account.switches["unknown_field"] == "refuse" and any(number not in account.fields for number, _ in pairs):
        raise BadRow("Field id is not valid")
    if account.switches["long_values"] == "refuse" and any(len(value) > LONGEST_VALUE for _, value in pairs):
        raise BadRow("Field value is too long")
    return {number: value[:LONGEST_VALUE] for number, value in pairs if number in account.fields}


def find_owner(account: Account, row: Row) -> Recipient | None:
    """
    Find whom a row means.

    :raises BadRow: its address and its mobile belong to two recipients
    """
    try:
        return account.people.owner(row.email, row.prefix, row.number)
    except KeyMismatch:
        raise BadRow("Key mismatch: email and mobile number belong to different recipients") from None


def write_row(account: Account, row: Row, policy: FieldPolicy) -> Recipient:
    """
    Write profile data; no status changes.

    :raises BadRow: see :func:`find_owner`
    """
    recipient = find_owner(account, row) or account.people.add()
    if row.email:
        account.people.rename(recipient, row.email)
    if row.number:
        account.people.set_mobile(recipient, row.prefix, row.number)
    if row.name or (row.name is not None and policy.empty == "clear"):
        recipient.name = row.name
    write_fields(recipient, row.fields, policy)
    return recipient


def write_fields(recipient: Recipient, fields: Mapping[int, str], policy: FieldPolicy) -> None:
    """Write field values."""
    if policy.missing == "clear":
        recipient.fields.clear()
    for number, value in fields.items():
        if value:
            recipient.fields[number] = value
        elif policy.empty == "clear":
            recipient.fields.pop(number, None)
