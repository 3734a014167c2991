# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Accepting imports and doing them when their time has come (contract sections 5.5, 7.3 and 10.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.mailup.account import NO_CALL
from airflow_provider_marketsync.sandbox.mailup.changes import API, Cause, request, subscribe, unsubscribe
from airflow_provider_marketsync.sandbox.mailup.import_job import AS_OPTIN, AS_OPTOUT, AS_PENDING, Import, ImportOptions
from airflow_provider_marketsync.sandbox.mailup.recipient import EMAIL, PENDING, SMS, SUBSCRIBED, UNSUBSCRIBED, Place
from airflow_provider_marketsync.sandbox.mailup.rows import BadRow, bulk_policy, find_owner, parse_row, write_row

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Call
    from airflow_provider_marketsync.sandbox.mailup.account import Account
    from airflow_provider_marketsync.sandbox.mailup.mailbox import Sending
    from airflow_provider_marketsync.sandbox.mailup.recipient import Membership, Recipient

FIRST_IMPORT = 42
IMPORTED_AS_UNSUBSCRIBED = "4"


def accept_import(
    account: Account,
    list_id: int,
    rows: list[Any],
    options: ImportOptions,
    group_id: int | None = None,
    call: Call = NO_CALL,
) -> Import:
    """Take an import; it is done ``import_seconds`` later, whether or not anybody polls."""
    number = FIRST_IMPORT + len(account.imports)
    ends = account.now + float(account.switches["import_seconds"])
    job = Import(number, list_id, rows, options, account.now, ends, group_id, filename=f"Import_{number}.csv")
    job.total = len(rows)
    stalled = account.struck("import_time", call)
    if stalled:
        job.ends_at += stalled.number("seconds", 3600)
    job.fails = account.struck("import", call) is not None
    account.imports[number] = job
    return job


def settle(account: Account) -> None:
    """Do every import and deferred confirmation mailing whose time has come, in that order."""
    due = [job for job in account.imports.values() if not job.is_over and job.ends_at <= account.now]
    for job in sorted(due, key=lambda one: (one.ends_at, one.id)):
        _run(account, job)
    for sending in account.mailbox.sendings.values():
        if not sending.sent and sending.due is not None and sending.due <= account.now:
            send_confirmations(account, sending, sending.due)


def send_confirmations(account: Account, sending: Sending, at: float) -> None:
    """Mail everybody of the mailing who is still pending."""
    sending.sent = True
    for number in sending.recipients:
        recipient = account.people.get(number)
        membership = account.membership(Place(sending.list_id, EMAIL), recipient) if recipient else None
        if recipient and membership and membership.status == PENDING:
            account.mailbox.add("confirmation", recipient.email, at, sending.list_id)


def _run(account: Account, job: Import) -> None:
    job.is_over = True
    rows, job.rows = job.rows, []
    if job.fails or job.list_id not in account.lists:
        job.fails = True
        return
    if job.options.confirms:
        job.sending_id = account.mailbox.queue(job.id, job.list_id).id
    for record in rows:
        _take(account, job, record)


def _take(account: Account, job: Import, record: Any) -> None:
    try:
        row = parse_row(account, _without_mobile(record) if job.options.ignores_mobile else record)
        place = Place(job.list_id, job.options.channel if row.email else SMS)
        known = find_owner(account, row)
        before = account.membership(place, known) if known else None
        after = status_after(account, job.options, before)
        if before is None and after is None:
            job.valid += 1
            return
        recipient = write_row(account, row, bulk_policy(account.switches, job.options.clears))
    except BadRow:
        return
    job.valid += 1
    job.created += before is None
    job.updated += before is not None
    _put(account, job, place, recipient, after)
    _group(account, job, recipient)


def _without_mobile(record: Any) -> Any:
    return {**record, "MobileNumber": "", "MobilePrefix": ""} if isinstance(record, dict) else record


def status_after(account: Account, options: ImportOptions, before: Membership | None) -> str | None:
    """Say what status an import gives; None leaves it as it is."""
    switches = account.switches
    if options.mode == AS_OPTOUT:
        return None if before is None and switches["asoptout_new"] == "ignored" else UNSUBSCRIBED
    joining = PENDING if options.confirms else SUBSCRIBED
    if before is None:
        return PENDING if options.mode == AS_PENDING else joining
    if before.status == UNSUBSCRIBED:
        return joining if options.mode == AS_OPTIN and _may_return(account, before) else None
    if before.status == PENDING:
        return SUBSCRIBED if switches["bulk_on_pending"] == "subscribe" and not options.confirms else None
    return PENDING if options.confirms and switches["bulk_confirm_subscribed"] == "pending" else None


def _may_return(account: Account, membership: Membership) -> bool:
    if membership.is_bounced:
        return False
    return not membership.is_complaint or account.switches["asoptin_revives_complaints"] == "yes"


def _put(account: Account, job: Import, place: Place, recipient: Recipient, after: str | None) -> None:
    cause = Cause(API, job.ends_at, fires=account.switches["webhooks_for_imports"] == "yes")
    if after == SUBSCRIBED:
        subscribe(account, place, recipient, cause)
    elif after == PENDING:
        request(account, place, recipient, cause)
    elif after == UNSUBSCRIBED:
        unsubscribe(account, place, recipient, cause, IMPORTED_AS_UNSUBSCRIBED)
    membership = account.membership(place, recipient)
    if job.sending_id is not None and membership and membership.status == PENDING:
        account.mailbox.sendings[job.sending_id].recipients.append(recipient.id)


def _group(account: Account, job: Import, recipient: Recipient) -> None:
    if job.options.leaves_groups:
        for group in account.groups_of(recipient, job.list_id):
            del group.members[recipient.id]
    if job.group_id in account.groups:
        account.groups[job.group_id].members[recipient.id] = None
