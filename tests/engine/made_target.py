# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A target made for tests: in this process, with the same memory a vendor has, and faults to order.

It keeps what a vendor keeps (who stands there, who is mailable, a feed of opt-outs) and counts every write, so that a
test can ask what a person would: was anybody mailed who must not be, was anything lost or doubled?
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from airflow_provider_marketsync.contacts.address import normal_form
from airflow_provider_marketsync.contacts.consent import Decided
from airflow_provider_marketsync.engine.ports import Answer, Capability, Payload, Presence, Told, Verdict

CAPABILITY = Capability(
    field_name=r"[a-z0-9_]+",
    address_field="email",
    create_makes_mailable=True,
    can_create_unsubscribed=True,
    double_opt_in=False,
    idempotent_upsert=True,
    bulk_read=True,
    batch_size=3,
    in_flight=2,
    settles_within=0.0,
    new_fields_appear=True,
)


@dataclass
class Person:
    """Somebody who stands at the target."""

    fields: dict[str, str]
    mailable: bool = True
    deleted: bool = False
    writes: int = 0


@dataclass
class Town:
    """The target's own store: it outlives the runs, and can be written to a file for tests over processes."""

    people: dict[str, Person] = field(default_factory=dict)
    feed: list[tuple[str, str]] = field(default_factory=list)
    ever_mailable: Counter[str] = field(default_factory=Counter)
    requests: int = 0

    def subscribe_state(self, address: str, mailable: bool, origin: str) -> None:
        """What a person, or a write, does to a subscription."""
        person = self.people[address]
        if person.mailable != mailable:
            person.mailable = mailable
            self.feed.append((address, origin))

    def dump(self, path: Path) -> None:
        """Write everything to a file."""
        path.write_text(
            json.dumps({"people": {a: vars(p) for a, p in self.people.items()}, "feed": self.feed, "requests": self.requests})
        )


class MadePull:
    """The feed since a cursor."""

    rebaselined = False

    def __init__(self, town: Town, cursor: str | None) -> None:
        self._town, self._start = town, int(cursor or 0)
        self.cursor = str(len(town.feed))

    def __iter__(self) -> Iterator[Told]:
        words = {
            "optout": Decided.OPTED_OUT,
            "complaint": Decided.COMPLAINT,
            "delete": Decided.OPTED_OUT,
            "optin": Decided.OPTED_IN,
        }
        for address, origin in self._town.feed[self._start : int(self.cursor)]:
            yield Told(address, words[origin], None, origin)


class MadeTarget:
    """Fulfil the port over a :class:`Town`.

    :param town: the store
    :param before: called before a batch is applied, may raise (the target never saw it)
    :param after: called after a batch was applied, may raise (the answer is lost)
    :param refuses: addresses whose presence in a batch makes the whole batch refused
    :param drops: new addresses the target acknowledges and forgets without a word
    """

    vendor = "made"

    def __init__(
        self,
        town: Town,
        *,
        account: str = "made.example.com",
        before: Callable[[Sequence[Payload]], None] | None = None,
        after: Callable[[Sequence[Payload]], None] | None = None,
        refuses: frozenset[str] = frozenset(),
        drops: frozenset[str] = frozenset(),
        capability: Capability = CAPABILITY,
        fields: frozenset[str] = frozenset({"email", "name"}),
    ) -> None:
        self.town, self.account, self.capability = town, account, capability
        self._before, self._after, self._refuses, self._drops, self._fields = before, after, refuses, drops, fields
        self._lock = threading.Lock()

    def check(self) -> None:
        """Nothing can be wrong with it."""

    def known_fields(self) -> frozenset[str]:
        return self._fields

    def payload(self, address: str, fields: dict[str, str], *, unsubscribed: bool) -> Payload:
        return {"email": address, **fields, **({"is_unsubscribed": 1} if unsubscribed else {})}

    def send(self, batch: Sequence[Payload]) -> Answer:
        if self._before:
            self._before(batch)
        with self._lock:
            self.town.requests += 1
            if any(normal_form(row["email"]) in self._refuses for row in batch):
                return Answer(Verdict.REFUSED, "203", "refused by the target")
            for row in batch:
                self._store(row)
        if self._after:
            self._after(batch)
        return Answer(Verdict.ACCEPTED, "101", "OK")

    def _store(self, row: Payload) -> None:
        address = normal_form(row["email"])
        if address in self._drops and address not in self.town.people:
            return
        fields = {name: text for name, text in row.items() if name not in ("email", "is_unsubscribed")}
        person = self.town.people.get(address)
        if person is None:
            person = self.town.people[address] = Person({}, mailable=not row.get("is_unsubscribed"))
            self.town.ever_mailable[address] += person.mailable
        person.fields |= fields
        person.writes += 1
        person.deleted = False
        if row.get("is_unsubscribed"):
            self.town.subscribe_state(address, False, "optout")

    def read_one(self, address: str) -> Presence | None:
        person = self.town.people.get(normal_form(address))
        return None if person is None or person.deleted else Presence(address, person.mailable)

    def walk(self) -> Iterator[list[Presence]]:
        yield [Presence(address, person.mailable) for address, person in self.town.people.items() if not person.deleted]

    def pull_opt_outs(self, cursor: str | None) -> MadePull:
        return MadePull(self.town, cursor)
