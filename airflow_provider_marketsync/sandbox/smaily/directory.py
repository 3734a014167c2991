# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The subscribers of one account, and who belongs to which segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_marketsync.sandbox.smaily.contact import Contact
    from airflow_provider_marketsync.sandbox.smaily.segments import Segment


class Directory:
    """Subscribers by address in small letters; deleted ones stay in it, hidden."""

    def __init__(self) -> None:
        self._contacts: dict[str, Contact] = {}
        self._members: dict[Segment, list[Contact]] = {}
        self._order: list[str] | None = None
        self.field_names: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._contacts)

    def __iter__(self) -> Iterator[Contact]:
        return iter(self._contacts.values())

    def find(self, email: str) -> Contact | None:
        """Give a subscriber, a hidden one too."""
        return self._contacts.get(email.lower())

    def visible(self, email: str) -> Contact | None:
        """Give a subscriber that reads show."""
        contact = self.find(email)
        return None if contact is None or contact.is_deleted else contact

    def add(self, contact: Contact) -> None:
        """Put a new subscriber in."""
        self._contacts[contact.email.lower()] = contact
        self._order = None
        self.touched(contact)

    def remove(self, email: str) -> bool:
        """Take a subscriber out for good; tell whether there was one."""
        self._order = None
        self._members.clear()
        return self._contacts.pop(email.lower(), None) is not None

    def touched(self, contact: Contact) -> None:
        """Take note that a subscriber changed."""
        if self._members:
            self._members.clear()
        self.field_names.update(dict.fromkeys(contact.fields))

    def members(self, segment: Segment) -> list[Contact]:
        """List a segment's subscribers by address; kept until something changes."""
        if segment not in self._members:
            self._members[segment] = [contact for contact in self._sorted() if not contact.is_deleted and segment.holds(contact)]
        return self._members[segment]

    def _sorted(self) -> Iterator[Contact]:
        if self._order is None:
            self._order = sorted(self._contacts)
        return (self._contacts[key] for key in self._order)
