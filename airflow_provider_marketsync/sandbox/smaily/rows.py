# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Rows of a write, checked (contract sections 7, 8.1 and 11)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.smaily.codes import Refusal
from airflow_provider_marketsync.sandbox.smaily.contact import RESERVED_FIELDS, SYSTEM_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

RESERVED_TLDS = (".test", ".invalid", ".localhost", ".example")
_UNWRITABLE = frozenset((*RESERVED_FIELDS, *SYSTEM_FIELDS))
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")
_TRUE = frozenset(("1", "true"))
_FALSE = frozenset(("0", "false", ""))


@dataclass(frozen=True)
class Row:
    """
    One checked row.

    :param is_unsubscribed: None = not said, the status stays
    :param is_deleted: None = not said
    """

    email: str
    is_unsubscribed: bool | None
    is_deleted: bool | None
    fields: dict[str, str]


def read_row(given: Any, missing_email: int) -> Row:
    """
    Check one row.

    :param missing_email: code for a row without the key ``email``
    :raises Refusal: the row is not taken
    """
    if not isinstance(given, dict):
        raise Refusal(203)
    return Row(
        _address(given, missing_email),
        _said(given, "is_unsubscribed"),
        _said(given, "is_deleted"),
        {name: _text(value) for name, value in given.items() if name not in _UNWRITABLE},
    )


def read_rows(given: Any, missing_email: int) -> tuple[list[Row], list[Refusal]]:
    """Check a body of one object or an array; give the good rows and why the others are not."""
    if not isinstance(given, list):
        given = [given]
    good: list[Row] = []
    bad: list[Refusal] = []
    for one in given:
        try:
            good.append(read_row(one, missing_email))
        except Refusal as refusal:
            bad.append(refusal)
    return good, bad


def checked_address(value: Any) -> str:
    """
    Check an address.

    :raises Refusal: 203 for nothing like an address or a reserved top-level domain, 204 for bad syntax
    """
    if not isinstance(value, str) or not value.strip():
        raise Refusal(203)
    address = value.strip()
    if len(address) > 254 or not _ADDRESS.fullmatch(address) or address.index("@") > 64:
        raise Refusal(204, address)
    if address.lower().endswith(RESERVED_TLDS):
        raise Refusal(203)
    return address


def _address(given: Mapping[str, Any], missing_email: int) -> str:
    if "email" not in given:
        raise Refusal(missing_email, "email")
    return checked_address(given["email"])


def _said(given: Mapping[str, Any], name: str) -> bool | None:
    if name not in given:
        return None
    value = given[name]
    word = "" if value is None else str(value).lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Refusal(203)


def _text(value: Any) -> str:
    # As PHP turns a scalar into text; null clears like the empty string.
    if isinstance(value, str):
        return value
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, (int, float)):
        return f"{value:.14g}" if isinstance(value, float) else str(value)
    raise Refusal(203)
