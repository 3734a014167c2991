# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""MailUp's stand-in: which wire a call is for, and in which order it is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.mailup.account import CONSOLE_ID, Account
from airflow_provider_marketsync.sandbox.mailup.activation import SOAP_PASSWORD
from airflow_provider_marketsync.sandbox.mailup.acts import act
from airflow_provider_marketsync.sandbox.mailup.applications import CLIENT_ID, CLIENT_SECRET, is_well_formed
from airflow_provider_marketsync.sandbox.mailup.ask import Ask
from airflow_provider_marketsync.sandbox.mailup.fault_kinds import MAILUP_FAULTS
from airflow_provider_marketsync.sandbox.mailup.frontend import TEXT, frontend_page
from airflow_provider_marketsync.sandbox.mailup.imports import settle
from airflow_provider_marketsync.sandbox.mailup.limiter import Limiter
from airflow_provider_marketsync.sandbox.mailup.oauth_pages import PASSWORD, USERNAME, oauth_page
from airflow_provider_marketsync.sandbox.mailup.replies import EXPIRED, NOT_SIGNED, REVOKED, Refusal, too_many
from airflow_provider_marketsync.sandbox.mailup.routes import ROUTES, taken_apart
from airflow_provider_marketsync.sandbox.mailup.seeding import seed_people, seed_records
from airflow_provider_marketsync.sandbox.mailup.store_view import store_view
from airflow_provider_marketsync.sandbox.mailup.switch_table import MAILUP_SWITCHES
from airflow_provider_marketsync.sandbox.seed_orders import generated_order, records_of
from airflow_provider_marketsync.sandbox.vendor import Vendor

OAUTH = "/Authorization/OAuth/"
CONSOLE = "/API/v1.1/Rest/ConsoleService.svc/Console/"
FRONTEND = "/frontend/"
# MailUp's own hosts serve every account; a console host serves one.
SHARED_HOSTS = frozenset({"services", "send", "wsvc"})
NOT_FOUND = Reply(404, b"<html><head><title>404 Not Found</title></head></html>", TEXT)


class MailUpSandbox(Vendor):
    """One demo account under any IP address, localhost, its console host and MailUp's shared hosts."""

    name = "mailup"
    switch_table = MAILUP_SWITCHES
    fault_kinds = MAILUP_FAULTS

    def reset(self) -> None:
        """Go back to the demo state; no webhook of before is called any more."""
        self.account.outbox.clear()
        super().reset()

    def forget_everything(self) -> None:
        """Make the account new: two lists with their groups, 27 fields, loopback registered, nobody in it."""
        self.account = Account(self.clock, self.switches, self.faults)
        self._limiter = Limiter()

    def credentials(self) -> dict[str, str]:
        """Give application, console user and API user."""
        return {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "username": USERNAME,
            "password": PASSWORD,
            "console_id": CONSOLE_ID,
            "soap_user": f"a{CONSOLE_ID}",
            "soap_password": SOAP_PASSWORD,
        }

    def connection(self, url: str) -> None:
        """Make none: the provider has no connection of this type yet."""
        return None

    def answer(self, call: Call) -> Reply:
        """Pick the wire."""
        settle(self.account)
        try:
            reply = self._wire(call)
        except Refusal as refusal:
            reply = refusal.reply
        self.account.outbox.wake()
        return replace(reply, delay=float(self.switches["latency_ms"]) / 1000)

    def _wire(self, call: Call) -> Reply:
        if call.account_label not in (None, self.switches["console"], *SHARED_HOSTS):
            return NOT_FOUND
        if call.path.startswith(OAUTH):
            return oauth_page(self.account, call, call.path.removeprefix(OAUTH))
        if call.path.startswith(CONSOLE):
            return self._console(call, call.path.removeprefix(CONSOLE))
        if call.path.lower().startswith(FRONTEND):
            return frontend_page(self.account, call, call.path[len(FRONTEND) :])
        return NOT_FOUND

    def _console(self, call: Call, path: str) -> Reply:
        template, numbers = taken_apart(path)
        self._admit(call, self._authorised(call), template)
        route = ROUTES.get((call.method, template))
        if route is None:
            raise Refusal(404, "Resource not found")
        reply = route(self.account, Ask(call, numbers))
        by_verb = self.switches["success_status"] == "by_verb"
        return replace(reply, status={"POST": 201, "DELETE": 204}.get(call.method, 200)) if by_verb else reply

    def _authorised(self, call: Call) -> str:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            raise Refusal(401, REVOKED)
        if not is_well_formed(token):
            raise Refusal(400, "Authorization error: Access token is not valid")
        applications = self.account.applications
        if self.account.struck("token", call):
            applications.revoke(token)
        grant = applications.access(token)
        if grant is None or grant.is_over(self.clock.time()):
            raise Refusal(401, EXPIRED if grant else REVOKED)
        if self.switches["contract"] == "not_signed":
            raise Refusal(403, NOT_SIGNED)
        return grant.client_id

    def _admit(self, call: Call, client_id: str, template: str) -> None:
        limit = int(self.switches["rate_limit"])
        who = client_id if self.switches["rate_counted_on"] == "client" else ""
        count = self._limiter.count((who, call.method, template), self.clock.time(), self.switches["rate_window"])
        if limit and count > limit:
            raise _TooMany(limit, count)

    def remarks(self, call: Call) -> dict[str, Any]:
        """Number of rows of a bulk call; no values."""
        if call.method != "POST" or not call.path.endswith("/Recipients"):
            return {}
        try:
            rows = Ask(call, ()).body()
        except Refusal:
            return {}
        return {"rows": len(rows)} if isinstance(rows, list) else {}

    def seed(self, order: Any) -> dict[str, Any]:
        """Put recipients in: records in MailUp's words, or made people in list 1."""
        generated = generated_order(order)
        if generated:
            return {"seeded": seed_people(self.account, generated.count, generated.seed)}
        return {"seeded": seed_records(self.account, records_of(order))}

    def store(self, query: Mapping[str, str]) -> Iterator[str]:
        """Give the account as JSON; ``?email=`` shows one recipient, ``?count=1`` numbers only."""
        settle(self.account)
        return store_view(self.account, query)

    def act(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a recipient, the staff in the console, or a file exchange does."""
        settle(self.account)
        return act(self.account, order)

    def mails(self) -> list[dict[str, Any]]:
        """Every confirmation or good-bye mail that left because of a call."""
        settle(self.account)
        return self.account.mailbox.entries()

    async def settle(self) -> None:
        """Finish imports and call webhooks that are due."""
        settle(self.account)
        await self.account.outbox.settle()


class _TooMany(Refusal):
    def __init__(self, limit: int, count: int) -> None:
        super().__init__(429, "")
        self.reply = too_many(limit, count)
