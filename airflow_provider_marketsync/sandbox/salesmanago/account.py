# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One SALESmanago account: users, cards, consents, jobs, parked events, mails, and the passing of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from airflow_provider_marketsync.sandbox.salesmanago.callbacks import Callbacks
from airflow_provider_marketsync.sandbox.salesmanago.directory import Directory
from airflow_provider_marketsync.sandbox.salesmanago.jobs import Job, Jobs, Work
from airflow_provider_marketsync.sandbox.salesmanago.mailbox import Mailbox
from airflow_provider_marketsync.sandbox.salesmanago.moments import milliseconds

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.clock import Clock
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card
    from airflow_provider_marketsync.sandbox.salesmanago.event import Event
    from airflow_provider_marketsync.sandbox.switches import Switches

OWNER = "owner@example.com"
OTHER_USER = "marketing@example.com"
DEMO_CONSENTS = ("MARKETING_TERMS", "NEWSLETTER")
PARKED_FOR = 3600.0
PARKED_RETRY = 300.0


class Caller(NamedTuple):
    """
    Who asks.

    :param owner: the user in whose name; empty where the route needs none and none was given
    :param base_url: scheme, host and port the request came to
    """

    owner: str
    base_url: str


@dataclass(frozen=True)
class ParkedEvent:
    """An event whose contact does not exist yet."""

    email: str | None
    contact_id: str | None
    event: Event
    since: float

    def retried_at(self, at: float) -> float:
        """Say at which of the five-minute retries something that is there since ``at`` is first seen."""
        steps = max(-(-(at - self.since) // PARKED_RETRY), 1.0)
        return self.since + steps * PARKED_RETRY


class Account:
    """Everything that belongs to one client id."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self.clock = clock
        self.switches = switches
        self.users = [OWNER, OTHER_USER]
        self.consent_names = set(DEMO_CONSENTS)
        self.directory = Directory()
        self.dictionary: dict[str, str] = {}
        self.jobs = Jobs()
        self.parked: list[ParkedEvent] = []
        self.doomed: list[Card] = []
        self.mailbox = Mailbox()
        self.callbacks = Callbacks()
        self.tokens: dict[str, float] = {}

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock.time()

    def stamp(self, at: float | None) -> int | None:
        """Print a time as cards show it."""
        return None if at is None else milliseconds(at, self.switches["stamp_resolution"])

    def start_job(self, kind: str, work: Work) -> Job:
        """Take a job; it is done after some questions, or once its time is over."""
        due = self.now + float(self.switches["job_seconds"])
        return self.jobs.start(kind, due, self.switches["job_end"], work)

    def settle(self) -> None:
        """Let everything happen that is due: jobs, the nightly removal, retries of parked events."""
        now = self.now
        self.jobs.settle(now)
        self._purge(now)
        self.parked = [parked for parked in self.parked if self._still_waits(parked, now)]

    def _purge(self, now: float) -> None:
        for card in self.doomed:
            # Somebody written again since then has no removal before them any more.
            if card.purge_at is not None and card.purge_at <= now and self.directory.with_id(card.id) is card:
                self.directory.remove(card)
        self.doomed = [card for card in self.doomed if card.purge_at is not None and card.purge_at > now]

    def _still_waits(self, parked: ParkedEvent, now: float) -> bool:
        card = self.card_of(parked.contact_id, parked.email)
        end = parked.since + PARKED_FOR
        if card is None:
            return now <= end
        retry = parked.retried_at(card.created_at)
        if retry > now and retry <= end:
            return True
        if retry <= end:
            self.record_event(card, parked.event, retry)
        return False

    def card_of(self, contact_id: str | None, email: str | None) -> Card | None:
        """Give a card by id or else by address."""
        if contact_id:
            return self.directory.with_id(contact_id)
        return self.directory.find(email) if email else None

    def record_event(self, card: Card, event: Event, when: float) -> None:
        """Put an event on a card; automations may listen."""
        card.events.append(event)
        if self.switches["event_modifies"] == "yes":
            card.modified_at = when
        if self.switches["automations"] != "none":
            self.mailbox.add("automation", card.email, when, f"event {event.kind}")

    def user(self, email: str) -> str | None:
        """Give a user of the account as it is written there."""
        return next((user for user in self.users if user.lower() == email.strip().lower()), None)

    def summary(self) -> dict[str, Any]:
        """Numbers and settings, as the control port shows them."""
        cards = list(self.directory)
        return {
            "counts": {
                "contacts": len(cards),
                "mailable": sum(card.is_mailable for card in cards),
                "opted_out": sum(card.opted_out for card in cards),
                "deleted": sum(card.deleted for card in cards),
                "invalid": sum(card.invalid for card in cards),
                "events": sum(len(card.events) for card in cards),
                "parked_events": len(self.parked),
                "mails": len(self.mailbox.entries()),
            },
            "users": list(self.users),
            "consents": sorted(self.consent_names),
            "dictionary": dict(self.dictionary),
            "jobs": self.jobs.summary(),
            "callbacks": self.callbacks.entries(),
        }
