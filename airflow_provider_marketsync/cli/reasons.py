# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What an outcome means and what happens next, in words."""

from __future__ import annotations

from airflow_provider_marketsync.engine import delivery, judging, verification
from airflow_provider_marketsync.engine.outcomes import Outcome
from airflow_provider_marketsync.engine.planning import HELD

OUTCOMES = {
    None: "Known, but no run has come to a judgement yet.",
    Outcome.UNCHANGED: "Nothing to do: the target has what the card says.",
    Outcome.CREATED: "Created at the target.",
    Outcome.UPDATED: "Updated at the target.",
    Outcome.SKIPPED: "Left out on purpose.",
    Outcome.INVALID: "Refused by us before sending.",
    Outcome.REJECTED: "Refused by the target.",
    Outcome.POSTPONED: "Waits.",
    Outcome.UNKNOWN: "Sent, and no answer came; it is sent again.",
}

NEXT = {
    judging.NO_ADDRESS: "The card has no address.",
    judging.NOT_AN_ADDRESS: "What stands in the address field is no e-mail address; mend it at the source.",
    judging.OUT_OF_SCOPE: "The definition's `where` leaves the card out.",
    judging.LEFT_SCOPE: "It was delivered before, and `where` leaves it out now; it stays at the target as it is.",
    judging.ADDRESS_CHANGED: "The card's address is another one than was delivered; this version moves nobody to a new address.",
    judging.DUPLICATE: "Another card of the same mailbox is newer, and its values are sent.",
    judging.SHARED: "Several cards share the mailbox, and the definition says `duplicates: refuse`.",
    judging.FORBIDDEN: "[marketsync] only_addresses keeps this installation from writing to the address.",
    judging.DELETED: "Somebody deleted the person at the target; nothing we do brings them back.",
    judging.FIELD_NOT_READ: "The definition needs a field this reading did not have; the next complete reading brings it.",
    judging.ADOPTS_ONLY: "That run only linked to people who stood at the target already; the next one may create.",
    verification.NOT_STORED: "The target said it was stored, and did not have it when we looked.",
    delivery.UNTRIED: "The run ended before its batch was sent.",
    HELD["creates"]: "It would be mailed for the first time, together with too many others: `marketsync plan` shows them.",
    HELD["first_run"]: 'The ledger was new and the target was not: run once with first_run="adopt".',
}


def in_words(outcome: str | None, reason: str | None) -> str:
    """Say what became of a record, why, and what it means.

    :param outcome: as the ledger has it, None before the first judgement
    :param reason: the run's own words
    """
    said = OUTCOMES[Outcome(outcome) if outcome else None]
    if not reason:
        return said
    return f"{said} {NEXT.get(reason, f'Reason: {reason}.')}"
