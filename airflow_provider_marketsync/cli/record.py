# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One record on the screen: short ids, names of fields, dates; never an address or a value."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from airflow_provider_marketsync.cli.reasons import in_words
from airflow_provider_marketsync.cli.screen import console, facts, moment, table
from airflow_provider_marketsync.ledger.queries import Queries
from airflow_provider_marketsync.ledger.rows import Attention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_marketsync.ledger.ledger import SyncLedger
    from airflow_provider_marketsync.ledger.rows import Known

JOURNAL = 20


def show_record(known: SyncLedger, record: int) -> None:
    """Print everything the ledger holds of one record.

    :param known: the sync's ledger
    :param record: row id of the record
    """
    row, out = known.records.known([record])[record], console()
    out.print(f"Record {row.short} of {known.name}")
    out.print(in_words(row.outcome, row.reason))
    out.print()
    out.print(facts([*_state(known, row), *_mailbox(known, row), *_consent(known, row)]))
    _history(known, row)
    _journal(known, row)


def _state(known: SyncLedger, row: Known) -> Iterator[tuple[str, object]]:
    yield "last read", moment(row.read_at)
    yield "changed at the source (its clock)", row.changed
    yield "matches where", bool(row.in_scope)
    yield "the card says", f"{row.stated} since {row.stated_on}" if row.stated_on else row.stated
    yield "delivered", _delivered(known, row)
    yield "found at the target", "linked to somebody who stood there before us" if row.adopted else None
    yield "waits", _waits(row)
    yield "refusals", f"{row.attempts}, next try {_next_try(row)}" if row.attempts else None


def _delivered(known: SyncLedger, row: Known) -> str:
    if row.acknowledged_at is None:
        return "never"
    seen = "seen there since" if Queries(known.ledger.connection).is_verified(row.id) else "not looked up there yet"
    return f"{_moment_of(row.acknowledged_at)}, {seen}"


def _waits(row: Known) -> str:
    meanings = {
        Attention.PENDING: "it was sent and no answer is known: it is sent again",
        Attention.REJUDGE: "something about its mailbox changed: it is judged again",
        Attention.RESEND: "a run that lost its lock was sending it: it is sent again",
        Attention.REFUSED: "it was refused: it is tried again",
    }
    return "; ".join(meaning for bit, meaning in meanings.items() if row.attention & bit)


def _next_try(row: Known) -> str:
    if not row.not_before or row.not_before <= time.time():
        return "in the next run"
    return f"from {_moment_of(row.not_before)}, or at once when the card or the mapping changes"


def _mailbox(known: SyncLedger, row: Known) -> Iterator[tuple[str, object]]:
    for address, cards in known.records.group(sorted(known.records.addresses(row.id))).items():
        others = [f"{card.short} ({card.stated}{', delivered' if card.delivered else ''})" for card in cards if card.id != row.id]
        place = "mailbox" if address == row.address else "further mailbox"
        yield place, f"shared with {', '.join(sorted(others))}" if others else "this card's alone"


def _consent(known: SyncLedger, row: Known) -> Iterator[tuple[str, object]]:
    account = known.row.target_account
    if account is None or row.address is None:
        return
    decision = known.decisions(account).current([row.address]).get(row.address)
    if decision is None:
        yield "consent", "nothing was decided about the mailbox; the cards' own words count"
        return
    told = "the target knows" if decision.told else "the target has not been told yet"
    yield "consent", f"{decision.decided.value} {_since(decision.at)}, from {decision.origin}; {told}"


def _since(at: str | None) -> str:
    return f"since {moment(at)}" if at else "without a date"


def _history(known: SyncLedger, row: Known) -> None:
    account = known.row.target_account
    addresses = sorted(known.records.addresses(row.id))
    lines = [line for address in addresses for line in known.decisions(account or "").history(address)]
    if lines:
        out = console()
        out.print("\nWhat was said about the mailbox, on any card and at the target:")
        rows = [(decided, moment(at) or "undated", moment(learned), origin) for decided, at, learned, origin in lines]
        out.print(table(("decided", "dated", "learned", "from"), rows))


def _journal(known: SyncLedger, row: Known) -> None:
    lines = known.runs.journal(row.id)
    if lines:
        out = console()
        out.print("\nWhat was done:" if len(lines) <= JOURNAL else f"\nWhat was done, the last {JOURNAL} times:")
        rows = [(moment(at), action, fields, code, why) for at, action, fields, code, why in lines[-JOURNAL:]]
        out.print(table(("when", "what", "fields that changed", "answer", "by the line"), rows))


def _moment_of(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
