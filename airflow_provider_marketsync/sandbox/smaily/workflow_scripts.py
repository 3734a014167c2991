# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``autoresponder.php``, ``workflows.php``, ``unsubscribe.php`` and the public form (contract sections 8.7 to 8.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.smaily.campaigns import FORM_SUBMITTED, OPTED_IN, Workflow
from airflow_provider_marketsync.sandbox.smaily.changes import opt_in, opt_out, upsert
from airflow_provider_marketsync.sandbox.smaily.codes import BARE_HTML, MESSAGES, Refusal, as_json, done
from airflow_provider_marketsync.sandbox.smaily.contact_script import accepted_rows
from airflow_provider_marketsync.sandbox.smaily.forms import (
    body_of,
    flag,
    object_of,
    parameters_of,
    whole_number,
    words,
)
from airflow_provider_marketsync.sandbox.smaily.rows import Row

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.smaily.account import Account
    from airflow_provider_marketsync.sandbox.smaily.contact import Contact

FORM_OWN_FIELDS = frozenset({"autoresponder", "success_url", "failure_url", "lang", "language", "remote"})
FIRST_SECTION_ID = 11


def trigger_workflow(account: Account, call: Call) -> Reply:
    """Start a workflow for some people, or opt them in where none is named; two calls mail twice."""
    given = object_of(call)
    account.settle_all()
    if not given.get("addresses"):
        raise Refusal(207, "addresses")
    workflow = _form_workflow(account, given.get("autoresponder"))
    rows = accepted_rows(account, given["addresses"])
    forced = flag(given.get("force_opt_in"), True) and account.switches["force_opt_in"] == "resubscribes"
    account.mailbox.workflow_calls += 1
    contacts = [_enter(account, row, forced) for row in rows]
    for contact in contacts:
        _fire(account, workflow, contact)
    return done({"addresses": [contact.email for contact in contacts]})


def _form_workflow(account: Account, given: Any) -> Workflow | None:
    if given in (None, ""):
        return None
    workflow = account.workflows.get(whole_number(given, -1))
    if workflow is None or workflow.trigger_type != FORM_SUBMITTED:
        raise Refusal(221)
    return workflow


def _enter(account: Account, row: Row, forced: bool) -> Contact:
    when = account.now
    upsert(account, Row(row.email, row.is_unsubscribed, None, row.fields), when)
    contact = account.known(row.email)
    if forced and contact.is_unsubscribed:
        opt_in(account, contact, when)
    return contact


def _fire(account: Account, workflow: Workflow | None, contact: Contact) -> None:
    if contact.is_unsubscribed:
        return
    if workflow:
        _send(account, workflow, contact, "workflow")
        return
    if contact.got_opt_in_mail:
        return
    contact.got_opt_in_mail = True
    for candidate in account.workflows.values():
        if candidate.trigger_type == OPTED_IN:
            _send(account, candidate, contact, "opt_in")


def _send(account: Account, workflow: Workflow, contact: Contact, kind: str) -> None:
    if not workflow.is_enabled:
        return
    account.mailbox.add(kind, contact.email, account.now, workflow.id)
    account.log.add(account.now, contact.email, "send", campaign_id=workflow.id)


def list_autoresponders(account: Account, call: Call) -> Reply:
    """List workflows with their sections; the parameter ``id`` is ignored."""
    asked = parameters_of(call)
    statuses = words(asked.get("status"))
    rows = [_autoresponder(account, workflow) for workflow in account.workflows.values()]
    rows = [row for row in rows if not statuses or row["status"] in statuses]
    limit = whole_number(asked.get("limit"))
    if not limit:
        return as_json(rows)
    start = whole_number(asked.get("page")) * limit
    return as_json(rows[start : start + limit])


def _autoresponder(account: Account, workflow: Workflow) -> dict[str, Any]:
    preview = f"https://{account.subdomain}.sendsmaily.net/template/preview/id/2/"
    template = {"id": 2, "name": "Welcome", "preview_url": preview}
    return {
        "id": str(workflow.id),
        "name": workflow.title,
        "status": "ACTIVE" if workflow.is_enabled else "INACTIVE",
        "created_at": "2026-01-10 09:00:00",
        "activated_at": "2026-01-10 09:05:00" if workflow.is_enabled else None,
        "tags": [],
        "sections": [{"id": FIRST_SECTION_ID, "name": workflow.title, "template": template}],
    }


def list_workflows(account: Account, call: Call) -> Reply:
    """List workflows, of one trigger where it is named."""
    trigger = parameters_of(call).get("trigger_type")
    return as_json(
        [
            {"id": one.id, "trigger_type": one.trigger_type, "title": one.title, "is_enabled": one.is_enabled}
            for one in account.workflows.values()
            if trigger in (None, "", one.trigger_type)
        ]
    )


def unsubscribe(account: Account, call: Call) -> Reply:
    """Opt somebody out and count it in a campaign."""
    given = object_of(call)
    missing = [name for name in ("email", "campaign_id") if not given.get(name)]
    if missing:
        raise Refusal(207, ", ".join(missing))
    number = whole_number(given["campaign_id"], -1)
    if number < 0:
        raise Refusal(215)
    if number not in account.campaigns:
        raise Refusal(216)
    account.settle_all()
    contact = account.known(str(given["email"]).strip())
    account.campaigns[number].unsubscribed.add(contact.email.lower())
    if not contact.is_unsubscribed:
        opt_out(account, contact, account.now)
        account.log.add(account.now, contact.email, "optout", campaign_id=number)
    return done()


def public_form(account: Account, call: Call) -> Reply:
    """Take what a person typed into a subscription form; answers a redirect, or JSON with ``remote=1``."""
    given = body_of(call)
    if not isinstance(given, dict):
        given = {}
    code = _subscribe(account, given)
    if given.get("remote") in ("1", 1):
        return as_json({"code": code, "message": MESSAGES[code].format("")})
    target = str(given.get("success_url" if code == 101 else "failure_url") or "/")
    joiner = "&" if "?" in target else "?"
    return Reply(302, b"", {**BARE_HTML, "Location": f"{target}{joiner}{urlencode({'code': code})}"})


def _subscribe(account: Account, given: dict[str, Any]) -> int:
    account.settle_all()
    fields = {name: value for name, value in given.items() if name not in FORM_OWN_FIELDS}
    try:
        workflow = _form_workflow(account, given.get("autoresponder"))
        row = accepted_rows(account, fields)[0]
    except Refusal as refusal:
        return refusal.code
    _fire(account, workflow, _enter(account, row, True))
    return 101
