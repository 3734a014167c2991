# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``contact.php`` and ``contact/forget.php`` (contract sections 8.1 to 8.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.smaily.changes import upsert
from airflow_provider_marketsync.sandbox.smaily.codes import Refusal, as_json, done
from airflow_provider_marketsync.sandbox.smaily.contact import SYSTEM_FIELDS, Contact
from airflow_provider_marketsync.sandbox.smaily.forms import body_of, parameters_of, whole_number, words
from airflow_provider_marketsync.sandbox.smaily.rows import Row, read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_marketsync.sandbox.call import Call, Reply
    from airflow_provider_marketsync.sandbox.smaily.account import Account
    from airflow_provider_marketsync.sandbox.smaily.moments import Moment

PAGE_CAP = 25_000


def write_contacts(account: Account, call: Call) -> Reply:
    """Create or update subscribers; a batch gets one answer."""
    rows = accepted_rows(account, body_of(call))

    def apply(when: Moment) -> None:
        for row in rows:
            upsert(account, row, when)

    account.write(apply)
    return done(delay=_batch_delay(account, rows))


def accepted_rows(account: Account, given: Any) -> list[Row]:
    """
    Check a batch.

    :return: the rows that are taken
    :raises Refusal: none is, or one is not and the account refuses mixed batches
    """
    rows, refusals = read_rows(given, account.missing_email)
    if refusals and (not rows or account.switches["mixed_batch"] == "refuse_all"):
        raise refusals[0]
    if not rows:
        raise Refusal(203)
    return rows


def _batch_delay(account: Account, rows: Sequence[Row]) -> float:
    fields = sum(len(row.fields) + 1 for row in rows)
    row_delay, field_delay = account.switches["row_delay_ms"], account.switches["field_delay_ms"]
    return float(row_delay * len(rows) + field_delay * fields) / 1000


def read_contacts(account: Account, call: Call) -> Reply:
    """Give one subscriber, or a page of a segment."""
    asked = parameters_of(call)
    if asked.get("list"):
        return _page(account, asked)
    if not asked.get("email"):
        raise Refusal(207, "email")
    contact = account.known(str(asked["email"]).strip())
    flag = 1 if contact.is_unsubscribed else 0
    numeric = account.switches["is_unsubscribed_type"] == "number"
    return as_json(_unset(account) | contact.record(flag if numeric else str(flag)))


def _page(account: Account, asked: dict[str, Any]) -> Reply:
    segment = account.segment(whole_number(asked["list"], -1), asked["list"])
    limit = min(whole_number(asked.get("limit")) or PAGE_CAP, PAGE_CAP)
    step = PAGE_CAP if account.switches["paging"] == "fixed_page" else limit
    start = whole_number(asked.get("offset")) * step
    page = account.directory.members(segment)[start : start + limit]
    return as_json(_records(account, page, words(asked.get("fields"))))


def _records(account: Account, page: Sequence[Contact], fields: list[str]) -> list[dict[str, Any]]:
    as_text = account.switches["is_unsubscribed_type"] == "string"
    flags: tuple[Any, Any] = ("0", "1") if as_text else (0, 1)
    unset = _unset(account)
    records = [unset | contact.record(flags[contact.is_unsubscribed]) for contact in page]
    if not fields:
        return records
    names = dict.fromkeys(["email", *fields])
    return [{name: record[name] for name in names if name in record} for record in records]


def _unset(account: Account) -> dict[str, Any]:
    # Custom fields are account-wide; whether an unset one shows as "" is a switch. System fields keep their place.
    if account.switches["unset_fields"] == "absent":
        return {}
    return dict.fromkeys(("email", "is_unsubscribed", *SYSTEM_FIELDS, *account.directory.field_names), "")


def forget_contacts(account: Account, call: Call) -> Reply:
    """Erase people and their log rows; unknown addresses are no error."""
    given = body_of(call)
    if not isinstance(given, list) or not given or not all(isinstance(email, str) for email in given):
        raise Refusal(203)

    def apply(when: Moment) -> None:
        keys = {email.strip().lower() for email in given}
        if sum(account.directory.remove(key) for key in keys):
            account.log.forget(keys)

    account.write(apply)
    return done()
