# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One mailbox, several cards: whose values are sent, and what they say together (rule 5)."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_provider_marketsync.contacts.consent import Stated
from airflow_provider_marketsync.ledger.decisions import Decision
from airflow_provider_marketsync.ledger.rows import Card


def winner_of(rivals: Sequence[Card]) -> Card:
    """Return the card whose values are sent: the newest; a missing stamp is oldest, ties go to the lowest key.

    :param rivals: cards in scope whose first address is the mailbox; at least one
    """
    newest = max(card.changed or "" for card in rivals)
    return min((card for card in rivals if (card.changed or "") == newest), key=lambda card: card.key)


def stated_of(cards: Sequence[Card], decision: Decision | None) -> Stated:
    """Return what holds for the mailbox: any "no" counts, an opt-in only from a card in scope.

    :param cards: every card the mailbox stands on, in scope or not
    :param decision: what was decided about it before
    """
    if decision is not None and decision.is_no:
        return Stated.WITHDRAWN
    said = [card.stated for card in cards if card.in_scope]
    return next((stated for stated in (Stated.GRANTED, Stated.PENDING) if stated in said), Stated.UNKNOWN)
