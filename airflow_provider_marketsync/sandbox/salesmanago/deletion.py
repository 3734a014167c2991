# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Deleting a contact (contract section 5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.salesmanago.moments import next_night

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.salesmanago.account import Account
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card


def delete(account: Account, card: Card, *, permanently: bool) -> None:
    """Mark a card deleted: it stays and is still monitored, unless the coming night removes it for good."""
    card.deleted = True
    card.modified_at = account.now
    if permanently:
        card.purge_at = next_night(account.now)
        account.doomed.append(card)
