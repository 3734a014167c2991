# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Many recipients at a time, and the confirmation mailing of an import (contract section 5.5)."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.mailup.import_job import AS_OPTIN, AS_OPTOUT, Import, ImportOptions
from airflow_provider_marketsync.sandbox.mailup.imports import accept_import, send_confirmations
from airflow_provider_marketsync.sandbox.mailup.look_up import the_group, the_list
from airflow_provider_marketsync.sandbox.mailup.moments import moment_of
from airflow_provider_marketsync.sandbox.mailup.paging import page
from airflow_provider_marketsync.sandbox.mailup.recipient import EMAIL, SMS
from airflow_provider_marketsync.sandbox.mailup.replies import EMPTY, Refusal, as_json

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Reply
    from airflow_provider_marketsync.sandbox.mailup.account import Account
    from airflow_provider_marketsync.sandbox.mailup.ask import Ask
    from airflow_provider_marketsync.sandbox.mailup.mailbox import Sending

_MODES = {"": "", "asoptin": AS_OPTIN, "asoptout": AS_OPTOUT}


def _options(account: Account, ask: Ask, channel: str = EMAIL) -> ImportOptions:
    mode = ask.options.get("importtype", "").lower()
    if mode not in _MODES:
        raise Refusal(400, "Parameter importType is not valid")
    taken = account.switches["bulk_confirm_parameter"]
    names = ("ConfirmEmail", "confirmMessage") if taken == "both" else (taken,)
    return ImportOptions(
        mode=_MODES[mode],
        confirms=any(ask.flag(name) for name in names),
        clears=ask.flag("clearMissingOrEmptyFields"),
        leaves_groups=ask.flag("removeFromPrevGroups"),
        ignores_mobile=ask.flag("ignoreMobile"),
        channel=channel,
    )


def _rows(account: Account, ask: Ask) -> list[Any]:
    rows = ask.body()
    if not isinstance(rows, list) or not rows:
        raise Refusal(400, "Request body is not a list of recipients")
    largest = int(account.switches["largest_bulk"])
    if largest and len(rows) > largest:
        raise Refusal(400, "Too many recipients in one request")
    return rows


def import_to_list(account: Account, ask: Ask) -> Reply:
    """``POST List/{l}/Recipients``: the import's id as a bare number."""
    found = the_list(account, ask.numbers[0])
    return as_json(accept_import(account, found.id, _rows(account, ask), _options(account, ask), call=ask.call).id)


def import_to_group(account: Account, ask: Ask) -> Reply:
    """``POST Group/{g}/Recipients``."""
    group = the_group(account, ask.numbers[0])
    rows, options = _rows(account, ask), _options(account, ask)
    return as_json(accept_import(account, group.list_id, rows, options, group.id, ask.call).id)


def import_to_sms(account: Account, ask: Ask) -> Reply:
    """``POST Sms/{l}/Recipients``: pending and unsubscribed ones are left alone."""
    found = the_list(account, ask.numbers[0])
    options = _options(account, ask, SMS)
    return as_json(accept_import(account, found.id, _rows(account, ask), options, call=ask.call).id)


def _job(account: Account, ask: Ask) -> Import:
    job = account.imports.get(ask.numbers[0])
    if job is None:
        raise Refusal(404, "Import not found")
    return job


def _status(account: Account, job: Import) -> int:
    shift = 1 if account.switches["import_status_codes"] == "from_zero" else 0
    return job.status(account.now) - shift


def import_counters(account: Account, ask: Ask) -> Reply:
    """``GET Import/{id}``."""
    return as_json(_job(account, ask).counters(account.switches["failed_import_completed"] == "yes"))


def import_list(account: Account, ask: Ask) -> Reply:
    """``GET Imports``."""
    hidden = account.switches["file_imports_listed"] == "no"
    jobs = [job for job in account.imports.values() if not (job.by_file and hidden)]
    names = ("filename", "idImport", "idList", "rows", "startDate", "statusCode")
    shown = [job.row(_status(account, job)) for job in jobs]
    return page(account, ask, shown, {name: itemgetter(name) for name in names})


def import_detail(account: Account, ask: Ask) -> Reply:
    """``GET Imports/{id}``."""
    job = _job(account, ask)
    return as_json(job.detail(_status(account, job)))


def import_sending(account: Account, ask: Ask) -> Reply:
    """``GET Import/{id}/Sending``: id of the mailing that waits."""
    number = _job(account, ask).sending_id
    if number is None:
        raise Refusal(404, "Sending not found")
    return as_json({"idSending": number} if account.switches["sending_answer"] == "object" else number)


def _waiting(account: Account, ask: Ask) -> Sending:
    sending = account.mailbox.sendings.get(ask.numbers[0])
    if sending is None or sending.sent:
        raise Refusal(404, "Sending not found")
    return sending


def send_now(account: Account, ask: Ask) -> Reply:
    """``POST Email/Sendings/{id}/Immediate``."""
    send_confirmations(account, _waiting(account, ask), account.now)
    return EMPTY


def send_later(account: Account, ask: Ask) -> Reply:
    """``POST Email/Sendings/{id}/Deferred`` with a ``Date`` in UTC."""
    sending = _waiting(account, ask)
    try:
        sending.due = moment_of(str(ask.record()["Date"]))
    except (KeyError, ValueError):
        raise Refusal(400, "Date is not valid") from None
    return EMPTY
