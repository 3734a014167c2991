# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What force flags, double opt-in and a creation do to the status of a person (contract sections 8.2 and 8.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.salesmanago.account import Account
    from airflow_provider_marketsync.sandbox.salesmanago.card import Card
    from airflow_provider_marketsync.sandbox.salesmanago.detail import Forces
    from airflow_provider_marketsync.sandbox.switches import Switches


def set_newcomer_status(card: Card, switches: Switches) -> None:
    """Give a new card its status: opted out of both channels, unless the account creates people opted in."""
    card.opted_out = card.opted_out_phone = switches["new_contact_default"] == "opted_out"


def apply_forces(card: Card, forces: Forces, switches: Switches, *, is_new: bool) -> None:
    """Set what the force flags ask for; without one nothing changes."""
    card.opted_out = _forced(card.opted_out, forces.opt_in, forces.opt_out, switches, is_new)
    card.opted_out_phone = _forced(card.opted_out_phone, forces.phone_opt_in, forces.phone_opt_out, switches, is_new)


def _forced(opted_out: bool, force_in: bool, force_out: bool, switches: Switches, is_new: bool) -> bool:
    if force_in and force_out:
        return bool(switches["both_forces"] == "opt_out_wins")
    if force_out:
        return True
    if not force_in:
        return opted_out
    return opted_out and not is_new and switches["force_opt_in"] == "ignored_after_opt_out"


def send_double_opt_in(account: Account, card: Card, when: float, source: str, *, is_new: bool) -> None:
    """Send the confirmation mail of a double opt-in, to whom the account's setting says."""
    wanted = account.switches["double_opt_in_mails"]
    if wanted == "new_only" and not is_new:
        return
    if wanted == "not_opted_in" and not is_new and not card.opted_out:
        return
    if is_new or account.switches["double_opt_in_existing"] == "opts_out":
        card.opted_out = True
    card.awaits_confirmation = True
    account.mailbox.add("double_opt_in", card.email, when, source)
