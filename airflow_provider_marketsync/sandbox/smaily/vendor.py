# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Smaily's stand-in: which account, in which order a request is checked, which script answers."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.seed_orders import generated_order, records_of
from airflow_provider_marketsync.sandbox.smaily import campaign_scripts, workflow_scripts
from airflow_provider_marketsync.sandbox.smaily.account import Account
from airflow_provider_marketsync.sandbox.smaily.acts import act
from airflow_provider_marketsync.sandbox.smaily.codes import BARE_HTML, Refusal
from airflow_provider_marketsync.sandbox.smaily.contact_script import forget_contacts, read_contacts, write_contacts
from airflow_provider_marketsync.sandbox.smaily.fault_kinds import (
    NO_SUCH_HOST,
    NO_SUCH_SCRIPT,
    PLAN_BLOCKED,
    SMAILY_FAULTS,
    WRONG_CREDENTIALS,
)
from airflow_provider_marketsync.sandbox.smaily.forms import body_of
from airflow_provider_marketsync.sandbox.smaily.history_script import read_history
from airflow_provider_marketsync.sandbox.smaily.limiter import Limiter
from airflow_provider_marketsync.sandbox.smaily.seeding import seed_people, seed_records
from airflow_provider_marketsync.sandbox.smaily.segment_script import read_segments, save_segment
from airflow_provider_marketsync.sandbox.smaily.store_view import store_view
from airflow_provider_marketsync.sandbox.smaily.switch_table import SMAILY_SWITCHES
from airflow_provider_marketsync.sandbox.vendor import Vendor

SUBDOMAIN = "demo"
USERNAME = "api-user"
PASSWORD = "s3cret"  # noqa: S105 -- the made credentials of the recorded requests
PUBLIC_FORM = "/api/opt-in"

Script = Callable[[Account, Call], Reply]

# Path -> what answers a GET and what a POST; None = the other verb answers code 201, or takes it as its own.
SCRIPTS: dict[str, tuple[Script | None, Script | None]] = {
    "/api/contact.php": (read_contacts, write_contacts),
    "/api/contact/forget.php": (None, forget_contacts),
    "/api/history.php": (read_history, None),
    "/api/list.php": (read_segments, save_segment),
    "/api/unsubscribe.php": (None, workflow_scripts.unsubscribe),
    "/api/autoresponder.php": (workflow_scripts.list_autoresponders, workflow_scripts.trigger_workflow),
    "/api/workflows.php": (workflow_scripts.list_workflows, None),
    "/api/campaign.php": (campaign_scripts.read_campaigns, campaign_scripts.launch_campaign),
    "/api/split.php": (campaign_scripts.read_splits, campaign_scripts.launch_split),
    "/api/message/send.php": (None, campaign_scripts.send_message),
    "/api/message/action/log.php": (campaign_scripts.read_message_log, None),
    "/api/templates.php": (campaign_scripts.list_templates, None),
    "/api/organizations/users.php": (campaign_scripts.list_users, None),
    PUBLIC_FORM: (None, workflow_scripts.public_form),
}


class SmailySandbox(Vendor):
    """One demo account under any IP address or localhost, and under ``demo.<anything>``."""

    name = "smaily"
    switch_table = SMAILY_SWITCHES
    fault_kinds = SMAILY_FAULTS

    def forget_everything(self) -> None:
        """Make the account new: an API user, the built-in segments, workflows and one sent campaign."""
        self.account = Account(SUBDOMAIN, self.clock, self.switches)
        self._limiter = Limiter()

    def credentials(self) -> dict[str, str]:
        """Give subdomain and API user."""
        return {"subdomain": SUBDOMAIN, "username": USERNAME, "password": PASSWORD}

    def connection(self, url: str) -> dict[str, Any]:
        """Make the Airflow connection."""
        return {
            "conn_type": "smaily",
            "host": SUBDOMAIN,
            "login": USERNAME,
            "password": PASSWORD,
            "extra": {"base_url": url},
        }

    def answer(self, call: Call) -> Reply:
        """Check in the vendor's order: host, package, credentials, rate, script, verb, values."""
        self.account.settle()
        refused = self._refused(call)
        if refused:
            return refused
        try:
            reply = self._script(call)(self.account, call)
        except Refusal as refusal:
            reply = refusal.reply
        except _NoScript:
            reply = NO_SUCH_SCRIPT
        return replace(reply, delay=reply.delay + float(self.switches["latency_ms"]) / 1000)

    def _refused(self, call: Call) -> Reply | None:
        if call.account_label not in (None, SUBDOMAIN):
            return NO_SUCH_HOST
        if self.switches["package"] == "blocked":
            return PLAN_BLOCKED
        if not _is_public(call) and not _knows_user(call):
            return WRONG_CREDENTIALS
        if not self._limiter.admits(call.peer, self.clock.time(), float(self.switches["rate_limit"])):
            wait = {"Retry-After": "1"} if self.switches["retry_after"] == "yes" else {}
            return Reply(429, b"Too Many Requests", {**BARE_HTML, **wait})
        return None

    def _script(self, call: Call) -> Script:
        path = call.path.rstrip("/") if _is_public(call) else call.path
        if path not in SCRIPTS:
            raise _NoScript
        for_get, for_post = SCRIPTS[path]
        script = for_get if call.method in ("GET", "HEAD") else for_post
        if script is None and call.method == "POST":
            script = for_get
        if script is None or call.method not in ("GET", "HEAD", "POST"):
            raise Refusal(201)
        return script

    def remarks(self, call: Call) -> dict[str, Any]:
        """Number of rows and the field names of a body; no values."""
        if call.method != "POST":
            return {}
        try:
            body = body_of(call)
        except Refusal:
            return {}
        rows = body.get("addresses", body) if isinstance(body, dict) else body
        rows = rows if isinstance(rows, list) else [rows]
        names = set().union(*(row for row in rows if isinstance(row, dict)))
        return {"rows": len(rows), "fields": sorted(names)}

    def seed(self, order: Any) -> dict[str, Any]:
        """Put subscribers in: records in Smaily's words, or made people."""
        generated = generated_order(order)
        if generated:
            return {"seeded": seed_people(self.account, generated.count, generated.seed)}
        return {"seeded": seed_records(self.account, records_of(order))}

    def store(self, query: Mapping[str, str]) -> Iterator[str]:
        """Give the account as JSON; ``?email=`` shows one subscriber, ``?count=1`` numbers only."""
        self.account.settle()
        return store_view(self.account, query)

    def act(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a reader or the staff does."""
        return act(self.account, order)

    def mails(self) -> list[dict[str, Any]]:
        """Every mail the API or a form caused; writes to ``contact.php`` cause none."""
        return self.account.mailbox.entries()


class _NoScript(Exception):
    """There is no such path."""


def _is_public(call: Call) -> bool:
    return call.path.rstrip("/") == PUBLIC_FORM


def _knows_user(call: Call) -> bool:
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(token, validate=True)
    except binascii.Error:
        return False
    return hmac.compare_digest(given, f"{USERNAME}:{PASSWORD}".encode())
