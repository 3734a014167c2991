# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Opt-outs on their way back: from the target into the ledger and an extract, and from there to the source's people.

Two tasks, because the second may wait or fail for reasons of its own. What is not acknowledged stands in the next
extract again: each opt-out arrives at least once, and never counts as told before it was written.
"""

from __future__ import annotations

import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import islice

import msgspec

from airflow_provider_marketsync.contacts.opt_out import OptOut
from airflow_provider_marketsync.engine import optouts
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.optouts import Pulled
from airflow_provider_marketsync.engine.ports import ConsentSink, Target
from airflow_provider_marketsync.exceptions import ExtractError, LedgerError, LimitExceeded
from airflow_provider_marketsync.extracts.folder import SyncFolder
from airflow_provider_marketsync.extracts.manifest import OPT_OUTS, Manifest, read_manifest
from airflow_provider_marketsync.extracts.reader import read_lines
from airflow_provider_marketsync.extracts.writer import ExtractWriter
from airflow_provider_marketsync.ledger.handovers import Event
from airflow_provider_marketsync.ledger.ledger import Ledger, SyncLedger

CHUNK = 500
DOCS, MEMORY = "opt-outs.md", "ledger.md"
_OPT_OUT = msgspec.json.Decoder(OptOut)


@dataclass(frozen=True, slots=True)
class Collected:
    """The opt-outs the source does not know yet.

    :param path: path of the extract's manifest
    :param summary: counts, plain JSON
    """

    path: str
    summary: dict[str, object]


def collect(sync: str, target: Target, installation: Installation, owner: str) -> Collected:
    """Pull the target's opt-outs into the ledger, and write what the source was not told yet.

    :param sync: id of the sync
    :param target: where opt-outs happen
    :param installation: ledger and extracts folder
    :param owner: stable name of the task instance, the same for every try
    :raises MarketSyncError: see ``exceptions.py``; the next try goes on where this one ended
    """
    began = time.monotonic()
    with Ledger(installation.ledger) as ledger:
        folder = SyncFolder(installation.extracts, sync)
        folder.bind(ledger.uuid)
        kept = ledger.open_sync(sync)
        pulled = _pull(kept, target, owner)
        waiting = _Counted(kept.handovers.waiting(target.account))
        path = _write(waiting, folder, kept, target)
        cursor = ledger.syncs.feed_cursor(target.account)
    summary: dict[str, object] = {
        "sync": sync,
        "target": target.vendor,
        "target_account": target.account,
        "opt_outs_pulled": pulled.told,
        "opt_outs_new": pulled.new,
        "rebaselined": pulled.rebaselined,
        "read": waiting.reasons.total(),
        "reasons": dict(waiting.reasons),
        "watermark": cursor,
        "seconds": round(time.monotonic() - began, 3),
    }
    return Collected(path, summary)


def _pull(ledger: SyncLedger, target: Target, owner: str) -> Pulled:
    lock = ledger.lock(owner)
    try:
        with ledger.transaction() as connection:
            lock.renew(connection)
            ledger.syncs.claim_accounts(ledger.row, ledger.row.source_account, target.account)
        return optouts.pull(target, ledger, ledger.decisions(target.account), lock)
    finally:
        lock.release()


@dataclass(slots=True)
class _Counted:
    """Opt-outs, counted by reason on their way."""

    opt_outs: Iterator[OptOut]
    reasons: Counter[str] = field(default_factory=Counter)

    def __iter__(self) -> Iterator[OptOut]:
        for opt_out in self.opt_outs:
            self.reasons[opt_out.reason] += 1
            yield opt_out


def _write(opt_outs: Iterable[OptOut], folder: SyncFolder, ledger: SyncLedger, target: Target) -> str:
    now = datetime.now(timezone.utc)
    writer = ExtractWriter(folder.new("opt-outs", now))
    try:
        writer.write(opt_outs)
    except BaseException:
        writer.discard()
        raise
    return writer.finish(
        Manifest(
            holds=OPT_OUTS,
            sync=ledger.name,
            source=target.vendor,
            account=target.account,
            ledger=ledger.ledger.uuid,
            read_started_at=now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            complete=False,
            moves_cursor=False,
        )
    )


# ------------------------------------------------------------------------------------------- handing back


def hand_back(sync: str, extract: str, installation: Installation, sink_for: Callable[[str], ConsentSink]) -> dict[str, object]:
    """Write opt-outs where the source's people find them, and acknowledge those that were surely written.

    :param sync: id of the sync
    :param extract: path of the manifest :func:`collect` returned
    :param installation: the ledger
    :param sink_for: makes the sink from the extract's own name, which is the same for every try
    :return: the summary: counts, plain JSON
    :raises ExtractError: when the extract is gone, damaged, or none of this sync's opt-outs
    :raises LedgerError: when it was made with another ledger
    :raises LimitExceeded: when the sink refused some, after all were tried; carries the summary
    """
    began, manifest = time.monotonic(), read_manifest(extract)
    if manifest.holds != OPT_OUTS or manifest.sync != sync:
        raise ExtractError(
            f"The extract holds no opt-outs of the sync {sync!r}; pass what its FetchOptOutsOperator returned.", docs=DOCS
        )
    with Ledger(installation.ledger) as ledger:
        if manifest.ledger != ledger.uuid:
            raise LedgerError("The opt-outs were read with another ledger. Run the task that fetches them again.", docs=MEMORY)
        handing = _Handing(ledger.open_sync(sync), extract, manifest)
        if handing.waits():
            handing.write_to(sink_for(extract.rpartition("/")[0].rpartition("/")[2]))
    summary: dict[str, object] = {
        "sync": sync,
        "target": manifest.source,
        "target_account": manifest.account,
        **handing.to_dict(),
        "seconds": round(time.monotonic() - began, 3),
    }
    if handing.refused:
        raise LimitExceeded(
            f"{handing.refused.total()} opt-outs were not taken: {', '.join(handing.refused)}. The others were; these are "
            "handed over again by the next run.",
            summary=summary,
        )
    return summary


class _Handing:
    """One extract of opt-outs on its way into a sink."""

    def __init__(self, ledger: SyncLedger, extract: str, manifest: Manifest) -> None:
        self._ledger, self._extract, self._manifest = ledger, extract, manifest
        self._under_way = array("q")  # row ids, two a line: lines themselves would be too many to keep
        self.written = self.known = 0
        self.refused: Counter[str] = Counter()

    def waits(self) -> bool:
        """Tell whether anything in it was not told yet."""
        waits = any(True for _ in self._waiting())
        self.known = 0 if waits else self._manifest.rows
        return waits

    def write_to(self, sink: ConsentSink) -> None:
        """Write what waits; each line is acknowledged when the sink says that it is written."""
        results = enumerate(sink.write(self._passing()))
        while chunk := list(islice(results, CHUNK)):
            self._settle(chunk)

    def to_dict(self) -> dict[str, object]:
        """Return the counts as plain JSON, and insist that they add up."""
        counts = {"written": self.written, "known": self.known, "refused": self.refused.total()}
        if sum(counts.values()) != self._manifest.rows:
            raise AssertionError(f"{self._manifest.rows} opt-outs were read, but {counts} became of them")
        return {"read": self._manifest.rows, "outcomes": counts, "reasons": {"refused": dict(self.refused)}}

    def _settle(self, results: Sequence[tuple[int, str | None]]) -> None:
        done = [(self._under_way[2 * place], self._under_way[2 * place + 1]) for place, why in results if why is None]
        with self._ledger.transaction():
            self._ledger.handovers.acknowledge(done)
        self.written += len(done)
        self.refused.update(why for _, why in results if why is not None)

    def _passing(self) -> Iterator[OptOut]:
        self.known = self._manifest.rows
        for opt_out in self._waiting():
            self.known -= 1
            self._under_way.extend((opt_out.record, opt_out.event))
            yield opt_out

    def _waiting(self) -> Iterator[OptOut]:
        """Yield what no other task has handed over since the extract was written."""
        for lines in read_lines(self._extract, self._manifest):
            opt_outs = [_OPT_OUT.decode(line) for line in lines]
            told: set[Event] = self._ledger.handovers.acknowledged([(one.record, one.event) for one in opt_outs])
            yield from (one for one in opt_outs if (one.record, one.event) not in told)
