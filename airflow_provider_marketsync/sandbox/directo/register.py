# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A register: cards by code, written ones over generated ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.directo.generated import LAST_TS, GeneratedCards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_marketsync.sandbox.directo.card import Card

FIRST_OWN_NUMBER = 1001


class Register:
    """Customers, or contacts."""

    def __init__(self) -> None:
        self._cards: dict[str, Card] = {}
        self._generated: GeneratedCards | None = None
        self._replaced: frozenset[int] = frozenset()
        self._next_number = FIRST_OWN_NUMBER

    def __len__(self) -> int:
        generated = self._generated.count - len(self._replaced) if self._generated else 0
        return generated + len(self._cards)

    def generate(self, cards: GeneratedCards) -> None:
        """Lay generated cards under the written ones, instead of earlier generated ones."""
        self._generated = cards
        positions = (cards.index_of(code) for code in self._cards)
        self._replaced = frozenset(index for index in positions if index is not None)

    def find(self, code: str) -> Card | None:
        """Give a card."""
        index = self._position(code)
        if index is not None and self._generated:
            return self._generated.card(index)
        return self._cards.get(code)

    def put(self, card: Card) -> None:
        """Put a card in, in place of one with the same code."""
        self._replace(card.code)
        self._cards[card.code] = card

    def remove(self, code: str) -> None:
        """Take a card out."""
        self._replace(code)
        self._cards.pop(code, None)

    def free_number(self) -> str:
        """Give the next code that no card has."""
        while self.find(str(self._next_number)) is not None:
            self._next_number += 1
        return str(self._next_number)

    def snapshot(self, since: str = "") -> Iterator[Card]:
        """
        Walk all cards as they are now, whatever is written meanwhile.

        :param since: leave out generated cards with an earlier ``ts``
        """
        return _walk(self._generated, self._replaced, list(self._cards.values()), since)

    def _position(self, code: str) -> int | None:
        index = self._generated.index_of(code) if self._generated else None
        return None if index in self._replaced else index

    def _replace(self, code: str) -> None:
        index = self._position(code)
        if index is not None:
            self._replaced |= {index}


def _walk(generated: GeneratedCards | None, replaced: frozenset[int], cards: list[Card], since: str) -> Iterator[Card]:
    if generated and since <= LAST_TS:
        for index in range(generated.count):
            if index not in replaced and (not since or generated.ts(index) >= since):
                yield generated.card(index)
    yield from cards
