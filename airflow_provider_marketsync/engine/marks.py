# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Cards to be judged again that a run has not read: settled from the ledger where that is enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflow_provider_marketsync.engine.groups import winner_of
from airflow_provider_marketsync.engine.judging import says_no
from airflow_provider_marketsync.engine.scan import Scan
from airflow_provider_marketsync.ledger.decisions import Decision, Decisions
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.locks import SyncLock
from airflow_provider_marketsync.ledger.rows import Card, Known

CHUNK = 500


def settle_unread_marks(ledger: SyncLedger, decisions: Decisions, lock: SyncLock, scan: Scan) -> int:
    """Take the mark off cards whose judgement cannot have changed; for the others a complete reading is due.

    A card that is not its mailbox's contact sends nothing whatever its values are. A contact that was delivered
    sends nothing new either, unless the target has yet to hear a "no".

    :param scan: what the run has read
    :return: how many cards have to be read again
    """
    marked = [record for record in ledger.marks.to_rejudge() if not scan.has_read(record)]
    unsettled = sum(not scan.has_read(record) for record in ledger.marks.to_resend())
    for start in range(0, len(marked), CHUNK):
        known = ledger.records.known(marked[start : start + CHUNK])
        addresses = list({card.address for card in known.values() if card.address is not None})
        groups, decided = ledger.records.group(addresses), decisions.current(addresses)
        settled = [card.id for card in known.values() if _is_settled(card, groups, decided)]
        unsettled += len(known) - len(settled)
        with ledger.transaction() as connection:
            lock.renew(connection)
            ledger.marks.unmark(settled)
    return unsettled


def _is_settled(card: Known, groups: Mapping[bytes, Sequence[Card]], decided: Mapping[bytes, Decision]) -> bool:
    if card.address is None or not card.in_scope:
        return True
    rivals = [rival for rival in groups[card.address] if rival.main and rival.in_scope]
    if winner_of(rivals).id != card.id:
        return True
    decision = decided.get(card.address)
    if says_no(decision) and decision is not None and not decision.told:
        return False
    others = any(other.certain and other.id != card.id for other in groups[card.address])
    return card.payload_fp is not None or (bool(card.adopted) and not others)
