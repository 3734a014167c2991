# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One MailUp account: lists, groups, fields, recipients and their status, imports, mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.call import Call
from airflow_provider_marketsync.sandbox.mailup.applications import Applications
from airflow_provider_marketsync.sandbox.mailup.field_names import demo_fields
from airflow_provider_marketsync.sandbox.mailup.file_instances import FileInstance
from airflow_provider_marketsync.sandbox.mailup.lists import Group, MailingList, demo_groups, demo_lists, make_list
from airflow_provider_marketsync.sandbox.mailup.mailbox import Mailbox
from airflow_provider_marketsync.sandbox.mailup.outbox import Outbox
from airflow_provider_marketsync.sandbox.mailup.people import People
from airflow_provider_marketsync.sandbox.mailup.recipient import EMAIL, SUBSCRIBED, Membership, Place, Recipient
from airflow_provider_marketsync.sandbox.mailup.webhooks import Webhook

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.clock import Clock
    from airflow_provider_marketsync.sandbox.faults import FaultQueue, Order
    from airflow_provider_marketsync.sandbox.mailup.import_job import Import
    from airflow_provider_marketsync.sandbox.switches import Switches

CONSOLE_ID = "1234"
LOOPBACK = ("127.0.0.1", "::1")
NO_CALL = Call("ACT", "", "", {}, b"", "")


class Account:
    """Everything that belongs to one console."""

    def __init__(self, clock: Clock, switches: Switches, faults: FaultQueue) -> None:
        self.clock = clock
        self.switches = switches
        self._faults = faults
        self.lists: dict[int, MailingList] = demo_lists()
        self.groups: dict[int, Group] = demo_groups()
        self.fields: dict[int, str] = demo_fields()
        self.people = People()
        self.rolls: dict[Place, dict[int, Membership]] = {}
        self.imports: dict[int, Import] = {}
        self.mailbox = Mailbox()
        self.webhooks: dict[int, Webhook] = {}
        self.outbox = Outbox(clock, switches)
        self.applications = Applications()
        self.file_instances: dict[str, FileInstance] = {}
        self.seen_files: set[str] = set()
        self.allowed = {"FrontEnd": set(LOOPBACK), "WSMailUpImport": set(LOOPBACK)}

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock.time()

    @property
    def console_id(self) -> str:
        """Number of the account."""
        return CONSOLE_ID

    @property
    def console_host(self) -> str:
        """Host of the admin console, which names the account."""
        return f"{self.switches['console']}.console.example.com"

    def struck(self, strikes: str, call: Call = NO_CALL) -> Order | None:
        """Give the ordered fault that strikes an event of the account's own."""
        taken = self._faults.take(call, strikes)
        return taken[1] if taken else None

    def roll(self, place: Place) -> dict[int, Membership]:
        """Give the status of everybody known in a place, by id."""
        return self.rolls.setdefault(place, {})

    def membership(self, place: Place, recipient: Recipient) -> Membership | None:
        """Give the status of one recipient in a place, None where it has none."""
        return self.rolls.get(place, {}).get(recipient.id)

    def places_of(self, recipient: Recipient) -> list[Place]:
        """Give every place in which a recipient has a status."""
        return [place for place, roll in self.rolls.items() if recipient.id in roll]

    def numbers(self, place: Place, status: str | None = None) -> list[int]:
        """Give the ids of a place, all or those of one status, lowest first."""
        roll = self.rolls.get(place, {})
        return sorted(number for number, one in roll.items() if status in (None, one.status))

    def known(self, number: int) -> Recipient:
        """Give a recipient that has a status somewhere."""
        recipient = self.people.get(number)
        if recipient is None:
            raise LookupError(number)
        return recipient

    def is_subscribed(self, list_id: int, recipient: Recipient) -> bool:
        """Tell whether a mailing to the list would reach the recipient."""
        membership = self.membership(Place(list_id, EMAIL), recipient)
        return membership is not None and membership.status == SUBSCRIBED

    def groups_of(self, recipient: Recipient, list_id: int) -> list[Group]:
        """Give the groups of a list a recipient is in."""
        return [one for one in self.groups.values() if one.list_id == list_id and recipient.id in one.members]

    def add_list(self, name: str, detail: dict[str, object], call: Call) -> MailingList:
        """Make a list; calls on it may be forbidden for a while."""
        number = max(self.lists, default=0) + 1
        made = self.lists[number] = make_list(number, name)
        made.detail.update(detail)
        order = self.struck("list", call)
        wait = order.number("seconds", 60) if order else float(self.switches["new_list_forbidden"])
        made.closed_until = self.now + wait if wait else 0.0
        return made

    def add_group(self, list_id: int, name: str, notes: str, deletable: bool) -> Group:
        """Make a group."""
        number = max(self.groups, default=0) + 1
        group = self.groups[number] = Group(number, list_id, name, notes, deletable)
        return group
