# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Writing many contacts, at once or as a job (contract section 5.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.changes import Writing, upsert
from airflow_provider_marketsync.sandbox.salesmanago.detail import read_detail
from airflow_provider_marketsync.sandbox.salesmanago.export_files import contact_rows
from airflow_provider_marketsync.sandbox.salesmanago.limits import BATCH_LIMIT, at_most
from airflow_provider_marketsync.sandbox.salesmanago.replies import OWNER_INVALID, Refusal
from airflow_provider_marketsync.sandbox.salesmanago.values import objects_in

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.salesmanago.account import Account, Caller
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card

Row = Mapping[str, Any]
Result = tuple[str, "Card | None"]


def upsert_batch(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Create or change up to 1000 contacts now; the ids are keyed by the addresses sent."""
    rows = _rows(account, body)
    fires_events = account.switches["automations"] == "every_write"
    written = _write(account, rows, _writing(account, body, caller, "contact/batchupsert", account.now, fires_events))
    return {"contactIds": {email: card.id for email, card in written if card is not None}}


def upsert_batch_later(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Take up to 1000 contacts; they are written when the job is done."""
    rows = _rows(account, body)
    automations = account.switches["automations"]
    fires_events = automations == "every_write" or (automations == "batch_and_events" and body.get("fireEvents") is not False)

    def work(when: float) -> Any:
        written = _write(account, rows, _writing(account, body, caller, "contact/batchupsertv2", when, fires_events))
        return _file(account, written)

    return {"requestId": account.start_job("batchupsertv2", work).number}


def _rows(account: Account, body: Mapping[str, Any]) -> Sequence[Row]:
    rows = at_most(account, objects_in(body, "upsertDetails"), BATCH_LIMIT, "upsertDetails")
    # C1 types lang and useApiDoubleOptIn beside the list; they hold for every row that says nothing itself.
    common = {name: body[name] for name in ("lang",) if body.get(name) is not None}
    rows = [{**common, **row} for row in rows]
    if account.switches["batch_bad_row"] == "refuses_all":
        for row in rows:
            read_detail(row, account.switches)
    return rows


def _writing(account: Account, body: Mapping[str, Any], caller: Caller, source: str, when: float, fires_events: bool) -> Writing:
    said = body.get("useApiDoubleOptIn")
    default = account.switches["batch_double_opt_in"] == "yes"
    return Writing(caller.owner, when, source, default if said is None else said is True, fires_events)


def _write(account: Account, rows: Sequence[Row], writing: Writing) -> list[Result]:
    return [_write_row(account, row, writing) for row in rows]


def _write_row(account: Account, row: Row, writing: Writing) -> Result:
    email = _shown_address(row)
    try:
        detail = read_detail(row, account.switches)
        return email, upsert(account, detail, replace(writing, owner=_owner(account, detail.owner, writing.owner)))
    except Refusal:
        # No source tells how one bad row is reported; it is left out (contract section 12).
        return email, None


def _owner(account: Account, given: str | None, default: str) -> str:
    if given is None:
        return default
    user = account.user(given)
    if user is None:
        raise Refusal(OWNER_INVALID, "owner", kind="auth")
    return user


def _shown_address(row: Row) -> str:
    contact = row.get("contact")
    sent = row.get("email") or (contact.get("email") if isinstance(contact, dict) else None)
    return str(sent or "")


def _file(account: Account, written: Sequence[Result]) -> Any:
    wanted = account.switches["batch_job_file"]
    if wanted == "none":
        return None
    return {"contacts": contact_rows(written) if wanted == "rows" else []}
