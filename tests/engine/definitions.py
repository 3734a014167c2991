# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Definitions for the tests of the engine, in a few variants, and what they mean in the plainest words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from airflow_provider_marketsync.contacts.definition import CompiledSync, Sync, compile_sync
from tests.engine.made_source import Card

POLICIES = {
    "strict": {"granted": "subscribe", "pending": "skip", "unknown": "skip", "withdrawn": "skip"},
    "open": {"granted": "subscribe", "pending": "skip", "unknown": "subscribe", "withdrawn": "create_unsubscribed"},
    "quiet": {
        "granted": "subscribe",
        "pending": "create_unsubscribed",
        "unknown": "create_unsubscribed",
        "withdrawn": "create_unsubscribed",
    },
}


@dataclass(frozen=True)
class Variant:
    """How a definition of the tests may differ.

    :param upper: whether names are sent in capitals
    :param foreign: whether the words ``jah`` and ``ei`` are listed
    :param home: whether only cards of the country EE are delivered
    :param refuse: whether mailboxes with several cards are refused
    :param policy: which of :data:`POLICIES`
    :param max_creates: how many new people are created unasked
    """

    upper: bool = False
    foreign: bool = True
    home: bool = False
    refuse: bool = False
    policy: str = "strict"
    max_creates: int = 500

    def definition(self, **changed: Any) -> dict[str, Any]:
        """Return the definition as a user would write it."""
        more = {"where": {"country": "EE"}} if self.home else {}
        return {
            "id": "shop",
            "source": "made_source",
            "target": "made_target",
            "mapping": {"email": "email", "name": "name | upper" if self.upper else "name", "cardno": "cardno"},
            "consent": {
                "email": {
                    "state": "optin",
                    "date": "optin_on",
                    "formats": ["yyyy-mm-dd"],
                    "granted": ["yes", "jah"] if self.foreign else ["yes"],
                    "withdrawn": ["no", "ei"] if self.foreign else ["no"],
                    "pending": ["asked"],
                }
            },
            "new_contacts": POLICIES[self.policy],
            "duplicates": "refuse" if self.refuse else "newest",
            "limits": {"max_creates": self.max_creates},
            **more,
            **changed,
        }

    def compiled(self) -> CompiledSync:
        """Return the definition, compiled."""
        return _compiled(self)

    # ------------------------------------------------------------------------- the same in plain words

    def sends(self, card: Card, key: str) -> dict[str, str]:
        """Return the values a card brings to the target."""
        return {"name": card.name.upper() if self.upper else card.name, "cardno": key}

    def in_scope(self, card: Card) -> bool:
        """Tell whether a card is delivered at all."""
        return card.country == "EE" or not self.home

    def stated(self, card: Card) -> str:
        """Return what a card says."""
        word = (card.word or "").strip().lower()
        words = {"yes": "granted", "no": "withdrawn", "asked": "pending"}
        if self.foreign:
            words |= {"jah": "granted", "ei": "withdrawn"}
        return words.get(word, "unknown")

    def stated_of(self, cards: Iterable[Card], *, refused: bool) -> str:
        """Return what holds for a mailbox: any "no" counts, a "yes" only from a card in scope."""
        cards = list(cards)
        if refused or any(self.stated(card) == "withdrawn" for card in cards):
            return "withdrawn"
        said = {self.stated(card) for card in cards if self.in_scope(card)}
        return next((word for word in ("granted", "pending") if word in said), "unknown")

    def creates(self, stated: str) -> str:
        """Return what happens to a new person."""
        return POLICIES[self.policy][stated]


@lru_cache(maxsize=256)
def _compiled(variant: Variant) -> CompiledSync:
    return compile_sync(Sync.load(variant.definition()))
