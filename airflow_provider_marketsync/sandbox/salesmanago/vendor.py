# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""SALESmanago's stand-in: in which order a request is checked, and which route answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.salesmanago.account import OWNER, Account, Caller
from airflow_provider_marketsync.sandbox.salesmanago.acts import act
from airflow_provider_marketsync.sandbox.salesmanago.fault_kinds import (
    NO_SUCH_HOST,
    SALESMANAGO_FAULTS,
    TOO_MANY,
    TOO_MANY_AFTER_ONE_SECOND,
)
from airflow_provider_marketsync.sandbox.salesmanago.job_routes import FILES, download
from airflow_provider_marketsync.sandbox.salesmanago.limiter import TokenBucket
from airflow_provider_marketsync.sandbox.salesmanago.replies import RATE_LIMITED, Refusal, done, refused
from airflow_provider_marketsync.sandbox.salesmanago.routes import PREFIX, ROUTES, Route
from airflow_provider_marketsync.sandbox.salesmanago.seeding import seed_people, seed_records
from airflow_provider_marketsync.sandbox.salesmanago.signing import API_SECRET, CLIENT_ID, check_signature, owner_in
from airflow_provider_marketsync.sandbox.salesmanago.store_view import store_view
from airflow_provider_marketsync.sandbox.salesmanago.switch_table import SALESMANAGO_SWITCHES
from airflow_provider_marketsync.sandbox.seed_orders import generated_order, records_of
from airflow_provider_marketsync.sandbox.vendor import Vendor

SERVERS = ("www", "app2", "app3")
ROW_LISTS = ("upsertDetails", "events", "emails", "contacts", "email", "id", "contactId")
FORCES = ("forceOptIn", "forceOptOut", "forcePhoneOptIn", "forcePhoneOptOut")


class SalesmanagoSandbox(Vendor):
    """One demo account under any IP address or localhost, and under the names of the vendor's servers."""

    name = "salesmanago"
    switch_table = SALESMANAGO_SWITCHES
    fault_kinds = SALESMANAGO_FAULTS

    def forget_everything(self) -> None:
        """Make the account new: two users, two consents, nobody in it."""
        self.account = Account(self.clock, self.switches)
        self._bucket = TokenBucket()

    def credentials(self) -> dict[str, str]:
        """Give client id, secret and owner."""
        return {"client_id": CLIENT_ID, "api_secret": API_SECRET, "owner": OWNER}

    def connection(self, url: str) -> dict[str, Any] | None:
        """Give none: the provider has no connection type ``salesmanago`` yet."""
        return None

    def answer(self, call: Call) -> Reply:
        """Check in order: server, file, route, rate, signature, owner, values."""
        self.account.settle()
        if call.account_label not in (None, *SERVERS):
            return NO_SUCH_HOST
        reply = download(self.account, call) if call.path.startswith(FILES) else self._api(call)
        delay = float(self.switches["latency_ms"] + self.switches["row_delay_ms"] * _rows(_body(call))) / 1000
        return replace(reply, delay=reply.delay + delay)

    def _api(self, call: Call) -> Reply:
        route = ROUTES.get(call.path.removeprefix(PREFIX)) if call.path.startswith(PREFIX) and call.method == "POST" else None
        if route is None:
            return self._refused(Refusal("No such method", kind="route"), ())
        if not self._bucket.admits(self.clock.time(), float(self.switches["rate_limit"])):
            return self._too_many(route)
        try:
            answer = self._work(route, call)
        except Refusal as refusal:
            return self._refused(refusal, route.fields)
        return answer if isinstance(answer, Reply) else done(answer)

    def _work(self, route: Route, call: Call) -> dict[str, Any] | Reply:
        body = _body(call)
        if body is None:
            raise Refusal("Invalid JSON")
        if route.is_signed:
            check_signature(self.account, body)
        owner = "" if route.owner == "ignored" else owner_in(self.account, body, required=route.owner == "needed")
        return route.work(self.account, body, Caller(owner, f"http://{call.headers.get('host', 'localhost')}"))

    def _refused(self, refusal: Refusal, fields: tuple[str, ...]) -> Reply:
        return refused(refusal, fields, self.switches["error_status_mode"], self.switches["validation_detail"])

    def _too_many(self, route: Route) -> Reply:
        kind = self.switches["rate_answer"]
        if kind == "message":
            return refused(Refusal(RATE_LIMITED), route.fields, "body200", "message")
        return TOO_MANY_AFTER_ONE_SECOND if kind == "429" else TOO_MANY

    def remarks(self, call: Call) -> dict[str, Any]:
        """Say what a body holds, without values: its fields, rows, force flags that are true, and double opt-in."""
        body = _body(call)
        if body is None:
            return {}
        return {
            "rows": _rows(body),
            "fields": sorted(body),
            "owner_given": bool(body.get("owner")),
            "forces": sorted({name for part in _details(body) for name in FORCES if part.get(name) is True}),
            "useApiDoubleOptIn": body.get("useApiDoubleOptIn"),
        }

    def seed(self, order: Any) -> dict[str, Any]:
        """Put contacts in: cards in the vendor's words, or made people."""
        self.account.settle()
        generated = generated_order(order)
        if generated:
            return {"seeded": seed_people(self.account, generated.count, generated.seed)}
        return {"seeded": seed_records(self.account, records_of(order))}

    def store(self, query: Mapping[str, str]) -> Iterator[str]:
        """Give the account as JSON; ``?email=`` shows one card, ``?count=1`` numbers only."""
        self.account.settle()
        return store_view(self.account, query)

    def act(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a reader or the staff does."""
        self.account.settle()
        return act(self.account, order)

    def mails(self) -> list[dict[str, Any]]:
        """Every mail, confirmation, SMS or automation the API caused, and for whom."""
        self.account.settle()
        return self.account.mailbox.entries()


def _body(call: Call) -> dict[str, Any] | None:
    try:
        body = json.loads(call.body or b"null")
        if b"\\ud" in call.body.lower():
            # Half a pair of surrogates is no text; as UTF-8 it can not even be shown.
            json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _rows(body: Mapping[str, Any] | None) -> int:
    lists = [body[name] for name in ROW_LISTS if isinstance(body.get(name), list)] if body else []
    return len(lists[0]) if lists else 1


def _details(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    lists = [body[name] for name in ("upsertDetails", "events") if isinstance(body.get(name), list)]
    rows = [row for rows in lists for row in rows if isinstance(row, dict)]
    nested = [body[name] for name in ("contactUpsertRequest", "addContactExtEventRequest") if isinstance(body.get(name), dict)]
    return [body, *rows, *nested]
