# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Look whether a run would find something to do, and change nothing by looking."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import msgspec

from airflow_provider_marketsync.contacts.definition import CompiledSync
from airflow_provider_marketsync.contacts.record import Record
from airflow_provider_marketsync.engine.fetch import complete_due
from airflow_provider_marketsync.engine.ports import ReadRequest, Source, Target, Told
from airflow_provider_marketsync.ledger.decisions import Decisions, is_no
from airflow_provider_marketsync.ledger.rows import Known
from airflow_provider_marketsync.ledger.syncs import refuse_other_account
from airflow_provider_marketsync.ledger.view import LedgerView

CHUNK = 50
"""Lines held at one time; at most so many are read beyond the first that is news."""

FIRST_RUN, FULL, CHANGED, OPTED_OUT = "first run", "complete reading due", "customers changed", "opt-outs"
T = TypeVar("T")
_LINE = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Peek:
    """What a look came to; counts only.

    :param news: what there is to do, None if nothing
    :param why: the same in words, for the log
    :param read: how many lines of the source or feed were read
    :param seconds: how long the look took
    """

    news: str | None
    why: str
    read: int
    seconds: float

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON."""
        return {"news": self.news, "read": self.read, "seconds": self.seconds}


def peek_customers(compiled: CompiledSync, source: Source, ledger: LedgerView) -> Peek:
    """Tell whether a fetch would bring something that no run has dealt with yet.

    Reads from the watermark to the first record that is news, then ends the call. What a run has read and could not finish
    (held, postponed, refused) is no news until it changes again: it waits for a person or for its time.

    :param compiled: the sync's compiled definition
    :param source: where from
    :param ledger: looked into, never written
    :raises MarketSyncError: as a fetch would
    """
    began, row = time.monotonic(), ledger.syncs.row(compiled.sync.id)
    if row is None or row.complete_at is None:
        return Peek(FIRST_RUN, "nothing was delivered yet", 0, _since(began))
    refuse_other_account("source", row.source_account, source.account)
    # A source without stamps is read completely each time, so that nothing can be due.
    due = complete_due(compiled, row) if row.cursor else None
    if due:
        return Peek(FULL, f"a complete reading is due: {due}", 0, _since(began))
    news, read = _News(compiled, row.id, ledger, ledger.syncs.settled_at(row.id, source.vendor)), 0
    with _closing(iter(source.read(ReadRequest(compiled.fields, row.cursor)))) as records:
        while chunk := list(islice(records, CHUNK)):
            read += len(chunk)
            if news.stands_in(chunk):
                return Peek(CHANGED, "a customer changed", read, _since(began))
    return Peek(None, "no customer changed", read, _since(began))


def peek_opt_outs(sync: str, target: Target, ledger: LedgerView) -> Peek:
    """Tell whether the target's feed holds an opt-out that the ledger does not know yet; no cursor moves.

    :param sync: id of the sync
    :param target: whose feed
    :param ledger: looked into, never written
    :raises MarketSyncError: as a pull would
    """
    began, row = time.monotonic(), ledger.syncs.row(sync)
    cursor = ledger.syncs.feed_cursor(target.account)
    if row is None or cursor is None:
        return Peek(FIRST_RUN, "the feed was never read yet", 0, _since(began))
    refuse_other_account("target", row.target_account, target.account)
    decisions, read = ledger.decisions(target.account), 0
    with _closing(iter(target.pull_opt_outs(cursor))) as lines:
        while chunk := list(islice(lines, CHUNK)):
            read += len(chunk)
            if _unknown_no(chunk, decisions, ledger):
                return Peek(OPTED_OUT, "somebody opted out at the target", read, _since(began))
    return Peek(None, "nobody opted out at the target", read, _since(began))


def _unknown_no(chunk: Sequence[Told], decisions: Decisions, ledger: LedgerView) -> bool:
    said_no = [ledger.hashes.address(line.address) for line in chunk if is_no(line.decided)]
    known = decisions.current(said_no)
    return any(address not in known or not known[address].is_no for address in said_no)


class _News:
    """Tell news from what a run has seen; the mirror of :mod:`.scan` and :mod:`.learning`, which write."""

    def __init__(self, compiled: CompiledSync, sync: int, ledger: LedgerView, settled_at: str) -> None:
        self._records = ledger.records(sync)
        self._fingerprint = ledger.hashes.source(compiled.digest)
        self._settled_at = settled_at
        self._seen: set[str] = set()

    def stands_in(self, chunk: Sequence[Record]) -> bool:
        first = [record for record in chunk if self._is_first(record.key)]
        glances = self._records.glance([record.key for record in first])
        moved = []
        for record, glance in zip(first, glances, strict=True):
            if not glance.id:
                return True
            if self._fingerprint(_LINE.encode(record)) != glance.source_fp:
                moved.append((record, glance.id))
        known = self._records.known([number for _, number in moved])
        return any(not self._waits(record, known[number]) for record, number in moved)

    def _is_first(self, key: str) -> bool:
        """A key that comes twice counts once, as in a run."""
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _waits(self, record: Record, known: Known) -> bool:
        """Tell whether a finished run has learned of this very change and left it unfinished.

        What was learned by a run that did not come to its end, or by a plan, is still to be done.
        """
        learned = known.source_fp is None and known.read_at is not None and known.changed == record.changed
        return learned and (known.read_at or "") <= self._settled_at


@contextmanager
def _closing(lines: Iterator[T]) -> Generator[Iterator[T], None, None]:
    """Close a generator, and with it the call behind it, as soon as enough was read."""
    try:
        yield lines
    finally:
        close = getattr(lines, "close", None)
        if close is not None:
            close()


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)
