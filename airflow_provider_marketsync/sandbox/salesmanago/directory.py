# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The cards of one account, by address and by id."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_marketsync.sandbox.salesmanago.card import Card


class Directory:
    """Cards keyed by address in small letters; deleted ones stay in it until the night."""

    def __init__(self) -> None:
        self._by_email: dict[str, Card] = {}
        self._by_id: dict[str, Card] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Card]:
        return iter(self._by_id.values())

    def find(self, email: str) -> Card | None:
        """Give the card of an address, a deleted one too."""
        return self._by_email.get(email.strip().lower())

    def with_id(self, contact_id: str) -> Card | None:
        """Give the card of an id, a deleted one too."""
        return self._by_id.get(contact_id.strip().lower())

    def add(self, card: Card) -> None:
        """Put a card in; it takes the place of one with the same address or id."""
        for before in (self.find(card.email), self.with_id(card.id)):
            if before is not None and before.id in self._by_id:
                self.remove(before)
        self._by_email[card.email.lower()] = card
        self._by_id[card.id] = card

    def remove(self, card: Card) -> None:
        """Take a card out for good."""
        del self._by_email[card.email.lower()]
        del self._by_id[card.id]

    def rename(self, card: Card, email: str) -> None:
        """Give a card another address; the id stays."""
        del self._by_email[card.email.lower()]
        card.email = email
        self._by_email[email.lower()] = card
