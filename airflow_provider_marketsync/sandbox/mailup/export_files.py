# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The nightly file of unsubscribers (contract section 7.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.mailup.file_instances import ENCODINGS
from airflow_provider_marketsync.sandbox.mailup.moments import DAY, file_day, file_stamp
from airflow_provider_marketsync.sandbox.mailup.recipient import UNSUBSCRIBED, Membership, Place, Recipient, mobile_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_marketsync.sandbox.mailup.account import Account

HEADER = (
    "email", "Phone Number", "idList", "OptOut_Date", "Subscription Date", "optout_nl", "optout_type", "optout_subtype",
)  # fmt: skip


@dataclass(frozen=True)
class ExportOrder:
    """
    What is exported.

    :param lists: None = every list
    :param types: None = every reason; type or longer code
    :param day: ``previous``, ``full``, or a day such as ``20261120``
    :param fields: profile fields put after the fixed columns
    """

    lists: frozenset[int] | None = None
    without_lists: frozenset[int] = frozenset()
    types: frozenset[str] | None = None
    without_types: frozenset[str] = frozenset()
    day: str = "previous"
    fields: tuple[int, ...] = (1, 2)
    separator: str = ";"
    delimiter: str = '"'
    encoding: str = "utf-8"


def file_name(account: Account) -> str:
    """Name the file of today."""
    day = file_day(account.now, str(account.switches["export_zone"]))
    return f"{day}_unsubscribers.csv" if account.switches["export_name"] == "day_unsubscribers" else f"unsubscribers_{day}.csv"


def export_unsubscribers(account: Account, order: ExportOrder) -> bytes:
    """Write the file."""
    lines = [order.separator.join([*HEADER, *(account.fields[number] for number in order.fields)])]
    for list_id, recipient, membership in _chosen(account, order):
        cells = _cells(account, order, list_id, recipient, membership)
        quote = order.delimiter
        lines.append(order.separator.join(f"{quote}{cell.replace(quote, quote * 2)}{quote}" for cell in cells))
    encoding = "utf-8" if order.encoding == "utf-8" else ENCODINGS[order.encoding]
    return "".join(f"{line}\r\n" for line in lines).encode(encoding, "replace")


def _chosen(account: Account, order: ExportOrder) -> Iterator[tuple[int, Recipient, Membership]]:
    zone = str(account.switches["export_zone"])
    day = file_day(account.now - DAY, zone) if order.day == "previous" else order.day
    for list_id in account.lists:
        if list_id in order.without_lists or (order.lists is not None and list_id not in order.lists):
            continue
        for number in account.numbers(Place(list_id), UNSUBSCRIBED):
            membership = account.roll(Place(list_id))[number]
            at = membership.optout_at
            if (day == "full" or (at is not None and file_day(at, zone) == day)) and _is_wanted(order, membership):
                yield list_id, account.known(number), membership


def _is_wanted(order: ExportOrder, membership: Membership) -> bool:
    codes = {membership.optout_type, membership.optout_subtype}
    return not codes & order.without_types and (order.types is None or bool(codes & order.types))


def _cells(account: Account, order: ExportOrder, list_id: int, recipient: Recipient, membership: Membership) -> list[str]:
    zone = str(account.switches["export_zone"])
    subtype = membership.optout_subtype or ""
    return [
        recipient.email,
        mobile_key(recipient.prefix, recipient.number),
        str(list_id),
        file_stamp(membership.optout_at, zone),
        file_stamp(membership.optin_at, zone),
        str(membership.optout_message or ""),
        membership.optout_type or "",
        subtype[-1:] if account.switches["optout_subtype_form"] == "last_digit" else subtype,
        *(recipient.fields.get(number, "") for number in order.fields),
    ]
